// @ts-check
/** @file The waiting room: the code to read out, how long the person may still think, what happens now. */

import { fill, h, icon } from '../core/dom.js';
import { t } from '../core/lang.js';
import { polite } from '../core/say.js';
import { button, reasons } from '../parts/bits.js';
import { session as text } from '../text/session.js';

/** @typedef {import('../types.js').SessionState} State */

const PHASES = ['connecting', 'match_code', 'asking'];

/** @param {() => void} cancel */
export function waiting(cancel) {
  const code = h('p', { class: 'code', 'aria-live': 'polite' });
  const steps = h('ol', { class: 'steps' });
  const left = h('p', { class: 'left', role: 'timer' });
  const meter = h('progress', { class: 'meter', 'aria-hidden': 'true' });
  const now = h('div', { class: 'now' });
  const warnings = h('div', {});
  const element = h('div', { class: 'waiting' },
    h('section', { class: 'code-box', 'aria-label': t(text.code) }, h('h2', {}, t(text.code)), code, h('p', { class: 'soft' }, t(text.code_text))),
    h('section', { class: 'steps-box' }, steps, now, meter, left, warnings, button(t(text.cancel), cancel, { icon: 'close' })));
  let phase = '';
  /** When the question lapses, by this page's steady clock, in ms. */
  let until = 0;
  let whole = 60;
  const tick = setInterval(() => { if (phase === 'asking') countDown(); }, 250);

  function countDown() {
    const s = Math.max(0, Math.ceil((until - performance.now()) / 1000));
    left.textContent = t(text.asking_left, s);
    meter.max = whole;
    meter.value = s;
  }

  return {
    /** @param {State} state */
    draw(state) {
      const shown = state.match_code ?? '··· ···';
      if (code.textContent !== shown) fill(code, shown);
      code.classList.toggle('none', state.match_code === null);
      if (state.phase === 'asking' && state.asking_for_s !== null && phase !== 'asking') {
        whole = state.asking_for_s;
        until = performance.now() + state.asking_for_s * 1000;
        polite(t(text.asking));
      }
      const at = PHASES.indexOf(state.phase);
      if (phase !== state.phase) {
        phase = state.phase;
        const names = [text.step_seal, text.step_code, text.step_answer];
        fill(steps, names.map((name, index) => h('li', { class: index < at ? 'done' : index === at ? 'at' : '', 'aria-current': index === at ? 'step' : null },
          icon(index < at ? 'check' : index === at ? 'clock' : 'right'), t(name))));
        fill(now, state.phase === 'asking'
          ? [h('h2', {}, t(text.asking)), h('p', {}, t(text.asking_text))]
          : [h('h2', {}, t(text.connecting)), h('p', {}, t(text.connecting_text)), h('p', { class: 'soft' }, t(text.call_first, state.client))]);
        meter.hidden = left.hidden = state.phase !== 'asking';
      }
      if (phase === 'asking') countDown();
      fill(warnings, reasons(state.warnings, true));
      return element;
    },
    leave: () => clearInterval(tick),
  };
}
