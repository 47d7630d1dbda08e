// @ts-check
/** @file Which machines of many, in which order: pure, so that it is tested without a browser. */

/** @typedef {import('../types.js').Row} Row */
/** @typedef {'all' | 'online' | 'pending' | 'problem'} Filter */
/** @typedef {'machine' | 'client' | 'contract' | 'coverage' | 'os' | 'seen'} Column */
/** @typedef {{ search: string, filter: Filter, column: Column, down: boolean }} Choice */

const collator = new Intl.Collator('fr', { numeric: true, sensitivity: 'base' });
const MARKS = /\p{M}/gu;

/** Text as it is compared: without case and accents. @param {string} text */
export const fold = (text) => text.normalize('NFD').replace(MARKS, '').toLowerCase();

/** What a search looks into. @type {WeakMap<Row, string>} */
const folded = new WeakMap();

/** @param {Row} row */
function haystack(row) {
  let text = folded.get(row);
  if (text === undefined) {
    text = fold(`${row.hostname} ${row.client} ${row.contract} ${row.os ?? ''} ${row.agent}`);
    folded.set(row, text);
  }
  return text;
}

/** @param {Row} row @param {Filter} filter */
export function passes(row, filter) {
  switch (filter) {
    case 'online': return row.online;
    case 'pending': return row.state === 'pending';
    case 'problem': return row.contract_state.code !== 'in_force' || row.coverage.code !== 'covered';
    default: return true;
  }
}

/** @type {Record<Column, (a: Row, b: Row) => number>} */
const ORDERS = {
  machine: (a, b) => collator.compare(a.hostname, b.hostname),
  client: (a, b) => collator.compare(a.client, b.client),
  contract: (a, b) => collator.compare(a.contract_state.code, b.contract_state.code) || collator.compare(a.contract, b.contract),
  coverage: (a, b) => collator.compare(a.coverage.code, b.coverage.code),
  os: (a, b) => collator.compare(a.os ?? '', b.os ?? ''),
  // Who is here comes first, then the longest gone last.
  seen: (a, b) => Number(b.online) - Number(a.online) || (b.last_seen ?? 0) - (a.last_seen ?? 0),
};

/**
 * The machines to show, in order. Equal ones keep an order of their own, so that the list does not shuffle.
 * @param {Iterable<Row>} rows
 * @param {Choice} choice
 * @returns {Row[]}
 */
export function pick(rows, choice) {
  const words = fold(choice.search).split(/\s+/).filter(Boolean);
  const chosen = [];
  for (const row of rows) {
    if (!passes(row, choice.filter)) continue;
    const text = words.length ? haystack(row) : '';
    if (words.every((word) => text.includes(word))) chosen.push(row);
  }
  const order = ORDERS[choice.column];
  const sign = choice.down ? -1 : 1;
  return chosen.sort((a, b) => sign * order(a, b) || collator.compare(a.client, b.client) || collator.compare(a.hostname, b.hostname)
    || (a.agent < b.agent ? -1 : 1));
}

/** How many machines each filter holds. @param {Iterable<Row>} rows @returns {Record<Filter, number>} */
export function counts(rows) {
  const found = { all: 0, online: 0, pending: 0, problem: 0 };
  for (const row of rows) {
    found.all += 1;
    if (row.online) found.online += 1;
    if (row.state === 'pending') found.pending += 1;
    if (passes(row, 'problem')) found.problem += 1;
  }
  return found;
}
