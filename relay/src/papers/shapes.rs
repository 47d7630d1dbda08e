//! What the body of each kind of paper may hold, key by key: the reader checks by it, and docs/papers.schema.json is made of it.

use crate::document::Kind::{Day, Flag, Formed, Moment, Text, Whole, Word};
use crate::document::Need::{May, Must};
use crate::document::{Field, Kind, Shape, field};
use crate::facts::forms;
use crate::facts::shapes::{CATEGORIES, LETTER_FORMS};
use crate::records::MAX_NOTE;

pub(crate) use crate::bill::shapes::{EXTRA as CHARGE, INDEX, PRICE, RECEPTION, VOLUME};
pub(crate) use crate::facts::shapes::MOVED as MOVED_ABROAD;

/// The highest amount of a line, in cents: ten million euros.
const MOST_CENTS: i64 = 1_000_000_000;
/// Longest name of a quote, visit or site.
const NAME: Kind = Text(64);
const FROM: Field = field("from", Must, Day, "The first day on which it holds.");
const UNTIL: Field =
    field("until", May, Day, "The first day on which it no longer holds; left out while it does.");
/// Kinds of work that a quote may be for: what the price excludes (2.6), and mending what does not work before the contract (2.1).
const QUOTED: &[&str] = &["add_hardware", "add_software", "data_handling", "change", "remediation"];
const SHA256: Kind = Formed("^[0-9a-f]{64}$", |text| {
    let good = text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    good.then_some(()).ok_or_else(|| "a SHA-256 is 64 hexadecimal digits in lower case".to_owned())
});

const fn shape(name: &'static str, what: &'static str, fields: &'static [Field]) -> Shape {
    Shape { name, what, fields }
}

pub(super) static CLIENT: Shape = shape(
    "client",
    "Who the client is by the code de la consommation (15.2); a professional while nothing is written.",
    &[
        FROM,
        field(
            "class",
            Must,
            Word(&["professional", "non_professional", "consumer"]),
            "In its trade, a legal person outside a trade, or a natural person outside a trade.",
        ),
    ],
);

pub(super) static RENEWAL_NOTICE: Shape = shape(
    "renewal_notice",
    "The client was told in writing that the contract renews itself (15.2, L215-1).",
    &[field("told_on", Must, Day, "The day."), field("proof", May, Text(MAX_NOTE), "Where the proof lies.")],
);

pub(super) static LETTER: Shape = shape(
    "letter",
    "Something written or said to end the contract (6.3). At least one of its days is known.",
    &[
        field("by", Must, Word(&["client", "provider"]), "Who wrote it."),
        field("form", Must, Word(LETTER_FORMS), "Its form: only the first two are notices."),
        field("sent_on", May, Day, "The postmark."),
        field("received_on", May, Day, "The day on the receipt."),
        field(
            "proof",
            May,
            Text(MAX_NOTE),
            "The letter's number, or where its proof lies; a registered letter has one.",
        ),
    ],
);

pub(super) static WITHDRAWAL: Shape = shape(
    "withdrawal",
    "One side's word that a letter is withdrawn. Only both together withdraw it (6.3).",
    &[
        field("letter", Must, Whole(1, i64::MAX), "The letter's number among the papers."),
        field("by", Must, Word(&["client", "provider"]), "Who agreed."),
        field("on", Must, Day, "When."),
    ],
);

pub(super) static ECHEANCE: Shape = shape(
    "echeance",
    "A first échéance that the financial document names; the others follow it in whole terms (6.1).",
    &[field("first_echeance", Must, Day, "The day.")],
);

pub(super) static TERMS: Shape = shape(
    "terms",
    "The general terms that this contract was signed with: later ones change nothing (1.2).",
    &[
        FROM,
        field("version", Must, NAME, "Their version."),
        field("sha256", Must, SHA256, "SHA-256 of the document."),
    ],
);

pub(super) static OPTION: Shape = shape(
    "option",
    "An option, subscribed for a time (1.1, 5.2, 7.1). Telephone and sessions are no options: they always belong to the contract.",
    &[field("option", Must, Word(&["onsite", "backup"]), "Which."), FROM, UNTIL],
);

