// @ts-check
/** @file The worker of a session: reads the picture from the WebSocket and paints it, so that neither waits for the page.
 *
 * The key comes by message and stays in memory. Nothing painted is kept: "clear" and the end leave black.
 */

import { parse } from './wire.js';

/** @typedef {import('../types.js').FromPainter} FromPainter */
/** @typedef {{ type: 'open', canvas?: OffscreenCanvas, address: string, protocols: string[] } | { type: 'send', text: string } | { type: 'close' } | { type: 'clear' }} ToPainter */

/** The worker's own scope; the page's types know no worker. */
const page = /** @type {{ postMessage: (message: FromPainter) => void, onmessage: ((event: MessageEvent<ToPainter>) => void) | null }} */ (
  /** @type {unknown} */ (self));

/** @type {OffscreenCanvas | null} */
let canvas = null;
/** @type {OffscreenCanvasRenderingContext2D | null} */
let context = null;
/** @type {WebSocket | null} */
let socket = null;
let painted = false;

page.onmessage = ({ data }) => {
  switch (data.type) {
    case 'open':
      if (data.canvas) {
        canvas = data.canvas;
        // `desynchronized`: painted without waiting for the page's next frame.
        context = canvas.getContext('2d', { alpha: false, desynchronized: true });
      }
      open(data.address, data.protocols);
      break;
    case 'send':
      if (socket?.readyState === WebSocket.OPEN) socket.send(data.text);
      break;
    case 'clear':
      clear();
      break;
    case 'close':
      clear();
      socket?.close();
  }
};

/** @param {string} address @param {string[]} protocols */
function open(address, protocols) {
  if (socket) { socket.onclose = null; socket.close(); }
  painted = false;
  const made = new WebSocket(address, protocols);
  made.binaryType = 'arraybuffer';
  made.onopen = () => page.postMessage({ type: 'open' });
  made.onmessage = ({ data }) => {
    if (typeof data === 'string') page.postMessage({ type: 'text', text: data });
    else take(made, data);
  };
  made.onclose = ({ code }) => {
    if (socket === made) clear();
    page.postMessage({ type: 'closed', code });
  };
  socket = made;
}

/** @param {WebSocket} from @param {ArrayBuffer} buffer */
function take(from, buffer) {
  const message = parse(buffer);
  switch (message.kind) {
    case 'size':
      if (canvas && (canvas.width !== message.width || canvas.height !== message.height)) {
        canvas.width = message.width;
        canvas.height = message.height;
      }
      painted = false;
      page.postMessage({ type: 'size', width: message.width, height: message.height });
      break;
    case 'update':
      paint(message);
      from.send(`{"type":"painted","seq":${message.seq}}`);
      if (!painted) { painted = true; page.postMessage({ type: 'first' }); }
      break;
    case 'cursor':
      void cursor(message);
      break;
    case 'secret':
      page.postMessage({ type: 'secret', identifier: message.identifier, password: message.password, leftS: message.leftS });
      break;
    case 'clear':
      clear();
  }
}

/** @param {Extract<import('./wire.js').FromServer, { kind: 'update' }>} update */
function paint(update) {
  if (!context || !canvas) return;
  // A canvas that draws itself reads all of the source first (HTML standard), so overlapping copies are right.
  for (const { x, y, w, h, dx, dy } of update.copies) context.drawImage(canvas, x, y, w, h, x + dx, y + dy, w, h);
  for (const { x, y, w, h, rgba } of update.rects) {
    if (w && h) context.putImageData(new ImageData(rgba, w, h), x, y);
  }
}

function clear() {
  painted = false;
  if (!context || !canvas) return;
  context.fillStyle = '#000';
  context.fillRect(0, 0, canvas.width, canvas.height);
}

/** The client's cursor becomes the browser's own, so that it moves with the hand. @param {Extract<import('./wire.js').FromServer, { kind: 'cursor' }>} shape */
async function cursor(shape) {
  if (!shape.width || !shape.height) { page.postMessage({ type: 'cursor', url: null, x: 0, y: 0, hidden: true }); return; }
  const small = new OffscreenCanvas(shape.width, shape.height);
  small.getContext('2d')?.putImageData(new ImageData(shape.rgba, shape.width, shape.height), 0, 0);
  const blob = await small.convertToBlob({ type: 'image/png' });
  page.postMessage({ type: 'cursor', url: URL.createObjectURL(blob), x: shape.hotX, y: shape.hotY, hidden: false });
}
