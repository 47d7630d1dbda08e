//! Papers over the wire: read by who may see their sort, written all or none by who has read what stands, and the lines they make.

use std::sync::Arc;

use aval_protocol::firm::Member;
use aval_protocol::id::ContractId;
use aval_protocol::text::gate::Sentence;
use aval_protocol::text::{lines as money, papers as text};
use aval_protocol::wire::codes::FaultCode;
use aval_protocol::wire::contract::IsoDay;
use aval_protocol::wire::enrol::Reply;
use aval_protocol::wire::papers::{
    InvoiceLine, LinesPage, MoneyLine, PaperDraft, PaperLine, PaperPage, PapersWrite,
};

use super::{Fault, contracts};
use crate::bill::out;
use crate::detail;
use crate::gate::hours::shown_day;
use crate::gate::papers::ClientClass;
use crate::hub::Hub;
use crate::money::lines::{Invoice, Line};
use crate::money::payment::{Debit, Payment};
use crate::papers::account::{self, NoLines};
use crate::papers::{Kind, NewPaper, Paper, PaperError, PaperRow, Sort, judged, standing, volumes};
use crate::records::Author;

/// Offers shown at most.
const OFFERS: u32 = 100;

/// The papers that this caller may see.
pub(super) async fn read(hub: &Hub, id: ContractId, amounts: bool) -> Result<Reply, Fault> {
    let (now, contract) = (hub.clock.wall(), id.clone());
    let read = hub
        .store(move |store| {
            let Some(judged) = store.contract_at(&id, now)? else { return Ok(None) };
            let offers = if amounts { Vec::new() } else { store.offers_under(&id, OFFERS)? };
            Ok(Some((judged, store.papers(&id)?, store.contract_version(&id)?, offers)))
        })
        .await?;
    let (judged, rows, version, offers) = read.ok_or(Fault::Code(FaultCode::NotFound))?;
    let told = detail::renewal_notice(&judged, &hub.rules, now);
    let told = told.filter(|_| !amounts && judged.papers.duty.class != ClientClass::Professional);
    let stands: Vec<i64> = standing(&rows).map(|(row, _)| row.n).collect();
    let untold = if amounts { Vec::new() } else { judged::untold(&rows, now) };
    Ok(Reply::Papers(Box::new(PaperPage {
        contract,
        version,
        rows: rows
            .iter()
            .filter(|row| (row.kind.sort() == Sort::Money) == amounts)
            .map(|row| line(row, stands.contains(&row.n)))
            .collect(),
        offers,
        renewal_notice: told.map(|(first, last)| (IsoDay(first.to_string()), IsoDay(last.to_string()))),
        untold: untold.into_iter().map(number).collect(),
    })))
}

/// Writes papers of one sort.
pub(super) async fn write(hub: &Arc<Hub>, by: &Member, new: PapersWrite, sort: Sort) -> Result<Reply, Fault> {
    let PapersWrite { contract, version, papers, table } = new;
    let wrong = |said: Sentence| Fault::Said(FaultCode::Invalid, said);
    let mut drafts = papers.into_iter().map(|it| draft(it, sort)).collect::<Result<Vec<_>, Fault>>()?;
    if !table.is_empty() && sort == Sort::Money {
        drafts.extend(volumes::read(table.as_bytes()).map_err(wrong)?);
    }
    let (id, at, author) = (contract.clone(), hub.clock.wall(), Author::Member(by.person.clone()));
    let written = hub
        .store(move |store| match store.write_papers(&id, Some(version), &drafts, &author, at) {
            Ok(()) => Ok(Ok(())),
            Err(PaperError::Store(error)) => Err(error),
            Err(other) => Ok(Err(other)),
        })
        .await?;
    written.map_err(|error| match error {
        PaperError::Wrong(said) => wrong(said),
        PaperError::Changed | PaperError::Store(_) => {
            Fault::Said(FaultCode::Conflict, text::changed_meanwhile())
        }
    })?;
    tracing::info!(%contract, person = %by.person, "papers were written");
    // The contract, and whatever machine it covers, may stand otherwise now.
    hub.changes.everything();
    read(hub, contract, sort == Sort::Money).await
}