pub(super) static SITE: Shape = shape(
    "site",
    "A site of the client's in France (2.3, 15.1). A site that moves within France ends on one day and begins anew on it: that ends no contract (6.2).",
    &[
        field("site", Must, NAME, "Its name: Siège."),
        FROM,
        UNTIL,
        field("siret", May, forms::SIRET, "Its SIRET, 14 digits."),
        field(
            "country",
            Must,
            forms::COUNTRY,
            "ISO 3166-1 alpha-2; FR, or the code of a part of France overseas.",
        ),
        field("postal", May, forms::POSTAL, "Its postal code; decides on-site help (3.6, 4.8)."),
        field(
            "commune",
            May,
            forms::COMMUNE,
            "Its commune's INSEE code, which counts before the postal code.",
        ),
        field("main", May, Flag, "Machines without an establishment of their own are here."),
    ],
);

pub(super) static SCOPE: Shape = shape(
    "scope",
    "The whole fleet of a firm or one establishment (2.3): exactly one of the two.",
    &[
        FROM,
        field("whole_fleet", May, forms::SIREN, "The firm's SIREN."),
        field("establishment", May, forms::SIRET, "The establishment's SIRET."),
    ],
);

pub(super) static ESTABLISHMENT: Shape = shape(
    "establishment",
    "The establishment that a machine is assigned to, wherever it is carried (2.3).",
    &[FROM, field("siret", Must, forms::SIRET, "Its SIRET.")],
);

pub(super) static UNLISTED: Shape = shape(
    "unlisted",
    "The machine was seen and never notified: allowed, and billable (2.4).",
    &[
        field("from", Must, Day, "The day it was first seen."),
        field("until", May, Day, "The day on which the client notified it after all."),
    ],
);

pub(super) static REPRESENTATIVE: Shape = shape(
    "representative",
    "Who answers for the client about the equipment list, at this machine (2.2): versions may be put to them there.",
    &[FROM, UNTIL, field("person", Must, Text(MAX_NOTE), "Their name and function.")],
);

pub(super) static RESERVE: Shape = shape(
    "reserve",
    "A machine comes into the list although it does not work as it should (2.1): what both parties know of it.",
    &[
        field("on", Must, Day, "The day of the reserve."),
        field("what", Must, Text(MAX_NOTE), "What is wrong, and what follows from it."),
    ],
);

pub(super) static WARRANTY: Shape = shape(
    "warranty",
    "A maker's warranty, which work on the machine may void (9.3).",
    &[FROM, field("warranty_until", Must, forms::WARRANTY, "Its last day, or unknown.")],
);

pub(super) static ASSIGNMENT: Shape = shape(
    "assignment",
    "The contract goes to another firm, which ends nothing; the client is told promptly (13.1).",
    &[
        field("on", Must, Day, "The day."),
        field("to", Must, Text(MAX_NOTE), "To whom."),
        field("client_informed_on", May, Day, "The day on which the client was told."),
    ],
);

pub(super) static DATA_REQUEST: Shape = shape(
    "data_request",
    "Somebody asked about data that name them (14.1).",
    &[
        field(
            "request",
            Must,
            Word(&["access", "rectification", "erasure", "restriction", "objection"]),
            "What for.",
        ),
        field("asked_on", Must, Day, "When."),
        field("closed_on", May, Day, "When it was done."),
        field("note", May, Text(MAX_NOTE), "In a few words, without the data."),
    ],
);

pub(super) static MARKETING: Shape = shape(
    "marketing",
    "The client's word on offers by e-mail: a no counts by any channel (14.2).",
    &[
        FROM,
        field("allowed", Must, Flag, "Whether offers may be sent."),
        field(
            "channel",
            Must,
            Word(&["letter", "registered_letter", "email", "phone", "in_person"]),
            "How the client said it.",
        ),
    ],
);

pub(super) static REFERENCE: Shape = shape(
    "reference",
    "Whether the client may be named as a reference (14.3).",
    &[FROM, field("allowed", Must, Flag, "Whether it may.")],
);

pub(super) static LEGAL_HOLD: Shape = shape(
    "legal_hold",
    "Evidence is kept for a court: nothing of this contract is erased meanwhile (15.3).",
    &[FROM, UNTIL, field("reason", Must, Text(MAX_NOTE), "Why.")],
);

pub(super) static QUOTE: Shape = shape(
    "quote",
    "A quote for work that the price does not cover (2.6), or to mend what does not work before the contract (2.1).",
    &[
        field("quote", Must, NAME, "Its number."),
        field("for", Must, Word(QUOTED), "The kind of work; remediation is for a machine."),
        field("offered_on", Must, Day, "When it was handed over."),
        field("what", Must, Text(MAX_NOTE), "What it is for."),
    ],
);

