// @ts-check
/** @file The gate's no: every reason with its clause, when to come back, and what to offer the client instead, recorded in two presses. */

import { post } from '../core/api.js';
import { fill, h, icon } from '../core/dom.js';
import { current, t } from '../core/lang.js';
import { go } from '../core/route.js';
import { note, trouble } from '../core/say.js';
import { soon } from '../core/time.js';
import { button, clause, reasons } from '../parts/bits.js';
import { offerItem, offerName } from '../pages/machine.js';
import { common } from '../text/common.js';
import { refusal as text } from '../text/session.js';

/** @typedef {import('../types.js').Decision} Decision */
/** @typedef {import('../types.js').Offer} Offer */
/** @typedef {import('../types.js').OfferLine} OfferLine */
/** @typedef {import('../types.js').Ask} Ask */

/**
 * @param {ReturnType<typeof import('../parts/dialog.js').openDialog>} dialog
 * @param {{ agent: string, hostname: string }} row
 * @param {Ask} wish
 * @param {Decision} decision
 * @param {() => void} change
 */
export function refusalPanel(dialog, row, wish, decision, change) {
  dialog.retitle(t(text.title));
  fill(dialog.body, h('div', { class: 'refusal' },
    h('section', {}, h('h2', { class: 'section' }, t(text.reasons)), reasons(decision.reasons), reasons(decision.warnings, true),
      h('p', { class: 'retry' }, icon('clock'), h('span', {}, decision.retry_at === null ? t(text.retry_none) : t(text.retry, soon(decision.retry_at)))),
      decision.line && lineFacts(decision.line)),
    decision.offers.length > 0 && h('section', {}, h('h2', { class: 'section' }, t(text.offers)),
      h('ul', { class: 'offers' }, decision.offers.map((line) => offerLine(line, row.agent, wish.category))),
      h('p', { class: 'soft' }, t(text.free)))));
  // Nothing else stands against it: whoever may ask may also ask to be there too.
  const busy = decision.reasons.length === 1 && decision.reasons[0]?.code === 'AGENT_BUSY';
  const joins = async () => {
    join.disabled = true;
    try {
      const made = await post('/api/sessions', { ...wish, capabilities: ['view'], joins: true });
      dialog.close();
      go({ page: 'session', session: made.session });
    } catch (error) {
      join.disabled = false;
      note(trouble(error), 'failed');
    }
  };
  const join = button(t(text.join), () => void joins(), { icon: 'screen' });
  fill(dialog.foot, h('span', { class: 'grow' }), busy && join, button(t(text.change_request), change, { icon: 'back' }), button(t(common.close), dialog.close));
  dialog.body.tabIndex = -1;
  dialog.body.focus();
}

/** One thing to offer; once recorded, the client's answer. @param {OfferLine} line @param {string} agent @param {string} category */
function offerLine(line, agent, category) {
  const item = h('li', { class: 'offer-line', tabIndex: -1 });
  const record = async () => {
    press.disabled = true;
    try {
      const { offer } = await post('/api/offers', { agent, kind: line.kind, category, session: null, note: null });
      showOffer(/** @type {Offer} */ (offer));
    } catch (error) {
      press.disabled = false;
      note(trouble(error), 'failed');
    }
  };
  const press = button(t(text.offer), () => void record(), { kind: 'small', icon: 'plus', name: t(text.offer_name, offerName(line.kind)) });
  /** @param {Offer} offer */
  const showOffer = (offer) => {
    fill(item, h('ul', {}, offerItem(offer, showOffer)));
    // The button that had the focus is gone.
    (item.querySelector('button') ?? item).focus();
  };
  fill(item, h('div', { class: 'grow' }, h('strong', {}, offerName(line.kind)), ' ', clause(line.clause), h('p', { class: 'soft' }, t(line))), press);
  return item;
}

/** A line's measurement in words. @param {import('../types.js').Line} line */
export function lineFacts(line) {
  const n = (/** @type {number} */ value) => value.toLocaleString(current() === 'fr' ? 'fr-FR' : 'en-GB');
  return h('p', { class: 'soft line-facts' }, `${t(text.line)}${current() === 'fr' ? '\u00a0' : ''}: `,
    `↓ ${n(line.down_kbit)}\u00a0kbit/s · ↑ ${n(line.up_kbit)}\u00a0kbit/s · ${n(line.rtt_ms)}\u00a0ms`);
}
