import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createAuditLog } from '../../src/audit/log.ts';
import { replayCommand } from '../../src/commands/replay.ts';
import type { Io } from '../../src/io.ts';
import { callOf, LogHome, runOf } from '../helpers/audit-log.ts';
import { createFakeIo } from '../helpers/fake-io.ts';

beforeAll(() => vi.stubEnv('TZ', 'UTC'));
afterAll(() => void vi.unstubAllEnvs());

const POLICY = `version: 1
default: require_approval
tools:
  describe_*: allow
  create_broker: [{ when: { args.region: eu-1 }, action: deny, reason: not there }, allow]
`;

function record(): LogHome {
  const home = new LogHome();
  const log = createAuditLog(home.io, runOf({ session: '3f9a1c' }));
  const calls = [
    callOf({ id: '1', tool: 'describe_broker' }),
    callOf(
      { id: '2', tool: 'create_broker' },
      '{"region":"eu-1","size":1.0,"x":"é\u65e5\\u001b[2J\\n\\"\\u0022"}',
    ),
    callOf({ id: '3', tool: 'create_broker' }, '{"region":"ghp_0123456789abcdefghijABCDEFGHIJ012345"}'),
    callOf({ id: '4', tool: 'rm\u001b[2J', code: 'denied', verdict: 'deny', isAwaited: false }),
  ];
  for (const call of calls) log.write([call]);
  log.close();
  mkdirSync(home.io.folders.config, { recursive: true, mode: 0o700 });
  writeFileSync(join(home.io.folders.config, 'new.yaml'), POLICY, { mode: 0o600 });
  return home;
}

async function run(home: LogHome, ...args: string[]): Promise<{ code: number; stdout: string }> {
  const fake = createFakeIo(home.io.folders.config, { cwd: '/', env: { LANG: 'C.UTF-8' } });
  const io: Io = { ...fake, folders: home.io.folders };
  let code = -1;
  await replayCommand(io, (given) => (code = given)).parseAsync(
    ['-p', join(home.io.folders.config, 'new.yaml'), ...args],
    { from: 'user' },
  );
  return { code, stdout: fake.written.stdout };
}

test('what would change is told with counts and examples', async () => {
  const home = record();
  const { code, stdout } = await run(home);
  expect(code).toBe(0);
  expect(stdout.replace(home.io.folders.config, '')).toMatchInlineSnapshot(`
    "4 calls of 1 run, Fri 2 Jan 2026 to Fri 2 Jan 2026
    under /new.yaml

    newly denied  1
      1  create_broker  allowed -> denied by tools.create_broker[0]: not there
          3f9a.2     {"region":"eu-1","size":1.0,"x":"é日\\x1b[2J\\\\n\\\\"\\\\u0022"}

    newly asked  1
      1  rm\\x1b[2J  denied -> asked by default
          3f9a.4     {}

    cannot be told  1, as the log masks or leaves out what a condition asks for
      1  create_broker  asked or denied: hangs on args.region, tools.create_broker[0]

    unchanged  1
    "
  `);
});

test('programs get the same', async () => {
  const { stdout } = await run(record(), '--json');
  expect(JSON.parse(stdout)).toMatchObject({
    calls: 4,
    unchanged: 1,
    changes: { denied: [{ calls: 1 }], asked: [{ calls: 1 }] },
    unknown: [{ calls: 1 }],
    leftOut: [],
  });
});

test('of a log without calls nothing is told', async () => {
  expect((await run(record(), '--server', 'pg')).stdout).toBe(
    'the log tells of no call that a policy has decided\n',
  );
});

test('a policy that cannot be used says why', async () => {
  const home = record();
  writeFileSync(join(home.io.folders.config, 'new.yaml'), 'version: 1\ndefault: alow\n');
  await expect(run(home)).rejects.toMatchObject({ code: 'policy_unusable' });
});
