// @ts-check
/** @file The session's toolbar: where one is, since when, for how long still, over what line; and what can be done. */

import { fill, h, icon } from '../core/dom.js';
import { t } from '../core/lang.js';
import { clock, hour, onClock } from '../core/time.js';
import { button, chip } from '../parts/bits.js';
import { session as text } from '../text/session.js';
import { chord } from './keymap.js';

/** @typedef {import('../types.js').SessionState} State */
/** @typedef {import('../types.js').Input} Input */

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
 *   physical: () => boolean, setPhysical: (on: boolean) => void, leave: () => void, full: () => Promise<void> }} desk
 */
export function toolbar(desk) {
  const back = button('', desk.leave, { icon: 'back', kind: 'plain', name: t(text.leave) });
  const who = h('div', { class: 'who' });
  const rights = h('span', {});
  const since = h('span', { class: 'soft' });
  const closing = h('span', { class: 'fact', role: 'status', 'aria-live': 'polite' });
  const remaining = h('span', { class: 'fact', title: t(text.remaining) });
  const line = h('span', { class: 'fact', title: t(text.line) });
  const fit = button(t(text.fit), () => pick('fit'), { kind: 'small', icon: 'fit', name: t(text.fit_name) });
  const actual = button(t(text.actual), () => pick('actual'), { kind: 'small', name: t(text.actual_name) });
  const full = button('', () => void desk.full(), { kind: 'small', icon: 'full', name: t(text.full) });
  const places = h('button', { type: 'button', role: 'menuitemcheckbox', tabIndex: -1, title: t(text.physical_hint), on: {
    click: () => { desk.setPhysical(!desk.physical()); press(); close(); desk.focus(); },
  } }, t(text.physical));
  const menu = h('div', { class: 'menu', id: 'keys-menu', role: 'menu', hidden: true, 'aria-label': t(text.keys_menu), on: { keydown: onMenuKey } },
    places, CHORDS.map(([name, keys]) =>
      h('button', { type: 'button', role: 'menuitem', tabIndex: -1, on: { click: () => { chord(keys).forEach(desk.send); close(); desk.focus(); } } }, typeof name === 'string' ? name : t(name))));
  const keys = button('', toggle, { kind: 'small', icon: 'keys', name: t(text.keys_menu) });
  keys.setAttribute('aria-haspopup', 'menu');
  keys.setAttribute('aria-expanded', 'false');
  const end = button(t(text.end), () => desk.send({ type: 'end' }), { kind: 'small danger', icon: 'stop' });
  const pair = h('div', { class: 'pair' }, fit, actual);
  const holder = h('div', { class: 'menu-holder' }, keys, menu);
  const element = h('div', { class: 'toolbar', role: 'toolbar', 'aria-label': t(text.toolbar) },
    back, who, rights, since, h('span', { class: 'grow' }), closing, remaining, line, pair, full, holder, end);

  /** @param {'fit' | 'actual'} mode */
  function pick(mode) { desk.setMode(mode); press(); desk.focus(); }
  function press() {
    places.setAttribute('aria-checked', String(desk.physical()));
    fit.setAttribute('aria-pressed', String(desk.mode() === 'fit'));
    actual.setAttribute('aria-pressed', String(desk.mode() === 'actual'));
  }
  function toggle() { if (menu.hidden) open(); else close(); }
  function open() {
    menu.hidden = false;
    keys.setAttribute('aria-expanded', 'true');
    /** @type {HTMLElement | null} */ (menu.firstElementChild)?.focus();
  }
  function close() { menu.hidden = true; keys.setAttribute('aria-expanded', 'false'); }

  /** @param {KeyboardEvent} event */
  function onMenuKey(event) {
    const items = /** @type {HTMLElement[]} */ ([...menu.children]);
    const at = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) items[(at + step + items.length) % items.length]?.focus();
    else if (event.key === 'Escape') { close(); keys.focus(); }
    else if (event.key !== 'Tab') return;
    if (event.key !== 'Tab') event.preventDefault();
    else close();
    event.stopPropagation();
  }
  const outside = (/** @type {Event} */ event) => { if (!menu.hidden && !element.contains(/** @type {Node} */ (event.target))) close(); };
  document.addEventListener('pointerdown', outside);

  return {
    element,
    focus: () => end.focus(),
    leave: () => document.removeEventListener('pointerdown', outside),
    /** @param {State | null} state @param {boolean} live */
    draw(state, live) {
      press();
      const running = live || state?.phase === 'live' || state?.phase === 'hidden' || state?.phase === 'away';
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
      fill(remaining, running && state?.remaining_s != null ? [icon('clock'), clock(state.remaining_s)] : '');
      fill(line, running && state?.line ? quality(state.line) : '');
      for (const button of [fit, actual, full, keys]) button.disabled = !live;
      keys.disabled ||= !control;
      for (const part of [pair, full, holder]) part.hidden = !running;
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
