import { compilePolicy } from '../../policy/compile.ts';
import { placeOf } from '../../policy/check/checkup.ts';
import { decide } from '../../policy/decide.ts';
import type { Query } from '../../policy/policy.ts';
import { tellProfile, type Inspection } from './inspection.ts';

/**
 * Tests that come out as they expect only because they know a tool by its name alone: as the server defines it, it is of
 * another category or risk, and a call of it is decided otherwise.
 */
export function checkProfiles({ policy, places, problems, set, ground, tools }: Inspection): void {
  const compiled = compilePolicy(set, ground);
  if (!compiled.asksProfile) return;
  for (const { path, kind, name, args, expect } of policy.tests) {
    const profile = tools.find((tool) => tool.name === name)?.profile;
    if (kind !== 'tools' || profile === undefined) continue;
    const call = { kind, name, args: args === null ? null : Buffer.from(args), schema: null } as const;
    const guessed: Query = { ...call, profile: { ...ground.classify(name), isSeen: true } };
    const { verdict, rule } = decide(compiled, { ...call, profile });
    if (verdict === expect || decide(compiled, guessed).verdict !== expect) continue;
    const message = `the test expects ${expect}, but as the server defines ${name} (${tellProfile(profile)}), it is ${verdict} by ${rule}`;
    const hint = `a test knows a tool by its name alone: write a rule for ${name} below tools, or change what the test expects`;
    problems.warn(placeOf(path, places), 'other_profile', message, hint);
  }
}
