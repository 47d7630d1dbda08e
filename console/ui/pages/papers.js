// @ts-check
/** @file A contract's papers: what stands, what corrects what, and the forms that write them; offers with their answers. */

import { CallError, get, post } from '../core/api.js';
import { fill, h, icon } from '../core/dom.js';
import { t } from '../core/lang.js';
import { note } from '../core/say.js';
import { hasRole, store } from '../core/store.js';
import { civil, moment, parisSeconds } from '../core/time.js';
import { button, chip, clause, euro, failed } from '../parts/bits.js';
import { euros, formOf, forms, meant } from '../parts/forms.js';
import { fields, kinds, papers as text, words } from '../text/papers.js';
import { field, formDialog, input } from './contract.js';

/** @typedef {import('../types.js').Paper} Paper */
/** @typedef {import('../types.js').PaperPage} PaperPage */
/** @typedef {import('../parts/forms.js').Field} Field */
/** @typedef {{ fr: string, en: string }} Phrase */
/** What the parts of one contract's page have read: its version, and how each reads anew. @typedef {{ version: number, again: (() => Promise<void>)[] }} Shared */

/** @param {string} id @param {string} part */
export const path = (id, part) => `/api/contracts/${encodeURIComponent(id)}/${part}`;

/** @param {Record<string, unknown>} from @param {string} key */
const named = (from, key) => (Object.hasOwn(from, key) ? t(/** @type {Phrase} */ (from[key])) : key);
/** @param {string} kind */
export const kindName = (kind) => named(kinds, kind);

/** Whose papers I may write. @param {string} sort */
export const mayWrite = (sort) => hasRole('manager') || (sort === 'work' && hasRole('technician')) || (sort === 'money' && hasRole('billing'));

/** A value for people. @param {string} kind @param {string} key @param {unknown} value */
function shown(kind, key, value) {
  const spec = forms[kind]?.fields.find((one) => one.key === key);
  if (typeof value === 'boolean') return named(words, String(value));
  if (spec?.type === 'euro' && typeof value === 'number') return euro(value);
  const said = String(value);
  if (key === 'period_months') return named(words, `months_${said}`);
  if (spec?.type === 'word') return named(words, said);
  if (/^\d{4}-\d{2}-\d{2}$/.test(said)) return civil(said);
  if (spec?.type === 'moment') return moment(Date.parse(said) / 1000);
  return said;
}

/** What a paper says, field by field. @param {Paper} paper */
function body(paper) {
  if (paper.body === null) return h('div', { class: 'soft' }, t(text.struck));
  const says = paper.body;
  // In the form's order; what a newer relay knows besides comes last.
  const known = (forms[paper.kind]?.fields ?? []).map((spec) => spec.key).filter((key) => key in says);
  const rest = Object.keys(says).filter((key) => !known.includes(key));
  return h('div', { class: 'says' }, [...known, ...rest].map((key) => [key, says[key]]).map(([key, value]) =>
    h('span', {}, h('span', { class: 'soft' }, `${named(fields, String(key))} `), shown(paper.kind, String(key), value))));
}

/** @param {Paper} paper @param {(() => void) | null} correct */
function item(paper, correct) {
  const machine = paper.machine === null ? null : store.rows.get(paper.machine)?.hostname ?? paper.machine;
  return h('li', { class: 'paper' },
    h('div', { class: 'paper-head' }, h('strong', {}, kindName(paper.kind)), ' ', clause(paper.clause), machine && h('span', { class: 'soft' }, ' ', machine),
      h('span', { class: 'grow' }),
      correct && button(t(text.correct), correct, { kind: 'small', name: t(text.correct_this, kindName(paper.kind), paper.number) })),
    body(paper),
    h('div', { class: 'soft' }, t(text.by, paper.number, paper.by, moment(paper.at)), paper.corrects !== null && ` · ${t(text.corrects, paper.corrects, paper.why)}`));
}

