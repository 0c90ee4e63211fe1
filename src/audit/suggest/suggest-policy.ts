import type { Ground } from '../../policy/condition/ground.ts';
import { parseLoaded, type Loaded } from '../../policy/file/load.ts';
import type { Problem } from '../../policy/policy.ts';
import { renderProblem } from '../../policy/read/render-problem.ts';
import type { Evidence } from './gather.ts';
import { testLater } from './list-tests.ts';
import { planTools, type Planning } from './plan.ts';
import { Proof } from './prove.ts';
import { renderPolicy } from './render-policy.ts';

/** What the policy is made with. */
export interface Setting extends Planning {
  /** Where it will stand, absolute: its folders are relative to that. */
  readonly file: string;
  readonly server: string;
  readonly ground: Ground;
}

export interface Suggestion {
  readonly text: string;
  /** What `validate` would warn of. */
  readonly warnings: readonly Problem[];
}

/**
 * The least policy that lets run what ran, as YAML. It is read back, with its tests, as the guard would read it. Throws
 * where it is not sound, which no log should bring about.
 */
export function suggestPolicy({ tools }: Evidence, setting: Setting): Suggestion {
  const { server, ground, findSchema } = setting;
  const planned = planTools(tools, setting);
  const bare = readBack(renderPolicy({ server, tools: planned, tests: [] }), setting);
  const proof = new Proof(bare.policy, ground, findSchema);
  const proven = planned.map((tool) => proof.checkTool(tool));
  const tests = proven.flatMap((tool) => proof.listTests(tool));
  const later = testLater(tools.map(({ name }) => name));
  const text = renderPolicy({ server, tools: proven, tests: [...tests, ...later] });
  return { text, warnings: readBack(text, setting).problems };
}

function readBack(
  text: string,
  { file, ground }: Setting,
): Loaded & { readonly policy: NonNullable<Loaded['policy']> } {
  const loaded = parseLoaded(Buffer.from(text), file, ground);
  const { policy, problems } = loaded;
  if (policy !== null) return { ...loaded, policy };
  const [first] = problems;
  const detail = first === undefined ? '' : `: ${renderProblem(first, text)}`;
  throw new Error(`the policy that was made is not sound, and is not shown${detail}`);
}
