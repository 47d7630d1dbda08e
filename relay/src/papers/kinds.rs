//! Every kind of paper in one table: its clause, whose eyes it is for, what it is about, and how it lies in time.

use super::shapes;
use crate::document::Shape;

/// Whose matter a paper is: the table of roles says who reads and who writes each sort.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sort {
    /// What the parties agreed on, and how they stand to each other.
    Contract,
    /// What the work brings: quotes without their amounts, visits, warnings that were acknowledged.
    Work,
    /// Amounts.
    Money,
}

/// What a paper is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum About {
    /// The contract as a whole.
    Contract,
    /// One of its machines.
    Machine,
    /// Either.
    Either,
    /// Every contract of the firm.
    Firm,
}

/// How a paper lies in time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Held {
    /// From the day `from` on, until the next one of the same keys. Two of one day contradict each other.
    Since,
    /// From `from` to the day before `until`, if it ends. Two of the same keys must not overlap.
    Span,
    /// Once for its keys.
    Once,
    /// As often as it happens.
    Event,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $label:literal, $clause:literal, $sort:ident, $about:ident, $held:ident, [$($key:literal),*], [$($past:literal),*], $shape:path;)+) => {
        /// A kind of paper.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Kind { $($(#[$doc])* $name,)+ }

        impl Kind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// As the record, documents and commands write it.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$name => $label,)+ }
            }

            /// The clause of the general terms that it serves.
            pub const fn clause(self) -> &'static str {
                match self { $(Self::$name => $clause,)+ }
            }

            /// Whose matter it is.
            pub const fn sort(self) -> Sort {
                match self { $(Self::$name => Sort::$sort,)+ }
            }

            /// What it is about.
            pub const fn about(self) -> About {
                match self { $(Self::$name => About::$about,)+ }
            }

            /// How it lies in time.
            pub const fn held(self) -> Held {
                match self { $(Self::$name => Held::$held,)+ }
            }

            /// What tells one from another of the kind, beside the machine.
            pub const fn keys(self) -> &'static [&'static str] {
                match self { $(Self::$name => &[$($key),*],)+ }
            }

            /// Days and moments that lie in the past when it is written down: what has happened.
            pub const fn past(self) -> &'static [&'static str] {
                match self { $(Self::$name => &[$($past),*],)+ }
            }

            /// What its body holds.
            pub const fn shape(self) -> &'static Shape {
                match self { $(Self::$name => &$shape,)+ }
            }
        }
    };
}

