// @ts-check
/** @file Small pieces that several pages show: buttons, chips, clauses, reasons, states of a page. */

import { h, icon } from '../core/dom.js';
import { current, t } from '../core/lang.js';
import { trouble } from '../core/say.js';
import { common } from '../text/common.js';

/** @typedef {import('../types.js').Reason} Reason */
/** @typedef {import('../types.js').Row} Row */

/**
 * @param {string} label
 * @param {(event: MouseEvent) => void} press
 * @param {{ icon?: Parameters<typeof icon>[0], kind?: string, name?: string, disabled?: boolean, type?: string }} [options]
 */
export function button(label, press, options = {}) {
  return h('button', {
    class: `button ${options.kind ?? ''}`, type: options.type ?? 'button', disabled: options.disabled,
    'aria-label': options.name ?? null, title: options.name ?? null, on: { click: press },
  }, options.icon && icon(options.icon), label);
}

/** An amount in the language's own form. @param {number} cents */
export const euro = (cents) => new Intl.NumberFormat(current(), { style: 'currency', currency: 'EUR' }).format(cents / 100);

/** « art. 4.2 », nothing where security and not the contract decides. @param {string} clause */
export const clause = (clause) => (clause ? h('span', { class: 'clause' }, t(common.article, clause)) : null);

/** @param {string} text @param {'good' | 'warn' | 'bad' | ''} [kind] */
export const chip = (text, kind = '') => h('span', { class: `chip ${kind}` }, text);

/** Presence is told by shape and words, not by colour alone. @param {boolean} on */
export const dot = (on) => h('span', { class: `dot ${on ? 'on' : ''}`, 'aria-hidden': 'true' });

/** @param {Reason[]} reasons @param {boolean} [warnings] they forbid nothing */
export function reasons(reasons, warnings = false) {
  return h('ul', { class: 'reasons' }, reasons.map((reason) => h('li', { class: `reason ${warnings ? 'note-only' : ''}` },
    icon(warnings ? 'warn' : 'close'), h('span', {}, t(reason)), clause(reason.clause))));
}

/**
 * What a page shows instead of its content.
 * @param {string} title
 * @param {string} [text]
 * @param {...import('../core/dom.js').Child} more
 */
export const state = (title, text, ...more) => h('div', { class: 'state' }, h('h2', {}, title), text && h('p', {}, text), more);

/** Something could not be read: what the server says, and a way to try again. @param {unknown} error @param {() => void} again */
export const failed = (error, again) => state(trouble(error), undefined, button(t(common.retry), again, { icon: 'refresh' }));

/**
 * What speaks against a request that is not written yet: who asked at the client comes last, and its absence is the form's own business.
 * @param {{ reasons: Reason[] }} decision
 * @param {string} reference
 */
export const against = (decision, reference) => decision.reasons.filter((reason) => reason.code !== 'NO_CLIENT_REQUEST' || reference !== '');

/** How a contract's state looks: only what forbids work is red. @param {string} code @returns {'good' | 'warn' | 'bad'} */
const contractKind = (code) => (code === 'in_force' ? 'good' : code === 'not_yet_in_force' ? 'warn' : 'bad');

/** The contract's state, where it is known. @param {Pick<Row, 'contract_state'>} row */
export const contractChip = (row) => row.contract_state && chip(t(row.contract_state), contractKind(row.contract_state.code));

/** A table with its columns' names. @param {string} caption @param {string[]} columns @param {import('../core/dom.js').Child[]} rows */
export const table = (caption, columns, rows) => h('table', { class: 'table lines' }, h('caption', {}, caption),
  h('thead', {}, h('tr', {}, columns.map((name) => h('th', { scope: 'col' }, name)))), h('tbody', {}, rows));

/** Two hexadecimal digits for each byte. @param {ArrayBufferLike} bytes */
export const digits = (bytes) => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');
