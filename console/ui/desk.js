// @ts-check
/** @file The desk: comes in, keeps the bar, shows the page of the address, hears the keyboard. */

import { enter, onShut } from './core/api.js';
import { fill, h, icon } from './core/dom.js';
import { current, onLang, speak, t } from './core/lang.js';
import { go, read, write } from './core/route.js';
import { polite, trouble, urgent } from './core/say.js';
import { hasRole, listen, loadMachines, loadMe, loadSessions, store, watch } from './core/store.js';
import { apply, nextTheme, setTheme, theme } from './core/theme.js';
import { button, state } from './parts/bits.js';
import { contractsPage } from './pages/contracts.js';
import { help } from './pages/help.js';
import { machinesPage } from './pages/machines.js';
import { managePage, pendingCount } from './pages/manage.js';
import { handedOver } from './session/handed.js';
import { sessionPage } from './session/page.js';
import { common as text } from './text/common.js';

/** @typedef {import('./core/route.js').Place} Place */

const desk = /** @type {HTMLElement} */ (document.getElementById('desk'));
const bar = h('header', { class: 'bar' });
const banner = h('div', { class: 'banner', hidden: true, role: 'status' });
const offers = handedOver();
const main = h('main', { id: 'main', tabIndex: -1 });

/** @type {{ leave: () => void } | null} */
let page = null;
/** @type {ReturnType<typeof machinesPage> | null} */
let machines = null;
/** @type {ReturnType<typeof contractsPage> | null} */
let contracts = null;
/** @type {Place | null} */
let place = null;
let open = false;
let relayLost = false;

apply();
void begin();

async function begin() {
  onShut(shut);
  try {
    if (!await enter()) { shut(); return; }
    // Both at once: the list is what one waits for. It reports its own failure.
    void loadMachines();
    await loadMe();
  } catch (error) {
    if (open || !desk.firstChild) fill(desk, state(t(text.failed_start), trouble(error), button(t(text.retry), () => location.reload(), { icon: 'refresh' })));
    return;
  }
  open = true;
  fill(desk, h('div', {}, h('a', { class: 'skip button', href: '#main', on: { click: (/** @type {Event} */ event) => { event.preventDefault(); main.focus(); } } }, t(text.skip)), bar), banner, offers.element, main);
  if (!location.hash) history.replaceState(null, '', write({ page: 'machines', agent: null, part: '' }));
  draw();
  watch((change) => {
    if (change.kind !== 'rows' || hasRole('manager')) drawBar();
    if (change.kind === 'relay') tellRelay();
    if (change.kind === 'line') drawBanner();
    if (change.kind === 'handed') offers.draw();
    if (change.kind === 'all' && place) title(place);
  });
  addEventListener('hashchange', show);
  document.addEventListener('keydown', onKey);
  onLang(draw);
  listen();
  void loadSessions();
}

/** No key, or no longer a good one. */
function shut() {
  open = false;
  page?.leave();
  page = null;
  sessionStorage.removeItem('aval.key');
  const one = { fr: text.shut_title.fr, en: text.shut_title.en };
  fill(desk, h('main', { class: 'state shut' }, h('h1', {}, one.fr), h('p', {}, text.shut_text.fr),
    h('div', { lang: 'en' }, h('h2', {}, one.en), h('p', {}, text.shut_text.en))));
}

function draw() {
  place = null;
  page?.leave();
  page = machines = contracts = null;
  drawBar();
  drawBanner();
  offers.draw();
  show();
}

function show() {
  if (!open) return;
  const next = read(location.hash);
  const before = place;
  place = next;
  if (next.page === 'machines' && before?.page === 'machines') machines?.show(next);
  else if (next.page === 'contracts' && before?.page === 'contracts') contracts?.show(next.contract);
  else if (!before || JSON.stringify(before) !== JSON.stringify(next)) {
    page?.leave();
    machines = contracts = null;
    switch (next.page) {
      case 'session': page = sessionPage(main, next.session); break;
      case 'manage': page = hasRole('manager') ? managePage(main) : null; break;
      case 'contracts': page = contracts = contractsPage(main, next.contract); break;
      default: page = machines = machinesPage(main, next);
    }
    if (page === null) { go({ page: 'machines', agent: null, part: '' }); return; }
  }
  desk.classList.toggle('in-session', next.page === 'session');
  title(next);
  drawBar();
}

