// @ts-check
/** @file One contract: its time to scale, its dates, its letters; for a manager what is written into it. */

import { get, post } from '../core/api.js';
import { fill, h, icon } from '../core/dom.js';
import { t } from '../core/lang.js';
import { note, trouble } from '../core/say.js';
import { hasRole } from '../core/store.js';
import { civil, moment } from '../core/time.js';
import { button, clause, contractChip, failed, state } from '../parts/bits.js';
import { openDialog } from '../parts/dialog.js';
import { timeline } from '../parts/timeline.js';
import { common } from '../text/common.js';
import { contracts as text } from '../text/contracts.js';
import { equipmentPart } from './equipment.js';
import { moneyPart } from './money.js';
import { papersPart } from './papers.js';

/** @typedef {import('../types.js').ContractDetail} ContractDetail */
/** @typedef {import('../core/dom.js').Child} Child */

const MAX_TEXT = '200';
/** Height of a line of words, and of the band of terms, in CSS pixels. */
const LANE = 18;
const BAND = 24;

/** @param {string} id */
const path = (id) => `/api/contracts/${encodeURIComponent(id)}`;

/**
 * @param {HTMLElement} root
 * @param {string} id
 * @param {() => void} changed the list is to be read anew
 */
export function contractPane(root, id, changed) {
  const gone = new AbortController();
  const head = h('div', { class: 'pane-head' });
  const body = h('div', { class: 'pane-body', tabIndex: -1 }, state(t(common.loading)));
  fill(root, head, body);
  const rest = h('div', {});
  let begun = false;
  /** @type {import('./papers.js').Shared} */
  const shared = { version: 0, again: [] };

  /** @param {ContractDetail} contract */
  function draw(contract) {
    const { line } = contract;
    fill(head,
      h('div', { class: 'grow' }, h('h1', {}, line.contract), h('p', { class: 'soft' }, line.client)),
      contractChip(line),
      hasRole('manager') && [
        button(t(text.letter), () => letter(id, then(text.letter_done)), { icon: 'journal' }),
        contract.suspension
          ? button(t(text.resume), () => void resume(), { icon: 'check' })
          : button(t(text.suspend), () => suspend(id, then(text.suspended_done)), { kind: 'danger', icon: 'stop' }),
      ]);
    const next = contract.next_echeance;
    const last = contract.last_day_for_notice;
    const facts = /** @type {[string, Child[]][]} */ ([
      contract.ends && [t(text.ends), [h('strong', {}, civil(contract.ends.on)), ' ', clause(contract.ends.clause),
        contract.ends.edge && h('p', { class: 'soft' }, icon('warn'), ' ', t(text.edge))]],
      next && !contract.ends && [t(text.next), [civil(next), ' ', clause('6.1')]],
      last && [t(text.last_day), [next && last > next ? t(text.last_day_past, civil(last)) : civil(last), ' ', clause('6.3')]],
      [t(text.signed), [civil(contract.signed_on), ' ', clause('6.1')]],
      [t(text.effective), [civil(contract.effective_on)]],
      [t(text.duration), [t(text.months, contract.months)]],
      [t(text.site), [contract.postal ?? t(text.unknown)]],
      [t(text.onsite), [t(contract.onsite ? text.yes : text.no), ' ', clause('5.2')]],
      [t(text.machines), [line.machines]],
    ].filter(Boolean));
    fill(body,
      contract.suspension && h('div', { class: 'sealed bad' }, icon('warn'), h('div', {},
        h('strong', {}, t(text.suspended, contract.suspension.by, moment(contract.suspension.at))), h('div', {}, contract.suspension.reason))),
      h('h2', { class: 'section' }, t(text.timeline)), drawn(contract),
      h('dl', { class: 'facts' }, facts.map(([label, value]) => [h('dt', {}, label), h('dd', {}, value)])),
      h('h2', { class: 'section' }, t(text.letters)), letters(contract), rest);
    if (begun) return;
    begun = true;
    const [owned, kept, amounts] = [h('div', {}), h('div', {}), h('div', {})];
    fill(rest, owned, kept, amounts);
    equipmentPart(owned, id, gone.signal);
    papersPart(kept, id, gone.signal, () => { changed(); void load(); }, shared);
    if (hasRole('manager') || hasRole('billing')) moneyPart(amounts, id, contract.today, gone.signal, shared);
  }

  async function load() {
    try {
      draw(/** @type {ContractDetail} */ (await get(path(id), gone.signal)));
    } catch (error) {
      if (!gone.signal.aborted) fill(body, failed(error, () => void load()));
    }
  }

  /** @param {{ fr: string, en: string }} done @returns {(contract: ContractDetail) => void} */
  function then(done) {
    return (contract) => {
      note(t(done));
      changed();
      shared.again.forEach((again) => void again());
      if (!gone.signal.aborted) { draw(contract); body.focus(); }
    };
  }

  async function resume() {
    try {
      then(text.resumed_done)(await post(`${path(id)}/resume`, {}));
    } catch (error) {
      note(trouble(error), 'failed');
      void load();
    }
  }

  void load();
  return { id, leave: () => gone.abort() };
}

