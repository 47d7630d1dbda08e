//! What a document of a contract's money may hold, key by key: the reader checks by it, and docs/lines.schema.json is made of it.

use jiff::civil::Date;

use crate::document::Kind::{Day, Flag, Formed, Many, Of, Text, Whole, Word};
use crate::document::Need::{May, Must, OrNull};
use crate::document::{Kind, Shape, field};
use crate::facts::forms;
use crate::facts::shapes::CATEGORIES;
use crate::records::MAX_NOTE;

/// The highest amount of a line for one, in cents: ten million euros.
const MOST_CENTS: i64 = 1_000_000_000;
/// Longest list.
const MOST: usize = 10_000;

/// A month, `2026-07`: its first day.
pub(crate) fn month(text: &str) -> Result<Date, String> {
    crate::document::view::day(&format!("{text}-01"))
        .map(crate::gate::term::Day::date)
        .map_err(|_| format!("{text:?} is no month: write it as 2026-07"))
}

pub(crate) const MONTH: Kind = Formed("^[0-9]{4}-[0-9]{2}$", |text| month(text).map(drop));

/// The whole document.
pub static BILL: Shape = Shape {
    name: "bill",
    what: "What a contract's clauses make of its prices. Amounts are whole cents without tax.",
    fields: &[
        field("from", Must, Day, "The first day looked at: periods and months that begin from it on."),
        field("to", Must, Day, "The first day not looked at."),
        field("contract", Must, Of(&CONTRACT), "The contract."),
        field("payment", Must, Of(&PAYMENT), "How the client pays (10.1, 10.4)."),
        field("prices", Must, Many(&Of(&PRICE), MOST), "What is charged each period."),
        field(
            "indices",
            May,
            Many(&Of(&INDEX), MOST),
            "Syntec indices, as published (10.5): those known at signature and each first of July since.",
        ),
        field("backup", May, Of(&BACKUP), "The backup option, if subscribed (7.1)."),
        field("volumes", May, Many(&Of(&VOLUME), MOST), "Volumes saved, at the end of each month (7.1)."),
        field("extras", May, Many(&Of(&EXTRA), MOST), "What is charged once."),
        field("receptions", May, Many(&Of(&RECEPTION), MOST), "When invoices were received (10.3)."),
    ],
};

static CONTRACT: Shape = Shape {
    name: "contract",
    what: "A maintenance contract.",
    fields: &[
        field("id", Must, forms::CONTRACT_ID, "Its reference."),
        field("client", Must, Text(MAX_NOTE), "The client's name."),
        field("signed_on", Must, Day, "The day of signature, in Paris (6.1)."),
        field(
            "effective_on",
            May,
            Day,
            "The first day in force; that of signature when left out. Periods are anchored on it.",
        ),
        field("months", May, Whole(1, 600), "Months of each term; 12 when left out (6.1)."),
        field(
            "first_echeance",
            May,
            Day,
            "The first échéance, where the financial document names one of its own.",
        ),
        field("ends_on", May, Day, "The first day after its end, if one is known."),
        field("period_months", Must, Word(&["1", "3", "6", "12"]), "How often it is invoiced (10.1)."),
        field("onsite", Must, Flag, "The on-site option was subscribed (5.2)."),
    ],
};

static PAYMENT: Shape = Shape {
    name: "payment",
    what: "How the client pays.",
    fields: &[
        field(
            "mode",
            Must,
            Word(&["transfer", "cheque", "card", "direct_debit"]),
            "The way the client chose at signature (10.1).",
        ),
        field(
            "mandate",
            OrNull,
            Of(&MANDATE),
            "The authorisation for direct debit joined to the contract (10.4).",
        ),
    ],
};

static MANDATE: Shape = Shape {
    name: "mandate",
    what: "An authorisation for direct debit.",
    fields: &[
        field("rum", Must, Text(35), "Its unique reference."),
        field("signed_on", Must, Day, "When it was signed."),
    ],
};

pub(crate) static PRICE: Shape = Shape {
    name: "price",
    what: "A price for each period.",
    fields: &[
        field("label", Must, Text(MAX_NOTE), "What for."),
        field("quantity", Must, Whole(1, 100_000), "How many."),
        field("unit_cents", Must, Whole(0, MOST_CENTS), "For one, for one whole period."),
        field(
            "basis",
            Must,
            Word(&["contract", "notified", "seen_unlisted"]),
            "In the contract, notified later (2.4, 10.2), or seen and never notified (2.4).",
        ),
        field("from", May, Day, "The day of notification or first sight; charged from it on."),
        field(
            "agreed_on",
            May,
            Day,
            "The day the price was agreed on; from, or that of signature, when left out. Revaluations begin there (10.5).",
        ),
        field(
            "signed_by_client_on",
            May,
            Day,
            "The client signed the list with it. Without both signatures the line waits (2.2).",
        ),
        field("signed_by_provider_on", May, Day, "The firm signed the list with it."),
    ],
};

pub(crate) static INDEX: Shape = Shape {
    name: "index",
    what: "A Syntec index.",
    fields: &[
        field(
            "series",
            Must,
            Word(&["syntec", "syntec_old"]),
            "The series revised in August 2022, or the one before.",
        ),
        field("month", Must, MONTH, "The month it speaks of: 2026-05."),
        field("value_tenths", Must, Whole(1, 100_000), "Its value in tenths: 315.0 is 3150."),
        field("published_on", Must, Day, "When it was published."),
    ],
};

static BACKUP: Shape = Shape {
    name: "backup",
    what: "The backup option.",
    fields: &[
        field("included_gb", Must, Whole(0, 1_000_000), "Gigabytes (10⁹ bytes) included."),
        field("cents_per_gb", May, Whole(0, 1_000_000), "For each gigabyte beyond; 300 when left out."),
    ],
};

pub(crate) static VOLUME: Shape = Shape {
    name: "volume",
    what: "What was saved at the end of a month.",
    fields: &[
        field("month", Must, MONTH, "The month: 2026-07."),
        field("bytes", Must, Whole(0, 1_000_000_000_000_000_000), "Bytes."),
    ],
};

pub(crate) static EXTRA: Shape = Shape {
    name: "extra",
    what: "Something charged once, or that somebody would like to charge.",
    fields: &[
        field(
            "kind",
            Must,
            Word(&["part", "software", "warranty_part", "quoted_work", "visit", "trip", "bank_fee"]),
            "What.",
        ),
        field("label", Must, Text(MAX_NOTE), "What for."),
        field("on", Must, Day, "When."),
        field("cents", Must, Whole(0, MOST_CENTS), "How much."),
        field(
            "included",
            May,
            Flag,
            "Somebody wants it to be part of the contract's price; parts and software never are (2.5).",
        ),
        field("quote", May, Text(64), "The accepted quote, for quoted_work (2.6)."),
        field("category", May, Word(CATEGORIES), "The kind of work, for a visit (5.3)."),
        field(
            "cause",
            May,
            Word(&["client_absent", "site_unsafe", "provider"]),
            "Why a trip was for nothing (5.5, 11.6).",
        ),
    ],
};

pub(crate) static RECEPTION: Shape = Shape {
    name: "reception",
    what: "An invoice's reception.",
    fields: &[
        field("invoice_from", Must, Day, "The invoice's first day."),
        field("received_on", Must, Day, "When the client received it."),
    ],
};
