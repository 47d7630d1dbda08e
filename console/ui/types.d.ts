/** @file What the local server says, as types: the mirror of docs/desk-api.md. Only the type check reads it. */

/** A sentence for people. */
export interface Phrase { fr: string; en: string }
export interface Coded extends Phrase { code: string }

export interface Firm { name: string; phone: string }
export interface Me {
  person: string; name: string; roles: string[]; firm: Firm; version: string;
  relay: RelayState; relay_now: number;
}
export interface RelayState { connected: boolean; since?: number | null; trouble: Phrase | null }

export interface Row {
  agent: string; hostname: string; client: string; contract: string; os: string | null;
  state: 'approved' | 'pending'; online: boolean; last_seen: number | null;
  /** What the relay knows of them; a relay that is older than this page does not say. */
  contract_state?: Coded & { until: number | null };
  coverage?: Coded & { clause: string };
}
/** `version`: news of this version or an older one are in it already. */
export interface Machines { rows: Row[]; version: number; relay_now: number }

export interface Inventory { collected_at: number; sections: Section[] }
export interface Section { key: string; title: Phrase; status: Coded; rows: { label: Phrase; value: Phrase; grade?: string }[] }
export interface PastSession { at: number; technician: string; category: string; reference: string; outcome: Coded }
export interface Offer {
  offer: string; kind: string; title: Phrase; included: boolean; clause: string; at: number; by: string; note: string;
  answer: 'accepted' | 'refused' | null; answered_at: number | null;
}
export interface Machine {
  row: Row; key_fingerprint: string; approval: { by: string; at: number } | null;
  inventory: Inventory | null; sessions: PastSession[]; offers: Offer[];
  program: (Phrase & { warn: boolean }) | null;
}

export type Capability = 'view' | 'control';
export interface Ask {
  agent: string; capabilities: Capability[]; category: string; reference: string; minutes: number; at?: number | null;
}
export interface Reason extends Phrase { code: string; clause: string }
export interface OfferLine extends Phrase { kind: string; included: boolean; clause: string }
export interface Line { rtt_ms: number; down_kbit: number; up_kbit: number; loss_permille: number; measured_at: number }
export interface Decision {
  permitted: boolean; at: number; capabilities: string[]; reasons: Reason[]; warnings: Reason[];
  retry_at: number | null; offers: OfferLine[]; line: Line | null;
}

export interface Running {
  session: string; agent: string; hostname: string; client: string; technician: string; since: number; state: string; ended: Coded | null;
}
export interface JournalEntry extends Phrase { n: number; at: number; by: string | null; kind: string }
export interface Journal { entries: JournalEntry[]; verified: Phrase & { ok: boolean } }

export interface Contract { contract: string; client: string; contract_state: Coded & { until: number | null }; machines: number }
/** Days are civil days in Paris, ISO 8601. */
export interface ContractDetail {
  line: Contract; signed_on: string; effective_on: string; months: number; postal: string | null; onsite: boolean;
  notices: { by: string; sent_on: string | null; received_on: string | null; proof: string }[];
  ends: { on: string; clause: string; edge: boolean } | null;
  terms: { number: number; from: string; until: string }[];
  next_echeance: string | null; last_day_for_notice: string | null;
  suspension: { by: string; reason: string; at: number } | null; today: string;
}
/** A paper of a contract; `body` is null where it strikes out what it corrects. */
export interface Paper {
  number: number; kind: string; clause: string; machine: string | null; body: Record<string, string | number | boolean> | null;
  corrects: number | null; why: string; by: string; at: number; stands: boolean;
}
export interface PaperPage {
  version: number; rows: Paper[]; offers: Offer[]; renewal_notice: { first_day: string; last_day: string } | null; untold: number[];
}
/** Amounts are cents without tax. */
export interface MoneyLine { kind: string; label: string; clause: string; cents: number; explained: Phrase[] }
export interface LinesPage {
  from: string; to: string; waiting: MoneyLine[]; rejected: MoneyLine[]; csv: string;
  invoices: { from: string; until: string; lines: MoneyLine[]; total_cents: number; payment: Phrase[] }[];
}
export interface Person { person: string; name: string; roles: string[]; locked: boolean; online: boolean }

export type News =
  | { type: 'machines'; version: number; rows: Row[]; gone: string[] }
  | { type: 'relay'; connected: boolean; trouble: Phrase | null }
  | { type: 'sessions'; rows: Running[] }
  | { type: 'handed'; rows: Handed[] };

/** A colleague hands a session over, until then by this computer's clock. */
export interface Handed { agent: string; hostname: string; client: string; by: string; until: number }

