// @ts-check
/** @file Handing a session over to a colleague: they ask the person themselves, and this session ends when they do. */

import { post } from '../core/api.js';
import { fill, h } from '../core/dom.js';
import { t } from '../core/lang.js';
import { trouble } from '../core/say.js';
import { button } from '../parts/bits.js';
import { openDialog } from '../parts/dialog.js';
import { common } from '../text/common.js';
import { session as text } from '../text/session.js';

/** @param {string} agent */
export function handOverDialog(agent) {
  const dialog = openDialog(t(text.hand_over_title), { narrow: true });
  const wrong = h('p', { class: 'wrong', hidden: true, role: 'alert' });
  const to = h('input', { type: 'text', id: 'hand-over-to', maxlength: '64', autocomplete: 'off', spellcheck: 'false', placeholder: 'paul.beaurepaire', 'aria-describedby': 'hand-over-hint' });
  const press = button(t(text.hand_over), () => {}, { kind: 'main', type: 'submit' });
  press.setAttribute('form', 'hand-over');
  async function submit() {
    const person = to.value.trim();
    if (person === '') { wrong.hidden = false; fill(wrong, t(text.hand_over_missing)); to.focus(); return; }
    press.disabled = true;
    try {
      const said = await post('/api/hand-over', { agent, to: person });
      fill(dialog.body, h('p', { role: 'status' }, t(said)));
      fill(dialog.foot, button(t(common.close), dialog.close, { kind: 'main' }));
    } catch (error) {
      press.disabled = false;
      wrong.hidden = false;
      fill(wrong, trouble(error));
    }
  }
  fill(dialog.body, h('form', { id: 'hand-over', on: { submit: (/** @type {Event} */ event) => { event.preventDefault(); void submit(); } } },
    h('div', { class: 'field' }, h('label', { for: 'hand-over-to' }, t(text.hand_over_to)), to,
      h('p', { class: 'hint', id: 'hand-over-hint' }, t(text.hand_over_hint)), wrong)));
  dialog.foot.append(button(t(common.cancel), dialog.close), press);
  to.focus();
}
