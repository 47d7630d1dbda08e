// @ts-check
/** @file The managers' page: machines to approve, enrolment codes, exceptions, people and their locks. */

import { get, post } from '../core/api.js';
import { fill, h } from '../core/dom.js';
import { current, t } from '../core/lang.js';
import { note, trouble } from '../core/say.js';
import { loadMachines, store, watch } from '../core/store.js';
import { hour } from '../core/time.js';
import { button, chip, dot, failed } from '../parts/bits.js';
import { openDialog } from '../parts/dialog.js';
import { counts, pick } from '../parts/pick.js';
import { common } from '../text/common.js';
import { manage as text } from '../text/manage.js';

/** @typedef {import('../types.js').Row} Row */
/** @typedef {import('../types.js').Person} Person */
/** @typedef {import('../types.js').Contract} Contract */

const CODE_MINUTES = [15, 60, 240, 1440];
const EXCEPTION_MINUTES = [30, 60, 120, 240, 720];
const MAX_REASON = 200;

/** @param {HTMLElement} root */
export function managePage(root) {
  const gone = new AbortController();
  const pending = h('section', { class: 'card wide', 'aria-labelledby': 'pending' });
  const people = h('section', { class: 'card wide', 'aria-labelledby': 'people' });
  fill(root, h('div', { class: 'manage' }, h('h1', { class: 'unseen' }, t(common.manage)), pending, codes(gone.signal), exception(), people));

  drawPending(pending, gone.signal);
  void drawPeople(people, gone.signal);
  const unwatch = watch((change) => {
    if (change.kind === 'all' || (change.kind === 'rows' && [...change.agents].some((agent) => concerns(pending, agent)))) drawPending(pending, gone.signal);
  });
  return { leave: () => { unwatch(); gone.abort(); } };
}

/** Whether news of a machine change what waits. @param {HTMLElement} pending @param {string} agent */
function concerns(pending, agent) {
  const shown = [...pending.querySelectorAll('[data-agent]')].some((item) => /** @type {HTMLElement} */ (item).dataset['agent'] === agent);
  return shown !== (store.rows.get(agent)?.state === 'pending');
}

/** @param {HTMLElement} card @param {AbortSignal} gone */
function drawPending(card, gone) {
  const rows = pick(store.rows.values(), { search: '', filter: 'pending', column: 'client', down: false });
  fill(card, h('h2', { id: 'pending' }, t(text.pending), rows.length > 0 && h('span', { class: 'count' }, rows.length)),
    rows.length === 0 ? h('p', { class: 'soft' }, t(text.pending_none)) : [h('p', { class: 'soft' }, t(text.pending_text)),
      h('ul', { class: 'waiting-list' }, rows.map((row) => pendingItem(row, gone)))]);
}

/** @param {Row} row @param {AbortSignal} gone */
function pendingItem(row, gone) {
  const print = h('code', { class: 'print big' }, t(common.loading));
  const compared = h('input', { type: 'checkbox', disabled: true, on: { change: () => { approve.disabled = !compared.checked; } } });
  const approve = button(t(text.approve), () => void sign(), { kind: 'main', icon: 'check', name: t(text.approve_name, row.hostname), disabled: true });
  async function sign() {
    approve.disabled = true;
    try {
      await post('/api/approve', { agent: row.agent });
      note(t(text.approved, row.hostname));
      await loadMachines();
    } catch (error) {
      approve.disabled = false;
      note(trouble(error), 'failed');
    }
  }
  get(`/api/machines/${encodeURIComponent(row.agent)}`, gone).then(
    (machine) => { fill(print, machine.key_fingerprint); compared.disabled = false; },
    (error) => { if (!gone.aborted) fill(print, trouble(error)); });
  return h('li', { 'data-agent': row.agent },
    h('div', { class: 'grow' }, h('div', {}, dot(row.online), ' ', h('strong', {}, row.hostname), ' ', h('span', { class: 'soft' }, `${[row.client, row.contract, row.os].filter(Boolean).join(' · ')}`)), print),
    h('label', { class: 'option' }, compared, t(text.compared)), approve);
}

