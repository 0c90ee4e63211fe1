import type { ArgPath, Step } from '../../policy/condition/condition.ts';
import type { Rule, RuleList } from '../../policy/policy.ts';
import { quote } from '../../policy/quote.ts';
import { placeOf } from '../../policy/check/checkup.ts';
import { locate, type Location } from '../schema/locate.ts';
import { joinNames, listFitting, placeOfPath, type Inspection, type InspectedTool } from './inspection.ts';
import { suggestName } from './suggest.ts';

/** Argument paths that lead nowhere in the schemas of the tools their rule is for. */
export function checkPaths(inspection: Inspection): void {
  for (const list of inspection.policy.rules.tools) {
    const tools = listFitting(list, inspection.tools);
    for (const rule of list.rules) {
      for (const { path } of rule.when?.clauses ?? []) {
        checkPath({ list, rule, path, tools }, placeOfPath(rule, path.text, inspection), inspection);
      }
      const measure = rule.limit?.measure;
      if (rule.limit === null || measure?.kind !== 'sum') continue;
      const span = inspection.places.get(rule.limit.rule) ?? placeOf(rule.path, inspection.places);
      checkPath({ list, rule, path: measure.of, tools }, span, inspection);
    }
  }
}

interface Use {
  readonly list: RuleList;
  readonly rule: Rule;
  readonly path: ArgPath;
  /** Those the rule is for. */
  readonly tools: readonly InspectedTool[];
}

type Lack = Location & { readonly kind: 'missing'; readonly tool: InspectedTool };

function checkPath(
  { list, path, tools }: Use,
  span: Parameters<Inspection['problems']['warn']>[0],
  { problems }: Inspection,
): void {
  const lacking = tools.flatMap((tool): Lack[] => {
    const location = tool.schema === null ? null : locate(tool.schema, path.steps);
    return location?.kind === 'missing' ? [{ ...location, tool }] : [];
  });
  const [first] = lacking;
  if (first === undefined) return;
  const message =
    list.kind === 'exact' || tools.length === 1
      ? `${first.tool.name} has no argument ${path.text}`
      : `${lacking.length} of the ${tools.length} tools that ${list.pattern} fits ${lacking.length === 1 ? 'has' : 'have'} no argument ${path.text}: ${joinNames(lacking.map(({ tool }) => tool.name))}`;
  problems.warn(span, 'unknown_argument', message, suggest(path, first));
}

function suggest({ steps }: ArgPath, { step, keys }: Lack): string {
  const before = renderSteps(steps.slice(0, step));
  const missed = steps[step];
  const nearest = missed?.kind === 'key' ? suggestName(missed.key, keys) : null;
  if (nearest !== null) {
    return `did you mean ${renderSteps([...steps.slice(0, step), { kind: 'key', key: nearest }, ...steps.slice(step + 1)])}?`;
  }
  if (keys.length === 0) return `its schema has nothing below ${before}`;
  return `below ${before} its schema has ${joinNames(keys.map((key) => quote(key).slice(1, -1)))}`;
}

/** The steps as a policy writes them. */
export function renderSteps(steps: readonly Step[]): string {
  const words = steps.map((step) => {
    if (step.kind === 'index') return `[${step.index}]`;
    return /^[A-Za-z_][\w-]*$/.test(step.key) ? `.${step.key}` : `[${quote(step.key, Infinity)}]`;
  });
  return `args${words.join('')}`;
}
