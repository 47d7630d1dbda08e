/** @file The pointer's arithmetic: pixels that are exact, wheels of every kind. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Wheel, pixel, place } from '../../console/ui/session/pointer.js';

test('at 1:1 a client pixel is a device pixel, on whole device pixels', () => {
  for (const ratio of [1, 1.25, 1.5, 2]) {
    const at = place(1281, 801, { width: 1401, height: 901 }, ratio, 'actual');
    assert.equal(at.scale, 1);
    assert.ok(at.crisp);
    for (const length of [at.left, at.top, at.width, at.height]) {
      assert.ok(Math.abs(length * ratio - Math.round(length * ratio)) < 1e-9, `${length} at ${ratio}`);
    }
    assert.ok(Math.abs(at.width * ratio - 1281) < 1e-9);
  }
});

test('fitted it never exceeds the room, keeps its shape and grows by whole pixels only', () => {
  for (const [w, h, room, scale] of [[1920, 1080, [1280, 758], 2 / 3], [1280, 800, [1920, 1038], 1], [640, 400, [1920, 1038], 2], [800, 600, [800, 600], 1]]) {
    const at = place(w, h, { width: room[0], height: room[1] }, 1, 'fit');
    assert.ok(Math.abs(at.scale - scale) < 1e-6, `${w}x${h}: ${at.scale}`);
    assert.ok(at.width <= room[0] && at.height <= room[1]);
    assert.equal(at.crisp, Number.isInteger(at.scale));
  }
});

test('on a dense screen a picture may be as large as the page’s own pixels', () => {
  assert.equal(place(1280, 800, { width: 1280, height: 800 }, 1.5, 'fit').scale, 1.5);
});

test('every client pixel can be pointed at, and none outside', () => {
  const size = { width: 1280, height: 800 };
  const shown = { width: 640, height: 400 };
  assert.deepEqual(pixel({ x: 0, y: 0 }, shown, size), { x: 0, y: 0 });
  assert.deepEqual(pixel({ x: 639.9, y: 399.9 }, shown, size), { x: 1279, y: 799 });
  assert.deepEqual(pixel({ x: -5, y: 5000 }, shown, size), { x: 0, y: 799 });
  for (let x = 0; x < 1280; x++) assert.equal(pixel({ x: x + 0.5, y: 0 }, size, size).x, x);
});

test('a real wheel’s notch is a notch whatever the pixels say', () => {
  const wheel = new Wheel();
  wheel.add({ deltaX: 0, deltaY: 53, deltaMode: 0, wheelDeltaX: 0, wheelDeltaY: -120 });
  assert.deepEqual(wheel.take(), { dx: 0, dy: 120 });
  wheel.add({ deltaX: 0, deltaY: -6, deltaMode: 1 });
  assert.deepEqual(wheel.take(), { dx: 0, dy: -240 });
});

test('a touchpad’s small steps lose nothing, and a turn back starts anew', () => {
  const wheel = new Wheel();
  let sum = 0;
  for (let i = 0; i < 300; i++) {
    wheel.add({ deltaX: 0, deltaY: 1 / 3, deltaMode: 0 });
    sum += wheel.take().dy;
  }
  assert.ok(Math.abs(sum - 120) <= 1, `a hundred pixels are one notch: ${sum}`);
  wheel.add({ deltaX: 50, deltaY: 0, deltaMode: 0 });
  wheel.add({ deltaX: -10, deltaY: 0, deltaMode: 0 });
  assert.equal(wheel.take().dx, -12);
});

test('a flood is cut, not queued, and fits the wire', () => {
  const wheel = new Wheel();
  wheel.add({ deltaX: 0, deltaY: 99_000, deltaMode: 0 });
  assert.ok(wheel.take().dy < 2 ** 15);
  assert.deepEqual(wheel.take(), { dx: 0, dy: 0 });
});
