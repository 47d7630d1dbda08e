//! A contract's equipment as its page shows it: what both parties approved, what is proposed, what the machines say beside it, and
//! what only a person can decide.

use serde::{Deserialize, Serialize};

use super::codes::codes;
use super::contract::IsoDay;
use super::equipment::{Amendment, EquipmentLine, EquipmentList, ListHash};
use super::inventory::values::{Day, Text};
use super::inventory::{Chassis, Grade, SectionKind};
use crate::id::{AgentId, AssetId, ContractId, UnixSeconds};

/// A contract's equipment.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct EquipmentPage {
    /// Whose.
    pub contract: ContractId,
    /// The client.
    pub client: String,
    /// Today in France.
    pub today: IsoDay,
    /// The newest version that both approved: a proposal starts from it.
    pub newest: Option<EquipmentList>,
    /// Every version, the newest last.
    pub versions: Vec<VersionLine>,
    /// Versions that can still be approved.
    pub proposed: Vec<EquipmentList>,
    /// The contract's machines.
    pub machines: Vec<FleetRow>,
    /// What the machines say that the newest list does not, as changes that can be proposed.
    pub suggestions: Vec<Suggestion>,
    /// What waits for a person.
    pub findings: Vec<FindingLine>,
    /// The PC at which the client's representative answers: which, its name, and theirs.
    pub representative: Option<(AgentId, String, String)>,
    /// Versions that were put to a representative, the newest last.
    pub asks: Vec<AskLine>,
}

/// A version that was put to the client's representative at their PC.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AskLine {
    /// Which version.
    pub list: ListHash,
    /// At which PC, by its name.
    pub hostname: String,
    /// Who had it put.
    pub by: String,
    /// When.
    pub at: UnixSeconds,
    /// Until when it waits.
    pub until: UnixSeconds,
    /// What they said, and when.
    pub word: Option<(bool, UnixSeconds)>,
}

/// A version of the list.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct VersionLine {
    /// Its number.
    pub version: u32,
    /// Its hash.
    pub hash: ListHash,
    /// The day from which it holds.
    pub from: Day,
    /// Lines that cover on that day.
    pub lines: u32,
    /// How far it has come.
    pub standing: ListStanding,
    /// Who approved it.
    pub approvals: Vec<ApprovalLine>,
}

codes! {
    /// How far a version of the list has come.
    ListStanding {
        /// It may be approved.
        Proposed = 1 "proposed",
        /// Another version was approved since: it must be made again.
        Stale = 2 "stale",
        /// Both have approved it, and it holds or will.
        Approved = 3 "approved",
        /// A later one holds.
        Superseded = 4 "superseded",
    }
}

codes! {
    /// A party to the contract.
    PartyCode {
        /// The client.
        Client = 1 "client",
        /// The firm.
        Provider = 2 "provider",
    }
}

/// An approval.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ApprovalLine {
    /// Whose.
    pub party: PartyCode,
    /// How it was given.
    pub means: MeansLine,
    /// When it was written down.
    pub at: UnixSeconds,
}

/// How an approval was given.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum MeansLine {
    /// By a signed paper.
    Paper {
        /// SHA-256 of its scan.
        sha256: [u8; 32],
        /// Where the firm finds it: 1 to 200 characters.
        reference: String,
    },
    /// At an enrolled machine, whose key signed it.
    Machine {
        /// Which.
        agent: AgentId,
    },
    /// By a manager.
    Manager {
        /// Who.
        person: String,
    },
}

/// A machine among a contract's equipment.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FleetRow {
    /// The machine.
    pub agent: AgentId,
    /// Which equipment it is.
    pub asset: AssetId,
    /// Its name.
    pub hostname: String,
    /// Maker and model.
    pub model: Option<Text>,
    /// Its serial number, if it names one machine.
    pub serial: Option<Text>,
    /// What kind of computer.
    pub chassis: Option<Chassis>,
    /// The worst verdict among its checks that could be made; none without any.
    pub grade: Option<Grade>,
    /// Its line in the newest list that both approved.
    pub line: Option<u32>,
    /// Its standing: `approved`, `pending`, `revoked`, `left`.
    pub standing: String,
    /// Connected now.
    pub online: bool,
    /// When it was last connected.
    pub last_seen: Option<UnixSeconds>,
    /// Its key was seen on other hardware: no session until a manager has looked.
    pub held: bool,
}

/// A change of the list that the machines suggest.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Suggestion {
    /// The change.
    pub change: Amendment,
    /// The line it is about, as it stands.
    pub line: Option<EquipmentLine>,
    /// Why, French and English.
    pub why: Vec<(String, String)>,
}

/// A question about a machine that only a person answers.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FindingLine {
    /// Its number.
    pub finding: u64,
    /// About which machine.
    pub agent: AgentId,
    /// Its name.
    pub hostname: String,
    /// By which rule: `other_board`, `by_serial`…
    pub rule: String,
    /// The question, French and English.
    pub asks: (String, String),
    /// What it rests on, French and English.
    pub rests_on: Vec<(String, String)>,
    /// Equipment that it may be, with the name of the machine that is it.
    pub may_be: Vec<(AssetId, String)>,
    /// The machine may be said to be the same as ever.
    pub may_be_same: bool,
    /// When it was found.
    pub at: UnixSeconds,
}