pub(super) static QUOTE_STEP: Shape = shape(
    "quote_step",
    "What became of a quote: accepted before the act it lets the work be done, until that is done (2.6).",
    &[
        field("quote", Must, NAME, "Its number."),
        field(
            "step",
            Must,
            Word(&["accepted", "refused", "done"]),
            "What the client said, or that the work is done.",
        ),
        field("at", Must, Moment, "When."),
    ],
);

pub(super) static VISIT: Shape = shape(
    "visit",
    "A visit on site: the firm alone decides on it (5.4), always by appointment (5.5).",
    &[
        field("visit", Must, NAME, "Its number."),
        field(
            "category",
            Must,
            Word(CATEGORIES),
            "The kind of work: the option covers assistance and maintenance (5.3).",
        ),
        field("decided_by", Must, forms::PERSON, "Who of the firm decided on it (5.4)."),
        field("from", Must, Moment, "The appointment's first moment."),
        field("until", Must, Moment, "The first moment after it."),
        field("site", May, NAME, "At which site."),
    ],
);

pub(super) static VISIT_END: Shape = shape(
    "visit_end",
    "How a visit went: a trip for nothing is the client's when the premises were closed (5.5) or work there was impossible (11.6).",
    &[
        field("visit", Must, NAME, "Its number."),
        field(
            "outcome",
            Must,
            Word(&["done", "client_absent", "provider_absent", "stopped"]),
            "How it went.",
        ),
        field("stop", May, Word(&["environment", "safety", "no_access"]), "Why it was stopped (11.6)."),
        field("on", Must, Day, "When."),
        field("note", May, Text(MAX_NOTE), "The evidence, in a few words."),
    ],
);

pub(super) static ACKNOWLEDGEMENT: Shape = shape(
    "acknowledgement",
    "The client was warned and said so: that work may void a warranty (9.3), that data are to be saved before (11.2).",
    &[
        field("of", Must, Word(&["warranty", "backup"]), "What of."),
        field("on", Must, Day, "When."),
        field("by", Must, Text(MAX_NOTE), "Who at the client's."),
    ],
);

pub(super) static THIRD_PARTY: Shape = shape(
    "third_party",
    "The fault comes from something that is not the firm's; the client is told at once (11.5).",
    &[
        field("found_at", Must, Moment, "When that was found."),
        field("informed_at", May, Moment, "When the client was told: within a day."),
        field("what", Must, Text(MAX_NOTE), "Where the fault comes from."),
    ],
);

pub(super) static BILLING: Shape = shape(
    "billing",
    "How often the contract is invoiced, and how the client pays (10.1). Both change only between two periods.",
    &[
        FROM,
        field("period_months", Must, Word(&["1", "3", "6", "12"]), "Months of a period."),
        field("mode", Must, Word(&["transfer", "cheque", "card", "direct_debit"]), "How the client pays."),
    ],
);

pub(super) static TARIFF: Shape = shape(
    "tariff",
    "What each line of the equipment list is charged by its class (10.2), when it comes in after the contract was made.",
    &[
        FROM,
        field("equipment", Must, NAME, "The class, as the list names it: poste, serveur…"),
        field("unit_cents", Must, Whole(0, MOST_CENTS), "For one, for one whole period."),
    ],
);

pub(super) static MANDATE: Shape = shape(
    "mandate",
    "An authorisation for direct debit (10.4).",
    &[
        field("rum", Must, Text(35), "Its unique reference."),
        field("from", Must, Day, "When it was signed."),
        field("until", May, Day, "When it was withdrawn."),
    ],
);

pub(super) static BACKUP: Shape = shape(
    "backup",
    "The backup volume that is included (7.1).",
    &[
        FROM,
        field("included_gb", Must, Whole(0, 1_000_000), "Gigabytes (10⁹ bytes)."),
        field(
            "cents_per_gb",
            May,
            Whole(0, 1_000_000),
            "For each gigabyte beyond, in cents without tax; 300 when left out.",
        ),
    ],
);

pub(super) static QUOTE_LINE: Shape = shape(
    "quote_line",
    "A line of a quote. Parts and software are never included (2.5).",
    &[
        field("quote", Must, NAME, "The quote's number."),
        field(
            "kind",
            Must,
            Word(&["work", "part", "software", "warranty_part"]),
            "What; a part that the maker's warranty pays costs nothing.",
        ),
        field("label", Must, Text(MAX_NOTE), "What for."),
        field("cents", Must, Whole(0, MOST_CENTS), "How much, in cents without tax."),
        field("included", May, Flag, "Somebody wants it to be part of the contract's price."),
    ],
);
