// @ts-check
/** @file Asking for a session: rights, kind of work, the client's request, for how long; beside it what the contract says to that. */

import { CallError, post } from '../core/api.js';
import { fill, h, icon } from '../core/dom.js';
import { t } from '../core/lang.js';
import { go } from '../core/route.js';
import { polite, trouble } from '../core/say.js';
import { hasRole } from '../core/store.js';
import { against, button, chip, dot, reasons } from '../parts/bits.js';
import { openDialog } from '../parts/dialog.js';
import { common } from '../text/common.js';
import { ask as text } from '../text/session.js';
import { lineFacts, refusalPanel } from './refusal.js';

/** @typedef {import('../types.js').Row} Row */
/** @typedef {import('../types.js').Ask} Ask */
/** @typedef {import('../types.js').Decision} Decision */

/** How long the form must rest before the contract is asked, in ms. */
const REST = 250;
const MAX_REFERENCE = 200;
const MINUTES = [15, 30, 60, 120, 240];
const INCLUDED = /** @type {const} */ (['assistance', 'maintenance']);
const EXCLUDED = /** @type {const} */ (['add_hardware', 'add_software', 'data_handling', 'change']);

/** What was asked last, for a second try. @type {Omit<Ask, 'agent'>} */
const DEFAULTS = { capabilities: ['view', 'control'], category: 'assistance', reference: '', minutes: 60 };

/**
 * @param {Pick<Row, 'agent' | 'hostname' | 'client' | 'online'>} row
 * @param {Omit<Ask, 'agent'>} [before] what was asked before
 */
export function askDialog(row, before = DEFAULTS) {
  if (!hasRole('technician')) return;
  const wish = { ...before, agent: row.agent, capabilities: [...before.capabilities] };
  const leaving = new AbortController();
  let timer = 0;
  const dialog = openDialog(t(text.title, row.hostname), { closed: () => { clearTimeout(timer); leaving.abort(); } });

  const wrong = h('p', { class: 'wrong', id: 'reference-wrong', hidden: true }, t(text.reference_missing));
  const reference = h('input', {
    type: 'text', id: 'reference', maxlength: String(MAX_REFERENCE), value: wish.reference, autocomplete: 'off', 'aria-describedby': 'reference-hint reference-wrong',
    on: { input: () => { wish.reference = reference.value.trim(); wrong.hidden = true; reference.removeAttribute('aria-invalid'); later(); } },
  });
  const control = h('input', {
    type: 'checkbox', checked: wish.capabilities.includes('control'),
    on: { change: () => { wish.capabilities = control.checked ? ['view', 'control'] : ['view']; later(); } },
  });
  const verdict = h('div', { class: 'verdict', 'aria-live': 'polite' });
  const send = h('button', { class: 'button main', type: 'submit', form: 'ask' }, icon('screen'), t(text.send));

  /** @param {typeof INCLUDED[number] | typeof EXCLUDED[number]} code */
  const kind = (code) => h('label', { class: 'option' },
    h('input', { type: 'radio', name: 'category', value: code, checked: wish.category === code, on: { change: () => { wish.category = code; later(); } } }),
    h('span', {}, t(text[code])));

  const form = h('form', { id: 'ask', class: 'ask-form', novalidate: true, on: { submit } },
    h('div', { class: 'field' },
      h('label', { for: 'reference' }, t(text.reference)), reference,
      h('p', { class: 'hint', id: 'reference-hint' }, t(text.reference_hint)), wrong),
    h('fieldset', {}, h('legend', { class: 'legend' }, t(text.category)),
      INCLUDED.map(kind),
      h('p', { class: 'excluded' }, chip(t(text.excluded), 'warn'), ' ', h('span', { class: 'clause' }, t(common.article, '2.6'))),
      EXCLUDED.map(kind)),
    h('div', { class: 'ask-two' },
      h('fieldset', {}, h('legend', { class: 'legend' }, t(text.rights)),
        h('label', { class: 'option' }, h('input', { type: 'checkbox', checked: true, disabled: true }),
          h('span', {}, t(text.view), h('br'), h('span', { class: 'soft' }, t(text.view_note)))),
        h('label', { class: 'option' }, control, h('span', {}, t(text.control), h('br'), h('span', { class: 'soft' }, t(text.control_note))))),
      h('div', { class: 'field' }, h('label', { for: 'minutes' }, t(text.minutes)),
        h('select', { id: 'minutes', on: { change: (/** @type {Event} */ event) => { wish.minutes = Number(/** @type {HTMLSelectElement} */ (event.target).value); later(); } } },
          MINUTES.map((n) => h('option', { value: String(n), selected: n === wish.minutes }, t(text.minutes_of, n)))))));

  function showForm() {
    dialog.retitle(t(text.title, row.hostname));
    fill(dialog.body, h('div', { class: 'ask' }, form,
      h('aside', { class: 'ask-side', 'aria-label': t(text.verdict) },
        h('p', { class: 'soft who' }, dot(row.online), row.client), h('h2', {}, t(text.verdict)), verdict)));
    fill(dialog.foot, h('span', { class: 'grow' }), button(t(common.cancel), dialog.close), send);
    reference.focus();
    void explain();
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(() => void explain(), REST);
  }

  async function explain() {
    clearTimeout(timer);
    if (!verdict.hasChildNodes()) fill(verdict, h('p', { class: 'soft' }, t(text.checking)));
    const asked = JSON.stringify(wish);
    try {
      const decision = /** @type {Decision} */ (await post('/api/explain', { ...wish, at: null }, leaving.signal));
      if (asked === JSON.stringify(wish)) say(decision);
    } catch (error) {
      if (!leaving.signal.aborted) fill(verdict, h('p', { class: 'soft' }, trouble(error)));
    }
  }

  /** @param {Decision} decision */
  function say(decision) {
    const no = against(decision, wish.reference);
    const pass = no.length === 0;
    fill(verdict,
      h('p', { class: pass ? 'yes' : 'no' }, icon(pass ? 'check' : 'close'), h('span', {}, t(pass ? text.would_pass : text.would_fail))),
      reasons(no), reasons(decision.warnings, true), decision.line && lineFacts(decision.line));
    fill(send, icon('screen'), t(pass ? text.send : text.send_anyway));
    send.classList.toggle('main', pass);
  }

  /** @param {Event} event */
  async function submit(event) {
    event.preventDefault();
    if (wish.reference === '') {
      wrong.hidden = false;
      reference.setAttribute('aria-invalid', 'true');
      reference.focus();
      return;
    }
    send.disabled = true;
    fill(send, icon('clock'), t(text.sending));
    polite(t(text.sending));
    try {
      const made = await post('/api/sessions', wish, leaving.signal);
      dialog.close();
      go({ page: 'session', session: made.session });
    } catch (error) {
      if (leaving.signal.aborted) return;
      const decision = error instanceof CallError ? /** @type {any} */ (error.body)?.decision : null;
      if (decision) refusalPanel(dialog, row, wish, decision, showForm);
      else fill(verdict, h('p', { class: 'no', role: 'alert' }, icon('warn'), h('span', {}, trouble(error))));
    } finally {
      send.disabled = false;
      fill(send, icon('screen'), t(text.send));
    }
  }

  showForm();
}
