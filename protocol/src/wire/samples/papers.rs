//! Papers of contracts, and the lines they make.

use super::{AGENT, NOW, Sample, contract, sample};
use crate::wire::contract::IsoDay;
use crate::wire::enrol::{Call, Reply};
use crate::wire::papers::{InvoiceLine, LinesPage, MoneyLine, PaperDraft, PaperLine, PaperPage, PapersWrite};

fn day(text: &str) -> IsoDay {
    IsoDay(text.to_owned())
}

fn line() -> MoneyLine {
    MoneyLine {
        kind: "price".into(),
        label: "Postes".into(),
        clause: "10.1".into(),
        cents: 12_500,
        explained: vec![("5 × 25,00 €".into(), "5 × €25.00".into())],
    }
}

fn page() -> PaperPage {
    let paper = PaperLine {
        number: 7,
        kind: "client".into(),
        clause: "15.2".into(),
        agent: None,
        body: Some("{\"from\":\"2026-01-05\",\"class\":\"consumer\"}".into()),
        corrects: Some(3),
        why: "faute de frappe".into(),
        by: "anne.leroy".into(),
        at: NOW,
        stands: true,
    };
    PaperPage {
        contract: contract(),
        version: 7,
        rows: vec![paper],
        offers: Vec::new(),
        renewal_notice: Some((day("2026-07-01"), day("2026-09-01"))),
        untold: vec![5],
    }
}

fn lines() -> LinesPage {
    let invoice = InvoiceLine {
        from: day("2026-01-05"),
        until: day("2026-04-05"),
        lines: vec![line()],
        total: 12_500,
        payment: vec![("Reçue".into(), "Received".into())],
    };
    LinesPage {
        from: day("2026-01-01"),
        to: day("2027-01-01"),
        invoices: vec![invoice],
        waiting: vec![line()],
        rejected: Vec::new(),
        csv: "état;montant\r\n".into(),
    }
}

pub(super) fn all() -> Vec<Sample> {
    let write = || {
        Box::new(PapersWrite {
            contract: contract(),
            version: 6,
            papers: vec![PaperDraft {
                kind: "warranty".into(),
                agent: Some(AGENT),
                body: Some("{}".into()),
                corrects: Some((3, "faute de frappe".into())),
            }],
            table: "2026-07;1".into(),
        })
    };
    vec![
        sample("call papers", Call::Papers { contract: contract() }),
        sample("call money", Call::Money { contract: contract() }),
        sample("call write papers", Call::WritePapers(write())),
        sample("call write work", Call::WriteWork(write())),
        sample("call write money", Call::WriteMoney(write())),
        sample(
            "call lines",
            Call::Lines { contract: contract(), from: day("2026-01-01"), to: day("2027-01-01") },
        ),
        sample("reply papers", Reply::Papers(Box::new(page()))),
        sample("reply lines", Reply::Lines(Box::new(lines()))),
    ]
}
