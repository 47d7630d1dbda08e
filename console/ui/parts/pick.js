// @ts-check
/** @file Which machines of many, in which order: pure, so that it is tested without a browser. */

/** @typedef {import('../types.js').Row} Row */
/** @typedef {'all' | 'online' | 'pending' | 'problem'} Filter */
/** @typedef {'machine' | 'client' | 'contract' | 'coverage' | 'os' | 'seen'} Column */
/** @typedef {{ search: string, filter: Filter, column: Column, down: boolean }} Choice */

const MARKS = /\p{M}/gu;
const DIGITS = /\d+/g;
/** Longest number that is ordered by its value. */
const PLACES = 10;

/** Text as it is compared: without case and accents. @param {string} text */
export const fold = (text) => text.normalize('NFD').replace(MARKS, '').toLowerCase();

/** Text as it is ordered: folded, and numbers by their value. Made once: a collator would take ten thousand machines ten times as long. @param {string} text */
const ordered = (text) => fold(text).replace(DIGITS, (digits) => digits.padStart(PLACES, '0'));

/** What a search looks into and an order compares. @typedef {{ all: string, host: string, client: string, contract: string, os: string }} Keys */
/** @type {WeakMap<Row, Keys>} */
const made = new WeakMap();

/** @param {Row} row @returns {Keys} */
function keys(row) {
  let known = made.get(row);
  if (known === undefined) {
    known = {
      all: fold(`${row.hostname} ${row.client} ${row.contract} ${row.os ?? ''} ${row.agent}`),
      host: ordered(row.hostname), client: ordered(row.client), contract: ordered(`${row.contract_state?.code ?? ''} ${row.contract}`), os: ordered(row.os ?? ''),
    };
    made.set(row, known);
  }
  return known;
}

/** @param {string} a @param {string} b */
const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

const FINE = { code: 'in_force' };
const COVERED = { code: 'covered' };

/** @param {Row} row @param {Filter} filter */
export function passes(row, filter) {
  switch (filter) {
    case 'online': return row.online;
    case 'pending': return row.state === 'pending';
    case 'problem': return (row.contract_state ?? FINE).code !== FINE.code || (row.coverage ?? COVERED).code !== COVERED.code;
    default: return true;
  }
}

/** @type {Record<Column, (a: Row, b: Row) => number>} */
const ORDERS = {
  machine: (a, b) => compare(keys(a).host, keys(b).host),
  client: (a, b) => compare(keys(a).client, keys(b).client),
  contract: (a, b) => compare(keys(a).contract, keys(b).contract),
  coverage: (a, b) => compare(a.coverage?.code ?? '', b.coverage?.code ?? ''),
  os: (a, b) => compare(keys(a).os, keys(b).os),
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
    const text = words.length ? keys(row).all : '';
    if (words.every((word) => text.includes(word))) chosen.push(row);
  }
  const order = ORDERS[choice.column];
  const sign = choice.down ? -1 : 1;
  return chosen.sort((a, b) => sign * order(a, b) || compare(keys(a).client, keys(b).client) || compare(keys(a).host, keys(b).host)
    || compare(a.agent, b.agent));
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
