// @ts-check
/** @file A colleague hands a session over: who, where, and a button that asks for it. The contract and the person are asked as ever. */

import { fill, h, icon } from '../core/dom.js';
import { t } from '../core/lang.js';
import { polite } from '../core/say.js';
import { store } from '../core/store.js';
import { button } from '../parts/bits.js';
import { handed as text } from '../text/session.js';
import { askDialog } from './ask.js';

/** @typedef {import('../types.js').Handed} Handed */

export function handedOver() {
  const element = h('section', { class: 'handed', hidden: true, 'aria-label': t(text.title) });
  /** Put aside or said already: each hand-over once. @type {Set<string>} */
  const aside = new Set();
  const said = new Set();
  let timer = 0;
  const name = (/** @type {Handed} */ one) => `${one.agent} ${one.until}`;

  function draw() {
    clearTimeout(timer);
    const now = Date.now() / 1000;
    const open = store.handed.filter((one) => one.until > now && !aside.has(name(one)));
    element.hidden = open.length === 0;
    element.setAttribute('aria-label', t(text.title));
    fill(element, open.map(row));
    for (const one of open) {
      if (said.has(name(one))) continue;
      said.add(name(one));
      polite(words(one));
    }
    const next = Math.min(...open.map((one) => one.until));
    if (open.length > 0) timer = setTimeout(draw, Math.max(0, next - now) * 1000 + 500);
  }

  const words = (/** @type {Handed} */ one) => t(text.words, one.by, one.hostname, one.client);

  /** @param {Handed} one */
  function row(one) {
    const machine = () => store.rows.get(one.agent) ?? { agent: one.agent, hostname: one.hostname, client: one.client, online: true };
    const wish = () => ({ capabilities: /** @type {('view' | 'control')[]} */ (['view', 'control']), category: /** @type {const} */ ('assistance'), reference: t(text.reference, one.by), minutes: 60 });
    return h('div', {}, icon('screen'), h('p', {}, words(one)),
      button(t(text.ask), () => askDialog(machine(), wish()), { kind: 'main' }),
      button(t(text.later), () => { aside.add(name(one)); draw(); }));
  }

  return { element, draw };
}
