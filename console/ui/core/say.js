// @ts-check
/** @file Telling people what happened: to the eye as a short note, to the ear through live regions. */

import { CallError } from './api.js';
import { h } from './dom.js';
import { t } from './lang.js';
import { common } from '../text/common.js';

/** How long a note stays, in ms: long enough to be read twice. */
const STAYS = 6000;

/** Said by a screen reader when it has finished its sentence. @param {string} text */
export const polite = (text) => speakIn('polite', text);
/** Said at once. @param {string} text */
export const urgent = (text) => speakIn('urgent', text);

/** @param {string} id @param {string} text */
function speakIn(id, text) {
  const region = document.getElementById(id);
  if (!region) return;
  // The same words twice are two events: without a change nothing is said.
  region.textContent = region.textContent === text ? `${text}\u00a0` : text;
}

/** A note at the foot of the desk. @param {string} text @param {'done' | 'failed'} [kind] */
export function note(text, kind = 'done') {
  const box = h('div', { class: `note ${kind}` }, text);
  // An open dialog is above everything else, so its notes must be inside it.
  const dialogs = document.querySelectorAll('dialog[open]');
  (dialogs[dialogs.length - 1] ?? document.body).append(box);
  (kind === 'failed' ? urgent : polite)(text);
  setTimeout(() => box.remove(), STAYS);
}

/** What to tell a person about a failed call: the server's sentence, or where to look. @param {unknown} error */
export function trouble(error) {
  if (error instanceof CallError && error.phrase) return t(error.phrase);
  if (error instanceof CallError && error.status === 0) return t(common.program_gone);
  return t(common.unexpected);
}
