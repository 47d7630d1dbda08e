//! docs/clauses.md: each clause of the general terms, the code that acts on it and the tests named by it – or why nothing acts on it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use super::{is_current, path};

/// A clause: number, what it says in short, the files that act on it, proofs that are not named by it, and what is to be known besides –
/// above all why no code acts on it.
type Clause = (&'static str, &'static str, &'static [&'static str], &'static [&'static str], &'static str);

/// How many clauses each of the fifteen articles has.
const ARTICLES: [u32; 15] = [2, 6, 6, 8, 5, 3, 1, 4, 4, 5, 6, 3, 1, 3, 3];

const PAPERS: &str = "relay/src/gate/papers.rs";
const LINES: &str = "relay/src/money/lines.rs";
const OFFERS: &str = "relay/src/gate/fallback.rs";
const OFFERED: &str = "relay/src/calls/offer.rs";
const KEPT: &str = "relay/src/papers/kinds.rs";
const NONE: &[&str] = &[];

#[rustfmt::skip]
const CLAUSES: &[Clause] = &[
    ("1.1", "unlimited phone and remote help, and the options subscribed", &["relay/src/gate/reasons.rs"], NONE, "No count of sessions is among the facts."),
    ("1.2", "the terms have fifteen articles", &[KEPT], NONE, "Says how clauses are numbered; this page's test counts them. Each contract keeps the version it was signed with."),
    ("2.1", "equipment may be looked at before the contract; only what works is covered", &["relay/src/gate/work.rs", "relay/src/gate/reasons.rs"], NONE, ""),
    ("2.2", "one list of equipment, approved by both", &["relay/src/coverage.rs", "relay/src/records/store/equipment.rs", LINES], NONE, "Invoice lines still go by the signatures that a price names; the list’s own effect is told beside each version."),
    ("2.3", "the whole fleet, or one establishment", &["relay/src/papers/judged.rs", "relay/src/facts.rs", "relay/src/gate/reasons.rs"], NONE, ""),
    ("2.4", "what is notified is covered at once; what is not may be claimed for", &["relay/src/gate/warnings.rs", LINES], NONE, ""),
    ("2.5", "parts and software are not included", &[LINES, "relay/src/papers/own.rs"], NONE, ""),
    ("2.6", "adding, moving data, changing are excluded", &["relay/src/gate/work.rs", PAPERS, "relay/src/papers/fit.rs", LINES], NONE, ""),
    ("3.1", "calls are unlimited", NONE, NONE, "Nothing refuses a call, so nothing acts on it."),
    ("3.2", "by phone, Monday to Friday, 9 to 18", &["relay/src/gate/hours.rs", OFFERS], NONE, ""),
    ("3.3", "the phone can't mend everything", NONE, NONE, "A limit that the client accepts; no promise is made anywhere."),
    ("3.4", "the client answers for what they do on advice", NONE, NONE, "A matter of liability. What is advised is not recorded."),
    ("3.5", "a replacement offered is the duty done", &[OFFERED], NONE, "An offer and its answer are recorded; a no costs nothing."),
    ("3.6", "remote or on-site help is offered, and may be refused", &[OFFERS, OFFERED], &["relay/src/gate/tests/offers.rs"], "Nothing counts refusals."),
    ("4.1", "the firm may take the machine in hand", &["protocol/src/consent.rs"], &["protocol/src/session/tests/consent.rs"], ""),
    ("4.2", "Monday to Friday, 9 to 18", &["relay/src/gate/hours.rs", "relay/src/gate/when.rs", "relay/src/gate/closing.rs", "relay/src/broker.rs", "protocol/src/session/agent/closing.rs"], &["protocol/src/session/tests/closing.rs", "tests/tests/session/closing.rs"], "A session that runs at closing goes on only by a fresh yes, for half an hour at most."),
    ("4.3", "only with the client's say-so, which may be taken back at any time", &["protocol/src/consent.rs", "agent/src/engine.rs", "agent/src/session/conduct/closing.rs"], &["protocol/src/session/tests/consent.rs", "agent/src/session/conduct/closing_tests.rs", "agent/src/engine/tests.rs", "tests/benches/stop.rs"], "Enforced on the client's PC: nothing here can give consent."),
    ("4.4", "broadband is needed", &["relay/src/gate/link.rs", "relay/src/probe.rs"], NONE, ""),
    ("4.5", "software may have to be installed, and the client is told", &["agent/src/enrol.rs"], &["agent/src/enrol/tests.rs"], ""),
    ("4.6", "remote help can't mend everything", NONE, NONE, "A limit that the client accepts; no promise is made anywhere."),
    ("4.7", "a replacement offered is the duty done", &[OFFERED], NONE, "As 3.5."),
    ("4.8", "workshop or on-site help is offered, in Île-de-France", &[OFFERS, OFFERED], NONE, ""),
    ("5.1", "on-site help means going there", &[KEPT], NONE, "A visit is a paper of the contract."),
    ("5.2", "included only as an option", &[OFFERS, "relay/src/papers/judged.rs", LINES], NONE, ""),
    ("5.3", "not for what is new", &[OFFERS, LINES], NONE, ""),
    ("5.4", "the firm alone decides", &["relay/src/roles.rs"], NONE, "See [who may do what](roles.md)."),
    ("5.5", "by appointment; an absent client may be charged", &[KEPT, "relay/src/papers/own.rs", LINES], NONE, ""),
    ("6.1", "in force from signature, twelve months unless stated, renewed tacitly", &["relay/src/gate/term.rs", "relay/src/gate/reasons.rs"], NONE, ""),
    ("6.2", "only a move abroad ends it", &["relay/src/gate/ends.rs", "relay/src/facts/forms.rs", "relay/src/papers/own.rs"], NONE, ""),
    ("6.3", "a registered letter, three months before the échéance", &["relay/src/gate/ends.rs", "relay/src/gate/term.rs", PAPERS, "relay/src/papers/judged.rs"], NONE, ""),
    ("7.1", "backups beyond the volume cost by the gigabyte", &["relay/src/money.rs", LINES], NONE, ""),
    ("8.1", "the client gives access", NONE, NONE, "Weakens no consent: 4.3 is the special rule, and no code takes 8.1 as a basis."),
    ("8.2", "the client gives passwords when asked", NONE, &["tests/tests/canary.rs", "tests/tests/canary/passwords.rs"], "The person types it behind a mask, or into a window that seals it to the technician's program, shown once for a minute. Both journals hold kind and number; the rest is looked for in memory, files, logs and the browser's profile."),
    ("8.3", "the client gives documents", NONE, NONE, "Documents are not kept here."),
    ("8.4", "the client keeps the equipment's environment", NONE, NONE, "Not seen from here."),
    ("9.1", "best effort, no immediate help", NONE, NONE, "No text promises a delay."),
    ("9.2", "the firm has the people", &["relay/src/hub.rs"], &["tests/tests/relay/sessions.rs"], "Whoever leaves is locked, and their sessions are cut."),
    ("9.3", "opening a machine may cost its warranty", &["relay/src/gate/warnings.rs", PAPERS], NONE, ""),
    ("9.4", "only on the client's express request", &["relay/src/gate/reasons.rs"], NONE, ""),
    ("10.1", "invoiced yearly, half-yearly, quarterly or monthly", &["relay/src/money.rs", LINES, "relay/src/papers/fit.rs"], NONE, ""),
    ("10.2", "growth is charged pro rata", &["relay/src/money.rs", LINES], NONE, "Nothing is given back for less: the clause speaks of growth."),
    ("10.3", "payable fifteen days from reception", &["relay/src/money.rs", "relay/src/money/payment.rs"], NONE, "Late payment is not among the gate's facts: it closes nothing."),
    ("10.4", "debited on the first of a month, at the firm's cost", &["relay/src/money/payment.rs", LINES, "relay/src/papers/own.rs"], NONE, ""),
    ("10.5", "revalued each July by the Syntec index", &["relay/src/money.rs", "relay/src/money/index.rs"], NONE, ""),
    ("11.1", "state of the art; the client proves otherwise", NONE, NONE, "A matter of liability. The signed journals help both sides."),
    ("11.2", "the client backs up before", &[KEPT], NONE, "That the client was warned is kept. The question is for the agent to ask, and is not asked yet."),
    ("11.3", "no liability for lost or stolen data", NONE, NONE, "A matter of liability; relaxes nothing of article 12."),
    ("11.4", "no liability for others' goods", NONE, NONE, "A matter of liability; who supplied what is not recorded."),
    ("11.5", "the client is told when the fault lies elsewhere", &[KEPT, "relay/src/papers/judged.rs"], NONE, "Within a day."),
    ("11.6", "no work where it is impossible or dangerous; the trip is due", &[LINES, KEPT], NONE, ""),
    ("12.1", "nothing of the client's requests is disclosed", &["protocol/src/seal.rs"], &["tests/tests/canary.rs"], "No telemetry, no crash reporter."),
    ("12.2", "nothing is spread, saved or shown", &["protocol/src/seal.rs", "relay/src/broker.rs"], &["tests/tests/canary.rs", "tests/tests/verbs.rs", "console/src/session/view/tests.rs"], "No recorder exists; one viewer at a time. Only a picture in memory ever leaves a PC; it is overwritten at the end, so the end in both journals is the restitution."),
    ("12.3", "the client answers for their data", NONE, NONE, "A matter of liability."),
    ("13.1", "the firm may assign the contract", &[KEPT], NONE, "Is no cause of ending: the facts hold none such. A change of the firm's keys is not built yet."),
    ("14.1", "access, correction, erasure", &["relay/src/records/store/person.rs", "relay/src/records/store/journal.rs", KEPT], NONE, "aval-relay person find, export, erase. Texts are erased with their salt; the chain stands; what must stay is named with the reason."),
    ("14.2", "offers by e-mail unless refused", &[KEPT, "relay/src/papers/judged.rs"], NONE, "A no counts by any channel. No contact is used or handed on."),
    ("14.3", "the client may be named as a reference", &[KEPT], NONE, "Nobody is named."),
    ("15.1", "throughout France", &["relay/src/gate/hours.rs", "relay/src/facts/forms.rs"], NONE, "Hours are Paris hours overseas too."),
    ("15.2", "French law; consumers keep their rights", &["relay/src/gate/ends.rs", "relay/src/gate/term.rs"], NONE, "Code de la consommation, L215-1 and L215-3."),
    ("15.3", "the commercial court of Paris", &[KEPT, "relay/src/papers/judged.rs"], NONE, "A legal hold is kept; no program here erases by itself."),
];

