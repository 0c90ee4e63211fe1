import { expect } from 'vitest';
import { checkAgainst } from '../../../src/catalogue/against/against.ts';
import type { Scan } from '../../../src/catalogue/scan/scan.ts';
import { renderPolicy } from '../../../src/catalogue/write/write-policy.ts';
import { compilePolicy } from '../../../src/policy/compile.ts';
import { decide } from '../../../src/policy/decide.ts';
import { createSet, parseLoaded } from '../../../src/policy/file/load.ts';
import type { Action, Policy, PolicySet } from '../../../src/policy/policy.ts';
import { GROUND } from '../../helpers/policy.ts';

const FILE = '/work/mq.yaml';

/** The policy as it is read back; it must have no problem at all, also against the server itself. */
export function load(scan: Scan): {
  readonly text: string;
  readonly policy: Policy;
  readonly set: PolicySet;
} {
  const text = renderPolicy(scan);
  const { policy, problems, tests } = parseLoaded(Buffer.from(text), FILE, GROUND);
  expect(problems).toEqual([]);
  if (policy === null) throw new Error('no policy');
  expect(tests).toEqual({ passed: policy.tests.length, failed: 0 });
  return { text, policy, set: createSet({ policy, role: 'first' }, []) };
}

/** What `validate --against` has to say. */
export function hold(scan: Scan): string[] {
  const { text, set } = load(scan);
  const texts = new Map([[FILE, text]]);
  return checkAgainst({ set, texts, ground: GROUND, listing: scan.listing }).map(({ message }) => message);
}

/** The verdict on a call without arguments, by tool. */
export function decideAll(scan: Scan): Record<string, Action> {
  const { set } = load(scan);
  const compiled = compilePolicy(set, GROUND);
  return Object.fromEntries(
    scan.listing.tools.map(({ name, inputSchema }) => {
      const query = { kind: 'tools', name, args: null, schema: inputSchema, profile: null } as const;
      return [name, decide(compiled, query).verdict];
    }),
  );
}
