// @ts-check
/** @file The language people read: French first, English beside it; remembered for this browser profile. */

/** @typedef {import('../types.js').Phrase} Phrase */
/** @typedef {'fr' | 'en'} Lang */

/** @type {Lang} */
let lang = sessionStorage.getItem('aval.lang') === 'en' ? 'en' : 'fr';
/** @type {Set<() => void>} */
const listeners = new Set();

/** @returns {Lang} */
export const current = () => lang;

/** @param {Lang} next */
export function speak(next) {
  lang = next;
  sessionStorage.setItem('aval.lang', next);
  document.documentElement.lang = next;
  for (const listener of listeners) listener();
}

/** @param {() => void} listener */
export const onLang = (listener) => listeners.add(listener);

/**
 * A phrase of the catalogue or of the server, in the language of the moment. A catalogue phrase may be a function of what it tells.
 * @template {unknown[]} A
 * @param {{ fr: string, en: string } | { fr: (...a: A) => string, en: (...a: A) => string }} phrase
 * @param {A} args
 * @returns {string}
 */
export function t(phrase, ...args) {
  const said = phrase[lang];
  return typeof said === 'function' ? said(...args) : said;
}

document.documentElement.lang = lang;
