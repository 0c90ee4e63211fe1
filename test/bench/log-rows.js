// What the log costs in one process, written and read; the code is bundled from src for it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const IN_FLIGHT = 64;
const BATCHES = 400;
const SINGLES = 5_000;
const WARM_UP = 0.2;
const DAY_MS = 86_400_000;
const ARGS = '{"region":"eu-west-1","broker_id":"b-5e2c9f41-0000-4a6b-9d1e-2f0a7c3b8d11","max_results":20}';
const ANSWER = Buffer.from(`{"content":[{"type":"text","text":"${'a broker, '.repeat(20)}"}]}`);

/** Opens the log's code, with a folder for what it writes; `close` removes both. */
export async function openLogCode() {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-guard-bench-'));
  const outfile = join(folder, 'log.mjs');
  const contents = [
    "export { createAuditLog } from './src/audit/log.ts'",
    "export { createIo } from './src/io.ts'",
    "export { findSince } from './src/audit/read/find-sources.ts'",
    "export { readTold } from './src/audit/read/read-told.ts'",
    "export { listAllLogs } from './src/audit/places.ts'",
  ].join(';');
  await build({
    stdin: { contents, resolveDir: join(import.meta.dirname, '../..') },
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
  });
  const code = await import(pathToFileURL(outfile));
  return { ...code, folder, close: () => rmSync(folder, { recursive: true, force: true }) };
}

/** µs that a call and its outcome cost, median: 64 of them written together, and each alone. */
export function measureWriting(code) {
  const { log, close } = openLog(code, 'writing');
  let id = 0;
  const measure = (flight, rounds) => {
    const times = [];
    for (let round = 0; round < rounds; round++) {
      const calls = Array.from({ length: flight }, () => callOf(String(id++)));
      const results = calls.map((entry) => ({
        event: 'result',
        id: entry.id,
        outcome: 'ok',
        answer: ANSWER,
      }));
      const since = performance.now();
      const why = log.write(calls) ?? log.write(results);
      const time = (performance.now() - since) * 1_000;
      if (why !== null) throw new Error(why);
      if (round >= rounds * WARM_UP) times.push(time / flight);
    }
    return times.toSorted((a, b) => a - b)[times.length >> 1];
  };
  const figures = { together: measure(IN_FLIGHT, BATCHES), alone: measure(1, SINGLES) };
  close();
  return figures;
}

/** ms until the last 100 calls of a log of so many are told, and of the whole. */
export function measureReading(code, calls) {
  const { io, log, close } = openLog(code, `reading-${calls}`);
  for (let id = 0; id < calls; id += 100) {
    const entries = Array.from({ length: 100 }, (_, index) => callOf(String(id + index)));
    const results = entries.map((entry) => ({
      event: 'result',
      id: entry.id,
      outcome: 'ok',
      answer: ANSWER,
    }));
    const why = log.write([...entries, ...results]);
    if (why !== null) throw new Error(why);
    io.time += 60_000;
  }
  close();
  const selection = { server: null, tool: null, denied: false, asked: false, since: null, until: null };
  const read = (since) => {
    const began = performance.now();
    const paths = code.listAllLogs(io);
    let told = 0;
    for (const { kind } of code.readTold(code.findSince(paths, since), { ...selection, since }))
      if (kind === 'call') told++;
    return { told, ms: performance.now() - began };
  };
  const [last, whole] = [read(io.time - 60_000), read(null)];
  if (last.told !== 100 || whole.told !== calls)
    throw new Error(`${last.told} and ${whole.told} calls were told`);
  return { last: last.ms, whole: whole.ms };
}

function openLog(code, name) {
  const real = code.createIo(process);
  const home = join(code.folder, name);
  const io = {
    ...real,
    time: Date.now() - 20 * DAY_MS,
    folders: { config: home, state: join(home, 'state') },
    date() {
      return new Date(this.time);
    },
  };
  const auditing = { arguments: 'redacted', isRequired: true, dir: null, keepMs: 30 * DAY_MS };
  const log = code.createAuditLog(io, {
    session: 'bench',
    server: 'amazon-mq',
    command: () => ['bench'],
    version: '0',
    pins: { tools: 0, hash: '' },
    policy: () => ({ hash: 'a'.repeat(64), files: [] }),
    auditing: () => auditing,
  });
  return { io, log, close: () => log.close() };
}

function callOf(id) {
  return {
    event: 'call',
    id,
    tool: 'describe_broker',
    profile: { category: 'read', risk: 'low' },
    other: null,
    arguments: Buffer.from(ARGS),
    verdict: 'allow',
    code: 'allowed',
    rule: 'tools.describe_*',
    approver: null,
    waitMs: null,
    dryRun: false,
    isAwaited: true,
  };
}
