import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseLoaded } from '../../src/policy/file/load.ts';
import { GROUND } from '../helpers/policy.ts';

const DOCS = ['policy.md', 'approvals.md'];
const TEXT = DOCS.map((name) => readFileSync(join(import.meta.dirname, '../../docs', name), 'utf8')).join(
  '\n',
);
const EXAMPLES = [...TEXT.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, example = '']) => example);

test('the documentation has examples', () => {
  expect(EXAMPLES.length).toBeGreaterThan(5);
});

test.each(EXAMPLES)('this example is a sound policy, without a warning: %j', (example) => {
  const text = example.startsWith('version:') ? example : `version: 1\n${example}`;
  expect(parseLoaded(Buffer.from(text), 'policy.md', GROUND)).toMatchObject({
    problems: [],
    tests: { failed: 0 },
  });
});
