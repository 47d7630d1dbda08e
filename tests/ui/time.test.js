/** @file Moments as people read them: Paris time in winter and summer, French typography. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

// The modules remember the language in the tab's memory and mark the document with it; here there is neither.
globalThis.sessionStorage = { getItem: () => null, setItem: () => {} };
globalThis.document = { documentElement: {} };
const { clock, day, hour, parisSeconds, setRelayNow, ago } = await import('../../console/ui/core/time.js');
const { speak } = await import('../../console/ui/core/lang.js');

const at = (text) => Date.parse(text) / 1000;

test('hours are those of Paris', () => {
  speak('fr');
  assert.equal(hour(at('2026-01-15T08:00:00Z')), '9\u00a0h\u00a000');
  assert.equal(hour(at('2026-07-15T08:05:00Z')), '10\u00a0h\u00a005');
  assert.equal(hour(at('2026-01-14T23:30:00Z')), '0\u00a0h\u00a030');
  assert.equal(day(at('2026-01-14T23:30:00Z')), '15 janv. 2026');
  speak('en');
  assert.equal(hour(at('2026-01-15T08:00:00Z')), '09:00');
});

test('what one types as Paris time is that moment, around both changes of clocks', () => {
  for (const [local, utc] of [
    ['2026-01-15T09:00', '2026-01-15T08:00:00Z'], ['2026-07-15T09:00', '2026-07-15T07:00:00Z'], ['2026-03-29T01:30', '2026-03-29T00:30:00Z'],
    ['2026-03-29T09:00', '2026-03-29T07:00:00Z'], ['2026-10-25T09:00', '2026-10-25T08:00:00Z'], ['2026-12-31T23:59', '2026-12-31T22:59:00Z'],
  ]) assert.equal(parisSeconds(local), at(utc), local);
  assert.equal(parisSeconds(''), null);
});

test('how long ago, by the relay’s clock', () => {
  speak('fr');
  const now = at('2026-11-28T10:00:00Z');
  setRelayNow(now);
  assert.equal(ago(now + 5), 'à l’instant', 'a clock that runs ahead is no reason for nonsense');
  assert.equal(ago(now - 200), 'il y a 3\u00a0min');
  assert.equal(ago(now - 3 * 86400), 'il y a 3\u00a0j');
  assert.equal(ago(now - 40 * 86400), day(now - 40 * 86400));
});

test('what is left, as a clock', () => {
  assert.deepEqual([clock(-3), clock(59.9), clock(3600), clock(3725)], ['00:00', '00:59', '1:00:00', '1:02:05']);
});
