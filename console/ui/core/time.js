// @ts-check
/** @file Moments for people. Always Paris time: the contract's hours are, and two clocks on one page mislead. */

import { current } from './lang.js';

const ZONE = 'Europe/Paris';
const MINUTE = 60;
const HOUR = 3600;
const DAY = 86400;
/** No-break space, as French typography has it between a number and its unit. */
const NB = '\u00a0';

/** How far the relay's clock is ahead of this computer's, in seconds. */
let ahead = 0;

/** @param {number} relayNow the relay's time at this moment, in Unix seconds */
export function setRelayNow(relayNow) {
  ahead = relayNow - Date.now() / 1000;
}

/** The relay's time now, in Unix seconds. */
export const now = () => Date.now() / 1000 + ahead;

/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/** @param {string} name @param {Intl.DateTimeFormatOptions} options */
function format(name, options) {
  const key = current() + name;
  let made = formats.get(key);
  if (!made) {
    made = new Intl.DateTimeFormat(current() === 'fr' ? 'fr-FR' : 'en-GB', { timeZone: ZONE, ...options });
    formats.set(key, made);
  }
  return made;
}

/** « 18 h 05 », 18:05. @param {string} at a time of day of the server: "18:05" */
export const onClock = (at) => current() === 'fr' ? at.replace(':', `${NB}h${NB}`) : at;

/** « 10 h 12 », 10:12. @param {number} at */
export function hour(at) {
  const parts = format('hour', { hour: 'numeric', minute: '2-digit', hour12: false }).formatToParts(at * 1000);
  const part = (/** @type {string} */ type) => parts.find((p) => p.type === type)?.value ?? '';
  const hours = part('hour') === '24' ? '0' : String(Number(part('hour')));
  if (current() === 'en') return `${hours.padStart(2, '0')}:${part('minute')}`;
  return `${hours}${NB}h${NB}${part('minute')}`;
}

/** « 28 nov. 2026 ». @param {number} at */
export const day = (at) => format('day', { day: 'numeric', month: 'short', year: 'numeric' }).format(at * 1000);

/** The same for a civil day as the contract has it: `2026-11-28`. @param {string} iso */
export const civil = (iso) => day(Date.parse(`${iso}T12:00:00Z`) / 1000);

/** « lundi 30 novembre ». @param {number} at */
export const weekday = (at) => format('weekday', { weekday: 'long', day: 'numeric', month: 'long' }).format(at * 1000);

/** « 28 nov. 2026, 10 h 12 ». @param {number} at */
export const moment = (at) => `${day(at)}, ${hour(at)}`;

/** « aujourd’hui à 10 h 12 », « lundi 30 novembre à 9 h 00 ». @param {number} at */
export function soon(at) {
  const fr = current() === 'fr';
  const today = day(now()) === day(at);
  const when = today ? (fr ? 'aujourd’hui' : 'today') : weekday(at);
  return `${when} ${fr ? 'à' : 'at'} ${hour(at)}`;
}

/** « il y a 3 min », 3 min ago; a date when older than a month. @param {number} at */
export function ago(at) {
  const s = Math.max(0, now() - at);
  const fr = current() === 'fr';
  if (s < MINUTE) return fr ? 'à l’instant' : 'just now';
  if (s >= 30 * DAY) return day(at);
  const [n, unit] = s < HOUR ? [s / MINUTE, 'min'] : s < DAY ? [s / HOUR, 'h'] : [s / DAY, fr ? 'j' : 'd'];
  const span = `${Math.floor(n)}${NB}${unit}`;
  return fr ? `il y a ${span}` : `${span} ago`;
}

/** A span as a clock shows it: 12:04, 1:02:00. @param {number} s */
export function clock(s) {
  const whole = Math.max(0, Math.floor(s));
  const two = (/** @type {number} */ n) => String(n).padStart(2, '0');
  const [h, m] = [Math.floor(whole / HOUR), Math.floor(whole / MINUTE) % 60];
  return h ? `${h}:${two(m)}:${two(whole % 60)}` : `${two(m)}:${two(whole % 60)}`;
}

/**
 * The Unix seconds of a local date and time as a form field gives it (`2026-11-30T09:00`), read as Paris time.
 * @param {string} local
 * @returns {number | null}
 */
export function parisSeconds(local) {
  const utc = Date.parse(`${local}Z`);
  if (Number.isNaN(utc)) return null;
  // The offset depends on the moment: guess, look, correct; twice is enough around a change of clocks.
  let at = utc;
  for (let i = 0; i < 2; i++) at = utc - offset(at);
  return Math.floor(at / 1000);
}

/** Paris time minus UTC at a moment, in ms. @param {number} at */
function offset(at) {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: ZONE, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false,
  }).formatToParts(at);
  const n = (/** @type {string} */ type) => Number(parts.find((p) => p.type === type)?.value);
  return Date.UTC(n('year'), n('month') - 1, n('day'), n('hour') % 24, n('minute'), n('second')) - Math.floor(at / 1000) * 1000;
}
