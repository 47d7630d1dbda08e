// @ts-check
/** @file One machine: what it is, whether a session may be asked for and when, what was done on it. */

import { get, post } from '../core/api.js';
import { fill, h, icon } from '../core/dom.js';
import { t } from '../core/lang.js';
import { go } from '../core/route.js';
import { note, trouble } from '../core/say.js';
import { hasRole, store } from '../core/store.js';
import { ago, day, moment, parisSeconds, soon } from '../core/time.js';
import { against, button, chip, clause, contractChip, dot, failed, reasons, state } from '../parts/bits.js';
import { askDialog } from '../session/ask.js';
import { ask } from '../text/session.js';
import { common } from '../text/common.js';
import { machine as text, machines } from '../text/machines.js';
import { equipmentFacts, equipmentHistory } from './history.js';
import { inventory } from './inventory.js';
import { journalPart } from './journal.js';

/** @typedef {import('../types.js').Machine} Machine */
/** @typedef {import('../types.js').Decision} Decision */
/** @typedef {import('../types.js').Offer} Offer */

/** How long a chosen row must rest before its details are read: arrows run through many. In ms. */
const REST = 120;

/**
 * @param {HTMLElement} root
 * @param {string} agent
 * @param {'' | 'journal'} part
 */
export function machinePane(root, agent, part) {
  const gone = new AbortController();
  const head = h('header', { class: 'pane-head' });
  const body = h('div', { class: 'pane-body', tabIndex: -1 });
  fill(root, head, body);
  root.setAttribute('aria-label', t(text.details, store.rows.get(agent)?.hostname ?? agent));
  /** @type {Machine | null} */
  let machine = null;

  function drawHead() {
    const row = store.rows.get(agent) ?? machine?.row;
    if (!row) { fill(head); return; }
    fill(head,
      h('div', { class: 'grow' },
        h('h1', {}, dot(row.online), ' ', row.hostname),
        h('p', { class: 'soft' }, row.client, ' · ', row.online ? t(machines.seen_now) : row.last_seen ? ago(row.last_seen) : t(machines.offline))),
      button(t(part === 'journal' ? text.sheet : text.journal), () => go({ page: 'machines', agent, part: part === 'journal' ? '' : 'journal' }), { icon: part === 'journal' ? 'back' : 'journal' }),
      hasRole('technician') && button(t(text.ask), request, { kind: 'main', icon: 'screen' }));
  }

  function request() {
    const row = store.rows.get(agent) ?? machine?.row;
    if (row && hasRole('technician')) askDialog(row);
  }

  async function load() {
    try {
      const of = `/api/machines/${encodeURIComponent(agent)}`;
      const [read, equipment] = await Promise.all([get(of, gone.signal), get(`${of}/equipment`, gone.signal)]);
      machine = /** @type {Machine} */ (read);
      drawHead();
      draw(machine, /** @type {import('../types.js').MachineEquipment} */ (equipment));
    } catch (error) {
      if (!gone.signal.aborted) fill(body, failed(error, () => void load()));
    }
  }

  /** @param {Machine} machine @param {import('../types.js').MachineEquipment} equipment */
  function draw(machine, equipment) {
    const { row } = machine;
    const facts = /** @type {[string, import('../core/dom.js').Child[]][]} */ ([
      [t(text.contract), [row.contract, ' ', contractChip(row),
        row.contract_state?.until != null && h('span', { class: 'soft' }, ' ', t(machines.until, day(row.contract_state.until)))]],
      [t(text.coverage), row.coverage ? [t(row.coverage), ' ', row.coverage.code !== 'covered' && clause(row.coverage.clause)] : [t(common.none)]],
      ...equipmentFacts(equipment, machine.inventory),
      [t(text.os), [row.os ?? t(common.none)]],
      [t(text.approval), [machine.approval ? t(text.approved, machine.approval.by, moment(machine.approval.at)) : chip(t(text.pending), 'warn')]],
      [t(text.fingerprint), [h('code', { class: 'print' }, machine.key_fingerprint)]],
      [t(text.program), [machine.program ? (machine.program.warn ? chip(t(machine.program), 'warn') : t(machine.program)) : t(common.none)]],
      [t(text.identifier), [h('code', {}, row.agent)]],
    ]);
    fill(body,
      hasRole('technician') && gateBox(row.agent),
      h('dl', { class: 'facts' }, facts.map(([label, value]) => [h('dt', {}, label), h('dd', {}, value)])),
      h('div', { class: 'columns' },
        h('section', {}, inventory(machine.inventory)),
        h('section', {},
          equipmentHistory(equipment),
          h('h2', { class: 'section' }, t(text.sessions)), past(machine.sessions),
          h('h2', { class: 'section' }, t(text.offers)), offers(machine.offers))));
  }

  /** @param {Machine['sessions']} sessions */
  function past(sessions) {
    if (sessions.length === 0) return h('p', { class: 'soft' }, t(text.sessions_none));
    return h('ul', { class: 'past' }, sessions.map((session) => h('li', {},
      h('div', {}, h('strong', {}, moment(session.at)), ' ', h('span', { class: 'soft' }, session.technician)),
      h('div', {}, session.reference, ' ', h('span', { class: 'soft' }, category(session.category))),
      h('div', { class: 'soft' }, t(session.outcome)))));
  }

  /** @param {Offer[]} offers */
  function offers(offers) {
    if (offers.length === 0) return h('p', { class: 'soft' }, t(text.offers_none));
    return h('ul', { class: 'past' }, offers.map((offer) => offerItem(offer, () => void load())));
  }

  /** What the gate would say now, or at a moment one picks. @param {string} agent */
  function gateBox(agent) {
    const box = h('div', { class: 'gate' }, h('p', { class: 'soft' }, t(ask.checking)));
    const at = h('input', { type: 'datetime-local', id: 'gate-at', 'aria-label': t(text.gate_at_label) });
    const form = h('form', { class: 'gate-at', hidden: true, on: { submit: (/** @type {Event} */ event) => { event.preventDefault(); void explain(parisSeconds(at.value)); } } },
      h('label', { for: 'gate-at' }, t(text.gate_at_label)), at, button(t(text.gate_check), () => {}, { kind: 'small', type: 'submit' }));
    const other = button(t(text.gate_at), () => {
      form.hidden = !form.hidden;
      other.setAttribute('aria-expanded', String(!form.hidden));
      if (form.hidden) void explain(null);
      else at.focus();
    }, { kind: 'small', icon: 'clock' });
    other.setAttribute('aria-expanded', 'false');

    /** @param {number | null} when */
    async function explain(when) {
      try {
        const decision = /** @type {Decision} */ (await post('/api/explain', {
          agent, capabilities: ['view', 'control'], category: 'assistance', reference: '', minutes: 60, at: when,
        }, gone.signal));
        fill(box, verdict(decision, when));
      } catch (error) {
        if (!gone.signal.aborted) fill(box, h('p', { class: 'soft' }, t(text.gate_failed), ' ', trouble(error)));
      }
    }
    void explain(null);
    return h('section', { class: 'gate-box', 'aria-label': t(text.gate) }, box, other, form);
  }

  drawHead();
  fill(body, state(t(text.loading)));
  const rest = setTimeout(() => void (part === 'journal' ? journalPart(body, agent, gone.signal) : load()), REST);
  return {
    agent, part, request,
    refresh: () => { drawHead(); if (part === '' && machine) void load(); },
    focus: () => body.focus(),
    leave: () => { clearTimeout(rest); gone.abort(); },
  };
}

