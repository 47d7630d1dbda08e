// @ts-check
/** @file Calls to the local server. The key lives in this tab's sessionStorage only; there are no cookies. */

const KEY = 'aval.key';

/** @typedef {import('../types.js').Phrase} Phrase */

/** A call that failed, with a sentence for people when the server had one. */
export class CallError extends Error {
  /**
   * @param {number} status HTTP status, 0 when nobody answered
   * @param {{ code?: string, fr?: string, en?: string } | undefined} said
   * @param {unknown} [body]
   */
  constructor(status, said, body) {
    super(said?.code ?? `HTTP_${status}`);
    this.status = status;
    this.code = said?.code ?? '';
    /** @type {Phrase | null} */
    this.phrase = said?.fr ? { fr: said.fr, en: said.en ?? said.fr } : null;
    this.body = body;
  }
}

/** @returns {string | null} */
export const key = () => sessionStorage.getItem(KEY);

/** What to do when the key is not (or no longer) good. @type {() => void} */
let shut = () => {};
/** @param {() => void} then */
export const onShut = (then) => { shut = then; };

/**
 * Trades the launch token of the address for this tab's key, once, and takes it out of the address and the history.
 * @returns {Promise<boolean>} whether this tab has a key
 */
export async function enter() {
  const launch = /^#launch=([\w-]+)$/.exec(location.hash)?.[1];
  if (!launch) return key() !== null;
  history.replaceState(null, '', '/');
  const answer = await fetch('/api/enter', {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ launch }),
  });
  if (!answer.ok) return false;
  sessionStorage.setItem(KEY, (await answer.json()).key);
  return true;
}

/**
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>}
 */
async function call(method, path, body, signal) {
  /** @type {Record<string, string>} */
  const headers = { authorization: `Bearer ${key() ?? ''}` };
  if (body !== undefined) headers['content-type'] = 'application/json';
  /** @type {Response} */
  let answer;
  try {
    answer = await fetch(path, { method, headers, body: body === undefined ? null : JSON.stringify(body), signal: signal ?? null });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new CallError(0, undefined);
  }
  if (answer.status === 401) shut();
  const text = await answer.text();
  /** @type {any} */
  let said;
  try { said = text ? JSON.parse(text) : null; } catch { said = null; }
  if (!answer.ok) throw new CallError(answer.status, said?.error, said);
  return said;
}

/** @param {string} path @param {AbortSignal} [signal] */
export const get = (path, signal) => call('GET', path, undefined, signal);
/** @param {string} path @param {unknown} body @param {AbortSignal} [signal] */
export const post = (path, body, signal) => call('POST', path, body, signal);

/** The address of a WebSocket of the server. @param {string} path */
export const socketAddress = (path) => `ws://${location.host}${path}`;
/** Its subprotocols: the key travels there, never in the address. */
export const subprotocols = () => ['aval', `key.${key() ?? ''}`];
