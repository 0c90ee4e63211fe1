// What deciding and loading cost in one process; the policy code is bundled from src for it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const CALLS = 20_000;
const WARM_UP = 2_000;
const LOADS = 9;
const HOSTILE = 100_000;
const PROFILE = { category: 'write', risk: 'medium', isSeen: true };

/** Opens the policy code; `close` removes what was bundled. */
export async function openPolicyCode() {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-guard-bench-'));
  const outfile = join(folder, 'policy.mjs');
  const contents = [
    "export { loadSet } from './src/policy/file/layers.ts'",
    "export { createGround } from './src/policy/file/ground.ts'",
    "export { compilePolicy } from './src/policy/compile.ts'",
    "export { decide } from './src/policy/decide.ts'",
  ].join(';');
  await build({
    stdin: { contents, resolveDir: join(import.meta.dirname, '../..') },
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    banner: { js: "import{createRequire as _cr}from'node:module';const require=_cr(import.meta.url);" },
  });
  const code = await import(pathToFileURL(outfile));
  return { ...code, folder, close: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Median and 99th percentile of deciding one call, in µs. Exact names and globs, some with a condition. */
export async function measureDeciding(code, rules) {
  const compiled = await compile(code, renderRules(rules));
  const times = [];
  for (let round = 0; round < CALLS; round++) {
    const index = (round * 7919) % rules;
    const isGlob = index % 4 === 0;
    const fits = index % 4 < 2;
    const name = isGlob ? `group${index}_x` : fits ? `tool_${index}` : `other_${index}`;
    const args = Buffer.from('{"amount":100}');
    const query = { kind: 'tools', name, args, schema: null, profile: PROFILE };
    const since = performance.now();
    const { verdict } = code.decide(compiled, query);
    const time = (performance.now() - since) * 1_000;
    if (verdict !== (fits ? 'allow' : 'deny')) throw new Error(`the policy decides ${name} as ${verdict}`);
    if (round >= WARM_UP) times.push(time);
  }
  times.sort((a, b) => a - b);
  return { median: times[times.length >> 1], p99: times[Math.floor(times.length * 0.99)] };
}

/** Loading, checking and compiling a file of 1,000 rules with 100 tests: the first time of this process and the median, in ms. */
export async function measureLoading(code) {
  const names = Array.from({ length: 100 }, (_, index) => `tool_${index * 10 + 1}`);
  const tests = names.map((name) => `  - { call: ${name}, args: { amount: 100 }, expect: allow }\n`);
  const text = `${renderRules(1_000)}tests:\n${tests.join('')}`;
  const times = [];
  for (let round = 0; round < LOADS; round++) {
    const since = performance.now();
    await compile(code, text);
    times.push(performance.now() - since);
  }
  const [first] = times;
  times.sort((a, b) => a - b);
  return { first, median: times[LOADS >> 1] };
}

/** Deciding a call whose one argument is a hostile string of 100 kB, ms: the slowest of all tests and strings, and its name. */
export async function measureHostile(code) {
  const tests = {
    eq: 'x',
    in: '[a, b, c]',
    matches: "'^(a+)+$'",
    not_matches: "'^(\\/?[\\w.-]+)+\\/$'",
    starts_with: 'aaab',
    ends_with: 'baaa',
    contains: 'aaaaaaaaaaaaaaab',
    not_contains: 'ab',
    length: '{ lte: 10 }',
    every: '{ eq: x }',
    within: '/tmp',
    host: 'example.com',
    lte: 5,
  };
  const strings = {
    a: 'a'.repeat(HOSTILE),
    'a!': `${'a'.repeat(HOSTILE)}!`,
    'a/': 'a/'.repeat(HOSTILE / 2),
    '../': '../'.repeat(HOSTILE / 3),
    '%2e': '%2e'.repeat(HOSTILE / 3),
    '.-': '.-'.repeat(HOSTILE / 2),
    '@': `http://${'@'.repeat(HOSTILE)}`,
    digits: '9'.repeat(HOSTILE),
    '\\': '\\'.repeat(HOSTILE),
    '\u0301': `a${'\u0301'.repeat(HOSTILE / 2)}`,
  };
  let worst = { ms: 0, what: '' };
  for (const [test, operand] of Object.entries(tests)) {
    const text = `version: 1\ndefault: deny\ntools:\n  x:\n    when: { args.s: { ${test}: ${operand} } }\n    action: allow\n`;
    const compiled = await compile(code, text);
    for (const [name, string] of Object.entries(strings)) {
      const query = {
        kind: 'tools',
        name: 'x',
        args: Buffer.from(JSON.stringify({ s: string })),
        schema: null,
        profile: PROFILE,
      };
      const times = [];
      for (let round = 0; round < 3; round++) {
        const since = performance.now();
        code.decide(compiled, query);
        times.push(performance.now() - since);
      }
      const ms = Math.max(...times);
      if (ms > worst.ms) worst = { ms, what: `${test} on ${JSON.stringify(name)}` };
    }
  }
  return worst;
}

function renderRules(rules) {
  const lines = Array.from({ length: rules }, (_, index) => {
    if (index % 4 === 0) return `  group${index}_*: allow\n`;
    if (index % 4 === 1) {
      return `  tool_${index}:\n    - { when: { args.amount: { gt: 500 } }, action: deny }\n    - allow\n`;
    }
    return `  tool_${index}: allow\n`;
  });
  const classes = 'categories: { read: allow, destructive: deny }\nrisks: { critical: require_approval }\n';
  return `version: 1\ndefault: deny\n${classes}tools:\n${lines.join('')}`;
}

async function compile(code, text) {
  const file = join(code.folder, 'policy.yaml');
  writeFileSync(file, text, { mode: 0o600 });
  const io = {
    cwd: code.folder,
    env: process.env,
    platform: process.platform,
    uid: process.getuid?.() ?? null,
    folders: { config: join(code.folder, 'config'), state: join(code.folder, 'state') },
    home: code.folder,
  };
  const ground = code.createGround(io, () => PROFILE);
  const { set, problems } = await code.loadSet(file, io, ground);
  if (set === null) throw new Error(`the policy does not load: ${problems[0]?.message}`);
  return code.compilePolicy(set, ground);
}