/// Every test named by a clause: clause → (file, name).
fn tests() -> BTreeMap<String, Vec<(String, String)>> {
    let mut found = BTreeMap::new();
    for room in ["protocol", "transport", "relay", "agent", "console", "tests"] {
        walk(&path(room), room, &mut found);
    }
    for list in found.values_mut() {
        list.sort();
    }
    found
}

fn walk(dir: &Path, shown: &str, into: &mut BTreeMap<String, Vec<(String, String)>>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        let shown = format!("{shown}/{name}");
        if entry.file_type().unwrap().is_dir() {
            if name != "target" && name != "node_modules" {
                walk(&entry.path(), &shown, into);
            }
        } else if name.ends_with(".rs") {
            let text = std::fs::read_to_string(entry.path()).unwrap();
            for function in text.lines().filter_map(named) {
                for clause in clauses_of(function) {
                    into.entry(clause).or_default().push((shown.clone(), function.to_owned()));
                }
            }
        }
    }
}

/// The name of a test by a clause that a line declares.
fn named(line: &str) -> Option<&str> {
    let rest =
        line.trim_start().strip_prefix("async fn ").or_else(|| line.trim_start().strip_prefix("fn "))?;
    let name = &rest[..rest.find('(')?];
    name.starts_with("clause_").then_some(name)
}

