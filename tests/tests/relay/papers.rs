//! Papers over the wire: each sort by who needs it, the second editor told, and the gate at work by what was written.

use aval_protocol::firm::Role;
use aval_protocol::wire::codes::{FaultCode, RefusalCode};
use aval_protocol::wire::contract::IsoDay;
use aval_protocol::wire::enrol::{Call, Reply};
use aval_protocol::wire::papers::{PaperDraft, PaperPage, PapersWrite};
use aval_protocol::wire::session::{SessionRequest, WorkCategory};

use crate::world::{Link, World, asked, code_of, contract, good, member};

fn draft(kind: &str, body: &str) -> PaperDraft {
    PaperDraft { kind: kind.into(), agent: None, body: Some(body.into()), corrects: None }
}

fn write(version: u32, papers: Vec<PaperDraft>) -> Box<PapersWrite> {
    Box::new(PapersWrite { contract: contract(), version, papers, table: String::new() })
}

async fn page(link: &Link, call: Call) -> PaperPage {
    match link.call(call).await {
        Reply::Papers(page) => *page,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn clause_2_6_a_quote_that_was_written_down_opens_the_gate_for_its_work() {
    let world = World::start();
    let (_, agent) = world.approved().await;
    let desk = world.link(&world.technician(), good()).await;
    let excluded = async || {
        let request = SessionRequest { category: WorkCategory::AddSoftware, ..asked(agent) };
        let Reply::Decision(said) = desk.call(Call::Explain { request, at: None }).await else { panic!() };
        said.reasons.iter().any(|reason| reason.code == RefusalCode::ExcludedOperation)
    };
    assert!(excluded().await);
    let read = page(&desk, Call::Papers { contract: contract() }).await;
    let quote = r#"{"quote":"D-31","for":"add_software","offered_on":"2020-01-02","what":"paie"}"#;
    let yes = r#"{"quote":"D-31","step":"accepted","at":"2020-01-03T09:00:00+01:00"}"#;
    let both = vec![draft("quote", quote), draft("quote_step", yes)];
    let after = page(&desk, Call::WriteWork(write(read.version, both))).await;
    assert_eq!((after.rows.len(), after.version), (2, read.version + 2));
    assert!(!excluded().await);
}

#[tokio::test(start_paused = true)]
async fn clause_12_1_amounts_are_for_those_who_need_them_and_the_second_editor_is_told() {
    let world = World::start();
    world.approved().await;
    let desk = world.link(&world.technician(), good()).await;
    let manager = world.link(&world.manager(), good()).await;
    let billing = world.link(&member(&world.firm, Role::Billing, "b.billing"), good()).await;
    let version = page(&manager, Call::Papers { contract: contract() }).await.version;
    let client = || vec![draft("client", r#"{"from":"2020-01-01","class":"consumer"}"#)];
    let price = || vec![draft("price", r#"{"label":"x","quantity":1,"unit_cents":2500,"basis":"contract"}"#)];

    for refused in [
        Call::Money { contract: contract() },
        Call::WriteMoney(write(version, price())),
        Call::WritePapers(write(version, client())),
        Call::Lines {
            contract: contract(),
            from: IsoDay("2026-01-01".into()),
            to: IsoDay("2027-01-01".into()),
        },
        // Not by the back door of another sort's call either.
        Call::WriteWork(write(version, price())),
    ] {
        assert_eq!(code_of(&desk.call(refused).await), Some(FaultCode::Forbidden));
    }
    let forbidden = billing.call(Call::WritePapers(write(version, client()))).await;
    assert_eq!(code_of(&forbidden), Some(FaultCode::Forbidden));

    let money = page(&billing, Call::WriteMoney(write(version, price()))).await;
    assert_eq!((money.rows.len(), money.rows[0].kind.as_str()), (1, "price"));
    assert!(page(&desk, Call::Papers { contract: contract() }).await.rows.is_empty());
    // The manager read before that.
    let told = manager.call(Call::WritePapers(write(version, client()))).await;
    assert_eq!(code_of(&told), Some(FaultCode::Conflict));
    let page_now = page(&manager, Call::WritePapers(write(money.version, client()))).await;
    assert_eq!(page_now.rows.len(), 1);
    assert!(page_now.renewal_notice.is_some(), "a consumer is told of renewals (15.2)");

    let wrong = vec![draft("site", r#"{"site":"x","from":"2020-01-01","country":"FR","siret":"1"}"#)];
    match manager.call(Call::WritePapers(write(page_now.version, wrong))).await {
        Reply::Fault { code: FaultCode::Invalid, fr, en } => {
            assert!(fr.contains("article\u{a0}2.3") && en.contains("clause 2.3"), "{fr}");
        }
        other => panic!("{other:?}"),
    }
    let mut table = write(page_now.version, Vec::new());
    table.table = "mois;octets\n2020-01;5\n2020-02;6".into();
    assert_eq!(page(&billing, Call::WriteMoney(table)).await.rows.len(), 3);
}
