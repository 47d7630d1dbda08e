// @ts-check
/** @file The pointer's arithmetic: where the picture is, which client pixel is meant, how far the wheel turned. Pure. */

/** @typedef {{ left: number, top: number, width: number, height: number, scale: number, crisp: boolean }} Placement */

/** A notch of the wheel, in what goes to the machine and in browsers' `wheelDelta` (a legacy of Windows' WHEEL_DELTA). */
const NOTCH = 120;
/** A notch in pixels and in lines where there is no `wheelDelta`. */
const PIXELS = 100;
const LINES = 3;
/** Never more at once: what a page could not scroll in a frame is not worth queueing. */
const MOST = 20 * NOTCH;

/**
 * Where a picture of `width` × `height` client pixels goes in a room of CSS pixels. `scale` is device pixels per client pixel.
 * At 1:1 it is exactly one; fitted it shrinks smoothly, and grows only by whole pixels so that letters stay sharp.
 * @param {number} width
 * @param {number} height
 * @param {{ width: number, height: number }} room CSS pixels
 * @param {number} ratio device pixels per CSS pixel
 * @param {'fit' | 'actual'} mode
 * @returns {Placement} in CSS pixels, on whole device pixels
 */
export function place(width, height, room, ratio, mode) {
  const [across, down] = [Math.floor(room.width * ratio), Math.floor(room.height * ratio)];
  const most = Math.min(across / width, down / height);
  const scale = mode === 'actual' ? 1 : most >= 2 ? Math.floor(most) : Math.min(most, Math.max(1, ratio));
  const [w, h] = [Math.round(width * scale), Math.round(height * scale)];
  return {
    left: Math.max(0, Math.floor((across - w) / 2)) / ratio, top: Math.max(0, Math.floor((down - h) / 2)) / ratio,
    width: w / ratio, height: h / ratio, scale, crisp: Number.isInteger(scale),
  };
}

/**
 * The client pixel under a point of the picture, given in CSS pixels from its corner; never outside.
 * @param {{ x: number, y: number }} at
 * @param {{ width: number, height: number }} shown its size in CSS pixels
 * @param {{ width: number, height: number }} size its size in client pixels
 */
export function pixel(at, shown, size) {
  const one = (/** @type {number} */ v, /** @type {number} */ of, /** @type {number} */ n) => Math.max(0, Math.min(n - 1, Math.floor((v / of) * n)));
  return { x: one(at.x, shown.width, size.width), y: one(at.y, shown.height, size.height) };
}

/** Turns of the wheel gathered until they are sent, in parts of a notch. */
export class Wheel {
  #x = 0;
  #y = 0;

  /** @param {{ deltaX: number, deltaY: number, deltaMode: number, wheelDeltaX?: number, wheelDeltaY?: number }} turn */
  add(turn) {
    this.#x = gather(this.#x, parts(turn.deltaX, turn.deltaMode, turn.wheelDeltaX));
    this.#y = gather(this.#y, parts(turn.deltaY, turn.deltaMode, turn.wheelDeltaY));
  }

  /** Whole parts gathered so far; a rest below one stays. */
  take() {
    const [dx, dy] = [whole(this.#x), whole(this.#y)];
    this.#x = rest(this.#x);
    this.#y = rest(this.#y);
    return { dx, dy };
  }
}

/** A turn back starts anew. @param {number} sum @param {number} more */
const gather = (sum, more) => (sum * more < 0 ? more : sum + more);
/** @param {number} n */
const whole = (n) => Math.max(-MOST, Math.min(MOST, Math.trunc(n))) + 0;
/** @param {number} n */
const rest = (n) => n - Math.trunc(n);

/** @param {number} delta @param {number} mode @param {number | undefined} legacy */
function parts(delta, mode, legacy) {
  // A real wheel tells whole notches here, whatever the system's scroll speed makes of the pixels.
  if (legacy !== undefined && legacy !== 0 && legacy % NOTCH === 0) return -legacy;
  if (mode === 1) return (delta / LINES) * NOTCH;
  if (mode === 2) return delta * NOTCH;
  return (delta / PIXELS) * NOTCH;
}