/** @param {Decision} decision @param {number | null} when */
function verdict(decision, when) {
  const no = against(decision, '');
  const pass = no.length === 0;
  const said = when === null ? t(pass ? text.gate_yes : text.gate_no) : t(pass ? text.gate_yes_at : text.gate_no_at, soon(when));
  return h('div', { class: 'verdict' },
    h('p', { class: pass ? 'yes' : 'no' }, icon(pass ? 'check' : 'close'), h('strong', {}, said)),
    reasons(no), reasons(decision.warnings, true));
}

/** @param {string} code */
export function category(code) {
  return code in ask ? t(/** @type {{ fr: string, en: string }} */ (ask[/** @type {keyof typeof ask} */ (code)])) : code;
}

/** @param {string} kind */
export function offerName(kind) {
  const key = /** @type {keyof typeof text} */ (`offer_${kind}`);
  return key in text ? t(/** @type {{ fr: string, en: string }} */ (text[key])) : kind;
}

/**
 * An offer with its answer, or the two buttons that record one.
 * @param {Offer} offer
 * @param {(offer: Offer) => void} changed
 */
export function offerItem(offer, changed) {
  const answer = async (/** @type {'accepted' | 'refused'} */ said) => {
    try {
      const answered = await post(`/api/offers/${encodeURIComponent(offer.offer)}/answer`, { answer: said });
      note(t(common.done));
      changed(/** @type {Offer} */ (answered.offer));
    } catch (error) {
      note(trouble(error), 'failed');
    }
  };
  const name = t(offer.title);
  return h('li', { class: 'offer' },
    h('div', {}, h('strong', {}, name), ' ', h('span', { class: 'soft' }, t(offer.included ? text.offer_included : text.offer_quoted)), ' ', clause(offer.clause)),
    h('div', { class: 'soft' }, moment(offer.at), ' · ', offer.by),
    offer.answer === null
      ? h('div', { class: 'answers', role: 'group', 'aria-label': name },
        button(t(text.offer_yes), () => void answer('accepted'), { kind: 'small', icon: 'check' }),
        button(t(text.offer_no), () => void answer('refused'), { kind: 'small', icon: 'close' }))
      : h('div', {}, chip(t(offer.answer === 'accepted' ? text.offer_accepted : text.offer_refused), offer.answer === 'accepted' ? 'good' : ''),
        offer.answered_at !== null && h('span', { class: 'soft' }, ' ', moment(offer.answered_at))));
}
