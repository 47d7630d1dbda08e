// @ts-check
/** @file A session from the waiting room to its end: what the server says its phase is, is what is shown. */

import { fill, h } from '../core/dom.js';
import { t } from '../core/lang.js';
import { go } from '../core/route.js';
import { polite, urgent } from '../core/say.js';
import { store } from '../core/store.js';
import { clock } from '../core/time.js';
import { button, state as box } from '../parts/bits.js';
import { session as text } from '../text/session.js';
import { askDialog } from './ask.js';
import { handOverDialog } from './hand-over.js';
import { passwords } from './secret.js';
import { RUNNING, toolbar } from './toolbar.js';
import { viewer } from './viewer.js';
import { waiting } from './waiting.js';
import { widenDialog } from './widen.js';

/** @typedef {import('../types.js').SessionState} State */

/** Pauses before dialling again, in ms; the last repeats. */
const PAUSES = [200, 500, 1000, 2000];
/** How long what changed stays to be read, in ms. */
const STAYS = 8000;

/** @param {HTMLElement} root @param {string} session */
export function sessionPage(root, session) {
  /** @type {State | null} */
  let state = null;
  /** Set when the server ended the conversation on purpose: no dialling again. @type {'taken' | 'moved' | 'unknown' | null} */
  let parted = null;
  let connected = false;
  let ever = false;
  let pictured = false;
  /** When the screen was first there, by this page's steady clock, in ms; 0 before. */
  let began = 0;
  let over = 0;
  /** The picture is wanted here even though another tab has it. */
  let wanted = false;
  let tries = 0;
  let redial = 0;
  let paused = false;
  /** What was said last of wishes and changes, and as long as it is to be read. */
  let [said, news] = ['', ''];
  let fading = 0;

  const cover = h('div', { class: 'cover' });
  const room = waiting(() => view.send({ type: 'end' }));
  const view = viewer(session, {
    hostname: () => state?.hostname ?? store.sessions.find((running) => running.session === session)?.hostname ?? '',
    text: hear, open: () => { connected = true; ever = true; tries = 0; if (!wanted) parted = null; }, closed, first: () => { pictured = true; draw(); },
    may: () => connected && state?.phase === 'live' && state.paused === null && state.capabilities.includes('control') && !state.view_only && !state.wish?.asked && !state.colleague?.asked && !state.held,
    shortcut, secret: (value) => secrets.reveal(value),
  });
  const secrets = passwords({ send: view.send, focus: view.focus, handOver: () => handOverDialog(agent() ?? '') });
  const bar = toolbar({
    send: view.send, mode: () => view.mode, setMode: (mode) => { view.mode = mode; }, focus: view.focus,
    physical: () => view.physical, setPhysical: (on) => { view.physical = on; },
    leave: () => go({ page: 'machines', agent: agent(), part: '' }), full: fullScreen,
    passwords: secrets.wishes,
    lookOnly: (on) => view.send({ type: 'view_only', on }), widen: () => widenDialog(state?.may_widen ?? false, (reason) => view.send({ type: 'widen', reason })),
  });
  const agent = () => state?.agent ?? store.sessions.find((running) => running.session === session)?.agent ?? null;
  const held = h('div', { class: 'held', hidden: true, role: 'status' });
  fill(root, h('div', { class: 'session' }, bar.element, h('div', { class: 'stage' }, view.element, held, cover, secrets.panel)));

  /** @param {any} message */
  function hear(message) {
    if (message.type === 'taken' && wanted) { view.send({ type: 'here' }); return; }
    if (message.type === 'taken' || message.type === 'moved') { parted = message.type; draw(); return; }
    if (message.type !== 'state') return;
    const next = /** @type {State} */ (message);
    const before = state?.phase;
    state = next;
    wanted = false;
    if (next.phase === 'live' && before !== 'live') {
      if (began === 0) { polite(t(text.granted_said)); began = performance.now(); }
      view.focus();
    }
    if (next.phase !== 'live') { pictured = false; view.release(); }
    // The person's hands come first: what was held down here is to be pressed anew.
    if (next.held) view.release();
    if (next.phase === 'away' && before !== 'away') { view.hide(); urgent(`${t(text.away)} ${t(text.away_text)}`); }
    if (next.phase === 'masked' && before !== 'masked') urgent(next.masked ? t(next.masked) : t(text.masked));
    if (next.paused && !paused) urgent(t(next.paused));
    else if (next.phase === 'hidden' && before === 'live' && !next.turned) urgent(`${t(text.hidden)}. ${t(text.hidden_text)}`);
    paused = next.paused !== null;
    told(next);
    if (next.phase === 'ended' && before !== 'ended') { view.hide(); urgent(next.ended ? t(next.ended) : t(text.ended)); void document.exitFullscreen?.().catch(() => {}); }
    draw();
  }

  /** @param {number} _code */
  function closed(_code) {
    connected = false;
    pictured = false;
    draw();
    if (parted || state?.phase === 'ended') return;
    if (!ever && tries >= PAUSES.length) { parted = 'unknown'; draw(); return; }
    redial = setTimeout(view.reopen, PAUSES[Math.min(tries++, PAUSES.length - 1)]);
  }

  /** What became of a wish, and what changed, is said once and stays to be read for a while. @param {State} next */
  function told(next) {
    const one = next.colleague ?? next.wish ?? next.turned;
    const words = one ? t(one) : '';
    if (words === said) return;
    said = words;
    clearTimeout(fading);
    news = words;
    if (words) polite(words);
    if (words && !next.wish?.asked && !next.colleague?.asked) fading = setTimeout(() => { news = ''; draw(); }, STAYS);
  }

  function draw() {
    secrets.draw(state, connected && RUNNING.has(state?.phase ?? ''));
    bar.draw(state, connected && state?.phase === 'live' && pictured);
    const words = state?.held ? t(state.held) : news || (state?.view_only ? t(text.looking_only) : '');
    held.hidden = !connected || state?.phase !== 'live' || !words;
    if (words && held.textContent !== words) fill(held, words);
    const shown = curtain();
    cover.hidden = shown === null;
    if (shown !== null && cover.firstChild !== shown) fill(cover, shown);
  }

  /** What is in front of the picture, if anything. @returns {Node | null} */
  function curtain() {
    if (parted === 'unknown') return box(t(text.unknown), t(text.unknown_text), button(t(text.to_machine), () => go({ page: 'machines', agent: agent(), part: '' })));
    if (parted !== null) return box(t(text[parted]), t(text.taken_text), button(t(text.here), comeHere, { kind: 'main', icon: 'screen' }));
    if (state?.phase === 'ended') return ended(state);
    if (!connected) return ever ? box(t(text.reconnecting), t(text.reconnecting_text)) : box(t(text.connecting));
    switch (state?.phase) {
      case 'away': return box(t(text.away), `${t(text.away_text)} ${t(text.away_left, state.away_s ?? 0)}`);
      case 'masked': return box(t(text.masked), t(text.masked_text));
      // Between the yes and the banner nothing is wrong yet.
      case 'hidden':
        if (state.idle && state.paused) return box(t(text.paused), t(state.paused), button(t(text.go_on), () => view.send({ type: 'go_on' }), { kind: 'main', icon: 'screen' }));
        if (state.paused) return box(t(text.paused), `${t(state.paused)} ${state.paused_s === null ? '' : t(text.paused_left, state.paused_s)}`);
        if (began && news) return box(t(text.turning));
        return began ? box(t(text.hidden), t(text.hidden_text)) : box(t(text.waiting_picture));
      case 'live':
        if (state.paused) return box(t(text.paused), t(state.paused));
        return pictured ? null : box(t(text.waiting_picture));
      default: return state ? room.draw(state) : box(t(text.connecting));
    }
  }

  /** @param {State} state */
  function ended(state) {
    const granted = began > 0;
    over ||= performance.now();
    const row = store.rows.get(state.agent);
    return box(t(granted ? text.ended : text.not_begun), state.ended ? t(state.ended) : undefined,
      granted && h('p', {}, t(text.lasted, clock((over - began) / 1000))),
      h('div', { class: 'choices' },
        row && button(t(text.to_machine), () => go({ page: 'machines', agent: row.agent, part: '' }), { kind: 'main' }),
        row && button(t(text.again), () => { go({ page: 'machines', agent: row.agent, part: '' }); askDialog(row); }, { icon: 'refresh' })));
  }

  function comeHere() {
    parted = null;
    wanted = true;
    if (connected) view.send({ type: 'here' });
    else view.reopen();
    draw();
  }

  /** Keys that stay with the desk while the rest goes to the machine. @param {KeyboardEvent} event */
  function shortcut(event) {
    if (!event.ctrlKey || !event.altKey || event.getModifierState('AltGraph')) return false;
    switch (event.key) {
      case 'Home': bar.focus(); return true;
      case 'Enter': void fullScreen(); return true;
      case '0': case 'à': view.mode = view.mode === 'fit' ? 'actual' : 'fit'; draw(); return true;
      default: return false;
    }
  }

  async function fullScreen() {
    if (document.fullscreenElement) { await document.exitFullscreen(); return; }
    await root.requestFullscreen();
    // Alt+Tab, Esc and the system's own keys reach the machine too; holding Esc leaves, as the browser says.
    await /** @type {any} */ (navigator).keyboard?.lock?.().catch(() => {});
    view.focus();
  }
  const onFull = () => { if (!document.fullscreenElement) /** @type {any} */ (navigator).keyboard?.unlock?.(); draw(); };
  document.addEventListener('fullscreenchange', onFull);

  draw();
  return {
    leave: () => {
      clearTimeout(redial);
      clearTimeout(fading);
      document.removeEventListener('fullscreenchange', onFull);
      if (document.fullscreenElement) void document.exitFullscreen();
      room.leave();
      bar.leave();
      secrets.leave();
      view.leave();
    },
  };
}

