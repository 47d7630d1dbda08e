// @ts-check
/** @file The machines of a client: searched, and narrowed by condition, coverage and when they were last there. */

import { fill, h } from '../core/dom.js';
import { t } from '../core/lang.js';
import { go } from '../core/route.js';
import { moment, now } from '../core/time.js';
import { chip, dot, table } from '../parts/bits.js';
import { equipment as text } from '../text/equipment.js';
import { input } from './contract.js';

/** @typedef {import('../types.js').EquipmentMachine} Machine */
/** What is wanted of the list: kept by whoever draws it, so that it outlives a redraw. @typedef {{ text: string, health: string, coverage: string, seen: string }} Wanted */

const DAY = 86400;

/** @param {string | null} grade */
export function condition(grade) {
  if (grade === 'good') return chip(t(text.good), 'good');
  if (grade === 'watch') return chip(t(text.watch), 'warn');
  if (grade === 'failing') return chip(t(text.failing), 'bad');
  return h('span', { class: 'soft' }, t(text.unknown));
}

/** @param {Machine} one */
function coverage(one) {
  if (one.held) return 'held';
  if (one.standing === 'left' || one.standing === 'revoked') return 'over';
  if (one.standing === 'pending') return 'pending';
  return one.line === null ? 'not_listed' : 'listed';
}

/** @param {Machine} one */
export function standing(one) {
  switch (coverage(one)) {
    case 'held': return chip(t(text.held), 'bad');
    case 'over': return chip(t(one.standing === 'left' ? text.left : text.revoked));
    case 'pending': return chip(t(text.pending), 'warn');
    case 'not_listed': return chip(t(text.not_listed));
    default: return h('span', {}, one.line);
  }
}

/** @param {Machine} one @param {string} seen */
function when(one, seen) {
  const days = one.last_seen === null ? Infinity : (now() - one.last_seen) / DAY;
  switch (seen) {
    case 'online': return one.online;
    case 'week': return one.online || days <= 7;
    case 'month': return !one.online && days > 30;
    case 'never': return !one.online && one.last_seen === null;
    default: return true;
  }
}

/** @param {Machine} one @param {Wanted} wanted */
export const matches = (one, wanted) => (wanted.health === '' || wanted.health === (one.grade ?? 'unknown'))
  && (wanted.coverage === '' || wanted.coverage === coverage(one)) && when(one, wanted.seen)
  && [one.hostname, one.model, one.serial].some((said) => said?.toLowerCase().includes(wanted.text.toLowerCase()));

/** @param {Machine} one */
const row = (one) => h('tr', {},
  h('td', {}, h('a', { href: `#/machines/${one.agent}`, on: { click: (/** @type {Event} */ event) => { event.preventDefault(); go({ page: 'machines', agent: one.agent, part: '' }); } } }, one.hostname)),
  h('td', {}, one.model, one.serial && h('div', { class: 'soft' }, one.serial)),
  h('td', {}, condition(one.grade)),
  h('td', {}, standing(one)),
  h('td', {}, one.online ? [dot(true), ' ', t(text.now)] : one.last_seen === null ? t(text.never) : moment(one.last_seen)));

/** @param {Machine[]} machines @param {Wanted} wanted */
export function fleet(machines, wanted) {
  if (machines.length === 0) return h('p', { class: 'soft' }, t(text.machines_none));
  const body = h('tbody', {});
  const told = h('p', { class: 'soft', role: 'status' });
  const show = () => {
    const found = machines.filter((one) => matches(one, wanted));
    fill(body, found.map(row));
    fill(told, found.length === machines.length ? '' : t(text.shown, found.length, machines.length));
  };
  const made = table(t(text.machines), [t(text.machine), t(text.model), t(text.health), t(text.line), t(text.seen)], []);
  made.querySelector('tbody')?.replaceWith(body);
  const search = input('search', { value: wanted.text, 'aria-label': t(text.filter), placeholder: t(text.filter), on: {
    input: (/** @type {Event} */ event) => { wanted.text = /** @type {HTMLInputElement} */ (event.target).value; show(); },
  } });
  /** @param {'health' | 'coverage' | 'seen'} key @param {string} name @param {[string, string][]} choices */
  const select = (key, name, choices) => h('select', { 'aria-label': name, on: {
    change: (/** @type {Event} */ event) => { wanted[key] = /** @type {HTMLSelectElement} */ (event.target).value; show(); },
  } }, [['', `${name}\u00a0: ${t(text.all)}`], ...choices].map(([value, label]) => h('option', { value, selected: wanted[key] === value }, label)));
  show();
  if (machines.length === 1) return [made, told];
  return [h('div', { class: 'fleet-tools', role: 'group', 'aria-label': t(text.filters) }, search,
    select('health', t(text.health), [['failing', t(text.failing)], ['watch', t(text.watch)], ['good', t(text.good)], ['unknown', t(text.unknown)]]),
    select('coverage', t(text.coverage), [['listed', t(text.listed)], ['not_listed', t(text.not_listed)], ['pending', t(text.pending)], ['held', t(text.held)], ['over', t(text.over)]]),
    select('seen', t(text.seen), [['online', t(text.now)], ['week', t(text.seen_week)], ['month', t(text.seen_month)], ['never', t(text.never)]])),
  made, told];
}
