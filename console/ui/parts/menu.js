// @ts-check
/** @file A button with a menu, by the keyboard as by the mouse (ARIA's menu button pattern). */

import { h } from '../core/dom.js';
import { button } from './bits.js';

/**
 * @param {{ id: string, icon: Parameters<typeof import('../core/dom.js').icon>[0], name: string }} of
 * @param {...import('../core/dom.js').Child} items buttons with a role of a menu's item
 */
export function menu(of, ...items) {
  const list = h('div', { class: 'menu', id: of.id, role: 'menu', hidden: true, 'aria-label': of.name, on: { keydown: onKey } }, items);
  const opener = button('', () => { if (list.hidden) open(); else close(); }, { kind: 'small', icon: of.icon, name: of.name });
  opener.setAttribute('aria-haspopup', 'menu');
  opener.setAttribute('aria-expanded', 'false');
  const element = h('div', { class: 'menu-holder' }, opener, list);

  function open() {
    list.hidden = false;
    opener.setAttribute('aria-expanded', 'true');
    /** @type {HTMLElement | null} */ (list.firstElementChild)?.focus();
  }
  function close() { list.hidden = true; opener.setAttribute('aria-expanded', 'false'); }

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    const all = /** @type {HTMLElement[]} */ ([...list.children]);
    const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) all[(at + step + all.length) % all.length]?.focus();
    else if (event.key === 'Escape') { close(); opener.focus(); }
    else if (event.key !== 'Tab') return;
    if (event.key !== 'Tab') event.preventDefault();
    else close();
    event.stopPropagation();
  }
  const outside = (/** @type {Event} */ event) => { if (!list.hidden && !element.contains(/** @type {Node} */ (event.target))) close(); };
  document.addEventListener('pointerdown', outside);

  return { element, opener, close, leave: () => document.removeEventListener('pointerdown', outside) };
}

/** @param {string} label @param {() => void} press @param {Record<string, unknown>} [more] */
export const item = (label, press, more = {}) =>
  h('button', { type: 'button', role: 'menuitem', tabIndex: -1, ...more, on: { click: press } }, label);
