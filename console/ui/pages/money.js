// @ts-check
/** @file A contract's amounts, for who may see them: prices and the like, and the invoices that they propose, line by line. */

import { CallError, get, post } from '../core/api.js';
import { fill, h } from '../core/dom.js';
import { t } from '../core/lang.js';
import { note, trouble } from '../core/say.js';
import { civil } from '../core/time.js';
import { button, clause, euro, failed } from '../parts/bits.js';
import { papers as text } from '../text/papers.js';
import { field, formDialog, input } from './contract.js';
import { back, list, mayWrite, path, write } from './papers.js';

/** @typedef {import('../types.js').Paper} Paper */
/** @typedef {import('../types.js').PaperPage} PaperPage */
/** @typedef {import('../types.js').LinesPage} LinesPage */
/** @typedef {import('../types.js').MoneyLine} MoneyLine */

/** The day before, for people: invoices end on it. @param {string} iso */
const eve = (iso) => civil(new Date(Date.parse(`${iso}T12:00:00Z`) - 86_400_000).toISOString().slice(0, 10));

/** @param {MoneyLine} line */
const row = (line) => h('tr', {},
  h('td', {}, h('strong', {}, line.label), ' ', clause(line.clause), line.explained.map((said) => h('div', { class: 'soft' }, t(said)))),
  h('td', { class: 'number' }, euro(line.cents)));

/** @param {string} title @param {MoneyLine[]} lines @param {number | null} total @param {import('../core/dom.js').Child} [foot] */
function table(title, lines, total, foot) {
  return h('table', { class: 'table lines' }, h('caption', {}, title),
    h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, t(text.line)), h('th', { scope: 'col', class: 'number' }, t(text.amount)))),
    h('tbody', {}, lines.map(row)),
    total !== null && h('tfoot', {}, h('tr', {}, h('th', { scope: 'row' }, t(text.total), foot), h('td', { class: 'number' }, h('strong', {}, euro(total))))));
}

/**
 * @param {HTMLElement} root
 * @param {string} id
 * @param {string} today
 * @param {AbortSignal} signal
 * @param {import('./papers.js').Shared} shared
 */
export function moneyPart(root, id, today, signal, shared) {
  root.tabIndex = -1;
  const papers = h('div', {});
  const lines = h('div', { 'aria-live': 'polite' });
  const year = today.slice(0, 4);
  const [from, to] = [input('date', { value: `${year}-01-01` }), input('date', { value: `${Number(year) + 1}-01-01` })];
  /** @type {string | null} */
  let csv = null;
  let billed = false;
  const save = button(t(text.csv), () => {
    if (csv === null) return;
    const link = h('a', { href: URL.createObjectURL(new Blob([csv], { type: 'text/csv' })), download: `${id}-${from.value}.csv` });
    link.click();
    URL.revokeObjectURL(link.href);
  }, { kind: 'small' });
  const form = h('form', { class: 'lines-form', on: { submit: (/** @type {Event} */ event) => { event.preventDefault(); void reckon(); } } },
    field('lines-from', t(text.from), from), field('lines-to', t(text.to), to), button(t(text.reckon), () => {}, { type: 'submit' }), save);
  fill(root, papers, form, lines);

  async function load() {
    try {
      draw(/** @type {PaperPage} */ (await get(path(id, 'money'), signal)));
    } catch (error) {
      if (!signal.aborted) fill(papers, failed(error, () => void load()));
    }
  }

  /** @param {Paper} [wrong] */
  const open = (wrong) => write(id, ['money'], shared, (page) => { draw(page); back(root); }, wrong);

  function volumes() {
    const area = h('textarea', { rows: '8', placeholder: '2026-07;112345678901', spellcheck: 'false' });
    formDialog(t(text.table), t(text.table), [h('p', { class: 'soft' }, t(text.table_text), ' ', clause('7.1')), field('volumes-table', t(text.table), area)], async () => {
      try {
        draw(/** @type {PaperPage} */ (await post(path(id, 'papers'), { sort: 'money', version: shared.version, papers: [], table: area.value })));
        back(root);
        note(t(text.table_done));
      } catch (error) {
        if (error instanceof CallError && error.status === 409) await Promise.all(shared.again.map((again) => again()));
        throw error;
      }
    });
  }

  /** @param {PaperPage} page */
  function draw(page) {
    shared.version = page.version;
    const correct = (/** @type {Paper} */ paper) => (mayWrite('money') ? () => open(paper) : null);
    fill(papers,
      h('div', { class: 'section-head' }, h('h2', { class: 'section' }, t(text.money)), h('span', { class: 'grow' }),
        button(t(text.table), volumes), button(t(text.add_money), () => open(), { icon: 'plus' })),
      list(page.rows, correct, text.money_none));
    billed = page.rows.some((row) => row.stands && row.kind === 'billing');
    void reckon();
  }

  async function reckon() {
    save.disabled = true;
    if (!billed) { fill(lines, h('p', { class: 'soft' }, t(text.no_rhythm))); return; }
    try {
      const found = /** @type {LinesPage} */ (await get(`${path(id, 'lines')}?from=${encodeURIComponent(from.value)}&to=${encodeURIComponent(to.value)}`, signal));
      csv = found.csv;
      save.disabled = false;
      const nothing = found.invoices.length + found.waiting.length + found.rejected.length === 0;
      fill(lines, nothing && h('p', { class: 'soft' }, t(text.lines_none)),
        found.invoices.map((one) => table(t(text.invoice, civil(one.from), eve(one.until)), one.lines, one.total_cents, one.payment.map((said) => h('div', { class: 'soft' }, t(said))))),
        found.waiting.length > 0 && table(t(text.waiting), found.waiting, null),
        found.rejected.length > 0 && table(t(text.rejected), found.rejected, null));
    } catch (error) {
      if (!signal.aborted) fill(lines, h('p', { class: 'soft' }, trouble(error)));
    }
  }
  shared.again.push(load);
  void load();
}
