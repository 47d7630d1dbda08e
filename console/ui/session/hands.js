// @ts-check
/** @file Mouse and keyboard over the picture, sent as the client's machine understands them; everything let go when the hands leave. */

import { Keymap } from './keymap.js';
import { Wheel, pixel } from './pointer.js';

/** @typedef {import('../types.js').Input} Input */

const BUTTONS = /** @type {const} */ (['left', 'middle', 'right']);

/**
 * @param {HTMLElement} surface over the picture, exactly as large
 * @param {HTMLTextAreaElement} box has the focus while one types: dead keys and input methods end in it
 * @param {{ send: (input: Input) => void, size: () => { width: number, height: number }, may: () => boolean,
 *   shortcut: (event: KeyboardEvent) => boolean }} desk `may`: whether control was granted and can be used now
 */
export function hands(surface, box, desk) {
  const keymap = new Keymap();
  const wheel = new Wheel();
  /** @type {{ x: number, y: number } | null} */
  let target = null;
  /** @type {Set<string>} */
  const buttons = new Set();
  let frame = 0;
  const ends = new AbortController();
  const { signal } = ends;

  const send = (/** @type {Input[]} */ inputs) => { if (desk.may()) inputs.forEach(desk.send); };

  /** Moves and turns are sent once a frame: more would only queue. */
  function flush() {
    frame = 0;
    if (target) { send([{ type: 'move', ...target }]); target = null; }
    const { dx, dy } = wheel.take();
    if (dx || dy) send([{ type: 'wheel', dx, dy }]);
  }
  const later = () => { frame ||= requestAnimationFrame(flush); };

  /** @param {MouseEvent} event */
  function aim(event) {
    const shown = surface.getBoundingClientRect();
    target = pixel({ x: event.clientX - shown.left, y: event.clientY - shown.top }, shown, desk.size());
  }

  function release() {
    cancelAnimationFrame(frame);
    frame = 0;
    target = null;
    if (keymap.held.length || buttons.size) keymap.release().forEach(desk.send);
    keymap.release();
    buttons.clear();
    box.value = '';
  }

  surface.addEventListener('pointermove', (event) => { aim(event); later(); }, { signal });
  // A drag goes on outside the picture. Not prevented here: that would silence the mouse events below.
  surface.addEventListener('pointerdown', (event) => surface.setPointerCapture(event.pointerId), { signal });
  // Pointer events tell only the first of several buttons; mouse events tell each.
  surface.addEventListener('mousedown', (event) => press(event, true), { signal });
  surface.addEventListener('mouseup', (event) => press(event, false), { signal });
  surface.addEventListener('contextmenu', (event) => event.preventDefault(), { signal });
  surface.addEventListener('wheel', (event) => {
    event.preventDefault();
    wheel.add(/** @type {any} */ (event));
    aim(event);
    later();
  }, { signal, passive: false });

  /** @param {MouseEvent} event @param {boolean} down */
  function press(event, down) {
    const button = BUTTONS[event.button];
    // The browser's own meaning (selection, scrolling by the middle button) stays out; the focus goes where keys are read.
    event.preventDefault();
    if (down) box.focus({ preventScroll: true });
    if (!button || (!down && !buttons.has(button))) return;
    if (down) buttons.add(button); else buttons.delete(button);
    // The button is pressed where the pointer is, not where it was a frame ago.
    aim(event);
    flush();
    send([...keymap.gone(event), { type: 'button', button, down }]);
  }

  box.addEventListener('keydown', (event) => {
    if (desk.shortcut(event)) { event.preventDefault(); release(); return; }
    const { send: inputs, prevent } = keymap.down(event);
    if (prevent) event.preventDefault();
    send(inputs);
  }, { signal });
  box.addEventListener('keyup', (event) => {
    const { send: inputs, prevent } = keymap.up(event);
    if (prevent) event.preventDefault();
    send(inputs);
  }, { signal });
  box.addEventListener('input', (event) => {
    const { inputType, isComposing } = /** @type {InputEvent} */ (event);
    // While something is being composed the box shows drafts; what counts comes at the end.
    if (isComposing || inputType === 'insertCompositionText') return;
    take();
  }, { signal });
  box.addEventListener('compositionend', take, { signal });
  box.addEventListener('blur', release, { signal });
  addEventListener('blur', release, { signal });
  document.addEventListener('visibilitychange', () => { if (document.hidden) release(); }, { signal });

  function take() {
    const text = box.value;
    box.value = '';
    send(keymap.text(text));
  }

  return {
    release,
    get physical() { return keymap.physical; },
    /** What is held by one meaning is let go before the other begins. */
    set physical(on) { release(); keymap.physical = on; },
    leave: () => { release(); ends.abort(); },
  };
}