/// The clauses that a name cites: `clause_4_3_…`, `…_clause_5_3_…`.
fn clauses_of(name: &str) -> Vec<String> {
    name.split("clause_")
        .skip(1)
        .filter_map(|rest| {
            let mut numbers = rest.split('_').map_while(|word| word.parse::<u32>().ok());
            Some(format!("{}.{}", numbers.next()?, numbers.next()?))
        })
        .collect()
}

#[test]
fn clause_1_2_the_fifteen_articles_are_all_on_the_page() {
    let all = ARTICLES
        .iter()
        .zip(1..)
        .flat_map(|(&count, article)| (1..=count).map(move |n| format!("{article}.{n}")));
    let listed: Vec<_> = CLAUSES.iter().map(|clause| clause.0.to_owned()).collect();
    assert_eq!(listed, all.collect::<Vec<_>>());
    assert_eq!(listed.len(), 60);
}

#[test]
fn the_page_of_clauses_is_current() {
    let tests = tests();
    let known = |clause: &String| CLAUSES.iter().any(|(number, ..)| number == clause);
    assert!(
        tests.keys().all(known),
        "{:?}",
        tests.keys().filter(|clause| !known(clause)).collect::<Vec<_>>()
    );
    let mut page = String::from(
        "# Clauses, code and tests\n\n\
         Made from `relay/src/pages/clauses.rs` and from the names of the tests: a test of a clause is named by it, `clause_4_2_…`. The \
         numbers\nare those of the general terms of the maintenance contract: fifteen articles, sixty clauses.\n\n\
         | § | says | code | tests | remark |\n|---|---|---|---|---|\n",
    );
    let (mut acted, mut count) = (0, 0);
    for (number, says, code, proofs, remark) in CLAUSES {
        for file in code.iter().chain(*proofs) {
            assert!(path(file).exists(), "{number}: there is no {file}");
        }
        let named = tests.get(*number).map_or(&[][..], Vec::as_slice);
        assert!(code.is_empty() || !named.is_empty() || !proofs.is_empty(), "{number} has code and no test");
        assert!(!code.is_empty() || !remark.is_empty(), "{number}: why does nothing act on it?");
        acted += usize::from(!code.is_empty() || !named.is_empty() || !proofs.is_empty());
        count += named.len();
        let code: Vec<_> = code.iter().map(|file| format!("`{file}`")).collect();
        let mut by_file: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (file, name) in named {
            by_file.entry(file).or_default().push(name);
        }
        let mut shown: Vec<String> =
            by_file.iter().map(|(file, names)| format!("`{file}`: {}", names.join(", "))).collect();
        shown.extend(proofs.iter().map(|file| format!("`{file}`")));
        writeln!(page, "| {number} | {says} | {} | {} | {remark} |", code.join(" "), shown.join("<br>"))
            .unwrap();
    }
    write!(page, "\n{count} tests are named by a clause; {acted} of 60 clauses are acted on or proven.\n")
        .unwrap();
    is_current("docs/clauses.md", &page);
}
