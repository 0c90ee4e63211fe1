import { cpus, loadavg } from 'node:os';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';

const ROOT = join(import.meta.dirname, '../..');
/** Where it is written. */
export const PAGE = join(ROOT, 'docs/performance.md');

/** The text of docs/performance.md. */
export async function renderPage(table) {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const processors = `${cpus().length} processors (${cpus()[0]?.model ?? 'unknown'})`;
  const load = loadavg()[0].toFixed(1);
  const text = `# Performance

Written by \`npm run bench\` in under three minutes. It runs the guard, with a policy of 50 rules and its log on, and a bare
Node relay (\`process.stdin.pipe(child.stdin)\`, \`child.stdout.pipe(process.stdout)\`) in turn, each in front of a server that
answers from prepared bytes, and takes the medians of 3 to 15 rounds.

mcp-guard ${version}, Node ${process.version}, ${process.platform} ${process.arch}, ${processors}, ${new Date().toISOString().slice(0, 10)},
load average ${load} at the end.

| what | bare | guard | ratio | target | |
| --- | --- | --- | --- | --- | --- |
${table.map((row) => `| ${row.join(' | ')} |`).join('\n')}

## What the numbers mean

Machines differ and so do the figures; the ratio is what counts. On a machine that does other work too, or has few
processors for the three processes of each run, even the ratio wavers: what stands close to its target needs a second run.

- _One call at a time_: what a call takes longer than it would through two pipes, for the calls 501 to 2,000 of a session,
  while Node still compiles what it finds to be used often; later calls are quicker on both sides. A real call takes
  milliseconds to seconds.
- _64 in flight_: what is read together is decided, logged in one write and forwarded in one. A log that can be turned off
  is no feature yet, so there is no row without it.
- _10 MB_: answers are passed over for their outer members, arguments are read in full and their hash is logged.
- _Start_: everything that is started is Node, the server too. Against a server alone, any relay pays for the start of a second
  Node; the row behind it shows what is left of the difference when the bare relay pays for it as well.
- _Peak memory_: \`VmHWM\` of the guard, or the relay, from \`/proc\`; left out where there is none.
- _Deciding_: \`decide\` alone, without processes; three of four rules are exact names, the fourth a glob, and every fourth
  has a condition. The columns are two numbers of rules instead of two relays.
- _Loading_: reading, checking, testing and compiling a file, in a process that has just started and after that.
- _Own files_: of the round trip, 10 to 35 µs are looking whether a text in the arguments leads to the guard's own files,
  which takes calls of the system; arguments without texts cost nothing.
- _Log_: written in one process, a line for the call and one for its outcome, with arguments of 100 bytes looked through for
  secrets; read as \`log --since\` and \`log stats\` do, the first columns the smaller log.
- _Hostile strings_: one call whose argument is such a string, against each test of the language; the slowest of three.

\`node test/bench/bench.js arguments start\` measures the rows with these words alone, and writes nothing.
`;
  return format(text, { ...(await resolveConfig(PAGE)), filepath: PAGE });
}

export function show(value) {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
