// @ts-check
/** @file What the desk knows: machines, running sessions, the relay's line. Fed by one load and then by news. */

import { get, key, socketAddress, subprotocols } from './api.js';
import { setRelayNow } from './time.js';

/** @typedef {import('../types.js').Row} Row */
/** @typedef {import('../types.js').Me} Me */
/** @typedef {import('../types.js').News} News */
/** @typedef {Extract<News, { type: 'machines' }>} MachineNews */

/** Pauses before dialling the news again, in ms; the last repeats. */
const PAUSES = [300, 1000, 2000, 4000];

/**
 * What changed: `rows` with the names of the changed machines, `all` of them, `relay`, `sessions`, what is `handed` over, `line` to the local program.
 * @typedef {{ kind: 'rows', agents: Set<string> } | { kind: 'all' | 'relay' | 'sessions' | 'handed' | 'line' }} Change
 */

/** @type {Me | null} */
let me = null;
/** @type {Map<string, Row>} */
const rows = new Map();
/** @type {import('../types.js').Running[]} */
let sessions = [];
/** What colleagues hand over. @type {import('../types.js').Handed[]} */
let handed = [];
/** @type {import('../types.js').RelayState} */
let relay = { connected: true, trouble: null };
/** The line to the program on this computer. @type {'new' | 'there' | 'lost'} */
let line = 'new';
let loaded = false;
/** Which list `rows` began with. */
let version = -1;
/** Lists on their way, and the news that came meanwhile: they may be older or newer than the list that will arrive. */
let loading = 0;
/** @type {MachineNews[]} */
let heard = [];
/** @type {unknown} */
let failure = null;
/** @type {Set<(change: Change) => void>} */
const watchers = new Set();

export const store = {
  get me() { return /** @type {Me} */ (me); },
  get rows() { return rows; },
  get sessions() { return sessions; },
  get handed() { return handed; },
  get relay() { return relay; },
  get line() { return line; },
  get loaded() { return loaded; },
  get failure() { return failure; },
};

/** @param {(change: Change) => void} watcher @returns {() => void} ends it */
export function watch(watcher) {
  watchers.add(watcher);
  return () => { watchers.delete(watcher); };
}

/** @param {Change} change */
function tell(change) {
  for (const watcher of watchers) watcher(change);
}

/** @param {string} role */
export const hasRole = (role) => store.me.roles.includes(role);

/** Who I am; must succeed before anything is shown. */
export async function loadMe() {
  const said = /** @type {Me} */ (await get('/api/me'));
  me = said;
  relay = said.relay;
  setRelayNow(said.relay_now);
}

/** All machines; kept as they were when it fails. */
export async function loadMachines() {
  loading += 1;
  try {
    const said = /** @type {import('../types.js').Machines} */ (await get('/api/machines'));
    // Of two lists on their way the older one may come last.
    if (said.version >= version) {
      version = said.version;
      rows.clear();
      for (const row of said.rows) rows.set(row.agent, row);
    }
    setRelayNow(said.relay_now);
    loaded = true;
    failure = null;
  } catch (error) {
    failure = error;
  }
  loading -= 1;
  if (loading > 0) return;
  const late = heard;
  heard = [];
  late.forEach(apply);
  tell({ kind: 'all' });
}

export async function loadSessions() {
  try {
    sessions = (await get('/api/sessions')).rows;
    tell({ kind: 'sessions' });
  } catch {
    // The news bring them with the next change.
  }
}

/** Listens to the news for as long as the page lives. After a gap everything is loaded anew: news may have been missed. */
export function listen() {
  let tries = 0;
  let before = false;
  const dial = () => {
    if (key() === null) return;
    const socket = new WebSocket(socketAddress('/ws/news'), subprotocols());
    socket.onopen = () => {
      tries = 0;
      line = 'there';
      if (before) { void loadMachines(); void loadSessions(); }
      before = true;
      tell({ kind: 'line' });
    };
    socket.onmessage = (event) => hear(/** @type {News} */ (JSON.parse(event.data)));
    socket.onclose = () => {
      if (line === 'there') { line = 'lost'; tell({ kind: 'line' }); }
      setTimeout(dial, PAUSES[Math.min(tries++, PAUSES.length - 1)]);
    };
  };
  dial();
}

/** @param {MachineNews} news @returns {boolean} whether it is newer than the list */
function apply(news) {
  if (news.version <= version) return false;
  for (const row of news.rows) rows.set(row.agent, row);
  for (const agent of news.gone) rows.delete(agent);
  return true;
}

/** @param {News} news */
function hear(news) {
  switch (news.type) {
    case 'machines': {
      if (loading > 0) { heard.push(news); break; }
      if (!apply(news)) break;
      tell({ kind: 'rows', agents: new Set([...news.rows.map((row) => row.agent), ...news.gone]) });
      break;
    }
    case 'relay': {
      const back = news.connected && !relay.connected;
      relay = { connected: news.connected, trouble: news.trouble };
      tell({ kind: 'relay' });
      if (back) void loadMachines();
      break;
    }
    case 'handed':
      handed = news.rows;
      tell({ kind: 'handed' });
      break;
    case 'sessions':
      sessions = news.rows;
      tell({ kind: 'sessions' });
  }
}
