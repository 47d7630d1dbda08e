// @ts-check
/** @file A machine's journal in words, newest first, and whether its chain of hashes and signatures holds. */

import { get } from '../core/api.js';
import { fill, h, icon } from '../core/dom.js';
import { t } from '../core/lang.js';
import { store } from '../core/store.js';
import { moment } from '../core/time.js';
import { failed, state } from '../parts/bits.js';
import { fold } from '../parts/pick.js';
import { common } from '../text/common.js';
import { journal as text } from '../text/machines.js';

/** @typedef {import('../types.js').Journal} Journal */

/**
 * @param {HTMLElement} root
 * @param {string} agent
 * @param {AbortSignal} gone
 */
export async function journalPart(root, agent, gone) {
  fill(root, state(t(common.loading)));
  try {
    draw(root, /** @type {Journal} */ (await get(`/api/journal/${encodeURIComponent(agent)}`, gone)), agent);
  } catch (error) {
    if (!gone.aborted) fill(root, failed(error, () => void journalPart(root, agent, gone)));
  }
}

/** @param {HTMLElement} root @param {Journal} journal @param {string} agent */
function draw(root, journal, agent) {
  const { verified, entries } = journal;
  const head = h('div', { class: `sealed ${verified.ok ? 'good' : 'bad'}` }, icon(verified.ok ? 'check' : 'warn'),
    h('div', {}, h('strong', {}, t(verified.ok ? text.verified : text.broken)), h('p', {}, t(verified))));
  const title = h('h2', { class: 'section' }, t(text.title, store.rows.get(agent)?.hostname ?? agent));
  if (entries.length === 0) { fill(root, title, head, h('p', { class: 'soft' }, t(text.none))); return; }
  const newest = entries.toSorted((a, b) => b.n - a.n);
  const body = h('tbody', {});
  const search = h('input', { type: 'search', 'aria-label': t(text.search), placeholder: t(text.search), on: { input: () => rows() } });
  const rows = () => {
    const words = fold(search.value).split(/\s+/).filter(Boolean);
    fill(body, newest.filter((entry) => words.every((word) => fold(`${t(entry)} ${entry.by ?? ''}`).includes(word))).map((entry) => h('tr', {},
      h('td', { class: 'soft' }, entry.n), h('td', { class: 'when' }, moment(entry.at)), h('td', {}, t(entry)), h('td', { class: 'soft' }, entry.by ?? t(common.none)))));
  };
  rows();
  fill(root, title, head, h('div', { class: 'journal-tools' }, search),
    h('table', { class: 'table' },
      h('thead', {}, h('tr', {}, [text.number, text.when, text.what, text.who].map((name) => h('th', { scope: 'col' }, t(name))))), body));
}
