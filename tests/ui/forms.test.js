/** @file What is typed into a paper's form, as the record has it. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { euros, forms, meant } from '../../console/ui/parts/forms.js';
import { fields, kinds, words } from '../../console/ui/text/papers.js';

test('every form has names for its kind, fields and words', () => {
  for (const [kind, form] of Object.entries(forms)) {
    assert.ok(kind in kinds, kind);
    for (const field of form.fields) {
      assert.ok(field.key in fields, field.key);
      for (const word of field.words ?? []) assert.ok(word in words || `months_${word}` in words, word);
    }
  }
  assert.deepEqual(Object.keys(forms).sort(), Object.keys(kinds).sort());
});

test('clause 10.1: amounts are whole cents', () => {
  const field = { key: 'cents', type: 'euro' };
  for (const [typed, cents] of [['25', 2500], ['25,5', 2550], ['1\u202f234,56\u00a0€', 123456], ['0.07', 7]]) {
    assert.equal(meant(field, typed), cents, typed);
  }
  // What is no amount reaches the relay as it was typed, which says what to write.
  for (const typed of ['-5', '1,234', 'beaucoup', '1e9']) assert.equal(meant(field, typed), typed);
  assert.equal(euros(2505), '25,05');
});

test('nothing typed is nothing, and no is an answer only where one is asked for', () => {
  assert.equal(meant({ key: 'postal', type: 'text' }, '  '), null);
  assert.equal(meant({ key: 'main', type: 'yes', optional: true }, false), null);
  assert.equal(meant({ key: 'allowed', type: 'yes' }, false), false);
  assert.equal(meant({ key: 'bytes', type: 'number' }, '112345678901'), 112345678901);
  assert.equal(meant({ key: 'bytes', type: 'number' }, '1,5'), '1,5');
});