/// Something to write about equipment.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum EquipmentWrite {
    /// The next version of the list.
    Propose {
        /// Whose.
        contract: ContractId,
        /// The newest approved version, as it was read.
        read: Option<ListHash>,
        /// The day from which it is to hold.
        from: Day,
        /// What changes.
        changes: Vec<Amendment>,
    },
    /// A party approves a version: the firm by whoever calls, the client by a signed paper.
    Approve {
        /// Whose.
        contract: ContractId,
        /// Which version.
        list: ListHash,
        /// The client's paper; none where the firm approves.
        paper: Option<([u8; 32], String)>,
    },
    /// The answer to a finding.
    Answer {
        /// Which.
        finding: u64,
        /// What it is.
        answer: FindingAnswer,
        /// Why: 1 to 200 characters.
        why: String,
    },
    /// A link is taken back: the machine is equipment of its own.
    Unlink {
        /// Which machine.
        agent: AgentId,
        /// Why: 1 to 200 characters.
        why: String,
    },
    /// A version is put to the client's representative, at the PC that the contract's record names.
    Ask {
        /// Whose.
        contract: ContractId,
        /// Which version.
        list: ListHash,
    },
}

/// What a machine is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum FindingAnswer {
    /// The same as ever.
    Same,
    /// This one, which the finding names.
    Is(AssetId),
    /// None of those.
    Other,
}

/// What a version changes in what is charged, in cents without tax.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct EffectPage {
    /// Of which version.
    pub list: ListHash,
    /// The period that runs: its first day, and the first day after it.
    pub period: (IsoDay, IsoDay),
    /// Line by line: its number, what is charged once, what each later period costs more or less, and how that comes about.
    pub lines: Vec<EffectLine>,
    /// What is charged once, for the running period.
    pub now: i64,
    /// What each later period costs more, or less.
    pub later: i64,
}

/// What one line changes in what is charged.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct EffectLine {
    /// The line.
    pub no: u32,
    /// Charged once.
    pub now: i64,
    /// Each later period, more or less.
    pub later: i64,
    /// How it comes about, French and English.
    pub explained: (String, String),
}

/// Largest file of equipment that a desk brings, in bytes; the relay's own command takes larger ones.
pub const MAX_BROUGHT: usize = 512 * 1024;

/// A file that is to change a list: CSV, or the GLPI inventory of one machine.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct EquipmentImport {
    /// Whose list.
    pub contract: ContractId,
    /// The newest approved version, as it was read; looked at only when the file is taken.
    pub read: Option<ListHash>,
    /// The file: at most [`MAX_BROUGHT`] bytes.
    pub file: Vec<u8>,
    /// The first day on which the next version holds; today if left out.
    pub from: Option<Day>,
    /// What new lines are priced as where the file says nothing.
    pub class: Option<Text>,
    /// The day on which the client notified new lines, where the file says nothing else (2.4).
    pub notified: Option<Day>,
    /// `false` tells what would change, and changes nothing.
    pub apply: bool,
}

/// What a file would change of a list, or changed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ImportPlan {
    /// The newest approved version that it was held against.
    pub read: Option<ListHash>,
    /// What becomes of each of its lines, in the order of the file.
    pub lines: Vec<ImportLine>,
    /// Columns that mean nothing here.
    pub ignored: Vec<String>,
    /// Lines of the list that still cover and that the file does not name: they stay.
    pub unnamed: Vec<u32>,
    /// Why the file can't be taken, French and English.
    pub blocked: Option<(String, String)>,
    /// The version that was made of it.
    pub made: Option<ListHash>,
}

/// What becomes of one line of a file.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ImportLine {
    /// Its number in the file, from 1.
    pub at: u32,
    /// Its fate.
    pub fate: ImportFate,
    /// The same for people, French and English.
    pub said: (String, String),
}

codes! {
    /// What becomes of a line of a file.
    ImportFate {
        /// A new line of the list.
        New = 1 "new",
        /// The list says this already.
        Same = 2 "same",
        /// A line of the list says something else from then on.
        Changes = 3 "changes",
        /// It can't be taken: nothing of the file is.
        Refused = 4 "refused",
    }
}

/// One machine as equipment: its place in the list, and what changed of it since it was attached.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct MachineEquipment {
    /// As the contract's page shows it.
    pub row: FleetRow,
    /// Its line in the newest version that both approved, with that version's number.
    pub line: Option<(u32, EquipmentLine)>,
    /// What changed, the newest first.
    pub changes: Vec<ChangeLine>,
}

/// Something that changed of a machine.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ChangeLine {
    /// When it was told.
    pub at: UnixSeconds,
    /// In which section.
    pub section: SectionKind,
    /// What changed, French and English.
    pub said: (String, String),
    /// How sure it is.
    pub confidence: ChangeConfidence,
    /// What it means for the list, French and English; none where it means nothing.
    pub effect: Option<(String, String)>,
}

codes! {
    /// How sure a change is.
    ChangeConfidence {
        /// Seen in one reading.
        Once = 1 "once",
        /// The part has no number of its own.
        Likely = 2 "likely",
        /// By numbers that name one thing each.
        Sure = 3 "sure",
    }
}
