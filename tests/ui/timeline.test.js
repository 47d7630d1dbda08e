/** @file A contract's time to scale: order, proportions, what is left out. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { later, timeline } from '../../console/ui/parts/timeline.js';

const base = {
  months: 12, notices: [], ends: null, today: '2026-11-28', last_day_for_notice: '2027-09-30', next_echeance: '2027-12-31',
  terms: [1, 2, 3, 4].map((n) => ({ number: n, from: `${2022 + n}-01-01`, until: `${2023 + n}-01-01` })),
};

test('months are added as a calendar does, to the last day of a shorter month', () => {
  assert.equal(later('2024-01-31', 1), '2024-02-29');
  assert.equal(later('2025-01-31', 1), '2025-02-28');
  assert.equal(later('2024-02-29', 12), '2025-02-28');
  assert.equal(later('2025-11-30', 3), '2026-02-28');
});

test('the newest terms and the one to come are drawn in proportion to their days', () => {
  const { spans, marks } = timeline(base);
  assert.deepEqual(spans.map((span) => span.number), [2, 3, 4, 5]);
  for (const [a, b] of spans.slice(1).map((span, n) => [spans[n], span])) assert.ok(Math.abs(a.until - b.from) < 1e-9);
  const [second, third] = spans;
  assert.ok(Math.abs((second.until - second.from) / (third.until - third.from) - 366 / 365) < 1e-9, '2024 has one day more');
  assert.deepEqual([...marks].sort((a, b) => a.at - b.at), marks);
  assert.ok(marks.every(({ at }) => at >= 0 && at <= 1));
  assert.ok(spans.slice(0, 2).every((span) => span.over) && !spans[2].over);
});

test('a contract that ends shows its end once, its letter, and no term after it', () => {
  const ending = {
    ...base, ends: { on: '2027-01-01', clause: '6.3', edge: false }, last_day_for_notice: null,
    notices: [{ by: 'client', sent_on: '2026-09-01', received_on: null, proof: 'x' }, { by: 'client', sent_on: '2020-09-01', received_on: null, proof: 'old' }],
  };
  const { spans, marks } = timeline(ending);
  assert.deepEqual(spans.map((span) => span.number), [2, 3, 4]);
  const kinds = marks.map(({ kind }) => kind);
  assert.deepEqual(kinds.filter((kind) => kind !== 'echeance'), ['notice', 'today', 'end']);
  assert.ok(!marks.some(({ kind, day }) => kind === 'echeance' && day === '2027-01-01'));
  assert.equal(kinds.filter((kind) => kind === 'notice').length, 1, 'a letter of another time is not in the picture');
});

test('a contract of today is a picture too', () => {
  const { spans } = timeline({ ...base, today: '2026-01-01', terms: [{ number: 1, from: '2026-01-01', until: '2026-02-01' }], months: 1, last_day_for_notice: null });
  assert.deepEqual(spans.map((span) => [span.number, span.from]).at(0), [1, 0]);
});

test('no words lie on others, whatever the days', () => {
  const letters = ['2026-10-01', '2026-10-02', '2026-11-01', '2026-11-27'].map((sent_on) => ({ by: 'client', sent_on, received_on: null, proof: 'x' }));
  const { marks } = timeline({ ...base, notices: letters });
  const places = marks.map((mark) => ({ ...mark, from: mark.flip ? mark.at - 0.36 : mark.at, to: mark.flip ? mark.at : mark.at + 0.36 }));
  assert.ok(places.every(({ from, to }) => from >= -0.001 && to <= 1.001), 'all words are on the page');
  for (const [n, a] of places.entries()) {
    for (const b of places.slice(n + 1)) {
      assert.ok(a.below !== b.below || a.lane !== b.lane || a.to <= b.from || b.to <= a.from, `${a.day} and ${b.day}`);
    }
  }
});
