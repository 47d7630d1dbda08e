//! What a question's document may hold, key by key: the reader checks by it, and docs/explain.schema.json is made of it.

use aval_protocol::wire::closing::MOST_OVERRUN_S;

use super::forms;
use crate::document::Kind::{Day, Flag, Many, Moment, Of, Text, Whole, Word};
use crate::document::Need::{May, Must, OrNull};
use crate::document::{Shape, field};
use crate::records::MAX_NOTE;

/// Longest list of letters, exceptions and the like.
const MOST: usize = 1000;
/// Highest rate or round trip that a document may name.
const MOST_LINE: i64 = 100_000_000;
/// Longest overrun in a document, in seconds: what a firm may set.
const MOST_OVERRUN: i64 = MOST_OVERRUN_S as i64;

/// The whole document.
pub static FACTS: Shape = Shape {
    name: "facts",
    what: "A question to the gate: may this technician ask for this machine at this moment?",
    fields: &[
        field("now", Must, Moment, "The moment judged."),
        field("firm", Must, Of(&FIRM), "The maintenance firm, for the sentences."),
        field(
            "calendar",
            Must,
            Of(&CALENDAR),
            "When support is open (3.2, 4.2), and whether the clock can be believed.",
        ),
        field("rules", May, Of(&RULES), "The firm's settings; left out, each is the general terms' own."),
        field("contract", OrNull, Of(&CONTRACT), "The contract that covers the device."),
        field("device", Must, Of(&DEVICE), "The machine."),
        field("link", OrNull, Of(&LINK), "The newest measurement of the device's line (4.4)."),
        field("request", Must, Of(&REQUEST), "Who asks for what."),
    ],
};

static FIRM: Shape = Shape {
    name: "firm",
    what: "The maintenance firm.",
    fields: &[
        field("name", Must, Text(80), "Its name."),
        field("phone", Must, forms::PHONE, "Its number in international form: +33199001234."),
    ],
};

static CALENDAR: Shape = Shape {
    name: "calendar",
    what: "When support is open: Monday to Friday, 9 to 18 o'clock in Paris, wherever the client is (15.1).",
    fields: &[
        field(
            "holidays",
            May,
            forms::HOLIDAYS,
            "The firm's holidays: contract_literal (none, when left out), fr_metropole, or custom:DAY,DAY.",
        ),
        field("clock_trusted", Must, Flag, "Whether the relay's own clock is synchronised to within 60 s."),
        field(
            "exceptions",
            May,
            Many(&Of(&EXCEPTION), MOST),
            "Managers' exceptions to the hours for this device.",
        ),
    ],
};

static EXCEPTION: Shape = Shape {
    name: "exception",
    what: "A manager's word that sessions may start outside support hours. The person at the PC is still asked.",
    fields: &[
        field("from", Must, Moment, "Its first moment."),
        field("until", Must, Moment, "The first moment after it."),
        field("by", Must, forms::PERSON, "The manager."),
        field("reason", Must, Text(MAX_NOTE), "Why."),
    ],
};

static RULES: Shape = Shape {
    name: "rules",
    what: "The firm's settings. Rates in kbit/s, round trips in ms, losses in 1/1000.",
    fields: &[
        field(
            "notice_counts_from",
            May,
            Word(&["sent", "received"]),
            "Which day of a notice counts (6.3); sent when left out.",
        ),
        field(
            "insufficient",
            May,
            Word(&["refuse", "try"]),
            "What a line too weak does (4.4); refuse when left out.",
        ),
        field(
            "overrun_s",
            May,
            Whole(0, MOST_OVERRUN),
            "How long a session may go on after closing with the person's yes, in seconds (4.2); 1800 when left out.",
        ),
        field(
            "overrun_answer_s",
            May,
            Whole(0, MOST_OVERRUN),
            "Without an answer within that time the screen may only be seen; 120 when left out.",
        ),
        field(
            "overrun_grace_s",
            May,
            Whole(0, MOST_OVERRUN),
            "Without a yes within that time it is over; 300 when left out.",
        ),
        field(
            "good_down_kbit",
            May,
            Whole(0, MOST_LINE),
            "Below it towards the client a line is degraded; 4000 when left out.",
        ),
        field(
            "good_up_kbit",
            May,
            Whole(0, MOST_LINE),
            "Below it from the client a line is degraded; 1000 when left out.",
        ),
        field("good_rtt_ms", May, Whole(0, MOST_LINE), "Above it a line is degraded; 150 when left out."),
        field("good_loss_permille", May, Whole(0, 1000), "Above it a line is degraded; 20 when left out."),
        field(
            "least_down_kbit",
            May,
            Whole(0, MOST_LINE),
            "Below it towards the client a line is insufficient; 512 when left out.",
        ),
        field(
            "least_up_kbit",
            May,
            Whole(0, MOST_LINE),
            "Below it from the client a line is insufficient; 256 when left out.",
        ),
        field("most_rtt_ms", May, Whole(0, MOST_LINE), "Above it a line is insufficient; 900 when left out."),
        field(
            "most_loss_permille",
            May,
            Whole(0, 1000),
            "Above it, by the lower confidence bound, a line is insufficient; 80 when left out.",
        ),
    ],
};

