// @ts-check
/** @file Elements without markup: every text is a text node, so a host name can never become HTML. */

/**
 * @typedef {Node | string | number | null | undefined | false | Nested} Child
 * @typedef {Child[]} Nested
 * @typedef {Record<string, unknown> & { on?: Record<string, (event: any) => void> }} Props
 */

/**
 * An element. `class`, `on` (listeners), properties (`value`, `checked`, `disabled`, …) and attributes.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Props | null} [props]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, props, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === 'on') {
      for (const [event, listener] of Object.entries(/** @type {Record<string, EventListener>} */ (value))) {
        element.addEventListener(event, listener);
      }
    } else if (name === 'class') {
      element.className = String(value);
    } else if (PROPERTIES.has(name)) {
      /** @type {any} */ (element)[name] = value;
    } else {
      element.setAttribute(name, value === true ? '' : String(value));
    }
  }
  put(element, ...children);
  return element;
}

const PROPERTIES = new Set(['value', 'checked', 'disabled', 'hidden', 'tabIndex', 'selected', 'required', 'open']);

/**
 * Appends children; numbers become text, nothing stays nothing.
 * @param {Element} parent
 * @param {...Child} children
 */
export function put(parent, ...children) {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    if (Array.isArray(child)) put(parent, ...child);
    else parent.append(child instanceof Node ? child : String(child));
  }
}

/**
 * Replaces all children.
 * @param {Element} parent
 * @param {...Child} children
 */
export function fill(parent, ...children) {
  parent.replaceChildren();
  put(parent, ...children);
}

const SVG = 'http://www.w3.org/2000/svg';

/**
 * A 16-pixel line icon, silent for screen readers: its button has the name.
 * @param {keyof typeof ICONS} name
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', ICONS[name]);
  svg.append(path);
  return svg;
}

const ICONS = {
  search: 'M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9ZM10.3 10.3 14 14',
  close: 'M3.5 3.5l9 9M12.5 3.5l-9 9',
  back: 'M9.5 3 4.5 8l5 5M5 8h8',
  right: 'M6 3l5 5-5 5',
  help: 'M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8ZM6.2 6.3a1.8 1.8 0 1 1 2.6 1.6c-.6.3-.8.7-.8 1.3M8 11.4v.2',
  theme: 'M8 2a6 6 0 1 0 0 12V2Z M8 2a6 6 0 0 1 0 12',
  screen: 'M2 3h12v8H2zM6 14h4M8 11v3',
  control: 'M4 2l8.5 6.2-3.9.7-2 3.5L4 2Z',
  phone: 'M4.2 2.5l1.9 3-1.2 1.4c.7 1.7 1.7 2.7 3.4 3.6l1.5-1.2 2.9 1.9c-.3 1.6-1.5 2.4-3 2.2C5.700 12.900 2.600 9.500 2.300 5.300 2.300 3.800 3 2.800 4.200 2.500Z',
  full: 'M2.500 6V2.500H6M10 2.500h3.500V6M13.500 10v3.500H10M6 13.500H2.500V10',
  fit: 'M2.500 3.500h11v9h-11zM5 8h6M5 8l1.500-1.500M5 8l1.500 1.500M11 8 9.500 6.500M11 8 9.500 9.500',
  keys: 'M1.500 4h13v8h-13zM4 6.500h.2M6.600 6.500h.2M9.200 6.500h.2M11.800 6.500h.2M4.500 9.500h7',
  stop: 'M4 4h8v8H4z',
  check: 'M3 8.500l3.300 3.300L13 4.500',
  warn: 'M8 2.200 14.300 13.300H1.700L8 2.200ZM8 6.500v3.200M8 11.500v.1',
  lock: 'M4 7h8v6.500H4zM5.500 7V5a2.500 2.500 0 0 1 5 0v2',
  refresh: 'M13 8a5 5 0 1 1-1.500-3.600M13.300 2v3h-3',
  journal: 'M3.500 2h9v12h-9zM6 5h4M6 8h4M6 11h2',
  clock: 'M8 1.800a6.200 6.200 0 1 1 0 12.400A6.200 6.200 0 0 1 8 1.800ZM8 4.500V8l2.500 1.500',
  plus: 'M8 3v10M3 8h10',
};
