import { compilePolicy, type CompiledPolicy } from '../../policy/compile.ts';
import type { Ground } from '../../policy/condition/ground.ts';
import { decideForms } from '../../policy/decide-forms.ts';
import { createSet } from '../../policy/file/load.ts';
import type { Action, Policy } from '../../policy/policy.ts';
import { listTests, readExample, type PlannedTest } from './list-tests.ts';
import { askAlways, type FindSchema, type PlannedTool } from './plan.ts';
import { renderJson } from './render-value.ts';

/** Decides calls by the policy that was suggested, as the guard would. */
export class Proof {
  readonly #policy: CompiledPolicy;
  readonly #ground: Ground;
  readonly #findSchema: FindSchema;

  constructor(policy: Policy, ground: Ground, findSchema: FindSchema) {
    this.#policy = compilePolicy(createSet({ policy, role: 'first' }, []), ground);
    this.#ground = ground;
    this.#findSchema = findSchema;
  }

  /** The tool as it was planned, or asked about each time where the rules do not do what they are for. */
  checkTool(planned: PlannedTool): PlannedTool {
    const { evidence, entries, action } = planned;
    if (action !== 'allow') return planned;
    const { name, refused } = evidence;
    const schema = this.#findSchema(name);
    const fails = entries.some((entry) => {
      const args = readExample(entry);
      if (args === undefined) return false;
      const json = args === null ? null : Buffer.from(renderJson(args));
      return [schema, null].some((one) => this.#decide(name, json, one) !== 'allow');
    });
    if (fails) return askAlways(planned, 'Such calls are asked about whatever a rule says.');
    if (refused === null)
      return askAlways(planned, 'The policy refused calls of it that the log does not tell.');
    return refused.some((args) => this.#decide(name, args, schema) === 'allow')
      ? askAlways(
          planned,
          'The policy refused calls of it that no condition here would tell from those that ran.',
        )
      : planned;
  }

  /** Its tests that show what they should: a neighbour of one recorded call may be another recorded call. */
  listTests(planned: PlannedTool): PlannedTest[] {
    return listTests(planned).filter(({ call, args, expect }) => {
      const json = args === null ? null : Buffer.from(renderJson(args));
      return this.#decide(call, json, null) === expect;
    });
  }

  #decide(name: string, args: Buffer | null, schema: Buffer | null): Action {
    const profile = { ...this.#ground.classify(name), isSeen: true };
    return decideForms(this.#policy, { kind: 'tools', name, args, schema, profile }).verdict;
  }
}
