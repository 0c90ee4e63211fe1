// `npm run bench`: the guard against a bare relay, in turn, in one run on one machine. Writes docs/performance.md.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureDeciding } from './deciding.js';
import * as rows from './rows.js';

const ROOT = join(import.meta.dirname, '../..');
const HERE = import.meta.dirname;
const ECHO = [process.execPath, join(HERE, 'echo-server.js')];
const EVERYTHING = [
  process.execPath,
  join(ROOT, 'node_modules/@modelcontextprotocol/server-everything/dist/index.js'),
];
const ROUNDS = 5;

const home = mkdtempSync(join(tmpdir(), 'mcp-guard-bench-'));
mkdirSync(join(home, 'config'), { mode: 0o700 });
const rules = Array.from({ length: 50 }, (_, index) =>
  index % 5 === 0 ? `"*_${index}x": deny` : `tool_${index}: allow`,
);
writeFileSync(
  join(home, 'config/policy.yaml'),
  `version: 1\ndefault: deny\ntools:\n  ${rules.join('\n  ')}\n`,
  { mode: 0o600 },
);

const behind =
  (relay, server) =>
  (args = []) =>
    new rows.Peer([...relay, ...server, ...args], { MCP_GUARD_HOME: home });
const BARE = [process.execPath, join(HERE, 'bare-relay.js')];
const GUARD = [process.execPath, join(ROOT, 'bin/mcp-guard.js'), 'run', '--'];

const plan = [
  {
    what: 'one call at a time, median round trip',
    unit: 'ms',
    measure: rows.measureRoundTrip,
    target: (ratio) => ratio <= 1.5,
    goal: '≤ 1.5 ×',
  },
  {
    what: '64 calls in flight, log on',
    unit: 'calls/s',
    measure: rows.measureThroughput,
    target: (ratio) => ratio >= 0.2,
    goal: '≥ 0.2 ×',
  },
  {
    what: 'answers of 10 MB',
    unit: 'MiB/s',
    measure: rows.measureAnswers,
    target: (ratio) => ratio >= 0.7,
    goal: '≥ 0.7 ×',
  },
  {
    what: 'arguments of 10 MB',
    unit: 'MiB/s',
    measure: rows.measureArguments,
    target: (ratio) => ratio >= 0.15,
    goal: '≥ 0.15 ×',
  },
  {
    what: 'start to first answer',
    unit: 'ms',
    measure: rows.measureStart,
    target: (ratio) => ratio <= 1.5,
    goal: '≤ 1.5 ×',
    rounds: 11,
  },
  {
    what: 'start to first answer of server-everything, against that server alone',
    unit: 'ms',
    measure: rows.measureStart,
    server: EVERYTHING,
    bare: [],
    target: (ratio) => ratio <= 1.15,
    goal: '≤ 1.15 ×',
    rounds: 7,
  },
  {
    what: 'peak memory, small frames',
    unit: 'MiB',
    measure: rows.measureSmallMemory,
    target: (_, bare, guard) => guard <= bare + 20,
    goal: '≤ bare + 20 MiB',
    rounds: 3,
  },
  {
    what: 'peak memory, an answer of 100 MB',
    unit: 'MiB',
    measure: rows.measureLargeMemory,
    target: (_, bare, guard) => guard <= bare + 150,
    goal: '≤ bare + 150 MiB',
    rounds: 3,
  },
];

const table = [];
for (const { what, unit, measure, target, goal, server = ECHO, bare = BARE, rounds = ROUNDS } of plan) {
  const figures = { bare: [], guard: [] };
  for (let round = 0; round < rounds; round++) {
    figures.bare.push(await measure(behind(bare, server)));
    figures.guard.push(await measure(behind(GUARD, server)));
  }
  if (figures.bare.includes(null)) continue;
  const [base, own] = [rows.median(figures.bare), rows.median(figures.guard)];
  const ratio = own / base;
  table.push([
    what,
    `${show(base)} ${unit}`,
    `${show(own)} ${unit}`,
    `${ratio.toFixed(2)} ×`,
    goal,
    target(ratio, base, own) ? 'met' : 'not met',
  ]);
  process.stderr.write(`${table.at(-1).join(' | ')}\n`);
}
const [few, many] = [await measureDeciding(50), await measureDeciding(10_000)];
table.push([
  'deciding one call, 50 and 10,000 rules, median',
  `${show(few)} µs`,
  `${show(many)} µs`,
  `${(many / few).toFixed(2)} ×`,
  '< 20 µs',
  many < 20 ? 'met' : 'not met',
]);
rmSync(home, { recursive: true, force: true });

const page = `# Performance

Written by \`npm run bench\`: the guard, with a policy of 50 rules and its log on, against a bare Node relay
(\`process.stdin.pipe(child.stdin)\`, \`child.stdout.pipe(process.stdout)\`), in turn, in one run on one machine. Medians of
${ROUNDS} runs each, unless starting is what is measured. Machines differ; the ratio is what counts, and on a busy machine even
that wavers.

Node ${process.version}, ${process.platform} ${process.arch}, ${cpus().length} processors, ${new Date().toISOString().slice(0, 10)}.

| what | bare relay | guard | ratio | target | |
| --- | --- | --- | --- | --- | --- |
${table.map((row) => `| ${row.join(' | ')} |`).join('\n')}

A log that can be turned off is not a feature yet, so there is no row without it.
`;
writeFileSync(join(ROOT, 'docs/performance.md'), page);
process.stdout.write(page);

function show(value) {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
