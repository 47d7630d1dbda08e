// @ts-check
/** @file Asking for mouse and keyboard in a session that may only be looked at: why, in words that the person at the PC will read. */

import { h, icon } from '../core/dom.js';
import { t } from '../core/lang.js';
import { button } from '../parts/bits.js';
import { openDialog } from '../parts/dialog.js';
import { common } from '../text/common.js';
import { session as text } from '../text/session.js';

/** As the protocol has it, in characters. */
const MAX_REASON = 200;

/**
 * @param {boolean} may whether this session can be widened at all; else the dialog says what to do instead
 * @param {(reason: string) => void} ask
 */
export function widenDialog(may, ask) {
  const dialog = openDialog(t(text.widen_title), { narrow: true });
  if (!may) {
    dialog.body.append(h('p', {}, t(text.widen_beyond)));
    dialog.foot.append(button(t(common.close), dialog.close, { kind: 'main' }));
    return;
  }
  const wrong = h('p', { class: 'wrong', id: 'widen-wrong', hidden: true }, t(text.widen_missing));
  const reason = h('input', {
    type: 'text', id: 'widen-reason', maxlength: String(MAX_REASON), autocomplete: 'off', 'aria-describedby': 'widen-hint widen-wrong',
    on: { input: () => { wrong.hidden = true; reason.removeAttribute('aria-invalid'); } },
  });
  const form = h('form', { id: 'widen', novalidate: true, on: { submit } },
    h('div', { class: 'field' },
      h('label', { for: 'widen-reason' }, t(text.widen_reason)), reason,
      h('p', { class: 'hint', id: 'widen-hint' }, t(text.widen_hint)), wrong));
  dialog.body.append(form);
  dialog.foot.append(
    button(t(common.cancel), dialog.close),
    h('button', { class: 'button main', type: 'submit', form: 'widen' }, icon('keys'), t(text.widen_send)));
  reason.focus();

  /** @param {Event} event */
  function submit(event) {
    event.preventDefault();
    const words = reason.value.trim();
    if (words === '') {
      wrong.hidden = false;
      reason.setAttribute('aria-invalid', 'true');
      reason.focus();
      return;
    }
    dialog.close();
    ask(words);
  }
}
