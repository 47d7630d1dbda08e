//! From papers to what the gate judges by: the contract as it stands on a day, its machine's coverage, and the gate's own papers.
//!
//! Facts are taken as of the day that is judged, whenever they were written down: a correction changes what was true, and the rows show it.

use aval_protocol::id::{AgentId, UnixSeconds};
use aval_protocol::wire::session::WorkCategory;
use jiff::civil::Date;

use super::{Kind, PaperRow, standing};
use crate::document::{Bad, Object};
use crate::facts::{self, forms::Siren, forms::Siret};
use crate::gate::hours;
use crate::gate::papers::{ClientClass, Letter, Papers, Quote, Unlisted, Warranty, admit};
use crate::records::{Contract, Coverage};

/// What covers a machine: whole fleet or one establishment (2.3).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scope {
    /// Every establishment of a firm.
    WholeFleet(Siren),
    /// One establishment.
    Establishment(Siret),
}

/// A contract and its papers, as they stand on a day.
#[derive(Clone, PartialEq, Debug)]
pub struct Judged {
    /// The contract.
    pub contract: Contract,
    /// What the gate needs to know of its papers.
    pub papers: Papers,
    /// Whether the machine is covered.
    pub coverage: Coverage,
}

impl Scope {
    /// Whether it covers a machine of this establishment. One that nobody has assigned was attached with the contract's own code: it is
    /// covered until somebody says that it belongs elsewhere.
    pub fn covers(self, at: Option<Siret>) -> bool {
        match self {
            Self::WholeFleet(firm) => at.is_none_or(|at| at.siren() == firm),
            Self::Establishment(site) => at.is_none_or(|at| at == site),
        }
    }
}

/// Reads the papers of a contract, and of one machine where one is judged.
///
/// # Errors
/// [`Bad`] when a body is not what its kind's shape lets pass: the record is damaged.
pub fn judged(
    contract: Contract,
    rows: &[PaperRow],
    machine: Option<(AgentId, Coverage)>,
    now: UnixSeconds,
) -> Result<Judged, Bad> {
    let found = Found::new(rows, machine.map(|(agent, _)| agent), hours::day(now));
    let mut judged = Judged {
        contract,
        papers: Papers::default(),
        coverage: machine.map(|(_, coverage)| coverage).unwrap_or_default(),
    };
    found.by_agreement(&mut judged)?;
    found.letters(&mut judged)?;
    found.place(&mut judged)?;
    found.work(&mut judged, now)?;
    Ok(judged)
}

/// The papers that stand, as far as they speak of this machine or of none.
struct Found<'a> {
    all: Vec<(&'a PaperRow, Object<'a>)>,
    agent: Option<AgentId>,
    today: Date,
}

impl<'a> Found<'a> {
    fn new(rows: &'a [PaperRow], agent: Option<AgentId>, today: Date) -> Self {
        let mine = |row: &PaperRow| row.agent.is_none() || row.agent == agent;
        let all = standing(rows).filter(|(row, _)| mine(row)).map(|(row, paper)| (row, paper.object()));
        Self { all: all.collect(), agent, today }
    }

    fn of(&self, kind: Kind) -> impl Iterator<Item = &(&'a PaperRow, Object<'a>)> {
        self.all.iter().filter(move |(row, _)| row.kind == kind)
    }