static CONTRACT: Shape = Shape {
    name: "contract",
    what: "A maintenance contract.",
    fields: &[
        field("id", Must, forms::CONTRACT_ID, "Its reference."),
        field("client", Must, Text(MAX_NOTE), "The client's name."),
        field(
            "client_class",
            Must,
            Word(&["professional", "non_professional", "consumer"]),
            "Who the client is by the code de la consommation (15.2).",
        ),
        field("signed_on", Must, Day, "The day of signature, in Paris (6.1)."),
        field("effective_on", May, Day, "The first day in force; that of signature when left out (6.1)."),
        field("months", May, Whole(1, 600), "Months of each term; 12 when left out (6.1)."),
        field(
            "first_echeance",
            May,
            Day,
            "The first échéance, where the financial document names one of its own.",
        ),
        field(
            "scope",
            May,
            Of(&SCOPE),
            "What it covers (2.3); left out, the device's coverage alone decides.",
        ),
        field("site", Must, Of(&SITE), "Where the client's site is."),
        field("onsite", Must, Flag, "The on-site option was subscribed (5.2)."),
        field("holidays", May, forms::HOLIDAYS, "This contract's own holidays; the firm's when left out."),
        field(
            "letters",
            May,
            Many(&Of(&LETTER), MOST),
            "What was written to end it, in whatever form (6.3).",
        ),
        field(
            "moved_abroad",
            May,
            Of(&MOVED),
            "A move abroad (6.2). A move within France ends nothing and is no such move.",
        ),
        field(
            "renewal_notices",
            May,
            Many(&Day, MOST),
            "The days on which the client was told in writing of a renewal (L215-1).",
        ),
        field(
            "suspended",
            May,
            Of(&SUSPENDED),
            "A named manager's suspension in effect. Late payment alone suspends nothing.",
        ),
    ],
};

static SCOPE: Shape = Shape {
    name: "scope",
    what: "The whole fleet of a firm or one establishment (2.3): exactly one of the two.",
    fields: &[
        field("whole_fleet", May, forms::SIREN, "The firm's SIREN."),
        field("establishment", May, forms::SIRET, "The establishment's SIRET."),
    ],
};

static SITE: Shape = Shape {
    name: "site",
    what: "A site in France.",
    fields: &[
        field(
            "country",
            Must,
            forms::COUNTRY,
            "ISO 3166-1 alpha-2; FR, or the code of a part of France overseas.",
        ),
        field("postal", OrNull, forms::POSTAL, "Its postal code; decides on-site help (3.6, 4.8)."),
        field(
            "commune",
            May,
            forms::COMMUNE,
            "Its commune's INSEE code, which counts before the postal code.",
        ),
    ],
};

static LETTER: Shape = Shape {
    name: "letter",
    what: "Something written or said to end the contract. At least one of its days is known.",
    fields: &[
        field("by", Must, Word(&["client", "provider"]), "Who wrote it."),
        field("form", Must, Word(LETTER_FORMS), "Its form: only the first two are notices."),
        field("sent_on", May, Day, "The postmark."),
        field("received_on", May, Day, "The day on the receipt."),
        field("proof", May, Text(MAX_NOTE), "The letter's number, or where its proof lies."),
        field(
            "withdrawn_by_client_on",
            May,
            Day,
            "The client agreed to withdraw it. Only both together withdraw.",
        ),
        field("withdrawn_by_provider_on", May, Day, "The firm agreed to withdraw it."),
    ],
};

