// @ts-check
/** @file Passwords in a session (clause 8.2): the wishes, and the one value that is shown once, for a minute at most, and then gone from here. */

import { fill, h } from '../core/dom.js';
import { t } from '../core/lang.js';
import { polite } from '../core/say.js';
import { button } from '../parts/bits.js';
import { item, menu } from '../parts/menu.js';
import { secret as text } from '../text/session.js';

/** @typedef {import('../types.js').SessionState} State */
/** @typedef {import('../types.js').Input} Input */

const KINDS = /** @type {const} */ (['windows', 'application', 'wifi', 'other']);

/** @param {{ send: (input: Input) => void, focus: () => void, handOver: () => void }} desk */
export function passwords(desk) {
  const wish = (/** @type {Input} */ input) => { desk.send(input); wishes.close(); desk.focus(); };
  const wishes = menu({ id: 'passwords-menu', icon: 'lock', name: t(text.menu) },
    item(t(text.comeback), () => wish({ type: 'return' }), { title: t(text.comeback_hint) }),
    item(t(text.mask), () => wish({ type: 'mask' }), { title: t(text.mask_hint) }),
    KINDS.map((kind) => item(t(text[kind]), () => wish({ type: 'secret', kind }))),
    item(t(text.hand_over), () => { wishes.close(); desk.handOver(); }));
  const said = h('strong', {});
  const left = h('span', { class: 'soft' });
  const values = h('dl', { class: 'secret-values' });
  const show = button(t(text.show), () => desk.send({ type: 'reveal' }), { kind: 'small main' });
  const forget = button(t(text.forget), () => { desk.send({ type: 'forget' }); wipe(); }, { kind: 'small' });
  const panel = h('section', { class: 'secret', hidden: true, 'aria-label': t(text.panel) }, h('div', { class: 'secret-head' }, said, left, show, forget), values);
  // Not to be dragged, copied or kept anywhere else.
  for (const event of ['copy', 'cut', 'dragstart', 'selectstart', 'contextmenu']) values.addEventListener(event, (it) => it.preventDefault());
  /** What is shown of which question, so that a forgotten one does not come back. */
  let asked = '';
  let done = false;
  let until = 0;
  const tick = setInterval(() => { if (until) count(); }, 500);

  function count() {
    const s = Math.ceil((until - performance.now()) / 1000);
    if (s <= 0) wipe();
    else left.textContent = t(text.left, s);
  }

  /** The values and their text nodes leave the page. */
  function wipe() {
    for (const cell of values.querySelectorAll('dd')) cell.textContent = '';
    values.replaceChildren();
    panel.hidden = true;
    until = 0;
    done = true;
  }

  return {
    wishes: wishes.element, panel,
    /** @param {{ identifier: string, password: string, leftS: number }} value */
    reveal(value) {
      fill(values,
        value.identifier && [h('dt', {}, t(text.identifier)), h('dd', {}, value.identifier)],
        h('dt', {}, t(text.password)), h('dd', {}, value.password));
      show.hidden = true;
      until = performance.now() + value.leftS * 1000;
      count();
      forget.focus();
    },
    /** @param {State | null} state @param {boolean} running */
    draw(state, running) {
      wishes.element.hidden = !running;
      wishes.opener.disabled = state?.phase !== 'live';
      const secret = running ? state?.secret ?? null : null;
      const key = secret ? `${secret.state} ${secret.kind}` : '';
      if (key !== asked) {
        asked = key;
        done = false;
        if (!secret || secret.state !== 'given') { wipe(); done = false; }
        if (secret) {
          fill(said, t(text[secret.state], t(secret)));
          polite(said.textContent ?? '');
          panel.hidden = false;
          show.hidden = secret.state !== 'given';
          forget.hidden = secret.state === 'asked';
          left.textContent = '';
        }
      }
      if (secret?.state === 'given' && !done && !until) left.textContent = t(text.left, secret.left_s);
      if (!secret) wipe();
    },
    leave: () => { clearInterval(tick); wishes.leave(); wipe(); },
  };
}
