import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { checkAgainst } from '../../src/catalogue/against/against.ts';
import { classifyTool } from '../../src/catalogue/classify/classify.ts';
import { guessProfile } from '../../src/catalogue/known-tool.ts';
import type { Listing } from '../../src/catalogue/listing.ts';
import { loadRegexEngine } from '../../src/policy/condition/regex.ts';
import { compilePolicy } from '../../src/policy/compile.ts';
import { decide } from '../../src/policy/decide.ts';
import { createSet, parseLoaded } from '../../src/policy/file/load.ts';
import type { Action, PolicySet, Query } from '../../src/policy/policy.ts';
import { GROUND as NOWHERE } from '../helpers/policy.ts';

// They are written for tools as they are told apart for real.
const GROUND = { ...NOWHERE, classify: guessProfile };
const ROOT = join(import.meta.dirname, '../..');
const NAMES = readdirSync(join(ROOT, 'policies')).map((file) => file.replace(/\.yaml$/, ''));

beforeAll(loadRegexEngine);

describe.each(NAMES)('the policy for %s', (name) => {
  test('is sound, without a warning, and its tests pass', () => {
    const { problems, tests } = load(name);
    expect(problems.map(({ line, message }) => `${line}: ${message}`)).toEqual([]);
    expect(tests.failed).toBe(0);
    expect(tests.passed).toBeGreaterThanOrEqual(8);
  });

  test.each([
    { ...GROUND, cwd: '/home/ada/projects/app' },
    { ...GROUND, cwd: '/home/ada/uploads', home: '/home/ada' },
    { ...GROUND, cwd: '/' },
    { ...GROUND, home: null },
    { ...GROUND, home: '/Users/ada', cwd: '/Users/ada', platform: 'darwin' as const },
    { ...GROUND, home: 'C:\\Users\\ada', cwd: 'C:\\Windows\\System32', platform: 'win32' as const },
  ])('has tests that pass in $cwd on $platform', (ground) => {
    const { problems } = parseLoaded(Buffer.from(read(name)), `${name}.yaml`, ground);
    expect(problems.map(({ line, message }) => `${line}: ${message}`)).toEqual([]);
  });

  test('says first what it is for, and what it does not protect from', () => {
    const head = read(name).split('version: 1')[0] ?? '';
    expect(head.split('\n')[0]).toBe('# yaml-language-server: $schema=../policy.schema.json');
    expect(head).toMatch(/^# For .* as of /m);
    expect(head).toContain('Does not protect from');
    for (const verb of ['allows', 'asks', 'denies'])
      expect(head).toMatch(new RegExp(`^#   ${verb} +\\w`, 'm'));
  });

  test('fits the tools and arguments of its server', () => {
    const listing = listTools(name);
    const known = new Set(listing.tools.map((tool) => tool.name));
    const problems = checkAgainst({
      set: createPolicySet(name),
      texts: new Map([[`${name}.yaml`, read(name)]]),
      ground: GROUND,
      listing,
    });
    const meant = problems.filter(
      ({ code, message }) =>
        !PROBES.has(code) || (code === 'unknown_tool' && !message.startsWith('the test')),
    );
    const surprising = meant.filter(
      ({ code, message }) => code !== 'escapes_by_omission' || !isHarmless(name, message),
    );
    expect(surprising.map(({ line, message }) => `${line}: ${message}`)).toEqual([]);
    expect(known.size).toBeGreaterThan(8);
  });
});

/** A policy's tests call what no version has yet, and write arguments as the schema does not allow. */
const PROBES = new Set(['unknown_tool', 'impossible_call']);

/** Arguments that lose their meaning, or get a harmless default, when they are left out. */
const HARMLESS: Readonly<Record<string, string>> = {
  github: 'args.event',
  playwright: 'args.filename',
  postgres: 'args.analyze',
};

function isHarmless(name: string, message: string): boolean {
  const argument = HARMLESS[name];
  return argument !== undefined && message.startsWith(`a call without ${argument} `);
}

interface Call {
  readonly policy: string;
  readonly tool: string;
  readonly args: object;
}

const HOME = '/home/ada';

// What a policy's own tests cannot say, as they run in every home.
test.each<Call & { readonly verdict: Action }>([
  {
    policy: 'filesystem',
    tool: 'read_text_file',
    args: { path: `${HOME}/projects/a/README.md` },
    verdict: 'allow',
  },
  {
    policy: 'filesystem',
    tool: 'read_file',
    args: { path: `${HOME}/projects/a/.env` },
    verdict: 'require_approval',
  },
  {
    policy: 'filesystem',
    tool: 'read_file',
    args: { path: `${HOME}/projects/a/.ENV.local` },
    verdict: 'require_approval',
  },
  {
    policy: 'filesystem',
    tool: 'read_file',
    args: { path: `${HOME}/projects/a/server.pem` },
    verdict: 'require_approval',
  },
  {
    policy: 'filesystem',
    tool: 'read_file',
    args: { path: `${HOME}/projects/../.ssh/id_ed25519` },
    verdict: 'require_approval',
  },
  {
    policy: 'filesystem',
    tool: 'read_file',
    args: { path: `${HOME}/projects-old/a` },
    verdict: 'require_approval',
  },
  {
    policy: 'filesystem',
    tool: 'read_multiple_files',
    args: { paths: [`${HOME}/projects/a`, `${HOME}/projects/b`] },
    verdict: 'allow',
  },
  {
    policy: 'filesystem',
    tool: 'read_multiple_files',
    args: { paths: [`${HOME}/projects/a`, `${HOME}/b`] },
    verdict: 'require_approval',
  },
  {
    policy: 'filesystem',
    tool: 'read_multiple_files',
    args: { paths: [`${HOME}/projects/a/.env`] },
    verdict: 'require_approval',
  },
  {
    policy: 'filesystem',
    tool: 'search_files',
    args: { path: `${HOME}/projects`, pattern: '*' },
    verdict: 'allow',
  },
  {
    policy: 'filesystem',
    tool: 'write_file',
    args: { path: `${HOME}/projects/a/b.ts`, content: '' },
    verdict: 'allow',
  },
  {
    policy: 'filesystem',
    tool: 'write_file',
    args: { path: `${HOME}/projects/a/.gitignore`, content: '' },
    verdict: 'allow',
  },
  {
    policy: 'filesystem',
    tool: 'write_file',
    args: { path: `${HOME}/projects/a/.git/hooks/x`, content: '' },
    verdict: 'deny',
  },
  { policy: 'git', tool: 'git_status', args: { repo_path: `${HOME}/projects/a` }, verdict: 'allow' },
  {
    policy: 'git',
    tool: 'git_diff',
    args: { repo_path: `${HOME}/projects/a`, target: 'main~2' },
    verdict: 'allow',
  },
  {
    policy: 'git',
    tool: 'git_add',
    args: { repo_path: `${HOME}/projects/a`, files: ['src/a.ts'] },
    verdict: 'allow',
  },
  {
    policy: 'git',
    tool: 'git_add',
    args: { repo_path: `${HOME}/projects/a`, files: ['src/.env'] },
    verdict: 'require_approval',
  },
  {
    policy: 'git',
    tool: 'git_checkout',
    args: { repo_path: `${HOME}/projects/a`, branch_name: 'agent/fix-1' },
    verdict: 'allow',
  },
  {
    policy: 'git',
    tool: 'git_checkout',
    args: { repo_path: `${HOME}/projects/a`, branch_name: 'main' },
    verdict: 'require_approval',
  },
  {
    policy: 'playwright',
    tool: 'browser_file_upload',
    args: { paths: [`${HOME}/uploads/a.pdf`] },
    verdict: 'require_approval',
  },
  {
    policy: 'playwright',
    tool: 'browser_file_upload',
    args: { paths: [`${HOME}/uploads/../.ssh/id_rsa`] },
    verdict: 'deny',
  },
  {
    policy: 'amazon-mq',
    tool: 'create_broker',
    args: { host_instance_type: 'mq.t3.micro' },
    verdict: 'deny',
  },
  { policy: 'slack', tool: 'conversations_unreads', args: {}, verdict: 'require_approval' },
])('in $policy, $tool with $args is $verdict, the schema seen', ({ policy, tool, args, verdict }) => {
  const listed = listTools(policy).tools.find(({ name }) => name === tool);
  if (listed === undefined) throw new Error(`${policy} has no tool ${tool}`);
  const { category, risk } = classifyTool(listed);
  const query: Query = {
    kind: 'tools',
    name: tool,
    args: Buffer.from(JSON.stringify(args)),
    schema: listed.inputSchema,
    profile: { category, risk, isSeen: true },
  };
  expect(decide(compilePolicy(createPolicySet(policy), GROUND), query).verdict).toBe(verdict);
});

function read(name: string): string {
  return readFileSync(join(ROOT, `policies/${name}.yaml`), 'utf8');
}

function load(name: string) {
  return parseLoaded(Buffer.from(read(name)), `${name}.yaml`, GROUND);
}

function createPolicySet(name: string): PolicySet {
  const { policy } = load(name);
  if (policy === null) throw new Error(`${name} is no policy`);
  return createSet({ policy, role: 'first' }, []);
}

/** The server's tools: in the fixture with the type or schema of each argument, "?" behind the optional ones. */
function listTools(name: string): Listing {
  const definitions = name === 'amazon-mq' ? readDemo() : readFixture(name);
  return {
    server: { name, version: '1' },
    protocolVersion: '2025-11-25',
    tools: definitions.map((tool) => ({
      name: tool.name,
      title: null,
      description: null,
      inputSchema: Buffer.from(JSON.stringify(tool.inputSchema)),
      annotations: { readOnly: null, destructive: null },
    })),
    warnings: [],
  };
}

interface Definition {
  readonly name: string;
  readonly inputSchema: object;
}

function readDemo(): readonly Definition[] {
  return JSON.parse(readFileSync(join(ROOT, 'src/demo/amazon-mq-tools.json'), 'utf8')) as Definition[];
}

function readFixture(name: string): readonly Definition[] {
  const file = join(ROOT, 'test/fixtures/policy-servers.json');
  type Fixture = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
  const tools = Object.entries((JSON.parse(readFileSync(file, 'utf8')) as Fixture)[name] ?? {});
  return tools.map(([tool, args]) => ({
    name: tool,
    inputSchema: {
      type: 'object',
      properties: Object.fromEntries(
        Object.entries(args).map(([key, type]) => [
          key.replace('?', ''),
          typeof type === 'string' ? { type } : type,
        ]),
      ),
      required: Object.keys(args).filter((key) => !key.endsWith('?')),
    },
  }));
}
