import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Assessment } from '../../../src/catalogue/assessment.ts';
import { classifyTool } from '../../../src/catalogue/classify/classify.ts';
import type { ListedTool, Listing } from '../../../src/catalogue/listing.ts';
import { readListedTool } from '../../../src/catalogue/read-tool.ts';
import type { Scan, ScannedTool } from '../../../src/catalogue/scan/scan.ts';
import type { Evaluation } from '../../../src/policy/policy.ts';
import type { Category, Risk } from '../../../src/policy/profile.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** What the present policy says is nothing to the one that is written. */
const EVALUATION: Evaluation = {
  verdict: 'require_approval',
  rule: 'default',
  layer: 'built-in',
  reason: null,
  hide: false,
  approval: { channels: null, timeoutMs: null, open: null },
  namesChannels: false,
  layers: [],
  matched: [],
  limits: [],
};

export interface Given extends Partial<Assessment> {
  readonly name: string;
  readonly inputSchema?: object;
}

/** A scan of these tools, in this order; what is not given is a read of low risk. */
export function scanOf(given: readonly Given[], name = 'mq'): Scan {
  const tools = given.map((one) => scannedOf(listedOf(one), { ...one }));
  return scanFrom(name, tools);
}

/** A tool of this category and risk. */
export function toolOf(name: string, category: Category, risk: Risk, inputSchema?: object): Given {
  return { name, category, risk, ...(inputSchema === undefined ? {} : { inputSchema }) };
}

/** A schema with this argument, a boolean unless `more` says otherwise. */
export function boolean(key: string, more: object = {}): object {
  return { type: 'object', properties: { [key]: { type: 'boolean', ...more }, id: { type: 'string' } } };
}

/** The tools of a file, as the classifier sees them. */
export function scanFile(file: string, name: string): Scan {
  const raw: unknown = JSON.parse(readFileSync(join(ROOT, file), 'utf8'));
  if (!Array.isArray(raw)) throw new Error(`${file} holds no list of tools`);
  return scanTools(raw, name);
}

/** These definitions, as the classifier sees them. */
export function scanTools(raw: readonly unknown[], name: string): Scan {
  const listed = raw.flatMap((one) => readListedTool(Buffer.from(JSON.stringify(one))) ?? []);
  return scanFrom(
    name,
    listed.map((tool) => scannedOf(tool, classifyTool(tool))),
  );
}

function scanFrom(name: string, tools: readonly ScannedTool[]): Scan {
  const listing: Listing = {
    server: { name, version: '1.0.0' },
    protocolVersion: '2025-11-25',
    tools: tools.map(({ tool }) => tool),
    warnings: [],
  };
  return { name, listing, tools: tools.toReversed(), warnings: [] };
}

function listedOf({ name, inputSchema }: Given): ListedTool {
  return {
    name,
    title: null,
    description: null,
    inputSchema: inputSchema === undefined ? null : Buffer.from(JSON.stringify(inputSchema)),
    annotations: { readOnly: null, destructive: null },
  };
}

function scannedOf(tool: ListedTool, assessment: Partial<Assessment>): ScannedTool {
  const { category = 'read', risk = 'low', evidence = [], attacks = [] } = assessment;
  return {
    tool,
    assessment: { category, risk, evidence, decisive: evidence.slice(0, 1), attacks },
    evaluation: EVALUATION,
    warnings: [],
  };
}
