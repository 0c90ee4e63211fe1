// How long one decision takes with many rules; the policy code is bundled from src for it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

/** Median µs of deciding one call, with so many rules. */
export async function measureDeciding(rules) {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-guard-bench-'));
  try {
    const outfile = join(folder, 'policy.mjs');
    const contents =
      "export { parseLoaded } from './src/policy/load.ts'; export { compilePolicy, decide } from './src/policy/decide.ts';";
    await build({
      stdin: { contents, resolveDir: join(import.meta.dirname, '../..') },
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      banner: { js: "import{createRequire as _cr}from'node:module';const require=_cr(import.meta.url);" },
    });
    const { parseLoaded, compilePolicy, decide } = await import(outfile);
    const names = Array.from({ length: rules }, (_, index) =>
      index % 4 === 0 ? `group${index}_*` : `tool_${index}`,
    );
    const text = `version: 1\ndefault: deny\ntools:\n${names.map((name) => `  ${name}: allow\n`).join('')}`;
    const { policy } = parseLoaded(Buffer.from(text), 'bench.yaml');
    const compiled = compilePolicy(policy);
    const times = [];
    for (let round = 0; round < 20_000; round++) {
      const index = (round * 7919) % rules;
      const tool = index % 4 === 0 ? `group${index}_x` : index % 4 === 1 ? `tool_${index}` : `other_${index}`;
      const since = performance.now();
      decide(compiled, tool);
      times.push((performance.now() - since) * 1_000);
    }
    return times.slice(2_000).toSorted((a, b) => a - b)[(times.length - 2_000) >> 1];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
