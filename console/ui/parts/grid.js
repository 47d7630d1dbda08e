// @ts-check
/** @file A list of ten thousand rows of which only those in sight exist. One stop for Tab; arrows move the chosen row. */

import { h } from '../core/dom.js';

/** Rows kept beyond what is in sight, so that scrolling finds them there. */
const SPARE = 8;

/**
 * @template T
 * @typedef {{
 *   label: string,
 *   columns: number,
 *   rowHeight: number,
 *   name: (item: T) => string,
 *   cells: (item: T) => Node[],
 *   chose: (item: T, how: 'move' | 'open') => void,
 * }} Options
 */

/**
 * @template T
 * @param {HTMLElement} head the row of column headings, `role="row"`
 * @param {Options<T>} options
 */
export function grid(head, options) {
  const body = h('div', { class: 'grid-body', role: 'rowgroup' });
  const scroller = h('div', {
    class: 'grid', role: 'grid', tabIndex: 0, 'aria-label': options.label, 'aria-colcount': options.columns,
  }, h('div', { class: 'grid-head', role: 'rowgroup' }, head), body);
  /** @type {T[]} */
  let items = [];
  /** @type {string | null} */
  let chosen = null;
  /** The rows that exist, by the name of their item. @type {Map<string, HTMLElement>} */
  const live = new Map();
  let frame = 0;

  const indexOf = (/** @type {string | null} */ name) => (name === null ? -1 : items.findIndex((item) => options.name(item) === name));
  const rowId = (/** @type {string} */ name) => `row-${name}`;

  /** @param {T} item @param {number} index */
  function make(item, index) {
    const name = options.name(item);
    const row = h('div', { class: 'grid-row', role: 'row', id: rowId(name), 'data-name': name }, options.cells(item));
    place(row, index, name);
    return row;
  }

  /** @param {HTMLElement} row @param {number} index @param {string} name */
  function place(row, index, name) {
    row.style.transform = `translateY(${index * options.rowHeight}px)`;
    row.setAttribute('aria-rowindex', String(index + 2));
    row.setAttribute('aria-selected', String(name === chosen));
  }

  function draw() {
    frame = 0;
    body.style.height = `${items.length * options.rowHeight}px`;
    scroller.setAttribute('aria-rowcount', String(items.length + 1));
    const first = Math.max(0, Math.floor(scroller.scrollTop / options.rowHeight) - SPARE);
    const last = Math.min(items.length, Math.ceil((scroller.scrollTop + scroller.clientHeight) / options.rowHeight) + SPARE);
    const wanted = new Set();
    const add = (/** @type {number} */ index) => {
      const item = /** @type {T} */ (items[index]);
      const name = options.name(item);
      wanted.add(name);
      const row = live.get(name);
      if (row) { place(row, index, name); return; }
      const made = make(item, index);
      live.set(name, made);
      body.append(made);
    };
    for (let index = first; index < last; index++) add(index);
    // The chosen row exists wherever it is: a screen reader is on it.
    const at = indexOf(chosen);
    if (at >= 0 && (at < first || at >= last)) add(at);
    for (const [name, row] of live) {
      if (!wanted.has(name)) { row.remove(); live.delete(name); }
    }
    if (at >= 0 && chosen !== null) scroller.setAttribute('aria-activedescendant', rowId(chosen));
    else scroller.removeAttribute('aria-activedescendant');
  }

  const later = () => { frame ||= requestAnimationFrame(draw); };

  /** @param {number} index */
  function reveal(index) {
    const top = index * options.rowHeight;
    const room = scroller.clientHeight - head.offsetHeight;
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (top + options.rowHeight > scroller.scrollTop + room) scroller.scrollTop = top + options.rowHeight - room;
  }

  /** @param {number} index @param {'move' | 'open'} how */
  function moveTo(index, how) {
    const item = items[Math.max(0, Math.min(items.length - 1, index))];
    if (item === undefined) return;
    chosen = options.name(item);
    reveal(items.indexOf(item));
    draw();
    options.chose(item, how);
  }

  scroller.addEventListener('scroll', later, { passive: true });
  new ResizeObserver(later).observe(scroller);
  body.addEventListener('click', (event) => {
    const row = /** @type {Element} */ (event.target).closest('.grid-row');
    if (row) moveTo(indexOf(/** @type {HTMLElement} */ (row).dataset['name'] ?? null), 'open');
  });
  scroller.addEventListener('keydown', (event) => {
    if (event.target !== scroller || event.ctrlKey || event.altKey || event.metaKey) return;
    const at = indexOf(chosen);
    const page = Math.max(1, Math.floor(scroller.clientHeight / options.rowHeight) - 2);
    /** @type {Record<string, number>} */
    const steps = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + page, PageUp: at - page, Home: 0, End: items.length - 1 };
    const to = steps[event.key];
    if (to !== undefined) { event.preventDefault(); moveTo(to, 'move'); }
    else if (event.key === 'Enter' && at >= 0) { event.preventDefault(); moveTo(at, 'open'); }
  });

  return {
    element: scroller,
    /** Other items. What is at the top of the window stays there, unless `top` is asked for. @param {T[]} next @param {boolean} [top] */
    set(next, top = false) {
      const anchor = items[Math.floor(scroller.scrollTop / options.rowHeight)];
      const rest = scroller.scrollTop % options.rowHeight;
      items = next;
      for (const row of live.values()) row.remove();
      live.clear();
      body.style.height = `${items.length * options.rowHeight}px`;
      if (top) scroller.scrollTop = 0;
      else if (anchor !== undefined && scroller.scrollTop > 0) {
        const at = indexOf(options.name(anchor));
        if (at >= 0) scroller.scrollTop = at * options.rowHeight + rest;
      }
      draw();
    },
    /** Items of these names look different now; nothing moves. @param {Set<string>} names @param {(name: string) => T | undefined} fresh */
    update(names, fresh) {
      items.forEach((item, index) => {
        const name = options.name(item);
        if (!names.has(name)) return;
        const next = fresh(name);
        if (next === undefined) return;
        items[index] = next;
        const row = live.get(name);
        if (!row) return;
        const made = make(next, index);
        row.replaceWith(made);
        live.set(name, made);
      });
    },
    /** @param {string | null} name @param {boolean} [show] */
    choose(name, show = false) {
      chosen = name;
      const at = indexOf(name);
      if (show && at >= 0) reveal(at);
      draw();
    },
    /** @param {string} name */
    has: (name) => indexOf(name) >= 0,
    /** @param {number} by */
    move: (by) => moveTo(indexOf(chosen) + by, 'move'),
    get chosen() { return chosen; },
    focus: () => scroller.focus(),
  };
}
