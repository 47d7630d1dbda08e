// @ts-check
/** @file Help: the shortcuts, and what holds on every page. */

import { fill, h } from '../core/dom.js';
import { t } from '../core/lang.js';
import { store } from '../core/store.js';
import { button } from '../parts/bits.js';
import { openDialog } from '../parts/dialog.js';
import { common as text } from '../text/common.js';

/** @typedef {[string[], { fr: string, en: string }][]} Keys */

const DESK = /** @type {Keys} */ ([
  [['/'], text.key_search], [['↓', '↑'], text.key_move], [['PageDown', 'Home', 'End'], text.key_page], [['Enter'], text.key_open], [['D'], text.key_ask],
  [['J'], text.key_journal], [['Escape'], text.key_back], [['?'], text.key_help],
]);
const VIEWER = /** @type {Keys} */ ([
  [['Ctrl', 'Alt', 'Home'], text.key_toolbar], [['Ctrl', 'Alt', 'Enter'], text.key_full], [['Ctrl', 'Alt', '0'], text.key_fit],
]);

/** What is printed on the keys of either keyboard. @type {Record<string, { fr: string, en: string }>} */
const PRINTED = { PageDown: text.cap_page_down, Home: text.cap_home, End: text.cap_end, Enter: text.cap_enter, Escape: text.cap_escape };
const printed = (/** @type {string} */ key) => (PRINTED[key] ? t(PRINTED[key]) : key);

export function help() {
  const dialog = openDialog(t(text.help));
  const list = (/** @type {Keys} */ keys) => h('dl', { class: 'keys' }, keys.map(([names, what]) => [h('dt', {}, names.map((name) => h('kbd', {}, printed(name)))), h('dd', {}, t(what))]));
  fill(dialog.body,
    h('div', { class: 'keys-columns' },
      h('section', {}, h('h2', {}, t(text.keys_desk)), list(DESK)),
      h('section', {}, h('h2', {}, t(text.keys_viewer)), list(VIEWER), h('p', { class: 'soft about' }, t(text.secrecy)), h('p', { class: 'soft about' }, t(text.paris)))));
  const close = button(t(text.close), dialog.close, { kind: 'main' });
  fill(dialog.foot, h('span', { class: 'soft grow' }, `Aval ${store.me.version}`), close);
  close.focus();
}
