// @ts-check
/** @file The server's binary messages of a session, little endian, as docs/desk-api.md lays them out. Pure; bounds are checked. */

/** @typedef {{ x: number, y: number, w: number, h: number }} Rect */
/**
 * @typedef {{ kind: 'size', width: number, height: number }
 *   | { kind: 'update', seq: number, copies: (Rect & { dx: number, dy: number })[], rects: (Rect & { rgba: Uint8ClampedArray<ArrayBuffer> })[] }
 *   | { kind: 'cursor', width: number, height: number, hotX: number, hotY: number, rgba: Uint8ClampedArray<ArrayBuffer> }
 *   | { kind: 'clear' }
 *   | { kind: 'secret', leftS: number, identifier: string, password: string }} FromServer
 */

const RGBA = 4;

/**
 * @param {ArrayBuffer} buffer
 * @returns {FromServer}
 * @throws {RangeError} when it ends too early or is of no known kind
 */
export function parse(buffer) {
  const view = new DataView(buffer);
  let at = 1;
  const u16 = () => { at += 2; return view.getUint16(at - 2, true); };
  const i16 = () => { at += 2; return view.getInt16(at - 2, true); };
  const rect = () => ({ x: u16(), y: u16(), w: u16(), h: u16() });
  const pixels = (/** @type {number} */ w, /** @type {number} */ h) => {
    const bytes = new Uint8ClampedArray(buffer, at, w * h * RGBA);
    at += bytes.length;
    return bytes;
  };
  switch (view.getUint8(0)) {
    case 1: return { kind: 'size', width: u16(), height: u16() };
    case 2: {
      const seq = view.getUint32(at, true);
      at += 4;
      const copies = Array.from({ length: u16() }, () => ({ ...rect(), dx: i16(), dy: i16() }));
      const rects = Array.from({ length: u16() }, () => {
        const where = rect();
        return { ...where, rgba: pixels(where.w, where.h) };
      });
      return { kind: 'update', seq, copies, rects };
    }
    case 3: {
      const [width, height, hotX, hotY] = [u16(), u16(), u16(), u16()];
      return { kind: 'cursor', width, height, hotX, hotY, rgba: pixels(width, height) };
    }
    case 4: return { kind: 'clear' };
    case 5: {
      const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
      const text = () => { const length = u16(); at += length; return utf8.decode(new Uint8Array(buffer, at - length, length)); };
      const secret = /** @type {const} */ ({ kind: 'secret', leftS: u16(), identifier: text(), password: text() });
      new Uint8Array(buffer).fill(0);
      return secret;
    }
    default: throw new RangeError('a message of no known kind');
  }
}
