// @ts-check
/** @file The session's toolbar: where one is, since when, for how long still, over what line; and what can be done. */

import { fill, h, icon } from '../core/dom.js';
import { t } from '../core/lang.js';
import { clock, hour, onClock } from '../core/time.js';
import { button, chip } from '../parts/bits.js';
import { item, menu } from '../parts/menu.js';
import { session as text } from '../text/session.js';
import { chord } from './keymap.js';

/** @typedef {import('../types.js').SessionState} State */
/** @typedef {import('../types.js').Input} Input */

/** Phases in which there is a grant. */
export const RUNNING = new Set(['live', 'hidden', 'masked', 'away']);
/** Chords that this computer would keep for itself. */
const CHORDS = /** @type {[string | { fr: string, en: string }, string[]][]} */ ([
  [text.key_start, ['MetaLeft']],
  ['Alt+Tab', ['AltLeft', 'Tab']],
  ['Alt+F4', ['AltLeft', 'F4']],
  [text.key_delete, ['ControlLeft', 'AltLeft', 'Delete']],
  [text.key_escape, ['ControlLeft', 'Escape']],
  [text.key_tasks, ['ControlLeft', 'ShiftLeft', 'Escape']],
  ['F5', ['F5']],
  ['F11', ['F11']],
]);

/**
 * @param {{ send: (input: Input) => void, mode: () => 'fit' | 'actual', setMode: (mode: 'fit' | 'actual') => void, focus: () => void,
 *   physical: () => boolean, setPhysical: (on: boolean) => void, leave: () => void, full: () => Promise<void>, passwords: HTMLElement,
 *   lookOnly: (on: boolean) => void, widen: () => void }} desk
 */
export function toolbar(desk) {
  const back = button('', desk.leave, { icon: 'back', kind: 'plain', name: t(text.leave) });
  const who = h('div', { class: 'who' });
  const rights = h('span', {});
  const since = h('span', { class: 'soft' });
  const closing = h('span', { class: 'fact', role: 'status', 'aria-live': 'polite' });
  const comeback = h('span', { class: 'fact', role: 'status', 'aria-live': 'polite' });
  const remaining = h('span', { class: 'fact', title: t(text.remaining) });
  const line = h('span', { class: 'fact', title: t(text.line) });
  const fit = button(t(text.fit), () => pick('fit'), { kind: 'small', icon: 'fit', name: t(text.fit_name) });
  const actual = button(t(text.actual), () => pick('actual'), { kind: 'small', name: t(text.actual_name) });
  const full = button('', () => void desk.full(), { kind: 'small', icon: 'full', name: t(text.full) });
  const places = h('button', { type: 'button', role: 'menuitemcheckbox', tabIndex: -1, title: t(text.physical_hint), on: {
    click: () => { desk.setPhysical(!desk.physical()); press(); chords.close(); desk.focus(); },
  } }, t(text.physical));
  const chords = menu({ id: 'keys-menu', icon: 'keys', name: t(text.keys_menu) }, places, CHORDS.map(([name, keys]) =>
    item(typeof name === 'string' ? name : t(name), () => { chord(keys).forEach(desk.send); chords.close(); desk.focus(); })));
  const look = button(t(text.look_only), () => { desk.lookOnly(look.getAttribute('aria-pressed') !== 'true'); desk.focus(); }, { kind: 'small', name: t(text.look_only_name) });
  const widen = button(t(text.widen), desk.widen, { kind: 'small', icon: 'keys' });
  const end = button(t(text.end), () => desk.send({ type: 'end' }), { kind: 'small danger', icon: 'stop' });
  const pair = h('div', { class: 'pair' }, fit, actual);
  const element = h('div', { class: 'toolbar', role: 'toolbar', 'aria-label': t(text.toolbar) },
    back, who, rights, since, h('span', { class: 'grow' }), closing, comeback, remaining, line, look, widen, pair, full, desk.passwords, chords.element, end);

  /** @param {'fit' | 'actual'} mode */
  function pick(mode) { desk.setMode(mode); press(); desk.focus(); }
  function press() {
    places.setAttribute('aria-checked', String(desk.physical()));
    fit.setAttribute('aria-pressed', String(desk.mode() === 'fit'));
    actual.setAttribute('aria-pressed', String(desk.mode() === 'actual'));
  }

  return {
    element,
    focus: () => end.focus(),
    leave: chords.leave,
    /** @param {State | null} state @param {boolean} live */
    draw(state, live) {
      press();
      const running = live || RUNNING.has(state?.phase ?? '');
      fill(who, h('strong', {}, state?.hostname ?? ''), state && h('span', { class: 'soft' }, `${state.client} · ${state.technician}`));
      fill(since, running && state ? t(text.since, hour(state.since)) : '');
      const control = state?.capabilities.includes('control') ?? false;
      fill(rights, running ? chip(t(control ? text.controlled : text.view_only), control ? 'good' : 'warn') : '');
      const closes = running && state?.closing ? t(text[`closing_${state.closing.code}`], onClock(state.closing.at)) : '';
      // Said once: only what changed is read out.
      if (closing.dataset.said !== closes) {
        closing.dataset.said = closes;
        fill(closing, closes ? chip(closes, state?.closing?.code === 'extended' ? 'good' : 'warn') : '');
        closing.title = state?.closing ? t(state.closing) : '';
      }
      const returns = running && state?.return ? (state.return.allowed ? t(text.return_allowed) : t(text.return_refused)) : '';
      if (comeback.dataset.said !== returns) {
        comeback.dataset.said = returns;
        fill(comeback, returns ? chip(returns, state?.return?.allowed ? 'good' : 'warn') : '');
        comeback.title = state?.return ? t(state.return) : '';
      }
      fill(remaining, running && state?.remaining_s != null ? [icon('clock'), clock(state.remaining_s)] : '');
      fill(line, running && state?.line ? quality(state.line) : '');
      for (const button of [fit, actual, full, chords.opener]) button.disabled = !live;
      chords.opener.disabled ||= !control || !!state?.view_only;
      look.hidden = !live || !control;
      look.setAttribute('aria-pressed', String(state?.view_only ?? false));
      widen.hidden = !live || control || state?.closing?.code === 'asked' || state?.closing?.code === 'view_only';
      widen.disabled = state?.wish?.asked ?? false;
      for (const part of [pair, full, chords.element]) part.hidden = !running;
      end.hidden = !running;
      const name = t(document.fullscreenElement ? text.full_leave : text.full);
      full.setAttribute('aria-label', name);
      full.title = name;
    },
  };
}

/** @param {NonNullable<State['line']>} line */
function quality(line) {
  const bars = { good: 3, fair: 2 }[line.quality.code] ?? 1;
  return [h('span', { class: `bars b${bars}`, 'aria-hidden': 'true' }, h('i'), h('i'), h('i')), `${t(line.quality)} · ${line.rtt_ms}\u00a0ms`];
}