    /// The newest that holds already.
    fn since(&self, kind: Kind) -> Option<&Object<'a>> {
        let begun = |of: &Object<'_>| of.day("from").is_some_and(|from| from.date() <= self.today);
        let all = self.of(kind).map(|(_, of)| of).filter(|of| begun(of));
        all.max_by_key(|of| of.day("from"))
    }

    /// Those that hold.
    fn during(&self, kind: Kind) -> impl Iterator<Item = &Object<'a>> {
        let today = self.today;
        self.of(kind).map(|(_, of)| of).filter(move |of| {
            of.day("from").is_some_and(|from| from.date() <= today)
                && of.day("until").is_none_or(|until| today < until.date())
        })
    }

    fn by_agreement(&self, judged: &mut Judged) -> Result<(), Bad> {
        let (contract, papers) = (&mut judged.contract, &mut judged.papers);
        let named = self.of(Kind::Echeance).find_map(|(_, of)| of.day("first_echeance"));
        if let Some(first) = named
            && let Ok(term) = contract.term.falling_due(first)
        {
            contract.term = term;
        }
        if let Some(of) = self.since(Kind::Client) {
            let class = of.word("class", &ClientClass::ALL, ClientClass::label);
            papers.duty.class = of.need("class", class)?;
        }
        papers.duty.told_on = self.of(Kind::RenewalNotice).filter_map(|(_, of)| of.day("told_on")).collect();
        let is_onsite = |of: &Object<'_>| of.text("option") == Some("onsite");
        if self.of(Kind::Option).any(|(_, of)| is_onsite(of)) {
            contract.onsite = self.during(Kind::Option).any(is_onsite);
        }
        Ok(())
    }

    fn letters(&self, judged: &mut Judged) -> Result<(), Bad> {
        let withdrawn = |letter: i64, by: &str| {
            self.of(Kind::Withdrawal)
                .any(|(_, of)| of.whole_number::<i64>("letter") == Some(letter) && of.text("by") == Some(by))
        };
        let letters = self.of(Kind::Letter).map(|(row, of)| {
            Ok(Letter {
                withdrawn_by_client: withdrawn(row.n, "client"),
                withdrawn_by_provider: withdrawn(row.n, "provider"),
                ..facts::letter(of)?
            })
        });
        let (notices, others) = admit(letters.collect::<Result<Vec<_>, Bad>>()?);
        judged.contract.notices.extend(notices);
        judged.papers.not_notices = others;
        for (_, of) in self.of(Kind::MovedAbroad) {
            if let Some(moved) = facts::moved_abroad(of)? {
                let on = |moved: &crate::gate::papers::MovedAbroad| moved.moved_on.max(moved.letter_on);
                let before = judged.papers.moved_abroad.filter(|before| on(before) <= on(&moved));
                judged.papers.moved_abroad = before.or(Some(moved));
            }
        }
        Ok(())
    }

    /// Where the machine is, and whether the contract covers it there.
    fn place(&self, judged: &mut Judged) -> Result<(), Bad> {
        let at: Option<Siret> = match self.agent.and_then(|_| self.since(Kind::Establishment)) {
            None => None,
            Some(of) => of.parse("siret")?,
        };
        if let Some(of) = self.since(Kind::Scope) {
            let scope = match (of.parse("whole_fleet")?, of.parse("establishment")?) {
                (Some(firm), _) => Scope::WholeFleet(firm),
                (None, site) => Scope::Establishment(of.need("establishment", site)?),
            };
            if !scope.covers(at) {
                judged.coverage = Coverage::OtherEstablishment;
            }
        }
        let sites: Vec<&Object<'_>> = self.during(Kind::Site).collect();
        let here = |of: &&Object<'_>| {
            at.is_some() && of.text("siret").and_then(|text| text.parse::<Siret>().ok()) == at
        };
        let only = || if let [one] = sites.as_slice() { Some(*one) } else { None };
        let site = sites.iter().copied().find(here);
        let site = site.or_else(|| sites.iter().copied().find(|of| of.flag("main"))).or_else(only);
        if let Some(site) = site {
            judged.contract.postal = site.parse("postal")?;
            judged.papers.commune = site.parse("commune")?;
        }
        Ok(())
    }

    fn work(&self, judged: &mut Judged, now: UnixSeconds) -> Result<(), Bad> {
        let step = |quote: &str, step: &str| {
            let mut steps = self.of(Kind::QuoteStep).map(|(_, of)| of);
            let found = steps.find(|of| of.text("quote") == Some(quote) && of.text("step") == Some(step));
            found.and_then(|of| of.moment("at"))
        };
        for (row, of) in self.of(Kind::Quote) {
            let id = of.need("quote", of.text("quote"))?;
            let accepted = step(id, "accepted");
            let category = of.word("for", WorkCategory::ALL, WorkCategory::label);
            match (category, accepted) {
                // A machine that does not work before the contract is covered once its mending was agreed on (2.1).
                (None, accepted)
                    if row.agent.is_some() && judged.coverage != Coverage::OtherEstablishment =>
                {
                    let mended = accepted.is_some_and(|at| at <= now);
                    judged.coverage = if mended { Coverage::Covered } else { Coverage::NeedsRemediation };
                }
                (Some(category), Some(accepted_at)) if step(id, "done").is_none_or(|done| now < done) => {
                    judged.papers.quotes.push(Quote { id: id.to_owned(), category, accepted_at });
                }
                _ => {}
            }
        }
        if self.agent.is_none() {
            return Ok(());
        }
        judged.papers.unlisted =
            self.during(Kind::Unlisted).next().map(|of| Unlisted { first_seen: of.day("from") });
        judged.papers.warranty = match self.since(Kind::Warranty) {
            None => Warranty::NotKept,
            Some(of) if of.text("warranty_until") == Some("unknown") => Warranty::Unknown,
            Some(of) => Warranty::Until(of.need("warranty_until", of.day("warranty_until"))?),
        };
        Ok(())
    }
}

/// Whether evidence of the contract is kept for a court on a day (15.3).
pub fn is_held(rows: &[PaperRow], today: Date) -> bool {
    Found::new(rows, None, today).during(Kind::LegalHold).next().is_some()
}

/// Whether offers may be sent by e-mail: until the client says no, by whatever channel (14.2).
pub fn may_be_offered(rows: &[PaperRow], today: Date) -> bool {
    Found::new(rows, None, today).since(Kind::Marketing).is_none_or(|of| of.flag("allowed"))
}

/// Faults of third parties of which the client was not told within a day (11.5).
pub fn untold(rows: &[PaperRow], now: UnixSeconds) -> Vec<i64> {
    let late = |of: &Object<'_>| {
        let found = of.moment("found_at").unwrap_or(now);
        of.moment("informed_at").unwrap_or(now).0.saturating_sub(found.0) > 86_400
    };
    standing(rows)
        .filter(|(row, paper)| row.kind == Kind::ThirdParty && late(&paper.object()))
        .map(|(row, _)| row.n)
        .collect()
}
