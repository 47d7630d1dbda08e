/** @file What a key means on the client's machine: the cases that other viewers get wrong. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Keymap, chord } from '../../console/ui/session/keymap.js';

/** A key event; `more` says what differs from a plain press. */
const press = (key, code, more = {}) => ({
  key, code, repeat: false, shiftKey: false, ctrlKey: false, altKey: false, metaKey: false, isComposing: false, ...more,
  getModifierState: (name) => (more.states ?? []).includes(name),
});
const down = (key) => ({ type: 'key', key, down: true });
const up = (key) => ({ type: 'key', key, down: false });
const char = (char) => ({ type: 'char', char });

test('a printable key is its character, whatever is printed on the key', () => {
  const map = new Keymap();
  // An AZERTY keyboard: the key that a US layout calls Q makes an a.
  assert.deepEqual(map.down(press('a', 'KeyQ')), { send: [char('a')], prevent: true });
  assert.deepEqual(map.down(press('é', 'Digit2')), { send: [char('é')], prevent: true });
  assert.deepEqual(map.down(press('𝄞', '')).send, [char('𝄞')]);
  assert.deepEqual(map.up(press('a', 'KeyQ')).send, [], 'a character has no up');
});

test('a character repeats, a held key does not: the machine repeats it', () => {
  const map = new Keymap();
  map.down(press('x', 'KeyX'));
  assert.deepEqual(map.down(press('x', 'KeyX', { repeat: true })).send, [char('x')]);
  assert.deepEqual(map.down(press('ArrowDown', 'ArrowDown')).send, [down('ArrowDown')]);
  assert.deepEqual(map.down(press('ArrowDown', 'ArrowDown', { repeat: true })), { send: [], prevent: true });
  assert.deepEqual(map.up(press('ArrowDown', 'ArrowDown')).send, [up('ArrowDown')]);
  assert.deepEqual(map.up(press('ArrowDown', 'ArrowDown')).send, [], 'what is not held is not released');
});

test('a shortcut is the modifier as a key and the letter as a character', () => {
  const map = new Keymap();
  assert.deepEqual(map.down(press('Control', 'ControlLeft', { ctrlKey: true })).send, [down('ControlLeft')]);
  assert.deepEqual(map.down(press('c', 'KeyC', { ctrlKey: true })), { send: [char('c')], prevent: true });
  assert.deepEqual(map.up(press('Control', 'ControlLeft')).send, [up('ControlLeft')]);
});

test('AltGr makes characters and is never sent, on Linux and on Windows', () => {
  const linux = new Keymap();
  assert.deepEqual(linux.down(press('AltGraph', 'AltRight', { states: ['AltGraph'] })).send, []);
  assert.deepEqual(linux.down(press('€', 'KeyE', { states: ['AltGraph'] })).send, [char('€')]);
  assert.deepEqual(linux.up(press('AltGraph', 'AltRight')).send, []);
  const windows = new Keymap();
  assert.deepEqual(windows.down(press('Control', 'ControlLeft', { ctrlKey: true })).send, [down('ControlLeft')]);
  assert.deepEqual(windows.down(press('AltGraph', 'AltRight', { ctrlKey: true, altKey: true, states: ['AltGraph'] })).send, [up('ControlLeft')]);
  assert.deepEqual(windows.down(press('@', 'Digit0', { ctrlKey: true, altKey: true, states: ['AltGraph'] })).send, [char('@')]);
  assert.deepEqual(windows.held, []);
});

test('a US keyboard’s right Alt is Alt', () => {
  assert.deepEqual(new Keymap().down(press('Alt', 'AltRight', { altKey: true })).send, [down('AltRight')]);
});

test('behind a dead key the text box speaks, once', () => {
  const map = new Keymap();
  assert.deepEqual(map.down(press('Dead', 'BracketLeft')), { send: [], prevent: false });
  // Whether the browser names the letter or what came of it, the event is not what is sent.
  assert.deepEqual(map.down(press('ê', 'KeyE')), { send: [], prevent: false });
  assert.deepEqual(map.text('ê'), [char('ê')]);
  assert.deepEqual(map.down(press('e', 'KeyE')).send, [char('e')], 'and the next key is an ordinary one');
});

test('a dead key without a letter for it gives both', () => {
  const map = new Keymap();
  map.down(press('Dead', 'BracketLeft'));
  map.down(press('z', 'KeyZ'));
  assert.deepEqual(map.text('^z'), [char('^'), char('z')]);
});

test('Shift while a dead key waits does not end it', () => {
  const map = new Keymap();
  map.down(press('Dead', 'BracketLeft'));
  assert.deepEqual(map.down(press('Shift', 'ShiftLeft', { shiftKey: true })).send, [down('ShiftLeft')]);
  assert.deepEqual(map.down(press('Ê', 'KeyE', { shiftKey: true })), { send: [], prevent: false });
});

