// @ts-check
/** @file The machines: search, filters, the list, and beside it the one that is chosen. */

import { fill, h, icon } from '../core/dom.js';
import { current, t } from '../core/lang.js';
import { go } from '../core/route.js';
import { polite } from '../core/say.js';
import { loadMachines, store, watch } from '../core/store.js';
import { ago } from '../core/time.js';
import { button, chip, contractChip, dot, failed, state } from '../parts/bits.js';
import { grid } from '../parts/grid.js';
import { counts, passes, pick } from '../parts/pick.js';
import { common } from '../text/common.js';
import { machines as text } from '../text/machines.js';
import { machinePane } from './machine.js';

/** @typedef {import('../types.js').Row} Row */
/** @typedef {import('../parts/pick.js').Choice} Choice */

const ROW = 34;
/** How long one types before the count is read out, in ms. */
const SPOKEN = 700;
const COLUMNS = /** @type {const} */ (['machine', 'client', 'contract', 'coverage', 'os', 'seen']);
const FILTERS = /** @type {const} */ (['all', 'online', 'pending', 'problem']);

/** Kept while the desk is open, so that one comes back to what one left. @type {Choice} */
const choice = { search: '', filter: 'all', column: 'client', down: false };

/**
 * @param {HTMLElement} root
 * @param {{ agent: string | null, part: '' | 'journal' }} place
 */