/**
 * The papers that stand, newest first, and those that were corrected.
 * @param {Paper[]} rows
 * @param {(paper: Paper) => (() => void) | null} correct
 * @param {Phrase} none
 */
export function list(rows, correct, none) {
  const standing = rows.filter((row) => row.stands).reverse();
  const before = rows.filter((row) => !row.stands).reverse();
  return [
    standing.length === 0 ? h('p', { class: 'soft' }, t(none)) : h('ul', { class: 'past papers' }, standing.map((row) => item(row, correct(row)))),
    before.length > 0 && h('details', { class: 'history' }, h('summary', {}, t(text.history, before.length)), h('ul', { class: 'past papers' }, before.map((row) => item(row, null)))),
  ];
}

/** @param {Field} spec @param {unknown} value */
function control(spec, value) {
  if (spec.type === 'word') {
    const name = (/** @type {string} */ word) => (spec.key === 'period_months' ? named(words, `months_${word}`) : named(words, word));
    return h('select', {}, h('option', { value: '' }, t(text.choose)), (spec.words ?? []).map((word) => h('option', { value: word, selected: word === value }, name(word))));
  }
  if (spec.type === 'yes') return h('input', { type: 'checkbox', checked: value === true });
  const start = value === undefined ? spec.start ?? '' : spec.type === 'euro' ? euros(Number(value)) : String(value);
  if (spec.type === 'moment') {
    const local = value === undefined ? '' : new Date(String(value)).toLocaleString('sv', { timeZone: 'Europe/Paris' }).slice(0, 16).replace(' ', 'T');
    return input('datetime-local', { value: local });
  }
  const type = spec.type === 'date' || spec.type === 'month' ? spec.type : 'text';
  return input(type, { value: start, placeholder: spec.example ?? null, inputmode: spec.type === 'number' ? 'numeric' : spec.type === 'euro' ? 'decimal' : null });
}

/** @param {Field} spec @param {HTMLInputElement | HTMLSelectElement} made */
function typed(spec, made) {
  if (made instanceof HTMLInputElement && spec.type === 'yes') return meant(spec, made.checked);
  if (spec.type === 'moment' && made.value !== '') {
    const at = parisSeconds(made.value);
    return at === null ? made.value : new Date(at * 1000).toISOString();
  }
  return meant(spec, made.value);
}

/**
 * The form that writes a paper, or one that corrects another. What the relay refuses is said in it and nothing typed is lost.
 * @param {string} id the contract
 * @param {string[]} sorts
 * @param {Shared} shared
 * @param {(page: PaperPage) => void} done
 * @param {Paper} [wrong] the paper to correct
 */
export function write(id, sorts, shared, done, wrong) {
  const choices = Object.keys(forms).filter((kind) => sorts.includes(formOf(kind).sort) && mayWrite(formOf(kind).sort));
  const kind = h('select', { disabled: wrong !== undefined }, choices.map((one) => h('option', { value: one, selected: one === wrong?.kind }, kindName(one))));
  const serves = h('p', { class: 'soft hint' });
  const room = h('div', { class: 'contract-form' });
  const why = input('text');
  const strike = h('input', { type: 'checkbox' });
  /** @type {[Field, HTMLInputElement | HTMLSelectElement][]} */
  let made = [];
  let machine = h('select', {});

  function draw() {
    const form = formOf(kind.value);
    fill(serves, t(text.serves, form.clause));
    const given = wrong?.body ?? {};
    made = form.fields.map((spec) => [spec, control(spec, given[spec.key])]);
    machine = h('select', { disabled: wrong !== undefined }, form.about !== 'machine' && h('option', { value: '' }, t(text.machine_none)),
      [...store.rows.values()].filter((row) => row.contract === id).map((row) => h('option', { value: row.agent, selected: row.agent === wrong?.machine }, row.hostname)));
    fill(room, form.about && field('paper-machine', t(text.machine), machine), made.map(([spec, one]) => {
      const label = named(fields, spec.key) + (spec.optional ? ` (${t(text.optional)})` : '');
      return spec.type === 'yes' ? h('label', { class: 'option' }, one, label) : field(`paper-${spec.key}`, label, one);
    }));
  }
  kind.addEventListener('change', draw);
  draw();
  const title = wrong ? t(text.correct_this, kindName(wrong.kind), wrong.number) : t(text.add);
  formDialog(title, t(text.save), [
    field('paper-kind', t(text.kind), kind), serves, room,
    wrong && [h('label', { class: 'option' }, strike, t(text.strike)), field('paper-why', t(text.why), why)],
  ], async () => {
    const form = formOf(kind.value);
    const says = Object.fromEntries(made.map(([spec, one]) => [spec.key, typed(spec, one)]).filter(([, value]) => value !== null));
    const paper = {
      kind: kind.value, machine: (form.about && machine.value) || null, body: strike.checked ? null : says,
      corrects: wrong?.number ?? null, why: why.value,
    };
    try {
      const page = /** @type {PaperPage} */ (await post(path(id, 'papers'), { sort: form.sort, version: shared.version, papers: [paper] }));
      note(t(text.done));
      done(page);
    } catch (error) {
      // Somebody else was faster: their papers are shown behind the form, and the next press counts from there.
      if (error instanceof CallError && error.status === 409) await Promise.all(shared.again.map((again) => again()));
      throw error;
    }
  });
}

