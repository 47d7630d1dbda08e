// @ts-check
/** @file The picture of a session: the canvas, its place in the window, the cursor, the hands. */

import { socketAddress, subprotocols } from '../core/api.js';
import { h } from '../core/dom.js';
import { t } from '../core/lang.js';
import { session as text } from '../text/session.js';
import { hands } from './hands.js';
import { place } from './pointer.js';

/** @typedef {import('../types.js').FromPainter} FromPainter */
/** @typedef {import('../types.js').Input} Input */

/**
 * @param {string} session
 * @param {{ text: (message: any) => void, open: () => void, closed: (code: number) => void, first: () => void, may: () => boolean,
 *   secret: (value: { identifier: string, password: string, leftS: number }) => void,
 *   shortcut: (event: KeyboardEvent) => boolean, hostname: () => string }} desk
 */
export function viewer(session, desk) {
  const canvas = h('canvas', { width: '1', height: '1', 'aria-hidden': 'true' });
  const surface = h('div', { class: 'surface' });
  const box = h('textarea', {
    class: 'box', 'aria-label': t(text.screen_name, desk.hostname()), autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false', tabIndex: 0,
  });
  const picture = h('div', { class: 'picture', hidden: true }, canvas, surface);
  const room = h('div', { class: 'room' }, picture, box);
  const worker = new Worker('/ui/session/painter.js', { type: 'module' });
  let size = { width: 1, height: 1 };
  /** @type {'fit' | 'actual'} */
  let mode = 'fit';
  let cursor = '';

  const address = socketAddress(`/ws/sessions/${encodeURIComponent(session)}`);
  const open = (/** @type {OffscreenCanvas | undefined} */ offscreen) => worker.postMessage(
    { type: 'open', address, protocols: subprotocols(), ...(offscreen ? { canvas: offscreen } : {}) }, offscreen ? [offscreen] : []);
  const send = (/** @type {Input} */ input) => worker.postMessage({ type: 'send', text: JSON.stringify(input) });

  worker.onmessage = ({ data }) => {
    const message = /** @type {FromPainter} */ (data);
    switch (message.type) {
      case 'size': size = { width: message.width, height: message.height }; layOut(); break;
      case 'first': picture.hidden = false; layOut(); desk.first(); break;
      case 'cursor': point(message); break;
      case 'text': desk.text(JSON.parse(message.text)); break;
      case 'secret': desk.secret(message); break;
      case 'open': desk.open(); break;
      case 'closed': holder.release(); picture.hidden = true; desk.closed(message.code);
    }
  };

  function layOut() {
    const at = place(size.width, size.height, { width: room.clientWidth, height: room.clientHeight }, devicePixelRatio, mode);
    Object.assign(picture.style, { left: `${at.left}px`, top: `${at.top}px`, width: `${at.width}px`, height: `${at.height}px` });
    canvas.classList.toggle('crisp', at.crisp);
    room.classList.toggle('scrolls', mode === 'actual');
  }

  /** @param {Extract<FromPainter, { type: 'cursor' }>} shape */
  function point(shape) {
    if (cursor) URL.revokeObjectURL(cursor);
    cursor = shape.url ?? '';
    // An address of this page's own making: nothing in it comes from the machine.
    surface.style.cursor = shape.hidden ? 'none' : `url("${cursor}") ${shape.x} ${shape.y}, default`;
  }

  const holder = hands(surface, box, { send, size: () => size, may: desk.may, shortcut: desk.shortcut });
  const observer = new ResizeObserver(layOut);
  observer.observe(room);
  open(canvas.transferControlToOffscreen());

  return {
    element: room, send,
    reopen: () => open(undefined),
    focus: () => box.focus({ preventScroll: true }),
    release: holder.release,
    get physical() { return holder.physical; },
    set physical(on) { holder.physical = on; },
    /** Nothing may be seen. */
    hide: () => { worker.postMessage({ type: 'clear' }); picture.hidden = true; holder.release(); },
    get mode() { return mode; },
    set mode(next) { mode = next; layOut(); },
    leave: () => {
      holder.leave();
      observer.disconnect();
      worker.postMessage({ type: 'close' });
      if (cursor) URL.revokeObjectURL(cursor);
      // The worker has to say its goodbye first.
      setTimeout(() => worker.terminate(), 200);
    },
  };
}
