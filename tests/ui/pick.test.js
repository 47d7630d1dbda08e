/** @file Search, filters and order of the machines. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { counts, pick } from '../../console/ui/parts/pick.js';

const row = (hostname, client, more = {}) => ({
  agent: `${hostname}@${client}`, hostname, client, contract: 'C-2026-014', os: 'Debian 12', state: 'approved', online: true, last_seen: 100,
  contract_state: { code: 'in_force' }, coverage: { code: 'covered' }, ...more,
});
const ROWS = [
  row('COMPTA-10', 'Étude Vasseur'), row('COMPTA-2', 'Étude Vasseur', { online: false, last_seen: null }), row('accueil', 'Boulangerie Petit', { state: 'pending' }),
  row('<img src=x>', 'Cabinet Leroy', { contract_state: { code: 'lapsed' } }), row('LABO', 'Clinique des Lilas', { coverage: { code: 'needs_remediation' } }),
];
const choose = (more) => pick(ROWS, { search: '', filter: 'all', column: 'client', down: false, ...more }).map((one) => one.hostname);

test('French order, numbers as numbers', () => {
  assert.deepEqual(choose({}), ['accueil', '<img src=x>', 'LABO', 'COMPTA-2', 'COMPTA-10']);
  assert.deepEqual(choose({ down: true }).at(-1), 'accueil');
});

test('every word must be found, accents and case do not matter', () => {
  assert.deepEqual(choose({ search: 'ETUDE 10' }), ['COMPTA-10']);
  assert.deepEqual(choose({ search: '  leroy ' }), ['<img src=x>']);
  assert.deepEqual(choose({ search: 'nulle part' }), []);
});

test('filters', () => {
  assert.deepEqual(choose({ filter: 'pending' }), ['accueil']);
  assert.deepEqual(choose({ filter: 'problem' }), ['<img src=x>', 'LABO']);
  assert.equal(choose({ filter: 'online' }).length, 4);
  assert.deepEqual(counts(ROWS), { all: 5, online: 4, pending: 1, problem: 2 });
});

test('who is there first, never seen last', () => {
  assert.equal(choose({ column: 'seen' }).at(-1), 'COMPTA-2');
});