test('a modifier that came up unheard, behind a dead key, is let go with the next event', () => {
  const map = new Keymap();
  const shift = press('Shift', 'ShiftLeft', { shiftKey: true });
  assert.deepEqual(map.down(shift).send, [down('ShiftLeft')]);
  map.down(press('Dead', 'Digit6', { shiftKey: true }));
  // No keyup of Shift: Chromium on Linux keeps it to the composition.
  map.down(press('Process', 'KeyE', { isComposing: true, shiftKey: true }));
  assert.deepEqual(map.text('ê'), [char('ê')]);
  assert.deepEqual(map.held, ['ShiftLeft']);
  assert.deepEqual(map.up(press('e', 'KeyE')).send, [up('ShiftLeft')]);
  assert.deepEqual(map.up(press('Shift', 'ShiftLeft')).send, [], 'and once only');
  map.down(shift);
  const control = press('Control', 'ControlLeft', { shiftKey: true, ctrlKey: true });
  assert.deepEqual(map.down(control).send, [down('ControlLeft')], 'what is held stays held');
  assert.deepEqual(map.gone(press('', '', { ctrlKey: true })), [up('ShiftLeft')], 'a click tells it too');
  assert.deepEqual(map.down(press('a', 'KeyA', { ctrlKey: true })).send, [char('a')]);
  assert.deepEqual(map.held, ['ControlLeft']);
});

test('a key that makes no character ends a waiting dead key', () => {
  const map = new Keymap();
  map.down(press('Dead', 'BracketLeft'));
  assert.deepEqual(map.down(press('Escape', 'Escape')).send, [down('Escape')]);
  assert.deepEqual(map.down(press('e', 'KeyE')).send, [char('e')]);
});

test('an input method speaks through the text box', () => {
  const map = new Keymap();
  assert.deepEqual(map.down(press('Process', 'KeyN')), { send: [], prevent: false });
  assert.deepEqual(map.down(press('n', 'KeyN', { isComposing: true })), { send: [], prevent: false });
  assert.deepEqual(map.text('日本'), [char('日'), char('本')]);
});

test('the numeric pad is what it does', () => {
  const map = new Keymap();
  assert.deepEqual(map.down(press('7', 'Numpad7')).send, [char('7')]);
  assert.deepEqual(map.down(press('Home', 'Numpad7')).send, [down('Home')]);
  assert.deepEqual(map.down(press('Enter', 'NumpadEnter')).send, [down('Enter')]);
});

test('keys of this computer alone stay here', () => {
  const map = new Keymap();
  for (const key of ['CapsLock', 'NumLock', 'AudioVolumeUp', 'BrowserBack', 'Fn']) {
    assert.deepEqual(map.down(press(key, key)), { send: [], prevent: false }, key);
  }
});

test('by position a key is the key, whatever it makes here', () => {
  const map = new Keymap();
  map.physical = true;
  assert.deepEqual(map.down(press('a', 'KeyQ')), { send: [down('KeyQ')], prevent: true });
  assert.deepEqual(map.down(press('a', 'KeyQ', { repeat: true })).send, [], 'the machine repeats by itself');
  assert.deepEqual(map.up(press('a', 'KeyQ')).send, [up('KeyQ')]);
  assert.deepEqual(map.down(press('Dead', 'BracketLeft')).send, [down('BracketLeft')], 'a dead key is dead over there');
  assert.deepEqual(map.up(press('Dead', 'BracketLeft')).send, [up('BracketLeft')]);
  assert.deepEqual(map.down(press('AltGraph', 'AltRight', { states: ['AltGraph'] })).send, [down('AltRight')]);
  assert.deepEqual(map.down(press('@', 'Digit0', { states: ['AltGraph'] })).send, [down('Digit0')]);
  assert.deepEqual(map.up(press('AltGraph', 'AltRight')).send, [up('AltRight')]);
  assert.deepEqual(map.down(press('Enter', 'Enter')).send, [down('Enter')]);
  assert.deepEqual(map.down(press('7', 'Numpad7')).send, [char('7')]);
});

test('leaving lets everything go', () => {
  const map = new Keymap();
  map.down(press('Shift', 'ShiftLeft', { shiftKey: true }));
  map.down(press('F5', 'F5', { shiftKey: true }));
  assert.deepEqual(map.held, ['ShiftLeft', 'F5']);
  assert.deepEqual(map.release(), [{ type: 'release_all' }]);
  assert.deepEqual(map.held, []);
  assert.deepEqual(map.up(press('Shift', 'ShiftLeft', { shiftKey: true })).send, [], 'a release after that is not sent twice');
});

test('a chord goes down in order and up in reverse', () => {
  assert.deepEqual(chord(['AltLeft', 'Tab']), [down('AltLeft'), down('Tab'), up('Tab'), up('AltLeft')]);
});
