import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { BIN, fixture } from '../helpers/guard.ts';

const ROOT = join(import.meta.dirname, '../..');
const TOOLS = join(ROOT, 'src/demo/amazon-mq-tools.json');
const AMAZON_MQ = [process.execPath, fixture('listing-server.js'), 'plain', TOOLS];

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-guard-scan-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function guard(args: readonly string[], cwd = makeFolder()): Ran {
  const env = { ...process.env, MCP_GUARD_HOME: join(cwd, 'home'), NO_COLOR: '1' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], {
    cwd,
    env,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  return { code: status, stdout, stderr };
}

const scan = (args: readonly string[], command = AMAZON_MQ, cwd?: string): Ran =>
  guard(['scan', ...args, '--', ...command], cwd);

interface ScanJson {
  readonly protocolVersion: string;
  readonly tools: readonly { readonly name: string; readonly category: string; readonly verdict: string }[];
  readonly warnings: readonly string[];
}

test('prints a table with a footer, in which the misspelt beginning of two names is told', () => {
  const { code, stdout } = scan(['--name', 'amazon-mq']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^amazon-mq: listing 1\.2\.3, protocol .*\nverdicts of the built-in policy\n/);
  expect(stdout).toContain('40 tools: 27 read, 8 write, 5 destructive;');
  expect(stdout).toContain('begin with\n  "rabbimq", not "rabbitmq"');
  expect(stdout).toMatch(/Next: mcp-guard scan --write/);
});

test.each([
  ['everything', 1],
  ['filesystem', 14],
  ['memory', 9],
])('speaks with the real server %s', (name, least) => {
  const script = join(ROOT, `node_modules/@modelcontextprotocol/server-${name}/dist/index.js`);
  const argument = name === 'filesystem' ? [makeFolder()] : [];
  const { code, stdout } = scan(['--json'], [process.execPath, script, ...argument]);
  expect(code).toBe(0);
  expect((JSON.parse(stdout) as ScanJson).tools.length).toBeGreaterThanOrEqual(least);
});

test('speaks with a server of the newer era', () => {
  const { code, stdout } = scan(['--json'], [process.execPath, fixture('modern-server.js')]);
  expect(code).toBe(0);
  expect((JSON.parse(stdout) as ScanJson).protocolVersion).toBe('2026-07-28');
});

test('writes a policy that passes validate, alone and against its server, and is not written over', () => {
  const cwd = makeFolder();
  const { code, stderr } = scan(['--name', 'amazon-mq', '--write', 'mq.yaml'], AMAZON_MQ, cwd);
  expect([code, stderr]).toEqual([0, expect.stringContaining('wrote "mq.yaml"')]);
  const file = join(cwd, 'mq.yaml');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const checked = guard(
    ['validate', 'mq.yaml', '--name', 'amazon-mq', '--against', '--json', '--', ...AMAZON_MQ],
    cwd,
  );
  expect(JSON.parse(checked.stdout)).toMatchObject({ valid: true, problems: [], tests: { failed: 0 } });
  writeFileSync(file, 'mine');
  const again = scan(['--write', 'mq.yaml'], AMAZON_MQ, cwd);
  expect([again.code, readFileSync(file, 'utf8')]).toEqual([2, 'mine']);
  expect(again.stderr).toContain('replace it with --force');
  expect(scan(['--write', 'mq.yaml', '--force'], AMAZON_MQ, cwd).code).toBe(0);
  expect(readFileSync(file, 'utf8')).toContain('version: 1');
});

test('writes through no link, also with --force', () => {
  const cwd = makeFolder();
  writeFileSync(join(cwd, 'other'), 'mine');
  symlinkSync(join(cwd, 'other'), join(cwd, 'mq.yaml'));
  expect(scan(['--write', 'mq.yaml', '--force'], AMAZON_MQ, cwd).code).toBe(2);
  expect(readFileSync(join(cwd, 'other'), 'utf8')).toBe('mine');
});

describe('a server that', () => {
  const listing = (manner: string, file?: string): string[] => [
    process.execPath,
    fixture('listing-server.js'),
    manner,
    ...(file === undefined ? [] : [file]),
  ];

  test.each([
    ['never answers', 'silent', 'did not answer the first request within 1 s'],
    ['never lists', 'late', 'did not answer tools/list within 1 s'],
    ['leaves at once', 'exits', 'ended before it had listed its tools: exit code 3'],
    ['is killed while it lists', 'exits-later', 'signal SIGKILL'],
    ['lists without end', 'endless', 'has no end'],
    ['announces the same page again', 'loop', 'has no end'],
    ['lists nonsense', 'nonsense', 'holds no list of tools'],
  ])('%s is a clear error', (_, manner, expected) => {
    const { code, stdout, stderr } = scan(['--timeout', '1'], listing(manner));
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain(expected);
  });

  test('has no tools is a table of none', () => {
    expect(scan([], listing('toolless')).stdout).toContain('0 tools.');
  });

  const serve = (tools: unknown): string[] => {
    const file = join(makeFolder(), 'tools.json');
    writeFileSync(file, JSON.stringify(tools));
    return listing('plain', file);
  };

  test('lists a name twice is told of, and the first one counts', () => {
    const { stdout } = scan(
      ['--json'],
      serve([{ name: 'get_x' }, { name: 'get_x', description: 'Deletes it.' }]),
    );
    const { tools, warnings } = JSON.parse(stdout) as ScanJson;
    expect(tools.map(({ name, category }) => `${name} ${category}`)).toEqual(['get_x read']);
    expect(warnings).toContainEqual(expect.stringContaining('listed twice'));
  });

  test('lists 10,000 tools, or describes one in 50 MB, is a table all the same', () => {
    const many = Array.from({ length: 10_000 }, (_, index) => ({
      name: `get_${index}`,
      description: 'Gets it.',
    }));
    expect((JSON.parse(scan(['--json'], serve(many)).stdout) as ScanJson).tools).toHaveLength(10_000);
    const long = scan([], serve([{ name: 'get_x', description: 'word '.repeat(10 << 20) }]));
    expect(long.stdout).toContain('1 tool: 1 write');
  });

  test('has hostile texts and schemas draws nothing, and is written as a sound policy', () => {
    const cwd = makeFolder();
    let deep: object = {};
    for (let level = 0; level < 500; level++) deep = { properties: { a: deep } };
    const tools = [
      { name: 'x\u001b[2J\ny', description: '\u001b]0;title\u0007' },
      { name: 'get_x', title: '\u202e', description: '# x\n  - evil: allow', inputSchema: { $ref: '#' } },
      { name: 'get_y', inputSchema: deep },
      { name: 'null' },
    ];
    const { code, stdout, stderr } = scan(['--write', 'p.yaml'], serve(tools), cwd);
    expect([code, /[^\n\P{C}]/u.test(stdout + stderr)]).toEqual([0, false]);
    expect(guard(['validate', 'p.yaml'], cwd).code).toBe(0);
  });
});

test.each([
  [['--json', '--markdown'], 'choose one'],
  [['--timeout', '0'], 'from 1 to 3600'],
])('refuses %j', (args, expected) => {
  const { code, stderr } = scan(args);
  expect([code, stderr]).toEqual([2, expect.stringContaining(expected)]);
});

test('needs a command', () => {
  const cwd = makeFolder();
  const { code, stderr } = guard(['scan', '--write', 'x.yaml'], cwd);
  expect([code, stderr]).toEqual([2, expect.stringContaining('no -- before the command')]);
  expect(existsSync(join(cwd, 'x.yaml'))).toBe(false);
});