/** @param {ContractDetail} contract */
function drawn(contract) {
  const { spans, marks } = timeline(contract);
  const share = (/** @type {number} */ n) => `${(n * 100).toFixed(3)}%`;
  const words = marks.map((mark) => `${t(text[`mark_${mark.kind}`])}\u00a0: ${civil(mark.day)}`).join(', ');
  const lanes = (/** @type {boolean} */ below) => Math.max(0, ...marks.filter((mark) => mark.below === below).map(({ lane }) => lane + 1));
  const top = lanes(false) * LANE;
  const line = h('div', { class: 'timeline', role: 'img', 'aria-label': t(text.timeline_text, words) });
  line.style.height = `${top + BAND + lanes(true) * LANE}px`;
  for (const span of spans) {
    const made = h('div', { class: `span ${span.over ? 'over' : span.day > contract.today ? 'to-come' : ''}` }, t(text.term, span.number));
    made.style.cssText = `left: ${share(span.from)}; width: ${share(span.until - span.from)}; top: ${top}px; height: ${BAND}px`;
    line.append(made);
  }
  for (const mark of marks) {
    const made = h('div', { class: `mark ${mark.kind} ${mark.below ? 'below' : 'above'} ${mark.flip ? 'flip' : ''}` }, h('span', {}, `${t(text[`mark_${mark.kind}`])} ${civil(mark.day)}`));
    const reach = (mark.lane + 1) * LANE;
    made.style.cssText = `left: ${share(mark.at)}; top: ${mark.below ? top : top - reach}px; height: ${BAND + reach}px`;
    line.append(made);
  }
  return line;
}

/** @param {ContractDetail} contract */
function letters(contract) {
  if (contract.notices.length === 0) return h('p', { class: 'soft' }, t(text.letters_none));
  return h('ul', { class: 'past' }, contract.notices.map((letter) => h('li', {},
    h('div', {}, h('strong', {}, t(letter.by === 'client' ? text.by_client : text.by_provider)), ' ',
      h('span', { class: 'soft' }, [letter.sent_on && t(text.sent_on, civil(letter.sent_on)), letter.received_on && t(text.received_on, civil(letter.received_on))].filter(Boolean).join(', '))),
    h('div', {}, letter.proof))));
}

/**
 * A form in a dialog: what the server refuses is said in it, and nothing typed is lost.
 * @param {string} title
 * @param {string} press
 * @param {Child[]} fields
 * @param {() => Promise<void>} submit
 * @param {boolean} [danger]
 */
export function formDialog(title, press, fields, submit, danger = false) {
  const dialog = openDialog(title, { narrow: true });
  const wrong = h('p', { class: 'wrong', hidden: true, role: 'alert' });
  const go = button(press, () => {}, { kind: danger ? 'danger' : 'main', type: 'submit' });
  go.setAttribute('form', 'contract-form');
  const form = h('form', { id: 'contract-form', class: 'contract-form', novalidate: true, on: {
    submit: async (/** @type {Event} */ event) => {
      event.preventDefault();
      go.disabled = true;
      try {
        await submit();
        dialog.close();
      } catch (error) {
        wrong.hidden = false;
        fill(wrong, trouble(error));
      }
      go.disabled = false;
    },
  } }, fields, wrong);
  fill(dialog.body, form);
  fill(dialog.foot, h('span', { class: 'grow' }), button(t(common.cancel), dialog.close), go);
  /** @type {HTMLElement | null} */ (form.querySelector('input, select'))?.focus();
}

/** @param {string} id @param {string} label @param {HTMLElement} control */
export const field = (id, label, control) => {
  control.id = id;
  return h('div', { class: 'field' }, h('label', { for: id }, label), control);
};

/** @param {string} type @param {Record<string, unknown>} [more] */
export const input = (type, more = {}) => h('input', { type, maxlength: MAX_TEXT, autocomplete: 'off', ...more });

/** @param {string} id @param {(contract: ContractDetail) => void} done */
function letter(id, done) {
  const by = h('select', {}, h('option', { value: 'client' }, t(text.by_client)), h('option', { value: 'provider' }, t(text.by_provider)));
  const [sent, received, proof] = [input('date'), input('date'), input('text')];
  formDialog(t(text.letter), t(text.letter), [
    h('p', { class: 'soft' }, t(text.letter_text)), field('letter-by', t(text.field_by), by),
    h('div', { class: 'two' }, field('letter-sent', t(text.field_sent), sent), field('letter-received', t(text.field_received), received)),
    field('letter-proof', t(text.field_proof), proof),
  ], async () => done(await post(`${path(id)}/notices`, {
    by: by.value, sent_on: sent.value || null, received_on: received.value || null, proof: proof.value,
  })));
}

/** @param {string} id @param {(contract: ContractDetail) => void} done */
function suspend(id, done) {
  const reason = input('text');
  formDialog(t(text.suspend_title, id), t(text.suspend), [h('p', {}, t(text.suspend_text)), field('suspend-reason', t(text.reason), reason)],
    async () => done(await post(`${path(id)}/suspend`, { reason: reason.value })), true);
}