export function machinesPage(root, place) {
  /** Machines that are elsewhere by now than where the list shows them. @type {Set<string>} */
  const stale = new Set();
  let spoken = 0;
  /** @type {ReturnType<typeof machinePane> | null} */
  let pane = null;

  const search = h('input', {
    type: 'search', id: 'search', value: choice.search, placeholder: t(text.search), 'aria-label': t(text.search), autocomplete: 'off', spellcheck: 'false',
    on: { input: () => { choice.search = search.value; refill(true); }, keydown: onSearchKey },
  });
  const filters = h('div', { class: 'filters', role: 'group', 'aria-label': t(text.filters) }, FILTERS.map((filter) => h('button', {
    class: 'button small', type: 'button', on: { click: () => { choice.filter = filter; refill(true); } },
  }, t(text[filter]), h('span', { class: 'soft' }))));
  const shown = h('span', { class: 'soft shown' });
  const moved = h('button', { class: 'button moved', type: 'button', hidden: true, on: { click: () => { refill(false); list.focus(); } } });
  const aside = h('section', { class: 'pane', id: 'pane' });

  const head = h('div', { role: 'row', 'aria-rowindex': '1', class: 'grid-row headings' }, COLUMNS.map(heading));
  const list = grid(head, {
    label: t(text.title), columns: COLUMNS.length, rowHeight: ROW, name: (/** @type {Row} */ row) => row.agent, cells, chose,
  });
  const empty = h('div', { class: 'empty', hidden: true });
  const split = h('div', { class: 'split' },
    h('section', { class: 'list', 'aria-label': t(text.title) }, h('h1', { class: 'unseen' }, t(text.title)),
      h('div', { class: 'list-tools' }, h('div', { class: 'search' }, icon('search'), search, shown), filters),
      list.element, empty, moved),
    aside);
  fill(root, split);

  /** @param {typeof COLUMNS[number]} column */
  function heading(column) {
    const label = t(text[`column_${column}`]);
    const sorted = choice.column === column;
    return h('div', { role: 'columnheader', class: `cell ${column}`, 'aria-sort': sorted ? (choice.down ? 'descending' : 'ascending') : null },
      h('button', {
        type: 'button', tabIndex: -1, title: t(text.sort, label), on: {
          click: () => {
            choice.down = choice.column === column && !choice.down;
            choice.column = column;
            fill(head, COLUMNS.map(heading));
            refill(true);
          },
        },
      }, label, sorted && h('span', { class: 'arrow', 'aria-hidden': 'true' }, choice.down ? '▼' : '▲')));
  }

  /** @param {Row} row @returns {Node[]} */
  function cells(row) {
    const cell = (/** @type {string} */ kind, /** @type {import('../core/dom.js').Child[]} */ ...children) =>
      h('div', { role: 'gridcell', class: `cell ${kind}` }, children);
    return [
      cell('machine', dot(row.online), h('span', { class: 'unseen' }, t(row.online ? text.online : text.offline)), h('span', { class: 'name' }, row.hostname),
        row.state === 'pending' && chip(t(text.pending), 'warn')),
      cell('client', row.client),
      cell('contract', contractChip(row), h('span', { class: row.contract_state ? 'soft wide' : 'soft' }, row.contract)),
      cell('coverage', !row.coverage ? t(common.none) : row.coverage.code === 'covered' ? t(text.covered_short) : chip(t(row.coverage), 'warn')),
      cell('os', row.os ?? t(common.none)),
      cell('seen', row.online ? t(text.seen_now) : row.last_seen ? ago(row.last_seen) : t(text.seen_never)),
    ];
  }

  /** How many each filter holds; in place, so that the focus stays. @returns how many there are */
  function drawFilters() {
    const of = counts(store.rows.values());
    FILTERS.forEach((filter, at) => {
      const button = /** @type {HTMLElement} */ (filters.children[at]);
      button.setAttribute('aria-pressed', String(choice.filter === filter));
      /** @type {HTMLElement} */ (button.lastElementChild).textContent = of[filter].toLocaleString(current() === 'fr' ? 'fr-FR' : 'en-GB');
    });
    return of.all;
  }

  /** @param {boolean} top */
  function refill(top) {
    stale.clear();
    moved.hidden = true;
    const rows = pick(store.rows.values(), choice);
    list.set(rows, top);
    const of = drawFilters();
    const counted = t(text.shown, rows.length, of);
    // Beside the words of a search: how many they found; without one, the filters tell.
    fill(shown, choice.search ? counted : '');
    clearTimeout(spoken);
    if (top) spoken = setTimeout(() => polite(counted), SPOKEN);
    explainEmpty(rows.length);
  }

  /** @param {number} n */
  function explainEmpty(n) {
    list.element.hidden = n === 0;
    empty.hidden = n > 0;
    if (n > 0) return;
    if (!store.loaded) fill(empty, store.failure ? failed(store.failure, () => void loadMachines()) : state(t(common.loading)));
    else if (store.rows.size === 0) fill(empty, state(t(text.none_yet), t(text.none_yet_next)));
    else {
      fill(empty, state(t(text.none_found), undefined, button(t(text.clear), () => {
        choice.search = search.value = '';
        choice.filter = 'all';
        refill(true);
        search.focus();
      })));
    }
  }

  /** @param {KeyboardEvent} event */
  function onSearchKey(event) {
    if (event.key === 'ArrowDown' || event.key === 'Enter') {
      event.preventDefault();
      list.focus();
      if (list.chosen === null || !pick(store.rows.values(), choice).some((row) => row.agent === list.chosen)) list.move(1);
    } else if (event.key === 'Escape' && search.value) {
      event.preventDefault();
      event.stopPropagation();
      choice.search = search.value = '';
      refill(true);
    }
  }

  /** @param {Row} row @param {'move' | 'open'} how */
  function chose(row, how) {
    go({ page: 'machines', agent: row.agent, part: '' }, place.agent !== null);
    if (how === 'open') pane?.focus();
  }

  /** @param {{ agent: string | null, part: '' | 'journal' }} next */
  function show(next) {
    place = next;
    list.choose(next.agent, true);
    if (pane?.agent !== next.agent || pane?.part !== next.part) {
      pane?.leave();
      pane = next.agent === null ? null : machinePane(aside, next.agent, next.part);
      if (pane === null) fill(aside, state(t(text.choose), t(text.choose_text)));
    }
  }

  const unwatch = watch((change) => {
    if (change.kind === 'all') refill(false);
    if (change.kind !== 'rows') return;
    // What is read must not move under the eye: rows change in place, and what would come, go or move waits for a press.
    for (const agent of change.agents) { if (movesList(agent)) stale.add(agent); else stale.delete(agent); }
    list.update(change.agents, (agent) => store.rows.get(agent));
    if (list.element.hidden) refill(false);
    drawFilters();
    moved.hidden = stale.size === 0;
    if (stale.size > 0) fill(moved, icon('refresh'), t(text.moved, stale.size));
    if (pane && change.agents.has(pane.agent)) pane.refresh();
  });

  /** Whether the machine would now be elsewhere in the list, or be there at all. @param {string} agent */
  function movesList(agent) {
    const row = store.rows.get(agent);
    return !list.has(agent) || row === undefined || !passes(row, choice.filter);
  }

  refill(true);
  show(place);
  return {
    show,
    focusSearch: () => { search.focus(); search.select(); },
    focusList: () => list.focus(),
    /** Esc: from the machine back to the list. */
    escape: () => { if (aside.contains(document.activeElement)) list.focus(); },
    pane: () => pane,
    leave: () => { unwatch(); clearTimeout(spoken); pane?.leave(); },
  };
}