/** @param {AbortSignal} gone */
function codes(gone) {
  const contract = h('select', { id: 'code-contract', required: true }, h('option', { value: '' }, t(text.pick)));
  const minutes = select('code-minutes', CODE_MINUTES, 60);
  const result = h('div', { class: 'issued', 'aria-live': 'polite' });
  const press = button(t(text.issue), () => {}, { kind: 'main', icon: 'plus', type: 'submit' });
  get('/api/contracts', gone).then(
    ({ rows }) => fill(contract, h('option', { value: '' }, t(text.pick)), rows.map((/** @type {Contract} */ row) => h('option', { value: row.contract }, `${row.contract} · ${row.client}`))),
    (error) => { if (!gone.aborted) fill(result, h('p', { class: 'wrong' }, trouble(error))); });
  async function issue() {
    try {
      const { code, expires_at, link } = await post('/api/codes', { contract: contract.value, minutes: Number(minutes.value) });
      fill(result, h('code', { class: 'print big' }, code), h('p', { class: 'soft' }, t(text.issued_until, hour(expires_at))),
        link ? h('p', {}, t(text.issued_link), ' ', h('code', {}, link)) : null);
    } catch (error) {
      fill(result, h('p', { class: 'wrong' }, trouble(error)));
    }
  }
  return h('section', { class: 'card', 'aria-labelledby': 'codes' }, h('h2', { id: 'codes' }, t(text.codes)), h('p', { class: 'soft' }, t(text.codes_text)),
    h('form', { on: { submit: (/** @type {Event} */ event) => { event.preventDefault(); if (contract.value) void issue(); } } },
      field('code-contract', t(text.contract), contract), field('code-minutes', t(text.valid), minutes), press), result);
}

function exception() {
  const names = h('datalist', { id: 'machines-known' });
  const wrong = h('p', { class: 'wrong', hidden: true });
  const machine = h('input', { type: 'text', id: 'except-machine', list: 'machines-known', autocomplete: 'off', required: true, on: { input: suggest } });
  const reason = h('input', { type: 'text', id: 'except-reason', maxlength: String(MAX_REASON), autocomplete: 'off', required: true });
  const minutes = select('except-minutes', EXCEPTION_MINUTES, 60);
  /** A machine as it is chosen: its name alone may be had twice. @param {Row} row */
  const label = (row) => `${row.hostname} · ${row.client}`;

  function suggest() {
    const found = pick(store.rows.values(), { search: machine.value.replace(' · ', ' '), filter: 'all', column: 'machine', down: false });
    fill(names, found.slice(0, 12).map((row) => h('option', { value: label(row) })));
  }

  async function submit() {
    const rows = [...store.rows.values()].filter((row) => label(row) === machine.value || row.agent === machine.value || row.hostname === machine.value);
    const [row] = rows;
    wrong.hidden = !(row === undefined || rows.length > 1 || reason.value.trim() === '');
    fill(wrong, row === undefined || rows.length > 1 ? t(text.pick) : t(text.reason_missing));
    if (!wrong.hidden || row === undefined) return;
    try {
      await post('/api/exceptions', { agent: row.agent, reason: reason.value.trim(), minutes: Number(minutes.value) });
      note(t(text.excepted, row.hostname));
      machine.value = reason.value = '';
    } catch (error) {
      wrong.hidden = false;
      fill(wrong, trouble(error));
    }
  }
  return h('section', { class: 'card', 'aria-labelledby': 'exception' }, h('h2', { id: 'exception' }, t(text.exception)), h('p', { class: 'soft' }, t(text.exception_text)),
    h('form', { novalidate: true, on: { submit: (/** @type {Event} */ event) => { event.preventDefault(); void submit(); } } },
      field('except-machine', t(text.machine), machine, names), field('except-reason', t(text.reason), reason), field('except-minutes', t(text.duration), minutes),
      wrong, button(t(text.except), () => {}, { kind: 'main', icon: 'clock', type: 'submit' })));
}

