import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { guessProfile } from '../../src/catalogue/known-tool.ts';
import type { ListedTool } from '../../src/catalogue/listing.ts';
import { readListedTool } from '../../src/catalogue/read-tool.ts';
import { scanListing } from '../../src/catalogue/scan/scan-listing.ts';
import { renderScan, type ScanFrame } from '../../src/commands/render-scan.ts';
import { compilePolicy } from '../../src/policy/compile.ts';
import { findPolicy } from '../../src/policy/file/find.ts';
import { createGround } from '../../src/policy/file/ground.ts';
import { createFakeIo } from '../helpers/fake-io.ts';

const ROOT = join(import.meta.dirname, '../..');
const IO = createFakeIo(join(tmpdir(), 'mcp-guard-that-is-not-there'));
const FRAME: ScanFrame = { command: ['mq'], files: [], notices: [], isWritten: true };

async function print(
  tools: readonly ListedTool[],
  frame: Partial<ScanFrame>,
  columns?: number,
): Promise<string> {
  const server = { name: 'awslabs.amazon-mq-mcp-server', version: '2.0.26' };
  const ground = createGround(IO, guessProfile);
  const { set } = await findPolicy({ explicit: undefined, server: 'amazon-mq' }, IO, ground);
  const listing = { server, protocolVersion: '2025-11-25', tools, warnings: [] };
  const stdout = Object.assign(
    Object.create(IO.stdout),
    columns === undefined ? {} : { isTTY: true, columns },
  );
  return renderScan(
    scanListing('amazon-mq', listing, compilePolicy(set, ground)),
    { ...FRAME, ...frame },
    { ...IO, env: { NO_COLOR: '1' }, stdout },
  );
}

function readSample(): ListedTool[] {
  const listed = JSON.parse(readFileSync(join(ROOT, 'src/demo/amazon-mq-tools.json'), 'utf8')) as unknown[];
  return listed.flatMap((tool) => readListedTool(Buffer.from(JSON.stringify(tool))) ?? []);
}

test('the example in the documentation is what is printed, but for the rows it leaves out', async () => {
  const page = readFileSync(join(ROOT, 'docs/scan.md'), 'utf8');
  const [, example = ''] = /\$ mcp-guard scan --name amazon-mq[^\n]*\n([^]*?)```\n/.exec(page) ?? [];
  const printed = await print(readSample(), {});
  let at = 0;
  for (const piece of example.split('...\n')) {
    const found = printed.indexOf(piece, at);
    expect([piece, found]).not.toEqual([piece, -1]);
    at = found + piece.length;
  }
  expect(at).toBe(printed.length);
});

test.each([40, 60, 80, 100, 200])(
  'no line is wider than a terminal of %i columns, and no word is lost',
  async (columns) => {
    const printed = await print(readSample(), { files: ['/home/me/policy.yaml'] }, columns);
    expect(Math.max(...printed.split('\n').map((line) => line.length))).toBeLessThanOrEqual(columns);
    // A name wider than the terminal is broken where it must be.
    const letters = printed.replaceAll(/\s+/g, '');
    expect(letters.split('whatothersdependon').length).toBeGreaterThan(2);
    expect(letters).toContain('rabbimq_broker_initialize_connection_with_oauth');
    expect(printed).toContain('verdicts of /home/me/policy.yaml\n');
  },
);

test('says what to do next, as a shell would read it, where nothing was written', async () => {
  const next = await print(readSample().slice(0, 1), { isWritten: false, command: ['npx', 'a b'] });
  expect(next.endsWith("\nNext: mcp-guard scan --write policy.yaml -- npx 'a b'\n")).toBe(true);
});

test('without a policy of your own what shows secrets is asked about, though it only reads', async () => {
  const annotations = { readOnly: true, destructive: null };
  const tools = ['get_secret', 'get_queue'].map((name): ListedTool => {
    return { name, title: null, description: null, inputSchema: null, annotations };
  });
  const printed = await print(tools, {});
  expect(printed).toMatch(
    /\nget_secret +read +high +ask +"secret" is a secret: whoever reads it can use it\n/,
  );
  expect(printed).toMatch(/\nget_queue +read +low +allow +the verb "get" only looks\n/);
});
