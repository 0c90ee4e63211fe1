import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { canonicalDefinition } from '../../src/catalogue/pins/definition.ts';
import { openPinStore } from '../../src/catalogue/pins/pin-store.ts';
import { explain, type ExplainOptions } from '../../src/commands/explain.ts';
import { createFakeIo } from '../helpers/fake-io.ts';

const POLICY = `version: 1
default: deny
rate_limit: { max: 60, window: 60 }
tools:
  describe_*: allow
  delete_*: { action: deny, reason: "Deletions go\\x1b through Terraform", hide: true }
  create_broker: { action: require_approval, reason: Costs money, rate_limit: 10/minute }
  create_*: { rate_limit: 100/hour }
  drop_all: { action: require_approval, approval: { channels: [] } }
`;
let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'mcp-guard-explain-'));
  writeFileSync(join(home, 'p.yaml'), POLICY, { mode: 0o600 });
});

afterEach(() => rmSync(home, { recursive: true, force: true }));

async function run(tool: string, options: Partial<ExplainOptions> = {}): Promise<[number, string]> {
  const io = createFakeIo(home);
  const defaults = {
    kind: 'tools',
    args: undefined,
    policy: 'p.yaml',
    name: undefined,
    json: false,
    exitCode: false,
  } as const;
  const code = await explain({ ...defaults, tool, ...options }, io);
  expect(io.written.stderr).toBe('');
  return [code, io.written.stdout.replaceAll(home, '')];
}

test('says what happens, which rule says so, and what else fits', async () => {
  expect((await run('create_broker'))[1]).toMatchInlineSnapshot(`
    "create_broker: require_approval, so a person is asked
      rule    tools.create_broker (/p.yaml)
      reason  Costs money
      tool    write, high risk, as far as its name tells
              the verb "create" makes something new
              "broker" runs what others depend on
              it invites flooding: an agent in a loop makes hundreds before anyone looks
              it invites denial of service: whoever depends on it stands still
              its definition was not seen: no category or risk can allow it

    rules that fit the name:
      tools.create_broker  require_approval  decides
      tools.create_*       limits only

    limits that count the call:
      tools.create_broker.rate_limit  10 calls per 60 s
      tools.create_*.rate_limit       100 calls per 3600 s
      rate_limit                      60 calls per 60 s
    "
  `);
});

test('shows a reason without letting it draw, and that the tool is hidden', async () => {
  expect((await run('delete_broker'))[1]).toMatchInlineSnapshot(`
    "delete_broker: deny, so it is refused, and the tool is hidden from the agent
      rule    tools.delete_* (/p.yaml)
      reason  Deletions go\\x1b through Terraform
      tool    destructive, critical risk, as far as its name tells
              the verb "delete" takes something away
              with "broker" goes all that is in it
              "broker" runs what others depend on
              it invites data loss: what it takes away may not come back
              it invites denial of service: whoever depends on it stands still
              its definition was not seen: no category or risk can allow it

    rules that fit the name:
      tools.delete_*  deny  decides

    limits that count the call:
      rate_limit  60 calls per 60 s
    "
  `);
});

test('says that the default decides where no rule fits', async () => {
  expect((await run('other'))[1]).toMatchInlineSnapshot(`
    "other: deny, so it is refused
      rule    default (/p.yaml)
      tool    write, medium risk, as far as its name tells
              nothing in the name says that it only reads
              its definition was not seen: no category or risk can allow it

    limits that count the call:
      rate_limit  60 calls per 60 s
    "
  `);
});

test('says that nobody is asked where the policy lists no channel', async () => {
  expect((await run('drop_all'))[1]).toMatchInlineSnapshot(`
    "drop_all: require_approval, which is refused at once: the policy lists no channel to ask on
      rule    tools.drop_all (/p.yaml)
      tool    destructive, critical risk, as far as its name tells
              the verb "drop" takes something away
              "all" says that it takes much away at once
              it invites data loss: what it takes away may not come back
              its definition was not seen: no category or risk can allow it

    rules that fit the name:
      tools.drop_all  require_approval  decides

    limits that count the call:
      rate_limit  60 calls per 60 s
    "
  `);
});