export interface SessionState {
  type: 'state'; phase: 'connecting' | 'match_code' | 'asking' | 'live' | 'hidden' | 'masked' | 'away' | 'ended';
  match_code: string | null; asking_for_s: number | null; capabilities: string[]; remaining_s: number | null;
  /** The line is lost; for so long it may come back. */
  away_s: number | null;
  /** The client's screen cannot be seen; the person uses mouse or keyboard, so ours wait. */
  paused: Phrase | null; held: Phrase | null;
  /** The person types a password; what became of a question for one. */
  masked: Phrase | null;
  /** The technician did nothing for long; one click goes on. */
  idle: boolean;
  return: (Phrase & { allowed: boolean }) | null;
  secret: (Phrase & { state: 'asked' | 'given' | 'not_given'; kind: string; left_s: number }) | null;
  /** The machine is locked or sleeps; for so long the session waits. */
  paused_s: number | null;
  /** What becomes of the wish for mouse and keyboard, and whether the person is being asked now; what changed last. */
  wish: (Phrase & { asked: boolean }) | null;
  /** What becomes of a colleague's question, and whether the person is being asked now. */
  colleague: (Phrase & { asked: boolean }) | null; turned: Coded | null;
  /** The technician only looks, by choice; whether mouse and keyboard can be asked for in this session. */
  view_only: boolean; may_widen: boolean;
  line: { rtt_ms: number; quality: Coded } | null;
  /** Support closes, or has closed; `at` on a Paris clock. */
  closing: (Coded & { code: 'soon' | 'asked' | 'extended' | 'view_only'; at: string }) | null;
  /** By this computer's clock. */
  since: number; technician: string; client: string; hostname: string; agent: string; ended: Coded | null; warnings: Reason[];
}

/** What the viewer's hands send. */
export type Input =
  | { type: 'move'; x: number; y: number }
  | { type: 'button'; button: 'left' | 'middle' | 'right'; down: boolean }
  /** In 120ths of a notch. */
  | { type: 'wheel'; dx: number; dy: number }
  | { type: 'char'; char: string }
  | { type: 'key'; key: string; down: boolean }
  | { type: 'release_all' }
  | { type: 'widen'; reason: string }
  | { type: 'view_only'; on: boolean }
  | { type: 'end' }
  | { type: 'mask' }
  | { type: 'return' }
  | { type: 'go_on' }
  | { type: 'secret'; kind: 'windows' | 'application' | 'wifi' | 'other' }
  | { type: 'reveal' }
  | { type: 'forget' }
  | { type: 'here' };

/** From the painter (worker) to the page. */
export type FromPainter =
  | { type: 'size'; width: number; height: number }
  | { type: 'first' }
  | { type: 'cursor'; url: string | null; x: number; y: number; hidden: boolean }
  | { type: 'text'; text: string }
  | { type: 'secret'; identifier: string; password: string; leftS: number }
  | { type: 'open' }
  | { type: 'closed'; code: number };

/** A contract's equipment. */
export interface EquipmentLine { no: number; kind: string; label: string; serial: string | null; class: string; from: string; until: string | null; notified: string | null }
export interface EquipmentList { hash: string; version: number; from: string; lines: EquipmentLine[] }
export interface EquipmentVersion {
  version: number; hash: string; from: string; lines: number; standing: string;
  approvals: { party: 'client' | 'provider'; means: string; by: string; at: number }[];
}
export interface EquipmentMachine {
  agent: string; hostname: string; model: string | null; serial: string | null; grade: string | null; line: number | null;
  standing: string; online: boolean; last_seen: number | null; held: boolean;
}
export interface EquipmentSuggestion { key: string; kind: 'add' | 'end' | 'describe'; label: string; no: number | null; why: Phrase[] }
export interface EquipmentFinding {
  finding: number; agent: string; hostname: string; asks: Phrase; rests_on: Phrase[]; may_be: { asset: string; hostname: string }[];
  may_be_same: boolean; at: number;
}
export interface EquipmentPage {
  today: string; newest: EquipmentList | null; versions: EquipmentVersion[]; proposed: EquipmentList[]; machines: EquipmentMachine[];
  suggestions: EquipmentSuggestion[]; findings: EquipmentFinding[];
  representative: { agent: string; hostname: string; person: string } | null;
  asks: { list: string; hostname: string; by: string; at: number; until: number; yes: boolean | null; said_at: number | null }[];
}
export interface EquipmentEffect {
  period: { from: string; until: string }; now_cents: number; later_cents: number;
  lines: { no: number; now_cents: number; later_cents: number; explained: Phrase }[];
}
export type EquipmentFate = 'new' | 'same' | 'changes' | 'refused';
export interface EquipmentImport {
  read: string | null; lines: { at: number; fate: EquipmentFate; said: Phrase }[]; ignored: string[]; unnamed: number[]; blocked: Phrase | null; made: string | null;
}
/** One machine as equipment; the newest change first. */
export interface MachineEquipment {
  row: EquipmentMachine; version: number | null; line: EquipmentLine | null;
  changes: { at: number; section: Phrase; said: Phrase; confidence: string; effect: Phrase | null }[];
}