pub(crate) static MOVED: Shape = Shape {
    name: "moved_abroad",
    what: "A move abroad ends the contract on the later of the two days, without notice (6.2).",
    fields: &[
        field("to_country", Must, forms::COUNTRY, "ISO 3166-1 alpha-2; not France."),
        field("moved_on", Must, Day, "The day of the move."),
        field("letter_on", Must, Day, "The day of the letter."),
        field(
            "all_sites",
            Must,
            Flag,
            "Every site moved. A move of some makes the scope smaller and ends nothing.",
        ),
    ],
};

static SUSPENDED: Shape = Shape {
    name: "suspended",
    what: "A manager's suspension.",
    fields: &[
        field("by", Must, forms::PERSON, "The manager."),
        field("reason", Must, Text(MAX_NOTE), "Why."),
        field("at", Must, Moment, "Since when."),
    ],
};

static DEVICE: Shape = Shape {
    name: "device",
    what: "A machine of the client's.",
    fields: &[
        field("id", Must, forms::AGENT, "Its identifier."),
        field(
            "standing",
            Must,
            Word(&["unknown", "pending", "approved", "quarantined", "revoked", "left"]),
            "What it is to the firm; quarantined: approved, and its key was seen on other hardware since.",
        ),
        field(
            "coverage",
            Must,
            Word(&["covered", "notified", "needs_remediation", "seen_unlisted", "off_the_list"]),
            "Listed (2.2), notified (2.4), to be mended first (2.1), or seen and never notified (2.4).",
        ),
        field("first_seen", May, Day, "The day it was first seen, when it was never notified."),
        field(
            "establishment",
            May,
            forms::SIRET,
            "The establishment it is assigned to; needed where the contract covers one.",
        ),
        field(
            "presence",
            Must,
            Word(&["online", "busy", "offline"]),
            "Connected and free, in a session, or not connected.",
        ),
        field(
            "warranty_until",
            May,
            forms::WARRANTY,
            "The last day of the maker's warranty, or unknown (9.3).",
        ),
    ],
};

static LINK: Shape = Shape {
    name: "link",
    what: "A measurement of the line, at most five minutes old.",
    fields: &[
        field("measured_at", Must, Moment, "When."),
        field("rtt_ms", Must, Whole(0, MOST_LINE), "Round trip, ms."),
        field("down_kbit", Must, Whole(0, MOST_LINE), "Towards the client, kbit/s."),
        field("up_kbit", Must, Whole(0, MOST_LINE), "From the client, kbit/s."),
        field("loss_permille", Must, Whole(0, 1000), "Packets lost, in 1/1000."),
        field(
            "loss_low_permille",
            Must,
            Whole(0, 1000),
            "Lower bound of its 95 % confidence interval, in 1/1000.",
        ),
    ],
};

static REQUEST: Shape = Shape {
    name: "request",
    what: "A technician's request.",
    fields: &[
        field("technician", Must, forms::PERSON, "Who asks."),
        field("certified", Must, Flag, "The technician's certificate holds."),
        field("locked", Must, Flag, "A manager has locked the technician."),
        field("capabilities", Must, Many(&Word(&["view", "control"]), 2), "What for, at most."),
        field("category", Must, Word(CATEGORIES), "Which kind of work (2.6)."),
        field("reference", OrNull, Text(MAX_NOTE), "Who at the client asked, how and when (9.4)."),
        field("minutes", Must, Whole(1, 240), "For how long at most."),
        field("quote", May, Of(&QUOTE), "A quote that the client accepted (2.6)."),
        field("throttled_until", May, Moment, "Too many requests came before: until when."),
    ],
};

static QUOTE: Shape = Shape {
    name: "quote",
    what: "A quote for work that the contract excludes, accepted before the act.",
    fields: &[
        field("id", Must, Text(64), "Its number."),
        field("category", Must, Word(CATEGORIES), "The kind of work it is for."),
        field("accepted_at", Must, Moment, "When the client accepted it."),
    ],
};

/// Forms in which an end may be written or said.
pub(crate) const LETTER_FORMS: &[&str] =
    &["registered_letter", "electronic_registered_letter", "letter", "email", "spoken"];

/// Kinds of work, as documents and papers name them.
pub(crate) const CATEGORIES: &[&str] = &[
    "assistance",
    "maintenance",
    "add_hardware",
    "add_software",
    "data_handling",
    "change",
    "pre_contract_audit",
];
