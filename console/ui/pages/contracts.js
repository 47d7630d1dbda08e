// @ts-check
/** @file The contracts: search, the list, and beside it the one that is chosen; a manager opens new ones. */

import { get, post } from '../core/api.js';
import { fill, h, icon } from '../core/dom.js';
import { t } from '../core/lang.js';
import { go, write } from '../core/route.js';
import { note } from '../core/say.js';
import { hasRole, watch } from '../core/store.js';
import { day } from '../core/time.js';
import { button, contractChip, failed, state } from '../parts/bits.js';
import { fold } from '../parts/pick.js';
import { common } from '../text/common.js';
import { contracts as text } from '../text/contracts.js';
import { contractPane, field, formDialog, input } from './contract.js';

/** @typedef {import('../types.js').Contract} Contract */

/**
 * @param {HTMLElement} root
 * @param {string | null} first
 */
export function contractsPage(root, first) {
  const gone = new AbortController();
  /** @type {Contract[]} */
  let rows = [];
  /** @type {ReturnType<typeof contractPane> | null} */
  let pane = null;
  /** @type {string | null} */
  let chosen = null;
  const search = h('input', { type: 'search', 'aria-label': t(text.search), placeholder: t(text.search), autocomplete: 'off', spellcheck: 'false', on: { input: () => draw() } });
  const list = h('div', { class: 'contracts-list' }, state(t(common.loading)));
  const aside = h('section', { class: 'pane', 'aria-label': t(text.title) });
  fill(root, h('div', { class: 'split' },
    h('section', { class: 'list' }, h('h1', { class: 'unseen' }, t(text.title)),
      h('div', { class: 'list-tools' }, h('div', { class: 'search' }, icon('search'), search), h('span', { class: 'grow' }),
        hasRole('manager') && button(t(text.new), open, { kind: 'main', icon: 'plus' })),
      list),
    aside));

  function draw() {
    const words = fold(search.value).split(/\s+/).filter(Boolean);
    const found = rows.filter((row) => { const all = fold(`${row.client} ${row.contract}`); return words.every((word) => all.includes(word)); });
    if (rows.length === 0) { fill(list, state(t(text.none), t(text.none_text))); return; }
    if (found.length === 0) { fill(list, state(t(text.none_found))); return; }
    fill(list, h('table', { class: 'table' },
      h('thead', {}, h('tr', {}, [text.client, text.reference, text.state].map((name) => h('th', { scope: 'col' }, t(name))), h('th', { scope: 'col', class: 'number' }, t(text.machines)))),
      h('tbody', {}, found.map((row) => h('tr', { 'aria-current': row.contract === chosen ? 'true' : null },
        h('td', {}, row.client),
        h('td', {}, h('a', { href: write({ page: 'contracts', contract: row.contract }) }, row.contract)),
        h('td', {}, contractChip(row), row.contract_state.code === 'in_force' && row.contract_state.until != null && h('span', { class: 'soft' }, ' ', t(text.until, day(row.contract_state.until)))),
        h('td', { class: 'number' }, row.machines))))));
  }

  async function load() {
    try {
      rows = (await get('/api/contracts', gone.signal)).rows;
      draw();
    } catch (error) {
      if (!gone.signal.aborted) fill(list, failed(error, () => void load()));
    }
  }

  /** @param {string | null} contract */
  function show(contract) {
    if (contract === chosen && (pane || contract === null) && aside.firstChild) return;
    chosen = contract;
    pane?.leave();
    pane = contract === null ? null : contractPane(aside, contract, () => void load());
    if (pane === null) fill(aside, state(t(text.choose), t(text.choose_text)));
    if (rows.length > 0) draw();
  }

  function open() {
    const [reference, client, signed, effective] = [input('text'), input('text'), input('date'), input('date')];
    const [months, postal] = [input('number', { min: '1', max: '600', placeholder: '12' }), input('text', { inputmode: 'numeric' })];
    const onsite = h('input', { type: 'checkbox' });
    formDialog(t(text.new), t(text.open), [
      h('div', { class: 'two' }, field('new-reference', t(text.field_reference), reference), field('new-client', t(text.field_client), client)),
      field('new-signed', t(text.field_signed), signed), field('new-effective', t(text.field_effective), effective),
      field('new-months', t(text.field_months), months), field('new-postal', t(text.field_postal), postal),
      h('label', { class: 'option' }, onsite, t(text.field_onsite)),
    ], async () => {
      const made = await post('/api/contracts', {
        contract: reference.value.trim(), client: client.value, signed_on: signed.value, effective_on: effective.value || null,
        months: months.value ? Number(months.value) : null, postal: postal.value || null, onsite: onsite.checked,
      });
      note(t(text.opened, made.line.contract));
      await load();
      go({ page: 'contracts', contract: made.line.contract });
    });
  }

  const unwatch = watch((change) => { if (change.kind === 'all') void load(); });
  show(first);
  void load();
  return { show, leave: () => { unwatch(); gone.abort(); pane?.leave(); } };
}
