// @ts-check
/** @file Light, dark, or as the system has it. */

/** @typedef {'system' | 'light' | 'dark'} Theme */

const ORDER = /** @type {Theme[]} */ (['system', 'light', 'dark']);

/** @returns {Theme} */
export function theme() {
  const kept = sessionStorage.getItem('aval.theme');
  return ORDER.find((name) => name === kept) ?? 'system';
}

/** @param {Theme} next */
export function setTheme(next) {
  sessionStorage.setItem('aval.theme', next);
  apply();
}

/** The one after this one. */
export const nextTheme = () => /** @type {Theme} */ (ORDER[(ORDER.indexOf(theme()) + 1) % ORDER.length]);

export function apply() {
  if (theme() === 'system') document.documentElement.removeAttribute('data-theme');
  else document.documentElement.setAttribute('data-theme', theme());
}
