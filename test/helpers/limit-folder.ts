import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { parseArgPath } from '../../src/policy/condition/arg-path.ts';
import { createWant, readRoom, type Want } from '../../src/policy/limit/want.ts';
import type { AppliedLimit } from '../../src/policy/policy.ts';
import { appliedOf, limitOf } from './policy.ts';

/** A home that is gone when the test is over. */
export function createHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'mcp-guard-limit-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  return home;
}

/** What one call of a tool wants of a limit of all guards: at most `max` in 60 s. */
export function wantOf(max: number, rest: Partial<AppliedLimit> = {}, tool = 'a'): Want {
  const limit: AppliedLimit = { ...appliedOf(limitOf('tools.a.rate_limit', max)), scope: 'machine', ...rest };
  return createWant(limit, readRoom(limit), tool, 1n);
}

/** The same of a sum of `args.n`; `amount` in units. */
export function sumWantOf(max: string, amount: bigint): Want {
  const of = parseArgPath('args.n');
  if (of === null) throw new Error('no path');
  return { ...wantOf(1, { measure: { kind: 'sum', of, max } }), amount };
}

/** The folder of the only limit that was counted there. */
export function findLimitFolder(home: string): string {
  const limits = join(home, 'state/limits');
  const [name, ...others] = readdirSync(limits);
  if (name === undefined || others.length > 0)
    throw new Error(`not one limit: ${readdirSync(limits).join()}`);
  return join(limits, name);
}
