import type { RecordedArguments, RecordedCall } from '../../src/audit/read/recorded-call.ts';

/** A call as a log would tell it; `args` is JSON text, null for a log that does not keep them. */
export function recordedOf(
  members: Partial<Omit<RecordedCall, 'arguments'>> = {},
  args: string | null = '{}',
): RecordedCall {
  const told: RecordedArguments =
    args === null ? { kind: 'untold' } : { kind: 'told', json: Buffer.from(args) };
  return {
    session: 'aaaa',
    seq: 1,
    time: Date.parse('2026-01-02T12:00:00Z'),
    server: 'mq',
    tool: 'echo',
    other: null,
    category: 'read',
    risk: 'low',
    arguments: told,
    verdict: 'allow',
    code: 'allowed',
    rule: 'default',
    approver: null,
    waitMs: null,
    dryRun: false,
    result: { outcome: 'ok', upstreamMs: 10 },
    ...members,
  };
}

export async function* streamOf<T>(items: readonly T[]): AsyncGenerator<T> {
  for (const item of items) yield await Promise.resolve(item);
}
