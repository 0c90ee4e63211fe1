import { expect, test } from 'vitest';
import type { CallEntry } from '../../../src/audit/entry.ts';
import { createAuditLog } from '../../../src/audit/log.ts';
import { readTold } from '../../../src/audit/read/read-told.ts';
import type { Auditing } from '../../../src/policy/audit.ts';
import { callOf, LogHome, runOf } from '../../helpers/audit-log.ts';

const ALL = { server: null, tool: null, denied: false, asked: false, since: null, until: null };
const TOLD = '{"a": 1.0, "a": 2, "password": "x"}';

/** What is known of the arguments of a call that was logged so. */
function readBack(kept: Auditing['arguments'], args: CallEntry['arguments']): unknown {
  const home = new LogHome();
  createAuditLog(home.io, runOf({}, { arguments: kept })).write([callOf({ arguments: args })]);
  const sources = home.paths.map((path) => ({ path, from: 0 }));
  const [call] = [...readTold(sources, ALL)].flatMap((told) => (told.kind === 'call' ? [told.call] : []));
  const read = call?.arguments;
  return read?.kind === 'told' ? read.json.toString().replace(/redacted [0-9a-f]{12}/, '#') : read?.kind;
}

test.each<[Auditing['arguments'], string | null, string]>([
  ['full', TOLD, TOLD],
  ['redacted', TOLD, '{"a":1.0,"a":2,"password":"[#]"}'],
  ['hash', TOLD, 'untold'],
  ['none', TOLD, 'untold'],
  ['full', null, 'absent'],
  ['redacted', null, 'absent'],
  ['redacted', '{}', '{}'],
])('where the log keeps them %s, of arguments %s is known: %s', (kept, args, known) => {
  expect(readBack(kept, args === null ? null : Buffer.from(args))).toBe(known);
});
