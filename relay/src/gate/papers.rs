//! What a contract's papers say to the gate beyond the contract's own fields: quotes, letters of every form, a move, the duty towards
//! consumers, a warranty. The default says nothing, and changes nothing.

use aval_protocol::id::UnixSeconds;
use aval_protocol::wire::session::WorkCategory;
use jiff::civil::Date;

use super::term::{Day, NoticeDays, renewal_notice_window};
use crate::records::{Notice, Party};

/// The papers of one contract and machine.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Papers {
    /// Quotes that the client accepted, and whose work is not done yet (2.6).
    pub quotes: Vec<Quote>,
    /// The machine was seen and never notified (2.4).
    pub unlisted: Option<Unlisted>,
    /// Until when the maker's warranty lasts (9.3).
    pub warranty: Warranty,
    /// The client moved abroad (6.2).
    pub moved_abroad: Option<MovedAbroad>,
    /// Days on which the client wrote that they leave, in a form that counts for nothing (6.3).
    pub not_notices: Vec<Day>,
    /// What is owed before a renewal (15.2).
    pub duty: Duty,
    /// The site's commune by its INSEE code, which says better than a postal code where it lies.
    pub commune: Option<Commune>,
}

/// An accepted quote for work that the contract excludes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Quote {
    /// Its number.
    pub id: String,
    /// The kind of work it is for.
    pub category: WorkCategory,
    /// When the client accepted it: before the act, or it allows nothing.
    pub accepted_at: UnixSeconds,
}

/// A machine that is in no list and was not notified.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Unlisted {
    /// The day it was first seen, if known.
    pub first_seen: Option<Day>,
}

/// A maker's warranty.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Warranty {
    /// Nobody keeps it for this machine.
    #[default]
    NotKept,
    /// There may be one; its end is not known.
    Unknown,
    /// It lasts until this day, included.
    Until(Day),
}

/// A move abroad and the letter that tells of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MovedAbroad {
    /// The day of the move.
    pub moved_on: Day,
    /// The day of the letter.
    pub letter_on: Day,
}

/// Who the client is by the code de la consommation: only a professional may be renewed without a word.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ClientClass {
    /// A business in its trade.
    #[default]
    Professional,
    /// A legal person outside a trade: an association, a works council (L215-3).
    NonProfessional,
    /// A natural person outside a trade (L215-1).
    Consumer,
}

/// Whether the client had to be told of a renewal, and was.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Duty {
    /// Who the client is.
    pub class: ClientClass,
    /// The days on which the client was told in writing.
    pub told_on: Vec<Day>,
}

/// A commune's INSEE code: two digits of the department (or 2A, 2B), three of the commune.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Commune(String);

/// A text that is no INSEE code.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0:?} is no INSEE code of a commune: write five characters, such as 94041")]
pub struct BadCommune(String);

/// Something written to end a contract, in whatever form.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Letter {
    /// Who wrote it.
    pub by: Party,
    /// Its form.
    pub form: Form,
    /// Its days.
    pub days: NoticeDays,
    /// The letter's number, or where its proof lies.
    pub proof: String,
    /// The client agreed to withdraw it.
    pub withdrawn_by_client: bool,
    /// The firm agreed to withdraw it.
    pub withdrawn_by_provider: bool,
}

/// How it was sent. Clause 6.3 asks for a registered letter with receipt.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// On paper, registered, with receipt.
    RegisteredLetter,
    /// A qualified electronic registered letter, which has the same effect (L100 of the code des postes).
    ElectronicRegisteredLetter,
    /// A plain letter.
    Letter,
    /// An e-mail.
    Email,
    /// By phone or in person.
    Spoken,
}

/// Letters sorted into those that count and the days of those of the client's that do not. One that both sides withdrew is gone; one that
/// only one side withdrew stands.
pub fn admit(letters: impl IntoIterator<Item = Letter>) -> (Vec<Notice>, Vec<Day>) {
    let (mut notices, mut others) = (Vec::new(), Vec::new());
    for letter in letters {
        if letter.withdrawn_by_client && letter.withdrawn_by_provider {
            continue;
        }
        if matches!(letter.form, Form::RegisteredLetter | Form::ElectronicRegisteredLetter) {
            notices.push(Notice { by: letter.by, days: letter.days, proof: letter.proof });
        } else if letter.by == Party::Client {
            others.extend(letter.days.sent().or(letter.days.received()));
        }
    }
    (notices, others)
}

impl ClientClass {
    /// Every class.
    pub const ALL: [Self; 3] = [Self::Professional, Self::NonProfessional, Self::Consumer];

    /// As documents write it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Professional => "professional",
            Self::NonProfessional => "non_professional",
            Self::Consumer => "consumer",
        }
    }
}

impl Form {
    /// Every form.
    pub const ALL: [Self; 5] =
        [Self::RegisteredLetter, Self::ElectronicRegisteredLetter, Self::Letter, Self::Email, Self::Spoken];

    /// As documents write it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::RegisteredLetter => "registered_letter",
            Self::ElectronicRegisteredLetter => "electronic_registered_letter",
            Self::Letter => "letter",
            Self::Email => "email",
            Self::Spoken => "spoken",
        }
    }
}

impl Duty {
    /// Whether the renewal on this échéance came upon a client who had to be told of it in time and was not.
    pub fn missed(&self, echeance: Date) -> bool {
        let (from, to) = renewal_notice_window(echeance);
        self.class != ClientClass::Professional
            && !self.told_on.iter().any(|day| (from..=to).contains(&day.date()))
    }
}

impl Commune {
    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it lies in Île-de-France.
    pub fn in_ile_de_france(&self) -> bool {
        matches!(&self.0[..2], "75" | "77" | "78" | "91" | "92" | "93" | "94" | "95")
    }
}

impl std::str::FromStr for Commune {
    type Err = BadCommune;
    fn from_str(text: &str) -> Result<Self, BadCommune> {
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let good = text.len() == 5
            && text.is_ascii()
            && (digits(&text[..2]) || matches!(&text[..2], "2A" | "2B"))
            && digits(&text[2..])
            && !text.starts_with("00");
        if good { Ok(Self(text.to_owned())) } else { Err(BadCommune(text.to_owned())) }
    }
}
