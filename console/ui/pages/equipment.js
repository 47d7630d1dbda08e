// @ts-check
/** @file A contract's equipment: its machines with their condition, the list both parties approved, what is proposed, what a person must say. */

import { CallError, get, post } from '../core/api.js';
import { fill, h, icon } from '../core/dom.js';
import { t } from '../core/lang.js';
import { note, trouble } from '../core/say.js';
import { hasRole } from '../core/store.js';
import { civil, moment, now } from '../core/time.js';
import { button, chip, clause, digits, euro, failed, table } from '../parts/bits.js';
import { equipment as text, kinds } from '../text/equipment.js';
import { field, formDialog, input } from './contract.js';
import { fleet } from './fleet.js';
import { importPart } from './import.js';
import { back, path } from './papers.js';

/** @typedef {import('../types.js').EquipmentPage} Page */
/** @typedef {import('../types.js').EquipmentList} List */
/** @typedef {import('../types.js').EquipmentFinding} Finding */
/** @typedef {import('../types.js').EquipmentVersion} Version */
/** @typedef {import('../types.js').EquipmentEffect} Effect */

/** @param {List} list */
function listTable(list) {
  const covered = (/** @type {List['lines'][number]} */ line) => (line.until
    ? t(text.from_to, civil(line.from), civil(line.until)) : t(text.from_on, civil(line.from)));
  return table(t(text.list, list.version, civil(list.from)), [t(text.line), t(text.what), t(text.serial), t(text.class), t(text.since)],
    list.lines.map((line) => h('tr', { class: line.until ? 'soft' : '' }, h('td', {}, line.no),
      h('td', {}, line.label, h('div', { class: 'soft' }, t(kinds[line.kind] ?? { fr: line.kind, en: line.kind }))),
      h('td', {}, line.serial ?? '–'), h('td', {}, line.class), h('td', {}, covered(line)))));
}

/** The SHA-256 of a file, reckoned here: the paper itself goes nowhere. @param {File} file */
const sha256 = async (file) => digits(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()));

/** What became of a version at the representative's PC. @param {Page['asks'][number]} ask */
function asked(ask) {
  if (ask.yes !== null) return t(ask.yes ? text.put_yes : text.put_no, ask.hostname, moment(ask.said_at ?? ask.at));
  return ask.until > now() ? t(text.put_waits, ask.hostname, moment(ask.at), moment(ask.until)) : t(text.put_over, ask.hostname, moment(ask.at));
}

/**
 * The section of a contract's page.
 * @param {HTMLElement} root
 * @param {string} id
 * @param {AbortSignal} signal
 */
