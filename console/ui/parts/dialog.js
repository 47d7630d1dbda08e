// @ts-check
/** @file Dialogs: the browser's own, with its focus trap and Esc. They leave the page when they close. */

import { fill, h, icon } from '../core/dom.js';
import { t } from '../core/lang.js';
import { common } from '../text/common.js';

/**
 * Opens a dialog; the focus returns to where it was when it closes.
 * @param {string} title
 * @param {{ narrow?: boolean, closed?: () => void }} [options]
 */
export function openDialog(title, options = {}) {
  const body = h('div', { class: 'dialog-body' });
  const foot = h('div', { class: 'dialog-foot' });
  const heading = h('h1', { id: 'dialog-title', class: 'grow' }, title);
  const dialog = h('dialog', { class: options.narrow ? 'narrow' : '', 'aria-labelledby': 'dialog-title' },
    h('div', { class: 'dialog-head' }, heading,
      h('button', { class: 'button plain', type: 'button', 'aria-label': t(common.close), on: { click: () => dialog.close() } }, icon('close'))),
    body, foot);
  const before = document.activeElement;
  dialog.addEventListener('close', () => {
    dialog.remove();
    options.closed?.();
    if (before instanceof HTMLElement && before.isConnected) before.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  return {
    dialog, body, foot,
    close: () => dialog.close(),
    /** @param {string} text */
    retitle: (text) => fill(heading, text),
  };
}