/// What the papers make of some days.
pub(super) async fn lines(hub: &Hub, id: ContractId, (from, to): (IsoDay, IsoDay)) -> Result<Reply, Fault> {
    let wrong = |said: Sentence| Fault::Said(FaultCode::Invalid, said);
    let first = contracts::day(&from).map_err(wrong)?.date();
    let last = contracts::day(&to).map_err(wrong)?.date();
    let now = hub.clock.wall();
    let read = hub
        .store(move |store| match store.contract_at(&id, now)? {
            None => Ok(None),
            Some(judged) => Ok(Some((judged, store.papers(&id)?, store.lists(&id)?))),
        })
        .await?;
    let (judged, rows, lists) = read.ok_or(Fault::Code(FaultCode::NotFound))?;
    let bill = account::lines(&judged, &rows, &lists, hub.rules.notice_counts_from, (first, last));
    let bill = bill.map_err(no_lines)?;
    let all = |lines: &[Line]| lines.iter().map(money_line).collect();
    Ok(Reply::Lines(Box::new(LinesPage {
        from,
        to,
        invoices: bill.invoices.iter().map(invoice).collect(),
        waiting: all(&bill.waiting),
        rejected: all(&bill.rejected),
        csv: out::csv(&bill),
    })))
}

/// Why nothing can be reckoned.
pub(super) fn no_lines(why: NoLines) -> Fault {
    match why {
        NoLines::Said(said) => Fault::Said(FaultCode::Invalid, said),
        NoLines::Damaged(_) => Fault::Code(FaultCode::StoreUnavailable),
    }
}

/// A draft whose kind is of this sort: the table of roles let the call through for it and for nothing else.
fn draft(draft: PaperDraft, sort: Sort) -> Result<NewPaper, Fault> {
    let PaperDraft { kind: label, agent, body, corrects } = draft;
    let wrong = |said: Sentence| Fault::Said(FaultCode::Invalid, said);
    let kind = Kind::of(&label).ok_or_else(|| wrong(text::no_such_kind(&label)))?;
    if kind.sort() != sort {
        return Err(Fault::Code(FaultCode::Forbidden));
    }
    let says = match body {
        None => Err(kind),
        Some(body) => Ok(Paper::read(kind, body.as_bytes()).map_err(wrong)?),
    };
    let corrects = corrects.map(|(number, why)| (i64::try_from(number).unwrap_or(i64::MAX), why));
    Ok(NewPaper { agent, says, corrects })
}

fn number(n: i64) -> u64 {
    u64::try_from(n).unwrap_or_default()
}

fn line(row: &PaperRow, stands: bool) -> PaperLine {
    PaperLine {
        number: number(row.n),
        kind: row.kind.label().to_owned(),
        clause: row.kind.clause().to_owned(),
        agent: row.agent,
        body: row.paper.as_ref().map(Paper::body),
        corrects: row.corrects.map(number),
        why: row.why.clone(),
        by: row.by.to_string(),
        at: row.at,
        stands,
    }
}

fn money_line(line: &Line) -> MoneyLine {
    MoneyLine {
        kind: line.kind.to_owned(),
        label: line.label.clone(),
        clause: line.clause.to_owned(),
        cents: line.amount.0,
        explained: line.explained.iter().cloned().map(|Sentence { fr, en }| (fr, en)).collect(),
    }
}

fn invoice(invoice: &Invoice) -> InvoiceLine {
    let said = paid(&invoice.payment).into_iter().map(|Sentence { fr, en }| (fr, en));
    InvoiceLine {
        from: IsoDay(invoice.from.to_string()),
        until: IsoDay(invoice.until.to_string()),
        lines: invoice.lines.iter().map(money_line).collect(),
        total: invoice.total.0,
        payment: said.collect(),
    }
}

/// When an invoice is due and debited.
fn paid(payment: &Payment) -> Vec<Sentence> {
    let due = payment.due.map(|due| (shown_day(due.received), shown_day(due.due)));
    let mut said = vec![money::due(due)];
    match payment.debit {
        Debit::None => {}
        Debit::On(day) => said.push(money::debited(shown_day(day))),
        Debit::NoMandate => said.push(money::no_mandate()),
    }
    said
}
