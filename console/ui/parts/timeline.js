// @ts-check
/** @file A contract's time, to scale: where each day lies is pure, so that it is tested without a browser. */

/** @typedef {import('../types.js').ContractDetail} ContractDetail */
/**
 * A day on the line. Its words are on one side of the line, in the lane (0 is next to the line) where no other words are.
 * @typedef {{ kind: 'echeance' | 'notice' | 'last' | 'end' | 'today', day: string, at: number, below: boolean, flip: boolean, lane: number }} Mark
 */
/** @typedef {{ number: number, from: number, until: number, day: string, over: boolean }} Span */

const DAY = 86_400_000;
/** Terms shown before the one that runs. */
const PAST = 2;
/** What is left free on the right, as a share of the whole. */
const REST = 0.04;
/** How much of the width words take at most, on the narrowest page. */
const WORDS = 0.36;

/** @param {string} iso */
const days = (iso) => Date.parse(`${iso}T00:00:00Z`) / DAY;

/** The same day some months later, on the month's last day if it is shorter. @param {string} iso @param {number} months */
export function later(iso, months) {
  const [y, m, d] = /** @type {[number, number, number]} */ (iso.split('-').map(Number));
  const last = new Date(Date.UTC(y, m - 1 + months + 1, 0)).getUTCDate();
  return new Date(Date.UTC(y, m - 1 + months, Math.min(d, last))).toISOString().slice(0, 10);
}

/**
 * Terms and days as shares of the width, 0 to 1, the earliest first.
 * @param {ContractDetail} contract
 * @returns {{ spans: Span[], marks: Mark[] }}
 */
export function timeline(contract) {
  const { terms, ends, today } = contract;
  const shown = terms.slice(-1 - PAST);
  const running = shown.at(-1);
  // The term that follows is drawn too, as long as nothing ends the contract before.
  const next = running && (!ends || ends.on > running.until)
    ? [{ number: running.number + 1, from: running.until, until: later(running.until, contract.months) }] : [];
  const all = [...shown, ...next];
  const stops = [...all.flatMap(({ from, until }) => [from, until]), today, ...(ends ? [ends.on] : [])].map(days);
  const first = Math.min(...stops);
  const width = (Math.max(...stops) - first) * (1 + REST) || 1;
  const at = (/** @type {string} */ iso) => (days(iso) - first) / width;
  const within = (/** @type {string | null} */ iso) => iso !== null && days(iso) >= first && days(iso) <= first + width;

  /** @type {Mark[]} */
  const marks = [];
  const mark = (/** @type {Mark['kind']} */ kind, /** @type {string | null} */ iso) => { if (iso !== null && within(iso)) marks.push({ kind, day: iso, at: at(iso), below: kind === 'echeance' || kind === 'end', flip: at(iso) > 1 - WORDS, lane: 0 }); };
  for (const { until } of all) if (until !== ends?.on) mark('echeance', until);
  for (const letter of contract.notices) mark('notice', letter.sent_on ?? letter.received_on);
  mark('last', contract.last_day_for_notice);
  mark('end', ends?.on ?? null);
  mark('today', today);
  marks.sort((a, b) => a.at - b.at);
  for (const below of [false, true]) part(marks.filter((one) => one.below === below));
  return {
    spans: all.map(({ number, from, until }) => ({ number, day: from, from: at(from), until: at(until), over: until <= today })),
    marks,
  };
}

/** Gives each of one side's marks the first lane where its words lie on no others. @param {Mark[]} marks */
function part(marks) {
  /** @type {[number, number][][]} */
  const lanes = [];
  for (const mark of marks) {
    const [from, to] = mark.flip ? [mark.at - WORDS, mark.at] : [mark.at, mark.at + WORDS];
    const free = lanes.findIndex((taken) => taken.every(([a, b]) => to <= a || b <= from));
    mark.lane = free < 0 ? lanes.push([]) - 1 : free;
    lanes[mark.lane]?.push([from, to]);
  }
}