/** @param {HTMLElement} card @param {AbortSignal} gone */
async function drawPeople(card, gone) {
  const title = h('h2', { id: 'people' }, t(text.people));
  try {
    const { rows } = /** @type {{ rows: Person[] }} */ (await get('/api/people', gone));
    if (rows.length === 0) { fill(card, title, h('p', { class: 'soft' }, t(text.people_none))); return; }
    fill(card, title, h('table', { class: 'table' },
      h('thead', {}, h('tr', {}, [text.person, text.roles, text.state].map((name) => h('th', { scope: 'col' }, t(name))), h('td', {}))),
      h('tbody', {}, rows.map((person) => personRow(person, () => void drawPeople(card, gone))))));
  } catch (error) {
    if (!gone.aborted) fill(card, title, failed(error, () => void drawPeople(card, gone)));
  }
}

/** @param {Person} person @param {() => void} changed */
function personRow(person, changed) {
  const self = person.person === store.me.person;
  const role = (/** @type {string} */ name) => {
    const key = /** @type {'role_technician'} */ (`role_${name}`);
    return key in text ? t(text[key]) : name;
  };
  return h('tr', {},
    h('td', {}, dot(person.online), ' ', h('strong', {}, person.name), ' ', h('span', { class: 'soft' }, person.person, self && ` (${t(text.you)})`)),
    h('td', {}, person.roles.map(role).join(', ')),
    h('td', {}, person.locked && chip(t(text.locked), 'bad')),
    h('td', { class: 'act' }, !self && button(t(person.locked ? text.unlock : text.lock), () => lockDialog(person, changed), {
      kind: person.locked ? 'small' : 'small danger', icon: 'lock', name: t(person.locked ? text.unlock_title : text.lock_title, person.name),
    })));
}

/** @param {Person} person @param {() => void} changed */
function lockDialog(person, changed) {
  const lock = !person.locked;
  const dialog = openDialog(t(lock ? text.lock_title : text.unlock_title, person.name), { narrow: true });
  const reason = h('input', { type: 'text', id: 'lock-reason', maxlength: String(MAX_REASON), autocomplete: 'off' });
  const wrong = h('p', { class: 'wrong', hidden: true, role: 'alert' });
  const press = button(t(lock ? text.lock : text.unlock), () => {}, { kind: lock ? 'danger' : 'main', icon: 'lock', type: 'submit' });
  press.setAttribute('form', 'lock');
  async function submit() {
    if (reason.value.trim() === '') { wrong.hidden = false; fill(wrong, t(text.reason_missing)); reason.focus(); return; }
    press.disabled = true;
    try {
      await post('/api/lock', { person: person.person, locked: lock, reason: reason.value.trim() });
      dialog.close();
      note(t(lock ? text.locked_done : text.unlocked_done, person.name));
      changed();
    } catch (error) {
      press.disabled = false;
      wrong.hidden = false;
      fill(wrong, trouble(error));
    }
  }
  fill(dialog.body, h('form', { id: 'lock', class: 'lock-form', on: { submit: (/** @type {Event} */ event) => { event.preventDefault(); void submit(); } } },
    h('p', {}, t(lock ? text.lock_text : text.unlock_text)), field('lock-reason', t(text.reason), reason), wrong));
  fill(dialog.foot, h('span', { class: 'grow' }), button(t(common.cancel), dialog.close), press);
  reason.focus();
}

/** @param {string} id @param {string} label @param {...import('../core/dom.js').Child} control */
const field = (id, label, ...control) => h('div', { class: 'field' }, h('label', { for: id }, label), control);

/** @param {string} id @param {number[]} minutes @param {number} chosen */
function select(id, minutes, chosen) {
  const name = (/** @type {number} */ n) => (n < 60 ? `${n}\u00a0min` : n < 1440 ? `${n / 60}\u00a0h` : `${n / 1440}\u00a0${current() === 'fr' ? 'j' : 'd'}`);
  return h('select', { id }, minutes.map((n) => h('option', { value: String(n), selected: n === chosen }, name(n))));
}

/** How many machines wait, for the menu. */
export const pendingCount = () => counts(store.rows.values()).pending;