export function equipmentPart(root, id, signal) {
  root.tabIndex = -1;
  const manages = hasRole('manager');
  /** @type {import('./fleet.js').Wanted} */
  const wanted = { text: '', health: '', coverage: '', seen: '' };

  async function load() {
    try {
      draw(/** @type {Page} */ (await get(path(id, 'equipment'), signal)));
    } catch (error) {
      if (!signal.aborted) fill(root, failed(error, () => void load()));
    }
  }

  /** @param {Record<string, unknown>} body @param {{ fr: string, en: string }} done */
  async function write(body, done) {
    try {
      draw(/** @type {Page} */ (await post(path(id, 'equipment'), body)));
      note(t(done));
      back(root);
    } catch (error) {
      // Somebody else was faster: what they did is shown behind the form.
      if (error instanceof CallError && error.status === 409) await load();
      throw error;
    }
  }

  /** @param {Page} page */
  function draw(page) {
    if (signal.aborted) return;
    fill(root,
      h('div', { class: 'section-head' }, h('h2', { class: 'section' }, t(text.title)), ' ', clause('2.2'), h('span', { class: 'grow' }),
        manages && button(t(text.import), () => importPart(root, id, page, load), { icon: 'plus' })),
      page.findings.length > 0 && [h('h3', { class: 'section' }, t(text.questions)), h('ul', { class: 'past' }, page.findings.map(question))],
      fleet(page.machines, wanted), page.newest ? listTable(page.newest) : h('p', { class: 'soft' }, t(text.list_none)),
      suggestions(page), versions(page));
  }

  /** @param {Page} page */
  function suggestions(page) {
    const head = h('h3', { class: 'section' }, t(text.suggestions));
    if (page.suggestions.length === 0) return [head, h('p', { class: 'soft' }, t(text.suggestions_none))];
    const boxes = page.suggestions.map((one) => h('input', { type: 'checkbox', checked: true, disabled: !manages, value: one.key }));
    const rows = page.suggestions.map((one, n) => {
      const what = one.no === null ? t(text.add) : t(one.kind === 'end' ? text.end : text.describe, one.no);
      return h('li', {}, h('label', { class: 'option' }, boxes[n], h('span', {}, h('strong', {}, one.label), ' ', h('span', { class: 'soft' }, what),
        one.why.map((said) => h('div', { class: 'soft' }, t(said))))));
    });
    const open = () => {
      const take = boxes.filter((box) => box.checked).map((box) => box.value);
      const from = input('date', { value: page.today });
      formDialog(t(text.propose), t(text.propose), [h('p', {}, take.length > 0 ? t(text.propose_text) : t(text.propose_none)), field('equipment-from', t(text.propose_from), from)],
        () => write({ act: 'propose', read: page.newest?.hash ?? null, from: from.value, take, end: [] }, text.proposed_done));
    };
    return [h('div', { class: 'section-head' }, head, h('span', { class: 'grow' }), manages && button(t(text.propose), open, { icon: 'plus' })), h('ul', { class: 'past' }, rows)];
  }

  /** @param {Page} page */
  function versions(page) {
    if (page.versions.length === 0) return null;
    return [h('h3', { class: 'section' }, t(text.versions)), h('ul', { class: 'past' }, [...page.versions].reverse().map((one) => version(page, one)))];
  }

  /** @param {Page} page @param {Version} one */
  function version(page, one) {
    const open = one.standing === 'proposed';
    const has = (/** @type {string} */ party) => one.approvals.some((approval) => approval.party === party);
    const list = page.proposed.find((other) => other.hash === one.hash);
    const amounts = h('div', {});
    const asks = page.asks.filter((ask) => ask.list === one.hash);
    const waits = asks.some((ask) => ask.yes === null && ask.until > now());
    const kind = one.standing === 'approved' ? 'good' : open ? 'warn' : '';
    const word = { proposed: text.standing_proposed, stale: text.standing_stale, approved: text.standing_approved, superseded: text.standing_superseded }[one.standing];
    return h('li', {},
      h('div', { class: 'paper-head' }, h('strong', {}, t(text.version, one.version, one.hash.slice(0, 8), civil(one.from), one.lines)), ' ', word && chip(t(word), kind), h('span', { class: 'grow' }),
        manages && open && !has('provider') && button(t(text.approve), () => void firm(one), { kind: 'small' }),
        manages && open && !has('client') && page.representative && !waits && button(t(text.put), () => put(page, one), { kind: 'small' }),
        manages && open && !has('client') && button(t(text.paper), () => signed(one), { kind: 'small' }),
        open && (manages || hasRole('billing')) && button(t(text.effect), () => void effect(one, amounts), { kind: 'small' })),
      one.approvals.map((approval) => h('div', { class: 'soft' }, t(approval.party === 'client' ? text.by_client : text.by_provider, approval.by, moment(approval.at)))),
      asks.map((ask) => h('div', { class: 'soft' }, asked(ask))),
      amounts, list && h('details', {}, h('summary', {}, t(text.what)), listTable(list)));
  }

  /** @param {Version} one */
  async function firm(one) {
    try {
      await write({ act: 'approve', list: one.hash, sha256: null, reference: null }, text.approved_done);
    } catch (error) {
      note(trouble(error), 'failed');
    }
  }

  /** @param {Page} page @param {Version} one */
  function put(page, one) {
    const { person, hostname } = /** @type {NonNullable<Page['representative']>} */ (page.representative);
    formDialog(t(text.put), t(text.put), [h('p', {}, t(text.put_text, person, hostname))],
      () => write({ act: 'ask', list: one.hash }, text.put_done));
  }

  /** @param {Version} one */
  function signed(one) {
    const file = h('input', { type: 'file' });
    const reference = input('text');
    formDialog(t(text.paper), t(text.paper), [h('p', {}, t(text.paper_text)), field('paper-file', t(text.paper_file), file), field('paper-reference', t(text.paper_reference), reference)], async () => {
      const chosen = file.files?.[0];
      if (!chosen) throw new CallError(422, { code: 'INVALID', ...text.paper_missing });
      await write({ act: 'approve', list: one.hash, sha256: await sha256(chosen), reference: reference.value }, text.approved_done);
    });
  }

  /** @param {Version} one @param {HTMLElement} room */
  async function effect(one, room) {
    try {
      const page = /** @type {Effect} */ (await get(path(id, `equipment/${one.hash}/effect`), signal));
      fill(room, h('dl', { class: 'facts' },
        h('dt', {}, t(text.effect_now)), h('dd', {}, euro(page.now_cents)), h('dt', {}, t(text.effect_later)), h('dd', {}, euro(page.later_cents))),
      h('ul', { class: 'past' }, page.lines.map((line) => h('li', {}, `${t(text.line)} ${line.no}\u00a0: `, euro(line.now_cents), h('span', { class: 'soft' }, ` ${t(line.explained)}`)))));
    } catch (error) {
      if (!signal.aborted) fill(room, h('p', { class: 'wrong', role: 'alert' }, trouble(error)));
    }
  }

  /** @param {Finding} one */
  function question(one) {
    return h('li', {}, h('div', { class: 'paper-head' }, icon('warn'), h('strong', {}, t(one.asks)), h('span', { class: 'grow' }), manages && button(t(text.answer), () => answer(one), { kind: 'small' })),
      one.rests_on.map((said) => h('div', { class: 'soft' }, t(said))));
  }

  /** @param {Finding} one */
  function answer(one) {
    const choices = [
      ...(one.may_be_same ? [['same', t(text.same)]] : []),
      ...one.may_be.map((other) => [other.asset, t(text.is, other.hostname || other.asset)]),
      ...(one.may_be_same ? [] : [['other', t(text.other)]]),
    ];
    const choice = h('select', {}, choices.map(([value, name]) => h('option', { value }, name)));
    const why = input('text');
    formDialog(t(one.asks), t(text.answer), [field('finding-answer', t(text.answer), choice), field('finding-why', t(text.why), why)],
      () => write({ act: 'answer', finding: one.finding, answer: choice.value, why: why.value }, text.answered));
  }

  void load();
}
