// `npm run bench`: the guard against a bare relay, in turn, in one run on one machine. Writes docs/performance.md.
// `node test/bench/bench.js arguments start` measures the rows with these words alone, and writes nothing.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { measureClassifying } from './catalogue-rows.js';
import { checkPolicy, makeHome } from './home.js';
import { PAGE, renderPage, show } from './page.js';
import { measureReading, measureWriting, openLogCode } from './log-rows.js';
import { Peer } from './peer.js';
import { PLAN } from './plan.js';
import { measureDeciding, measureHostile, measureLoading, openPolicyCode } from './policy-rows.js';
import { median } from './rows.js';

const HERE = import.meta.dirname;
const ROOT = join(HERE, '../..');
const SERVERS = {
  echo: [process.execPath, join(HERE, 'echo-server.js')],
  everything: [
    process.execPath,
    join(ROOT, 'node_modules/@modelcontextprotocol/server-everything/dist/index.js'),
  ],
};
const words = process.argv.slice(2);
const isWanted = (what) => words.length === 0 || words.some((word) => what.includes(word));

const home = makeHome();
try {
  const bare = [process.execPath, join(HERE, 'bare-relay.js')];
  const guard = [process.execPath, join(ROOT, 'bin/mcp-guard.js'), 'run', '--policy', home.policy, '--'];
  await checkPolicy(starter(guard, SERVERS.echo), home);
  const table = [];
  for (const row of PLAN.filter(({ what }) => isWanted(what))) {
    const server = SERVERS[row.server ?? 'echo'];
    const cells = await compare(row, starter(row.alone ? [] : bare, server), starter(guard, server));
    if (cells === null) continue;
    table.push(cells);
    process.stderr.write(`${cells.join(' | ')}\n`);
  }
  table.push(...(await measurePolicy()), ...(await measureLog()));
  const page = await renderPage(table);
  if (words.length === 0) writeFileSync(PAGE, page);
  process.stdout.write(page);
} finally {
  rmSync(home.folder, { recursive: true, force: true });
}

function starter(relay, server) {
  return (args = []) => new Peer([...relay, ...server, ...args], { MCP_GUARD_HOME: home.folder });
}

/** The cells of one row; null where this system cannot tell the figure. */
async function compare({ what, unit, measure, goal, isMet, rounds }, startBare, startGuard) {
  const figures = { bare: [], guard: [] };
  for (let round = 0; round < rounds; round++) {
    figures.bare.push(await measure(startBare));
    figures.guard.push(await measure(startGuard));
  }
  if (figures.bare.includes(null) || figures.guard.includes(null)) return null;
  const [bare, guard] = [median(figures.bare), median(figures.guard)];
  const ratio = guard / bare;
  const verdict = isMet === null ? '–' : isMet(ratio, bare, guard) ? 'met' : 'not met';
  return [what, `${show(bare)} ${unit}`, `${show(guard)} ${unit}`, `${ratio.toFixed(2)} ×`, goal, verdict];
}

/** The rows that need no process: deciding, loading, hostile strings. */
async function measurePolicy() {
  const code = await openPolicyCode();
  try {
    const rows = [];
    if (isWanted('deciding')) rows.push(await compareDeciding(code));
    if (isWanted('classifying')) {
      const { median: middle, p99 } = await measureClassifying();
      const verdict = middle < 50 ? 'met' : 'not met';
      rows.push([
        'classifying one tool',
        `p99 ${show(p99)} µs`,
        `${show(middle)} µs`,
        '–',
        'median < 50 µs',
        verdict,
      ]);
    }
    if (isWanted('loading')) {
      const { first, median: middle } = await measureLoading(code);
      rows.push([
        'loading 1,000 rules with 100 tests: first, and median',
        `${show(first)} ms`,
        `${show(middle)} ms`,
        `${(middle / first).toFixed(2)} ×`,
        'first < 150 ms',
        first < 150 ? 'met' : 'not met',
      ]);
    }
    if (isWanted('hostile')) {
      const { ms, what } = await measureHostile(code);
      const verdict = ms < 50 ? 'met' : 'not met';
      rows.push([
        'hostile strings of 100 kB, every test: the slowest',
        what,
        `${show(ms)} ms`,
        '–',
        '< 50 ms',
        verdict,
      ]);
    }
    return rows;
  } finally {
    code.close();
  }
}

/** What the log costs, written and read. */
async function measureLog() {
  if (!isWanted('log:')) return [];
  const code = await openLogCode();
  try {
    const { together, alone } = measureWriting(code);
    const [few, many] = [measureReading(code, 2_000), measureReading(code, 100_000)];
    return [
      [
        'log: a call and its outcome, 64 written together, and each alone',
        `${show(together)} µs`,
        `${show(alone)} µs`,
        `${(alone / together).toFixed(2)} ×`,
        '< 25 µs, < 50 µs',
        together < 25 && alone < 50 ? 'met' : 'not met',
      ],
      [
        'log: the last 100 calls of 2,000, and of 100,000',
        `${show(few.last)} ms`,
        `${show(many.last)} ms`,
        `${(many.last / few.last).toFixed(2)} ×`,
        '≤ 3 ×',
        many.last <= few.last * 3 ? 'met' : 'not met',
      ],
      [
        'log: all of 2,000 calls, and of 100,000',
        `${show(few.whole)} ms`,
        `${show(many.whole)} ms`,
        `${(many.whole / few.whole).toFixed(2)} ×`,
        '–',
        '–',
      ],
    ];
  } finally {
    code.close();
  }
}

async function compareDeciding(code) {
  const [few, many] = [await measureDeciding(code, 50), await measureDeciding(code, 10_000)];
  const cell = ({ median: middle, p99 }) => `${show(middle)} µs (p99 ${show(p99)})`;
  return [
    'deciding one call: 50 rules, and 10,000',
    cell(few),
    cell(many),
    `${(many.median / few.median).toFixed(2)} ×`,
    'median < 20 µs',
    many.median < 20 ? 'met' : 'not met',
  ];
}