/** The button that opened the form was drawn anew: the keyboard goes on from its section. @param {HTMLElement} root */
export const back = (root) => void setTimeout(() => { if (document.activeElement === document.body) root.focus(); }, 0);

/**
 * The section of a contract's page.
 * @param {HTMLElement} root
 * @param {string} id
 * @param {AbortSignal} signal
 * @param {() => void} changed the contract may stand otherwise
 * @param {Shared} shared
 */
export function papersPart(root, id, signal, changed, shared) {
  root.tabIndex = -1;
  async function load() {
    try {
      draw(/** @type {PaperPage} */ (await get(path(id, 'papers'), signal)));
    } catch (error) {
      if (!signal.aborted) fill(root, failed(error, () => void load()));
    }
  }

  /** @param {Paper} [wrong] */
  const open = (wrong) => write(id, ['contract', 'work'], shared, (page) => { draw(page); changed(); back(root); }, wrong);

  /** @param {PaperPage} page */
  function draw(page) {
    shared.version = page.version;
    const correct = (/** @type {Paper} */ paper) => (mayWrite(forms[paper.kind]?.sort ?? '') ? () => open(paper) : null);
    fill(root,
      h('div', { class: 'section-head' }, h('h2', { class: 'section' }, t(text.title)), h('span', { class: 'grow' }),
        mayWrite('work') && button(t(text.add), () => open(), { icon: 'plus' })),
      page.renewal_notice && h('p', { class: 'reason note-only' }, icon('warn'), h('span', {}, t(text.renewal, civil(page.renewal_notice.first_day), civil(page.renewal_notice.last_day)))),
      page.untold.map((number) => h('p', { class: 'reason' }, icon('warn'), h('span', {}, t(text.untold, String(number))))),
      list(page.rows, correct, text.none),
      h('h2', { class: 'section' }, t(text.offers)),
      page.offers.length === 0 ? h('p', { class: 'soft' }, t(text.offers_none)) : h('ul', { class: 'past' }, page.offers.map((offer) => h('li', {},
        h('div', {}, h('strong', {}, t(offer.title)), ' ', h('span', { class: 'soft' }, t(offer.included ? text.offer_included : text.offer_quoted)), ' ', clause(offer.clause), ' ',
          offer.answer === null ? chip(t(text.offer_open)) : chip(t(offer.answer === 'accepted' ? text.offer_accepted : text.offer_refused), offer.answer === 'accepted' ? 'good' : '')),
        h('div', { class: 'soft' }, moment(offer.at), ' · ', offer.by, offer.note && ` · ${offer.note}`)))));
  }
  shared.again.push(load);
  void load();
}
