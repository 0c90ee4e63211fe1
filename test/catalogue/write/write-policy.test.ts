import { describe, expect, test } from 'vitest';
import type { Scan } from '../../../src/catalogue/scan/scan.ts';
import { renderPolicy } from '../../../src/catalogue/write/write-policy.ts';
import { compilePolicy } from '../../../src/policy/compile.ts';
import { decide } from '../../../src/policy/decide.ts';
import { parseLoaded } from '../../../src/policy/file/load.ts';
import { ACTIONS, type Action } from '../../../src/policy/policy.ts';
import { CATEGORIES, RISKS } from '../../../src/policy/profile.ts';
import { GROUND } from '../../helpers/policy.ts';
import { boolean, scanOf, toolOf, type Given } from './scans.ts';
import { decideAll, hold, load } from './written.ts';

/** The lines of the tool's rule, without comments. */
function ruleOf(scan: Scan, name: string): string[] {
  const lines = renderPolicy(scan).split('\n');
  const from = lines.findIndex((line) => line.startsWith(`  ${name}:`));
  const length = lines.slice(from + 1).findIndex((line) => !line.startsWith('    '));
  return lines.slice(from, from + 1 + length);
}

test.each([
  ['read', 'low', ['  t: allow']],
  ['read', 'high', /require_approval.*reason/s],
  ['write', 'low', ['  t: { action: require_approval, rate_limit: 10/minute }']],
  ['write', 'medium', ['  t: { action: require_approval, rate_limit: 10/minute }']],
  ['write', 'high', /require_approval.*reason.*rate_limit/s],
  ['execute', 'high', /require_approval.*reason.*rate_limit/s],
  ['execute', 'critical', /deny.*reason/s],
  ['destructive', 'low', /deny.*reason/s],
  ['destructive', 'critical', /deny.*reason/s],
  ['financial', 'medium', /require_approval.*reason.*rate_limit/s],
  ['financial', 'critical', /deny.*reason/s],
] as const)('writes what is least for %s of %s risk', (category, risk, expected) => {
  const rule = ruleOf(scanOf([toolOf('t', category, risk)]), 't');
  if (expected instanceof RegExp) expect(rule.join('\n')).toMatch(expected);
  else expect(rule).toEqual(expected);
});

describe('for any category and risk', () => {
  const tools = CATEGORIES.flatMap((category) =>
    RISKS.map((risk) => toolOf(`${category}_${risk}`, category, risk)),
  );

  test('reads back as a policy without problems, also against the server', () => {
    expect(hold(scanOf(tools))).toEqual([]);
  });

  test('allows nothing but reads, denies all that destroys, and hides nothing', () => {
    const verdicts = Object.entries(decideAll(scanOf(tools)));
    const allowed = verdicts.filter(([, verdict]) => verdict === 'allow').map(([name]) => name);
    expect(allowed).toEqual(['read_low', 'read_medium']);
    expect(verdicts.filter(([name]) => name.startsWith('destructive')).map(([, verdict]) => verdict)).toEqual(
      ['deny', 'deny', 'deny', 'deny'],
    );
    expect(load(scanOf(tools)).policy.rules.tools.every(({ rules }) => !rules[0]?.hide)).toBe(true);
  });

  test('is never milder for a graver risk', () => {
    const verdicts = decideAll(scanOf(tools));
    for (const category of CATEGORIES) {
      const ranks = RISKS.map((risk) => ACTIONS.indexOf(verdicts[`${category}_${risk}`] ?? 'allow'));
      expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
    }
  });

  test('asks about a tool that comes later, and denies another case of what it denies', () => {
    const { tests } = load(scanOf(tools)).policy;
    expect(tests.at(-1)).toMatchObject({ name: 'a_tool_added_later', expect: 'require_approval' });
    expect(tests.at(-2)).toMatchObject({ name: 'EXECUTE_CRITICAL', expect: 'deny' });
  });
});

test('is for this server alone, asks about tools that changed and limits the session', () => {
  const { policy } = load(scanOf([toolOf('t', 'read', 'low')], 'my server: *'));
  expect(policy).toMatchObject({
    server: ['my server: *'],
    default: { action: 'require_approval', written: true },
    pin: 'ask',
    limit: { measure: { kind: 'calls', max: 120 }, windowMs: 60_000 },
  });
});

test('writes a policy for a server without tools', () => {
  expect(load(scanOf([])).policy.rules.tools).toEqual([]);
});

test('keeps the order of the server within a group, whatever the order of the scan', () => {
  const scan = scanOf(['c', 'a', 'b'].map((name) => toolOf(name, 'read', 'low')));
  expect(load(scan).policy.rules.tools.map(({ pattern }) => pattern)).toEqual(['c', 'a', 'b']);
  expect(renderPolicy({ ...scan, tools: scan.tools.toReversed() })).toBe(renderPolicy(scan));
});

