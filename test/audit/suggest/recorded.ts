import { gatherEvidence, type Evidence } from '../../../src/audit/suggest/gather.ts';
import { suggestPolicy } from '../../../src/audit/suggest/suggest-policy.ts';
import type { RecordedCall } from '../../../src/audit/read/recorded-call.ts';
import { guessProfile } from '../../../src/catalogue/known-tool.ts';
import { compilePolicy } from '../../../src/policy/compile.ts';
import type { Ground } from '../../../src/policy/condition/ground.ts';
import { decideForms } from '../../../src/policy/decide-forms.ts';
import { createSet, parseLoaded } from '../../../src/policy/file/load.ts';
import type { Evaluation, Problem } from '../../../src/policy/policy.ts';

export const GROUND: Ground = {
  cwd: '/home/ada',
  home: '/home/ada',
  platform: 'linux',
  own: ['/home/ada/.config/mcp-guard', '/home/ada/.local/state/mcp-guard'],
  resolve: (path) => (path.endsWith('/') && path !== '/' ? path.slice(0, -1) : path),
  exists: () => false,
  classify: guessProfile,
};

const START = Date.UTC(2026, 0, 5, 9);
const FILE = '/home/ada/policy.yaml';

/** A recorded call that ran; `args` is JSON, null for none. */
export function record(tool: string, args: string | null, rest: Partial<RecordedCall> = {}): RecordedCall {
  return {
    session: 'one',
    seq: 1,
    time: START,
    server: 'files',
    tool,
    other: null,
    category: 'read',
    risk: 'low',
    arguments: args === null ? { kind: 'absent' } : { kind: 'told', json: Buffer.from(args) },
    verdict: 'allow',
    code: 'allowed',
    rule: null,
    approver: null,
    waitMs: null,
    dryRun: false,
    result: null,
    ...rest,
  };
}

/** The same, ten seconds apart. */
export function spread(calls: readonly RecordedCall[]): RecordedCall[] {
  return calls.map((call, index) => ({ ...call, seq: index, time: START + index * 10_000 }));
}

/** What a call counts as that was not let through. */
export function refuse(call: RecordedCall, code: string): RecordedCall {
  return { ...call, verdict: 'deny', code };
}

export async function gather(calls: readonly RecordedCall[], ground = GROUND): Promise<Evidence> {
  return await gatherEvidence(
    (async function* () {
      yield* calls;
    })(),
    ground,
  );
}

export interface Suggested {
  readonly text: string;
  readonly warnings: readonly Problem[];
  /** The rules alone: without header and tests. */
  readonly rules: string;
  readonly decide: (tool: string, args: string | null, schema?: string) => Evaluation;
}

/** The policy for these calls, and what it says of others. */
export async function suggestFor(
  calls: readonly RecordedCall[],
  schemas: Readonly<Record<string, string>> = {},
  { ground = GROUND, isWidened = false } = {},
): Promise<Suggested> {
  const findSchema = (tool: string): Buffer | null =>
    Object.hasOwn(schemas, tool) ? Buffer.from(schemas[tool] ?? '') : null;
  const setting = { file: FILE, server: 'files', ground, findSchema, isWidened };
  const { text, warnings } = suggestPolicy(await gather(calls, ground), setting);
  const { policy } = parseLoaded(Buffer.from(text), FILE, ground);
  if (policy === null) throw new Error('not sound');
  const compiled = compilePolicy(createSet({ policy, role: 'first' }, []), ground);
  return {
    text,
    warnings,
    rules: text.slice(text.indexOf('tools:'), text.indexOf('# Run whenever')).trim(),
    decide: (tool, args, schema) =>
      decideForms(compiled, {
        kind: 'tools',
        name: tool,
        args: args === null ? null : Buffer.from(args),
        schema: schema === undefined ? null : Buffer.from(schema),
        profile: { ...guessProfile(tool), isSeen: true },
      }),
  };
}