test('says that a name is refused before the policy is asked', async () => {
  expect((await run('a\u001b[2J b'))[1]).toMatchInlineSnapshot(`
    ""a\\x1b[2J b": deny, so it is refused
      reason  No such call is read: the tool name "a\\u001b[2J b" is none; A-Z a-z 0-9 _ . / - are allowed, 1 to 128 of them
    "
  `);
});

test('explains the built-in policy', async () => {
  expect((await run('a', { policy: undefined }))[1]).toMatchInlineSnapshot(`
    "a: require_approval, so a person is asked
      rule    default (built-in)
      tool    write, medium risk, as far as its name tells
              nothing in the name says that it only reads
              its definition was not seen: no category or risk can allow it

    note: no policy of your own (/config/policy.yaml): what only reads, and nothing secret, is allowed, and a person is asked before every other tool call
    "
  `);
});

const COUNTED = { layer: '/p.yaml', onExceed: 'deny', scope: 'session', kind: 'calls' };

test('tells programs the same', async () => {
  const [code, text] = await run('create_broker', { json: true, args: '{"size": 1}' });
  expect([code, JSON.parse(text)]).toEqual([
    0,
    {
      tool: 'create_broker',
      verdict: 'require_approval',
      code: 'approval_required',
      rule: 'tools.create_broker',
      layer: '/p.yaml',
      reason: 'Costs money',
      hide: false,
      category: 'write',
      risk: 'high',
      evidence: ['the verb "create" makes something new', '"broker" runs what others depend on'],
      attacks: expect.arrayContaining([expect.stringContaining('denial of service')]) as unknown,
      pinnedBy: null,
      hasChanged: false,
      matched: [
        { rule: 'tools.create_broker', layer: '/p.yaml', action: 'require_approval', holds: true },
        { rule: 'tools.create_*', layer: '/p.yaml', action: null, holds: true },
      ],
      layers: [{ layer: '/p.yaml', role: 'first', verdict: 'require_approval', rule: 'tools.create_broker' }],
      limits: [
        { ...COUNTED, rule: 'tools.create_broker.rate_limit', max: 10, window: 60, left: 10 },
        { ...COUNTED, rule: 'tools.create_*.rate_limit', max: 100, window: 3600, left: 100 },
        { ...COUNTED, rule: 'rate_limit', max: 60, window: 60, left: 60 },
      ],
    },
  ]);
});

test.each([
  ['describe_broker', 0],
  ['create_broker', 3],
  ['other', 4],
  ['no name', 4],
])('exits for %s with %i when asked to', async (tool, expected) => {
  expect((await run(tool, { exitCode: true }))[0]).toBe(expected);
  expect((await run(tool))[0]).toBe(0);
});

test.each(['', '{', '[]', 'null', '7'])('refuses the arguments %j', async (args) => {
  await expect(run('a', { args })).rejects.toMatchObject({ code: 'usage' });
});

test('refuses a policy that cannot be used', async () => {
  writeFileSync(join(home, 'p.yaml'), 'version: 1\ndefault: alow\n');
  await expect(run('a')).rejects.toMatchObject({ code: 'policy_unusable', message: 'unknown action "alow"' });
});

test('tells of a tool what its server defined, and that this has changed since', async () => {
  const server = { name: 'mq', command: ['mq-server'] };
  const store = openPinStore(createFakeIo(home), server);
  const define = (description: string) =>
    canonicalDefinition(
      Buffer.from(
        JSON.stringify({
          name: 'describe_broker',
          description,
          inputSchema: { properties: { region: { default: 'us-east-1' } } },
        }),
      ),
    );
  const [then, now] = [define('Deletes a broker.'), define('Looks.')];
  store.write([{ kind: 'pin', tool: 'describe_broker', definition: then }]);
  const [, text] = await run('describe_broker', { json: true });
  expect(JSON.parse(text)).toMatchObject({ verdict: 'allow', category: 'destructive', pinnedBy: 'mq' });
  store.write([{ kind: 'seen', tool: 'describe_broker', definition: now }]);
  const [, changed] = await run('describe_broker', { json: true, name: 'mq' });
  expect(JSON.parse(changed)).toMatchObject({ verdict: 'require_approval', rule: 'pin', hasChanged: true });
  expect((await run('describe_broker', { name: 'mq' }))[1]).toContain('as mq defined it');
  expect(JSON.parse((await run('describe_broker', { json: true, name: 'other' }))[1])).toMatchObject({
    pinnedBy: null,
    category: 'read',
  });
});
