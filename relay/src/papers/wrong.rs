//! From what is wrong with a paper to the sentence that says so in both languages, with its clause.

use aval_protocol::text::gate::Sentence;
use aval_protocol::text::papers::{self as text, Needs};

use super::kinds::Kind;
use crate::document::{self, Bad, Field};
use crate::facts::forms;

/// What only the whole of a paper, or the other papers, show to be wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Wrong {
    /// This field is needed here.
    Needed(&'static str),
    /// This field has no place here.
    NoPlace(&'static str),
    /// The second of these must come after the first.
    Order(&'static str, &'static str),
    /// Exactly one of these.
    OneOf(&'static str, &'static str),
    /// At least one of these.
    OneAtLeast(&'static str, &'static str),
    /// It has not happened yet.
    NotYet(&'static str),
    /// This other paper says something else for the same days.
    Overlaps(i64),
    /// This other paper says it already.
    There(i64),
    /// There is no paper of that name.
    Nothing(&'static str, String),
    /// A clause of its own, and what it says.
    Clause(&'static str, Sentence),
}

impl Wrong {
    /// The sentence.
    pub fn said(&self, kind: Kind) -> Sentence {
        let (label, clause) = (kind.label(), kind.clause());
        match self {
            Self::Needed(key) => match kind.shape().fields.iter().find(|field| field.key == *key) {
                Some(field) => needed(kind, field),
                None => text::no_such_field(label, clause, key),
            },
            Self::NoPlace(key) => text::no_place(label, clause, key),
            Self::Order(first, second) => text::out_of_order(label, clause, first, second),
            Self::OneOf(first, second) => text::one_of_two(label, clause, first, second),
            Self::OneAtLeast(first, second) => text::one_at_least(label, clause, first, second),
            Self::NotYet(key) => text::not_yet(label, clause, key),
            Self::Overlaps(other) => text::overlaps(label, clause, *other),
            Self::There(other) => text::there_already(label, clause, *other),
            Self::Nothing(key, name) => text::nothing_of_that_name(label, clause, key, name),
            Self::Clause(own, said) => text::as_clause(label, own, said),
        }
    }
}

/// What the strict reading says, told by what the field needs.
pub(super) fn of(kind: Kind, bad: &Bad) -> Sentence {
    let key = bad.at.trim_start_matches('/');
    match kind.shape().fields.iter().find(|field| field.key == key) {
        Some(field) => needed(kind, field),
        None if key.is_empty() => text::unreadable(kind.label(), kind.clause(), &bad.why),
        None => text::no_such_field(kind.label(), kind.clause(), key),
    }
}

pub(super) fn too_long(kind: Kind, most: usize) -> Sentence {
    text::unreadable(kind.label(), kind.clause(), &format!("> {most} bytes"))
}

fn needed(kind: Kind, field: &Field) -> Sentence {
    text::needs(kind.label(), kind.clause(), field.key, needs(&field.kind))
}

fn needs(kind: &document::Kind) -> Needs<'_> {
    use document::Kind as K;
    match kind {
        K::Text(most) => Needs::Text(*most),
        K::Day => Needs::Day,
        K::Moment => Needs::Moment,
        K::Whole(least, most) => Needs::Whole(*least, *most),
        K::Flag => Needs::Flag,
        K::Word(words) => Needs::Word(words),
        K::Formed(pattern, _) => formed(pattern),
        // No paper holds others.
        K::Of(_) | K::Many(..) => Needs::Text(0),
    }
}

fn formed(pattern: &str) -> Needs<'static> {
    let is = |kind: &document::Kind| matches!(kind, document::Kind::Formed(own, _) if *own == pattern);
    for (kind, needs) in [
        (&forms::SIRET, Needs::Siret),
        (&forms::SIREN, Needs::Siren),
        (&forms::POSTAL, Needs::Postal),
        (&forms::COMMUNE, Needs::Commune),
        (&forms::COUNTRY, Needs::Country),
        (&forms::PERSON, Needs::Person),
        (&forms::WARRANTY, Needs::DayOrUnknown),
        (&crate::bill::shapes::MONTH, Needs::Month),
    ] {
        if is(kind) {
            return needs;
        }
    }
    Needs::Sha256
}