test('gives the evidence once for neighbours, the first attack as reason, and the other attacks above', () => {
  const grave = {
    category: 'destructive',
    risk: 'high',
    evidence: ['the verb "drop" takes away', 'the server says so', 'a third reason'],
    attacks: ['data loss: what it drops is gone', 'denial of service: it stops'],
  } as const;
  const text = renderPolicy(
    scanOf([{ name: 'drop_a', ...grave }, { name: 'drop_b', ...grave }, toolOf('get', 'read', 'low')]),
  );
  const rule = "{ action: deny, reason: 'Data loss: what it drops is gone; your user may do it by hand' }";
  expect(text.slice(text.indexOf('tools:'), text.indexOf('# Run')).split('\n')).toEqual([
    'tools:',
    '  # Read, low risk: allowed.',
    '  get: allow',
    '',
    '  # Destructive, high risk: what it takes away is gone. Denied.',
    '  # - denial of service: it stops',
    '  # the verb "drop" takes away; the server says so',
    `  drop_a: ${rule}`,
    `  drop_b: ${rule}`,
    '',
    '',
  ]);
});

test('shows how what is allowed can be kept to a folder or a host, and what it shows is sound', () => {
  const text = (key: string): object => ({ type: 'object', properties: { [key]: { type: 'string' } } });
  const scan = scanOf([
    toolOf('read_it', 'read', 'low', text('file_path')),
    toolOf('read_more', 'read', 'low', text('path')),
    toolOf('fetch', 'read', 'low', text('url')),
    toolOf('write_it', 'write', 'high', text('path')),
  ]);
  const { text: written } = load(scan);
  const examples = written.split('\n').filter((line) => line.startsWith('#   ') && line.includes('when'));
  expect(examples).toEqual([
    '#   read_it: { when: { args.file_path: { within: ~/projects } }, action: allow }',
    '#   fetch: { when: { args.url: { host: [example.com] } }, action: allow }',
  ]);
  const policy = `version: 1\ntools:\n${examples.map((line) => line.slice(2)).join('\n')}\n`;
  expect(parseLoaded(Buffer.from(policy), 'p.yaml', GROUND).problems).toEqual([]);
});

describe('conditions', () => {
  const rehearsal = toolOf('drop', 'destructive', 'high', boolean('dry_run'));
  const exposure = toolOf('make', 'write', 'high', boolean('publicly_accessible', { default: true }));

  test('leaves to the person what an argument opens that is closed by default', () => {
    const scan = scanOf([toolOf('make', 'write', 'medium', boolean('public', { default: false }))]);
    expect(ruleOf(scan, 'make')).toEqual(['  make: { action: require_approval, rate_limit: 10/minute }']);
  });

  test.each<[string, Given, object | null, Action]>([
    ['asks about a rehearsal of what it denies', rehearsal, { dry_run: true }, 'require_approval'],
    ['denies what is no rehearsal', rehearsal, { dry_run: false }, 'deny'],
    ['denies where the rehearsal is left out', rehearsal, null, 'deny'],
    ['denies a rehearsal of another type', rehearsal, { dry_run: 'true' }, 'deny'],
    ['denies a rehearsal in two spellings', rehearsal, { dry_run: true, Dry_Run: false }, 'deny'],
    ['denies what it would open to the world', exposure, { publicly_accessible: true }, 'deny'],
    ['denies what the default would open', exposure, null, 'deny'],
    ['denies what may be open', exposure, { publicly_accessible: 'false' }, 'deny'],
    ['asks where it stays private', exposure, { publicly_accessible: false }, 'require_approval'],
  ])('%s', (_, tool, args, verdict) => {
    const scan = scanOf([tool]);
    const { set } = load(scan);
    const bytes = args === null ? null : Buffer.from(JSON.stringify(args));
    const schema = scan.listing.tools[0]?.inputSchema ?? null;
    const query = { kind: 'tools', name: tool.name, args: bytes, schema, profile: null } as const;
    expect(decide(compilePolicy(set, GROUND), query).verdict).toBe(verdict);
    expect(hold(scan)).toEqual([]);
  });

  test.each([
    ['of another type', boolean('dry_run', { type: 'string' })],
    ['with one value', boolean('dry_run', { enum: [false] })],
    ['that the schema does not name', boolean('dry')],
    ['of a schema that leads back to itself', { $ref: '#' }],
    ['of a schema that is none', []],
  ])('makes nothing of an argument %s', (_, schema) => {
    expect(ruleOf(scanOf([toolOf('drop', 'destructive', 'high', schema)]), 'drop')).toHaveLength(1);
  });
});
