//! The table, caller by caller and as the page shows it.

use std::fmt::Write as _;

use aval_protocol::id::{AgentId, ContractId, PersonId, UnixSeconds};
use aval_protocol::wire::contract::{ContractAct, ContractWrite, IsoDay};
use aval_protocol::wire::papers::PapersWrite;
use aval_protocol::wire::record::{Exception, Mark, OfferAnswer, OfferKind, OfferMade};
use aval_protocol::wire::session::{Approval, Capabilities, SessionRequest, WorkCategory};

use super::*;

const CALLERS: [(&str, Caller); 6] = [
    ("agent", Caller::Agent),
    ("technician", Caller::Member(Role::Technician)),
    ("manager", Caller::Member(Role::Manager)),
    ("billing", Caller::Member(Role::Billing)),
    ("relay", Caller::Member(Role::Relay)),
    ("release", Caller::Member(Role::Release)),
];

fn allowed(caller: Caller) -> Vec<&'static str> {
    TABLE.iter().filter(|row| row.callers.contains(&caller)).map(|row| row.name).collect()
}

#[test]
fn clause_5_4_each_caller_may_what_its_role_is_for_and_no_more() {
    // A machine's own calls are nobody else's.
    assert_eq!(
        allowed(Caller::Agent),
        ["Enrol", "Firm", "Leave", "ListAsk", "ListWord", "Renew", "ReleasePart"]
    );
    for row in TABLE.iter().filter(|row| row.callers.contains(&Caller::Agent)) {
        assert_eq!(row.callers, [AGENT], "{}", row.name);
    }
    // Only a technician takes a screen in hand; only a manager gives rights; keys of servers and releases ask nothing.
    let only = |name: &str| TABLE.iter().find(|row| row.name == name).unwrap().callers;
    for name in ["RequestSession", "Offer", "Answer"] {
        assert_eq!(only(name), [TECHNICIAN], "{name}");
    }
    // Amounts are for those who need to know them (12.1).
    for name in ["Money", "WriteMoney", "Lines"] {
        assert_eq!(only(name), [MANAGER, BILLING], "{name}");
    }
    for name in ["IssueCode", "Approve", "GrantException", "Lock", "People", "WriteContract", "WritePapers"] {
        assert_eq!(only(name), [MANAGER], "{name}");
    }
    assert!(
        allowed(Caller::Member(Role::Relay)).is_empty() && allowed(Caller::Member(Role::Release)).is_empty()
    );
}

#[test]
fn what_the_table_says_is_what_happens() {
    let agent = AgentId([1; 16]);
    let request = SessionRequest {
        agent,
        capabilities: Capabilities::VIEW,
        category: WorkCategory::Assistance,
        reference: String::new(),
        minutes: 1,
    };
    let made = OfferMade {
        agent,
        session: None,
        kind: OfferKind::Workshop,
        category: WorkCategory::Assistance,
        note: String::new(),
    };
    let key = aval_protocol::firm::Signer::generate().unwrap();
    let approval = Approval {
        agent_key: key.key_id(),
        contract: ContractId::new("C-1").unwrap(),
        hostname: String::new(),
        at: UnixSeconds(0),
    };
    let day = IsoDay("2026-01-01".to_owned());
    let papers = Box::new(PapersWrite {
        contract: ContractId::new("C-1").unwrap(),
        version: 0,
        papers: Vec::new(),
        table: String::new(),
    });
    let exception = Exception { agent, reason: String::new(), from: UnixSeconds(0), until: UnixSeconds(1) };
    let calls = [
        ("Machines", Call::Machines { after: None }),
        ("News", Call::News { since: Mark::default(), wait_s: 0 }),
        ("Machine", Call::Machine { agent }),
        ("Offer", Call::Offer(Box::new(made))),
        ("Answer", Call::Answer { offer: 1, answer: OfferAnswer::Refused }),
        ("People", Call::People),
        ("Contracts", Call::Contracts { after: None }),
        ("Contract", Call::Contract { contract: ContractId::new("C-1").unwrap() }),
        (
            "WriteContract",
            Call::WriteContract(Box::new(ContractWrite {
                contract: ContractId::new("C-1").unwrap(),
                act: ContractAct::Resume,
            })),
        ),
        ("Papers", Call::Papers { contract: ContractId::new("C-1").unwrap() }),
        ("Money", Call::Money { contract: ContractId::new("C-1").unwrap() }),
        ("WritePapers", Call::WritePapers(papers.clone())),
        ("WriteWork", Call::WriteWork(papers.clone())),
        ("WriteMoney", Call::WriteMoney(papers)),
        ("Lines", Call::Lines { contract: ContractId::new("C-1").unwrap(), from: day.clone(), to: day }),
        ("RequestSession", Call::RequestSession(request.clone())),
        ("Explain", Call::Explain { request, at: None }),
        ("IssueCode", Call::IssueCode { contract: ContractId::new("C-1").unwrap(), valid_minutes: 1 }),
        ("Approve", Call::Approve(Box::new(key.sign(&approval).unwrap()))),
        ("GrantException", Call::GrantException(exception)),
        (
            "Lock",
            Call::Lock { technician: PersonId::new("a.b").unwrap(), locked: true, reason: String::new() },
        ),
        ("Journal", Call::Journal { agent, from: 1 }),
        ("Inventory", Call::Inventory { agent }),
        ("Firm", Call::Firm),
        ("Leave", Call::Leave),
    ];
    for (name, call) in calls {
        assert_eq!(row(&call).name, name);
        for (who, caller) in CALLERS {
            assert_eq!(may(caller, &call), allowed(caller).contains(&name), "{who} {name}");
        }
    }
}

#[test]
fn each_row_is_there_once_and_named_as_its_call() {
    let source = include_str!("../roles.rs");
    for (n, row) in TABLE.iter().enumerate() {
        assert!(TABLE[..n].iter().all(|other| other.name != row.name), "{} twice", row.name);
        assert!(source.contains(&format!("    Call::{}", row.name)), "{} is no call", row.name);
        assert!(!row.callers.is_empty(), "{}: nobody may", row.name);
    }
}

#[test]
fn the_page_of_roles_is_current() {
    let mut page = String::from(
        "# Who may do what\n\n\
         Made from the one table that the relay asks (`relay/src/roles.rs`), which does not compile while a call has no row.\n\
         Whoever is not in a row is refused; a locked or expired certificate holds no role at all.\n\n\
         | call | what it does |",
    );
    for (who, _) in CALLERS {
        write!(page, " {who} |").unwrap();
    }
    page += " client's representative |\n|---|---|";
    page += &"---|".repeat(CALLERS.len() + 1);
    page += "\n";
    for row in TABLE {
        write!(page, "| `{}` | {} |", row.name, row.what).unwrap();
        for (_, caller) in CALLERS {
            page += if row.callers.contains(&caller) { " yes |" } else { " – |" };
        }
        page += " – |\n";
    }
    page += "\nA client's representative has no certificate and calls nothing here. They ask by phone, which a technician writes into the \
             request\n(clause 9.4); they say yes or no at their own PC, at any time (4.3); they read their PC's own journal. That a visit on \
             site\nis decided by the firm alone (5.4) follows: no row lets a client make one.\n";
    crate::pages::is_current("docs/roles.md", &page);
}
