/** @file The catalogue: every phrase in both languages, in correct French typography. */

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';

const FOLDER = new URL('../../console/ui/text/', import.meta.url);

for (const file of readdirSync(FOLDER)) {
  const catalogues = await import(new URL(file, FOLDER).href);
  for (const [name, catalogue] of Object.entries(catalogues)) {
    test(`${file} ${name}`, () => {
      for (const [key, { fr, en }] of Object.entries(catalogue)) {
        // What a function makes of its arguments keeps the words around them.
        const said = [fr, en].map((phrase) => (typeof phrase === 'function' ? phrase('X', 'Y') : phrase));
        const [french, english] = said;
        assert.ok(french && english, key);
        assert.ok(!/'/.test(french), `${key}: straight apostrophe`);
        assert.ok(!/[^\u00a0\u202f][;:!?»](?!\/)/.test(french.replace(/\d:\d/g, '')), `${key}: no no-break space before ; : ! ? or »: ${french}`);
        assert.ok(!/«[^\u00a0\u202f]/.test(french), `${key}: no no-break space after «`);
        assert.ok(!/\.\.\./.test(french + english), `${key}: three points`);
assert.ok(!/\d (min|kbit|ms|h|s|j)\b/.test(french), `${key}: a unit may break from its number`);
      }
    });
  }
}
