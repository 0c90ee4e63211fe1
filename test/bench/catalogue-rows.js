// What classifying costs in one process; the code is bundled from src for it.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const ROOT = join(import.meta.dirname, '../..');
const ROUNDS = 100;
const WARM_UP = 20;

/** Median and 99th percentile of classifying one of the sample server's 40 tools, in µs. */
export async function measureClassifying() {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-guard-bench-'));
  try {
    const outfile = join(folder, 'classify.mjs');
    const contents = [
      "export { classifyTool } from './src/catalogue/classify/classify.ts'",
      "export { readListedTool } from './src/catalogue/read-tool.ts'",
    ].join(';');
    await build({
      stdin: { contents, resolveDir: ROOT },
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
    });
    const { classifyTool, readListedTool } = await import(pathToFileURL(outfile));
    const listed = JSON.parse(readFileSync(join(ROOT, 'src/demo/amazon-mq-tools.json'), 'utf8'));
    const tools = listed.map((tool) => readListedTool(Buffer.from(JSON.stringify(tool))));
    const times = [];
    for (let round = 0; round < ROUNDS; round++) {
      for (const tool of tools) {
        const since = performance.now();
        classifyTool(tool);
        if (round >= WARM_UP) times.push((performance.now() - since) * 1_000);
      }
    }
    times.sort((a, b) => a - b);
    return { median: times[times.length >> 1], p99: times[Math.floor(times.length * 0.99)] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
