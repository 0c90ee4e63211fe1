import type { Ground } from '../../policy/condition/ground.ts';
import type { PolicySet, Problem } from '../../policy/policy.ts';
import { parsePolicy } from '../../policy/read/parse.ts';
import { Problems } from '../../policy/read/problems.ts';
import { readPolicy } from '../../policy/read/read-policy.ts';
import type { Places } from '../../policy/read/read-rules.ts';
import { classifyTool } from '../classify/classify.ts';
import type { Listing } from '../listing.ts';
import { readSchema } from '../schema/schema.ts';
import { checkCalls } from './calls.ts';
import type { InspectedTool, Inspection } from './inspection.ts';
import { checkNames } from './names.ts';
import { checkOmitted } from './omitted.ts';
import { checkOperands } from './operands.ts';
import { checkPaths } from './paths.ts';
import { checkProfiles } from './profiles.ts';
import { checkVerdicts } from './verdicts.ts';

export interface AgainstParts {
  /** A policy without errors. */
  readonly set: PolicySet;
  /** Its texts, by file. */
  readonly texts: ReadonlyMap<string, string>;
  readonly ground: Ground;
  readonly listing: Listing;
}

/** What of a sound policy does not fit the tools of a live server: warnings, file by file. */
export function checkAgainst({ set, texts, ground, listing }: AgainstParts): Problem[] {
  const tools = listing.tools.map((tool): InspectedTool => {
    const { category, risk } = classifyTool(tool);
    return { ...tool, schema: readSchema(tool.inputSchema), profile: { category, risk, isSeen: true } };
  });
  return set.layers.flatMap(({ policy }) => {
    const file = policy.file ?? 'built-in';
    const text = texts.get(file) ?? '';
    const problems = new Problems(file, text);
    const inspection: Inspection = { policy, places: findPlaces(file, text), problems, set, ground, tools };
    checkNames(inspection);
    checkPaths(inspection);
    checkOperands(inspection);
    checkOmitted(inspection);
    checkCalls(inspection);
    checkProfiles(inspection);
    checkVerdicts(inspection);
    return problems.list();
  });
}

/** Where everything stands in a file that was read before. */
function findPlaces(file: string, text: string): Places {
  const unheard = new Problems(file, text);
  const { tree } = parsePolicy(text, unheard, unheard);
  const draft = tree === null ? null : readPolicy(tree, unheard);
  return draft?.places ?? new Map();
}
