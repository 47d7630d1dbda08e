// @ts-check
/** @file A file that is to change a contract's list: chosen or pasted, held against the list line by line, then taken as a whole or not at all. */

import { CallError, post } from '../core/api.js';
import { fill, h, icon } from '../core/dom.js';
import { t } from '../core/lang.js';
import { note, trouble } from '../core/say.js';
import { button, chip, clause, digits, table } from '../parts/bits.js';
import { bring as text, counted, fates } from '../text/equipment.js';
import { field, input } from './contract.js';
import { path } from './papers.js';

/** @typedef {import('../types.js').EquipmentPage} Page */
/** @typedef {import('../types.js').EquipmentImport} Plan */

/** Largest file, in bytes: the relay's. */
const MOST = 512 * 1024;
/** The header that a list's own export has, in part. */
const EXAMPLE = 'n°;type;libellé;numéro de série;classe de prix';
/** @type {Record<import('../types.js').EquipmentFate, 'good' | 'warn' | 'bad' | ''>} */
const KINDS = { new: 'good', same: '', changes: 'warn', refused: 'bad' };
const FATES = /** @type {import('../types.js').EquipmentFate[]} */ (Object.keys(KINDS));

/**
 * In place of the section of a contract's equipment.
 * @param {HTMLElement} root
 * @param {string} id
 * @param {Page} page
 * @param {() => Promise<void>} leave shows the equipment again
 */
export function importPart(root, id, page, leave) {
  const file = h('input', { type: 'file', accept: '.csv,.txt,.json,text/csv,application/json' });
  const pasted = h('textarea', { rows: '5', spellcheck: 'false', autocomplete: 'off', placeholder: EXAMPLE });
  const [from, notified, price] = [input('date', { value: page.today }), input('date'), input('text', { placeholder: 'poste' })];
  const wrong = h('p', { class: 'wrong', role: 'alert', hidden: true });
  const room = h('div', { tabIndex: -1, 'aria-live': 'polite' });
  const look = button(t(text.look), () => {}, { kind: 'main', type: 'submit' });
  const form = h('form', { class: 'contract-form import', novalidate: true, on: { submit: (/** @type {Event} */ event) => { event.preventDefault(); void run(false, null); } } },
    field('import-file', t(text.file), file), field('import-text', t(text.pasted), pasted),
    h('div', { class: 'three' }, field('import-from', t(text.from), from), field('import-notified', t(text.notified), notified), field('import-class', t(text.class), price)),
    wrong, h('div', { class: 'paper-head' }, look));
  // What was looked at is what is taken: another file is to be looked at anew.
  for (const control of [file, pasted, from, notified, price]) control.addEventListener('input', () => fill(room));
  fill(root,
    h('div', { class: 'section-head' }, h('h2', { class: 'section' }, t(text.title)), ' ', clause('2.2'), h('span', { class: 'grow' }), button(t(text.back), () => void leave(), { icon: 'back' })),
    h('p', { class: 'soft' }, t(text.explained)), form, room);
  file.focus();

  async function bytes() {
    const chosen = file.files?.[0];
    if (chosen && pasted.value !== '') throw new CallError(422, { code: 'INVALID', ...text.both });
    if (chosen && chosen.size > MOST) throw new CallError(422, { code: 'INVALID', ...text.large });
    const brought = chosen ? await chosen.arrayBuffer() : new TextEncoder().encode(pasted.value).buffer;
    if (brought.byteLength === 0) throw new CallError(422, { code: 'INVALID', ...text.missing });
    if (brought.byteLength > MOST) throw new CallError(422, { code: 'INVALID', ...text.large });
    return brought;
  }

  /** @param {boolean} apply @param {string | null} read */
  async function run(apply, read) {
    look.disabled = true;
    wrong.hidden = true;
    try {
      const plan = /** @type {Plan} */ (await post(path(id, 'equipment/import'), {
        file: digits(await bytes()), read, from: from.value || null, notified: notified.value || null, class: price.value || null, apply,
      }));
      if (apply) {
        note(t(text.done));
        await leave();
        root.focus();
        return;
      }
      show(plan);
    } catch (error) {
      wrong.hidden = false;
      fill(wrong, trouble(error));
      if (apply && error instanceof CallError && error.status === 409) fill(room);
    } finally {
      look.disabled = false;
    }
  }

  /** @param {Plan} plan */
  function show(plan) {
    const count = (/** @type {string} */ fate) => plan.lines.filter((line) => line.fate === fate).length;
    const all = FATES.filter((fate) => count(fate) > 0).map((fate) => chip(t(counted[fate], count(fate)), KINDS[fate]));
    const take = button(t(text.apply), () => void run(true, plan.read), { kind: 'main', icon: 'check' });
    const notes = [
      plan.ignored.length > 0 && h('p', { class: 'soft' }, t(text.ignored, plan.ignored.join(', '))),
      plan.unnamed.length > 0 && h('p', { class: 'soft' }, t(text.unnamed, plan.unnamed.join(', '))),
    ];
    fill(room, h('h3', { class: 'section' }, t(text.outcome)), h('div', { class: 'paper-head' }, all), notes,
      plan.blocked
        ? h('p', { class: 'sealed bad', role: 'alert' }, icon('warn'), t(plan.blocked))
        : h('div', { class: 'paper-head' }, take, h('span', { class: 'soft' }, t(text.apply_text))),
      table(t(text.lines), [t(text.at), t(text.fate), t(text.said)], plan.lines.map((line) => h('tr', {},
        h('td', { class: 'number' }, line.at), h('td', {}, chip(t(fates[line.fate]), KINDS[line.fate])), h('td', {}, t(line.said))))));
    room.focus();
  }
}
