// @ts-check
/** @file What a key pressed in the browser means on the client's machine. Pure: tested without a browser.
 *
 * A printable character goes as that character, whatever the two keyboards look like; a key that makes none goes as a key. AltGr is a
 * way to make characters, so it is never sent itself. Behind a dead key the text box knows what came of it, not the key event. Names
 * are those of W3C UI Events, which the agent's protocol uses.
 */

/** @typedef {import('../types.js').Input} Input */

/**
 * Which modifiers an event says are held, a key's or the mouse's.
 * @typedef {{ shiftKey: boolean, ctrlKey: boolean, altKey: boolean, metaKey: boolean, getModifierState: (name: string) => boolean }} Modifiers
 */
/**
 * What is read of a keyboard event.
 * @typedef {Modifiers & { key: string, code: string, repeat: boolean, isComposing: boolean }} Press
 */

/**
 * `send` goes to the machine in this order; `prevent`: the browser must not act on it; `toBox`: the text box will say what it made.
 * @typedef {{ send: Input[], prevent: boolean }} Outcome
 */

/** Modifiers, by where they are on the keyboard. @type {Record<string, string>} */
const MODIFIERS = {
  ShiftLeft: 'ShiftLeft', ShiftRight: 'ShiftRight', ControlLeft: 'ControlLeft', ControlRight: 'ControlRight', AltLeft: 'AltLeft', AltRight: 'AltRight',
  MetaLeft: 'MetaLeft', MetaRight: 'MetaRight', OSLeft: 'MetaLeft', OSRight: 'MetaRight',
};

/** Keys that make no character, by what they do: so the numeric pad without Num Lock moves the cursor. */
const NAMED = new Set([
  'Enter', 'Tab', 'Backspace', 'Escape', 'Delete', 'Insert', 'Home', 'End', 'PageUp', 'PageDown', 'ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown',
  'ContextMenu', 'Pause', 'ScrollLock', 'PrintScreen', ...Array.from({ length: 24 }, (_, n) => `F${n + 1}`),
]);

/** Keys by where they are, for those who want the key and not the character: virtual machines, consoles. */
const POSITIONS = new Set([
  ...'1234567890'.split('').map((digit) => `Digit${digit}`), ...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'.split('').map((letter) => `Key${letter}`),
  'Minus', 'Equal', 'BracketLeft', 'BracketRight', 'Semicolon', 'Quote', 'Backquote', 'Backslash', 'Comma', 'Period', 'Slash', 'Space', 'IntlBackslash',
]);

/** Keys that only change what the next one makes. */
const DEAD = new Set(['Dead', 'Process', 'Unidentified', 'Compose']);

/** Whether an event says that a modifier is still down. @type {Record<string, (at: Modifiers) => boolean>} */
const STILL = {
  Shift: (at) => at.shiftKey, Control: (at) => at.ctrlKey, Meta: (at) => at.metaKey,
  // By position AltGr is held as the key it is.
  Alt: (at) => at.altKey || at.getModifierState('AltGraph'),
};

const NOTHING = () => ({ send: /** @type {Input[]} */ ([]), prevent: false });

/** The keys of one viewer: what is held down on the machine by its doing. */
export class Keymap {
  /** Held, in the order pressed. @type {Set<string>} */
  #held = new Set();
  /** The last key was a dead one: the text box tells the rest. */
  #composing = false;
  /** Keys go by where they are, not by what they make here. */
  physical = false;

  /** Everything held, for tests. */
  get held() { return [...this.#held]; }

  /** @param {Press} press @returns {Outcome} */
  down(press) {
    const gone = this.gone(press);
    const { send, prevent } = this.#down(press);
    return { send: [...gone, ...send], prevent };
  }

  /** @param {Press} press @returns {Outcome} */
  up(press) {
    const name = this.#held.has(press.code) ? press.code : MODIFIERS[press.code] ?? press.key;
    const prevent = this.#held.delete(name);
    return { send: [...(prevent ? [lifted(name)] : []), ...this.gone(press)], prevent };
  }

  /**
   * Modifiers whose release the browser kept to itself: Chromium tells nobody that Shift came up while a dead key waited for its
   * letter. Each later event of the keyboard or mouse says what is held, and what is not goes up on the machine too.
   * @param {Modifiers} at @returns {Input[]}
   */
  gone(at) {
    const names = [...this.#held].filter((name) => {
      const still = name in MODIFIERS && STILL[name.replace(/Left$|Right$/, '')];
      return still && !still(at);
    });
    names.forEach((name) => this.#held.delete(name));
    return names.map(lifted);
  }

  /** @param {Press} press @returns {Outcome} */
  #down(press) {
    if (this.physical && (POSITIONS.has(press.code) || press.code === 'AltRight')) return this.#press(press.code, press.repeat);
    if (press.isComposing) return NOTHING();
    if (DEAD.has(press.key)) {
      this.#composing = true;
      return NOTHING();
    }
    if (press.key === 'AltGraph' || (press.code === 'AltRight' && press.getModifierState('AltGraph'))) return this.#altGr();
    const modifier = MODIFIERS[press.code];
    if (modifier !== undefined) return this.#press(modifier, press.repeat);
    const printable = isPrintable(press.key);
    // Behind a dead key, what is typed is the box's to say: « ê », or « ^ » and the letter. A key without character ends it.
    if (this.#composing && printable) return NOTHING();
    this.#composing = false;
    if (NAMED.has(press.key)) return this.#press(press.key, press.repeat);
    if (printable) return { send: [{ type: 'char', char: press.key }], prevent: true };
    return { send: [], prevent: false };
  }

  /** Text that the box received: of a dead key, an input method, a paste by the system's own means. @param {string} text @returns {Input[]} */
  text(text) {
    this.#composing = false;
    /** @type {Input[]} */
    const send = [];
    for (const char of text) {
      if (char === '\n' || char === '\r') send.push({ type: 'key', key: 'Enter', down: true }, { type: 'key', key: 'Enter', down: false });
      else send.push({ type: 'char', char });
    }
    return send;
  }

  /** Nothing is held any more: the window was left, the session ended. @returns {Input[]} */
  release() {
    this.#held.clear();
    this.#composing = false;
    return [{ type: 'release_all' }];
  }

  /** @param {string} name @param {boolean} repeat @returns {Outcome} */
  #press(name, repeat) {
    // The machine repeats a held key by itself.
    if (repeat || this.#held.has(name)) return { send: [], prevent: true };
    this.#held.add(name);
    return { send: [{ type: 'key', key: name, down: true }], prevent: true };
  }

  /** Windows tells AltGr as Ctrl and Alt together: the Ctrl it made up is taken back. @returns {Outcome} */
  #altGr() {
    /** @type {Input[]} */
    const send = [];
    if (this.#held.delete('ControlLeft')) send.push(lifted('ControlLeft'));
    return { send, prevent: true };
  }
}

/** @param {string} key @returns {Input} */
const lifted = (key) => ({ type: 'key', key, down: false });

/** One character, however many UTF-16 units it takes. @param {string} key */
const isPrintable = (key) => [...key].length === 1;

/** A chord from the menu of special keys: all down, then up in reverse. @param {string[]} keys @returns {Input[]} */
export function chord(keys) {
  const press = (/** @type {boolean} */ down) => (/** @type {string} */ key) => /** @type {Input} */ ({ type: 'key', key, down });
  return [...keys.map(press(true)), ...keys.toReversed().map(press(false))];
}