/** @param {Place} place */
function title(place) {
  const name = place.page === 'manage' ? t(text.manage) : place.page === 'contracts' ? place.contract ?? t(text.contracts) : place.page === 'machines' && place.agent ? store.rows.get(place.agent)?.hostname : undefined;
  document.title = name ? `${name} – Aval` : 'Aval';
}

function drawBar() {
  const link = (/** @type {Place} */ to, /** @type {string} */ name, /** @type {number} */ count = 0) => h('a', { href: write(to), 'aria-current': place?.page === to.page ? 'page' : null },
    name, count > 0 && h('span', { class: 'count' }, count));
  const names = { system: text.theme_system, light: text.theme_light, dark: text.theme_dark };
  const { firm } = store.me;
  const held = bar.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement).getAttribute('aria-label') : null;
  fill(bar,
    h('div', { class: 'brand' }, h('img', { src: '/ui/icon.svg', alt: '' }), 'Aval'),
    h('nav', { 'aria-label': t(text.main_menu) },
      link({ page: 'machines', agent: null, part: '' }, t(text.machines)),
      link({ page: 'contracts', contract: null }, t(text.contracts)),
      hasRole('manager') && link({ page: 'manage' }, t(text.manage), pendingCount())),
    store.sessions.filter((running) => running.state !== 'ended').map((running) => place?.page !== 'session' && h('a', { class: 'running', href: write({ page: 'session', session: running.session }) },
      icon('screen'), t(text.sessions_running, running.hostname))),
    h('span', { class: 'grow' }),
    h('div', { class: `relay ${store.relay.connected ? '' : 'off'}` }, h('span', { class: `dot ${store.relay.connected ? 'on' : 'off'}`, 'aria-hidden': 'true' }),
      t(store.relay.connected ? text.relay_on : text.relay_off)),
    h('div', { class: 'firm' }, h('div', {}, h('strong', {}, store.me.name)), h('div', {}, `${firm.name} · ${phone(firm.phone)}`)),
    button(t(text.language), () => speak(current() === 'fr' ? 'en' : 'fr'), { kind: 'plain' }),
    button('', () => { setTheme(nextTheme()); drawBar(); }, { kind: 'plain', icon: 'theme', name: t(text.theme, t(names[theme()])) }),
    button('', help, { kind: 'plain', icon: 'help', name: t(text.help) }));
  if (held !== null) [...bar.querySelectorAll('button')].find((one) => one.getAttribute('aria-label') === held)?.focus();
}

/** The relay was lost, or is back; that it is there still is no news. */
function tellRelay() {
  const lost = !store.relay.connected;
  drawBanner();
  if (lost && !relayLost) urgent(t(text.relay_lost));
  if (!lost && relayLost) polite(t(text.relay_back));
  relayLost = lost;
}

function drawBanner() {
  const said = store.line === 'lost' ? { title: text.program_lost, text: text.program_lost_text }
    : !store.relay.connected ? { title: text.relay_off, text: store.relay.trouble ?? text.relay_lost } : null;
  banner.hidden = said === null;
  if (said) fill(banner, icon('warn'), h('strong', {}, t(said.title)), h('span', {}, t(said.text)));
}

/** « 01 99 00 12 34 »: French numbers in pairs, others as they are. @param {string} e164 */
function phone(e164) {
  const french = /^\+33(\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(e164);
  return french ? `0${french.slice(1).join('\u00a0')}` : e164;
}

/** Shortcuts of the desk; not while one types, in a dialog, or in a session. @param {KeyboardEvent} event */
function onKey(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || place?.page === 'session' || document.querySelector('dialog[open]')) return;
  const typing = event.target instanceof HTMLElement && event.target.matches('input:not([type="checkbox"]):not([type="radio"]), select, textarea');
  if (event.key === 'Escape' && machines) { machines.escape(); return; }
  if (typing) return;
  const pane = machines?.pane();
  switch (event.key) {
    case '/': if (machines) { event.preventDefault(); machines.focusSearch(); } break;
    case '?': event.preventDefault(); help(); break;
    case 'd': if (pane) { event.preventDefault(); pane.request(); } break;
    case 'j': if (pane) go({ page: 'machines', agent: pane.agent, part: pane.part ? '' : 'journal' }); break;
  }
}
