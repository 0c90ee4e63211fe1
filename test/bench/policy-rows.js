// How long one decision takes with many rules; the policy code is bundled from src for it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const CALLS = 20_000;
const WARM_UP = 2_000;

/** Median and 99th percentile of deciding one call, in µs, for each of these numbers of rules. */
export async function measureDeciding(sizes) {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-guard-bench-'));
  try {
    const policy = await importPolicy(join(folder, 'policy.mjs'));
    return sizes.map((rules) => measure(policy, rules));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function importPolicy(outfile) {
  const contents =
    "export { parseLoaded } from './src/policy/file/load.ts'; export { compilePolicy, decide } from './src/policy/decide.ts';";
  await build({
    stdin: { contents, resolveDir: join(import.meta.dirname, '../..') },
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    banner: { js: "import{createRequire as _cr}from'node:module';const require=_cr(import.meta.url);" },
  });
  return import(pathToFileURL(outfile));
}

/** Exact names and globs mixed; asked for are names that one, the other and neither fits. */
function measure({ parseLoaded, compilePolicy, decide }, rules) {
  const names = Array.from({ length: rules }, (_, index) =>
    index % 4 === 0 ? `group${index}_*` : `tool_${index}`,
  );
  const text = `version: 1\ndefault: deny\ntools:\n${names.map((name) => `  ${name}: allow\n`).join('')}`;
  const compiled = compilePolicy(parseLoaded(Buffer.from(text), 'bench.yaml').policy);
  const times = [];
  for (let round = 0; round < CALLS; round++) {
    const index = (round * 7919) % rules;
    const fits = index % 4 < 2;
    const tool = index % 4 === 0 ? `group${index}_x` : fits ? `tool_${index}` : `other_${index}`;
    const since = performance.now();
    const { verdict } = decide(compiled, tool);
    const time = (performance.now() - since) * 1_000;
    if (verdict !== (fits ? 'allow' : 'deny')) throw new Error(`the policy decides ${tool} as ${verdict}`);
    if (round >= WARM_UP) times.push(time);
  }
  times.sort((a, b) => a - b);
  return { median: times[times.length >> 1], p99: times[Math.floor(times.length * 0.99)] };
}
