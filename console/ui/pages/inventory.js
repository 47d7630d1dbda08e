// @ts-check
/** @file A machine's inventory as it is served: any sections, any lines, « Non mesurable » where the machine gives nothing. */

import { h } from '../core/dom.js';
import { t } from '../core/lang.js';
import { ago } from '../core/time.js';
import { chip } from '../parts/bits.js';
import { machine as text } from '../text/machines.js';

/** @param {import('../types.js').Inventory | null} inventory */
export function inventory(inventory) {
  const title = h('h2', { class: 'section' }, t(text.inventory),
    inventory && h('span', { class: 'soft' }, t(text.inventory_at, ago(inventory.collected_at))));
  if (!inventory || inventory.sections.length === 0) return [title, h('p', { class: 'soft' }, t(text.inventory_none))];
  return [title, h('div', { class: 'inventory' }, inventory.sections.map(section))];
}

/** @param {import('../types.js').Section} section */
function section(section) {
  const fine = section.status.code === 'COLLECTED';
  return h('section', { class: 'part' },
    h('h3', {}, t(section.title), !fine && chip(t(section.status), 'warn')),
    section.rows.length > 0 && h('dl', {}, section.rows.map((row) => [h('dt', {}, t(row.label)), h('dd', { class: row.grade ?? '' }, t(row.value))])));
}
