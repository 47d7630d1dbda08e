// @ts-check
/** @file One machine as equipment: its condition with what it rests on, its line in the list, and what changed of it since it was attached. */

import { h } from '../core/dom.js';
import { t } from '../core/lang.js';
import { civil, moment } from '../core/time.js';
import { chip, clause } from '../parts/bits.js';
import { history as text, kinds } from '../text/equipment.js';
import { condition, standing } from './fleet.js';

/** @typedef {import('../types.js').MachineEquipment} Equipment */
/** @typedef {import('../types.js').Inventory} Inventory */

/** What is not good, and why. @param {Inventory | null} inventory */
function reasons(inventory) {
  const checks = inventory?.sections.find((section) => section.key === 'health')?.rows ?? [];
  const found = ['failing', 'watch'].flatMap((grade) => checks.filter((check) => check.grade === grade));
  return found.length > 0 && h('ul', { class: 'why' }, found.map((check) => h('li', {}, `${t(check.label)}\u00a0: `, t(check.value))));
}

/** Its condition and its line, for the facts at the head. @param {Equipment} equipment @param {Inventory | null} inventory @returns {[string, import('../core/dom.js').Child[]][]} */
export function equipmentFacts({ row, line, version }, inventory) {
  const listed = line
    ? [t(text.on_line, line.no, version ?? 0), ' ', h('span', { class: 'soft' }, t(kinds[line.kind] ?? { fr: line.kind, en: line.kind }), ', ', line.class, ', ', t(text.since, civil(line.from)))]
    : [standing(row)];
  return [[t(text.condition), [condition(row.grade), ' ', clause('2.1'), reasons(inventory)]], [t(text.list), [...listed, ' ', clause('2.2')]]];
}

/** @param {Equipment} equipment */
export function equipmentHistory({ changes }) {
  const head = h('h2', { class: 'section changes' }, t(text.title));
  if (changes.length === 0) return [head, h('p', { class: 'soft' }, t(text.none))];
  const sure = /** @type {Record<string, { fr: string, en: string }>} */ ({ once: text.once, likely: text.likely, sure: text.sure });
  return [head, h('ul', { class: 'past' }, changes.map((change) => h('li', {},
    h('div', {}, h('strong', {}, moment(change.at)), ' ', h('span', { class: 'soft' }, t(change.section))),
    h('div', {}, t(change.said)),
    h('div', {}, chip(t(sure[change.confidence] ?? text.likely), change.confidence === 'sure' ? 'good' : ''), ' ',
      change.effect && chip(t(change.effect), 'warn')))))];
}