kinds! {
    /// Who the client is by the code de la consommation.
    Client = "client", "15.2", Contract, Contract, Since, [], [], shapes::CLIENT;
    /// The client was told of a renewal.
    RenewalNotice = "renewal_notice", "15.2", Contract, Contract, Once, ["told_on"], ["told_on"], shapes::RENEWAL_NOTICE;
    /// Something written or said to end the contract, in whatever form.
    Letter = "letter", "6.3", Contract, Contract, Event, [], ["sent_on", "received_on"], shapes::LETTER;
    /// One side's word that a letter is withdrawn.
    Withdrawal = "withdrawal", "6.3", Contract, Contract, Once, ["letter", "by"], ["on"], shapes::WITHDRAWAL;
    /// A move abroad.
    MovedAbroad = "moved_abroad", "6.2", Contract, Contract, Event, [], ["letter_on"], shapes::MOVED_ABROAD;
    /// A first échéance that the financial document names.
    Echeance = "echeance", "6.1", Contract, Contract, Once, [], [], shapes::ECHEANCE;
    /// The version of the general terms that was signed.
    Terms = "terms", "1.2", Contract, Contract, Since, [], [], shapes::TERMS;
    /// An option, subscribed for a time.
    Option = "option", "1.1", Contract, Contract, Span, ["option"], [], shapes::OPTION;
    /// A site of the client's.
    Site = "site", "2.3", Contract, Contract, Span, ["site"], [], shapes::SITE;
    /// The whole fleet or one establishment.
    Scope = "scope", "2.3", Contract, Contract, Since, [], [], shapes::SCOPE;
    /// The establishment that a machine is assigned to.
    Establishment = "establishment", "2.3", Contract, Machine, Since, [], [], shapes::ESTABLISHMENT;
    /// A machine that was seen and is in no list.
    Unlisted = "unlisted", "2.4", Contract, Machine, Span, [], ["from"], shapes::UNLISTED;
    /// Who answers for the client about the equipment list, and at which of their machines.
    Representative = "representative", "2.2", Contract, Machine, Span, [], [], shapes::REPRESENTATIVE;
    /// A machine comes in although it does not work as it should: what both know of it.
    Reserve = "reserve", "2.1", Contract, Either, Event, [], ["on"], shapes::RESERVE;
    /// A maker's warranty.
    Warranty = "warranty", "9.3", Contract, Machine, Since, [], [], shapes::WARRANTY;
    /// The contract goes to another firm.
    Assignment = "assignment", "13.1", Contract, Contract, Once, ["on"], [], shapes::ASSIGNMENT;
    /// Somebody asked about data that name them.
    DataRequest = "data_request", "14.1", Contract, Contract, Event, [], ["asked_on", "closed_on"], shapes::DATA_REQUEST;
    /// The client wants no offers.
    Marketing = "marketing", "14.2", Contract, Contract, Since, [], ["from"], shapes::MARKETING;
    /// Whether the client may be named as a reference.
    Reference = "reference", "14.3", Contract, Contract, Since, [], [], shapes::REFERENCE;
    /// Evidence is kept for a court.
    LegalHold = "legal_hold", "15.3", Contract, Contract, Span, [], [], shapes::LEGAL_HOLD;

    /// A quote for work that the price does not cover.
    Quote = "quote", "2.6", Work, Either, Once, ["quote"], ["offered_on"], shapes::QUOTE;
    /// What became of a quote.
    QuoteStep = "quote_step", "2.6", Work, Contract, Once, ["quote", "step"], ["at"], shapes::QUOTE_STEP;
    /// A visit on site that the firm decided on, by appointment.
    Visit = "visit", "5.5", Work, Either, Once, ["visit"], [], shapes::VISIT;
    /// How a visit went.
    VisitEnd = "visit_end", "5.5", Work, Contract, Once, ["visit"], ["on"], shapes::VISIT_END;
    /// The client was warned, and said so.
    Acknowledgement = "acknowledgement", "9.3", Work, Either, Event, [], ["on"], shapes::ACKNOWLEDGEMENT;
    /// The fault comes from something that is not the firm's.
    ThirdParty = "third_party", "11.5", Work, Machine, Event, [], ["found_at", "informed_at"], shapes::THIRD_PARTY;

    /// What is charged each period.
    Price = "price", "10.1", Money, Contract, Event, [], [], shapes::PRICE;
    /// What a line of the equipment list is charged each period, by its class.
    Tariff = "tariff", "10.2", Money, Contract, Since, ["equipment"], [], shapes::TARIFF;
    /// How often it is invoiced, and how the client pays.
    Billing = "billing", "10.1", Money, Contract, Since, [], [], shapes::BILLING;
    /// An authorisation for direct debit.
    Mandate = "mandate", "10.4", Money, Contract, Span, [], [], shapes::MANDATE;
    /// A Syntec index, as published: for every contract.
    Index = "index", "10.5", Money, Firm, Once, ["month"], ["published_on"], shapes::INDEX;
    /// Backup volume that is included.
    Backup = "backup", "7.1", Money, Contract, Since, [], [], shapes::BACKUP;
    /// Backup volume as measured at the end of a month.
    Volume = "volume", "7.1", Money, Contract, Once, ["month"], [], shapes::VOLUME;
    /// A line of a quote.
    QuoteLine = "quote_line", "2.5", Money, Contract, Event, [], [], shapes::QUOTE_LINE;
    /// Something charged once.
    Charge = "charge", "2.5", Money, Contract, Event, [], [], shapes::CHARGE;
    /// An invoice was received.
    Reception = "reception", "10.3", Money, Contract, Once, ["invoice_from"], ["received_on"], shapes::RECEPTION;
}

impl Kind {
    /// The kind of a label.
    pub fn of(label: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.label() == label)
    }
}
