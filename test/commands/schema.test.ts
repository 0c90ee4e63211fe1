import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { schemaCommand } from '../../src/commands/schema.ts';
import { createFakeIo } from '../helpers/fake-io.ts';

test('prints the schema as it stands in the package', async () => {
  const io = createFakeIo('/home/ada');
  const codes: number[] = [];
  await schemaCommand(io, (code) => codes.push(code)).parseAsync([], { from: 'user' });
  const file = readFileSync(new URL('../../policy.schema.json', import.meta.url), 'utf8');
  expect([JSON.parse(io.written.stdout), codes]).toEqual([JSON.parse(file), [0]]);
});
