/** @file The session's binary messages, byte by byte, and what is not one. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parse } from '../../console/ui/session/wire.js';

const bytes = (...all) => Uint8Array.from(all).buffer;

test('the size', () => {
  assert.deepEqual(parse(bytes(1, 0x00, 0x05, 0x20, 0x03)), { kind: 'size', width: 1280, height: 800 });
});

test('copies come before rectangles, with signed distances', () => {
  const update = parse(bytes(2, 7, 0, 0, 0, 1, 0, 1, 0, 2, 0, 3, 0, 4, 0, 0xff, 0xff, 0x10, 0x00, 1, 0, 9, 0, 8, 0, 1, 0, 1, 0, 10, 20, 30, 255));
  assert.deepEqual(update, {
    kind: 'update', seq: 7, copies: [{ x: 1, y: 2, w: 3, h: 4, dx: -1, dy: 16 }],
    rects: [{ x: 9, y: 8, w: 1, h: 1, rgba: Uint8ClampedArray.of(10, 20, 30, 255) }],
  });
});

test('the cursor, and a hidden one', () => {
  assert.deepEqual(parse(bytes(3, 1, 0, 1, 0, 0, 0, 0, 0, 1, 2, 3, 4)),
    { kind: 'cursor', width: 1, height: 1, hotX: 0, hotY: 0, rgba: Uint8ClampedArray.of(1, 2, 3, 4) });
  assert.equal(parse(bytes(3, 0, 0, 0, 0, 0, 0, 0, 0)).width, 0);
});

test('what ends early or is unknown is refused', () => {
  for (const wrong of [[], [9], [1, 0], [2, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 9, 0, 9, 0, 1, 2, 3], [3, 2, 0, 2, 0, 0, 0, 0, 0, 1]]) {
    assert.throws(() => parse(bytes(...wrong)), RangeError, String(wrong));
  }
});
