import { fold } from '../../policy/rule-index.ts';
import { isGlob, matchGlob } from '../../policy/glob.ts';
import type { Ground } from '../../policy/condition/ground.ts';
import type { Policy, PolicySet, Rule, RuleList } from '../../policy/policy.ts';
import type { Profile } from '../../policy/profile.ts';
import type { Problems } from '../../policy/read/problems.ts';
import type { Places } from '../../policy/read/read-rules.ts';
import type { Span } from '../../policy/read/tree.ts';
import type { ListedTool } from '../listing.ts';
import type { Schema } from '../schema/schema.ts';

/** One file of a policy, held against the tools of a live server. */
export interface Inspection {
  readonly policy: Policy;
  readonly places: Places;
  readonly problems: Problems;
  /** The whole policy that the file belongs to. */
  readonly set: PolicySet;
  readonly ground: Ground;
  readonly tools: readonly InspectedTool[];
}

/** A listed tool with its schema as it can be read, and what it can do as its definition tells. */
export interface InspectedTool extends ListedTool {
  readonly schema: Schema | null;
  readonly profile: Profile;
}

/** The tools that a list of rules is for. A deny or an ask holds for other spellings of a name too. */
export function listFitting({ pattern, rules }: RuleList, tools: readonly InspectedTool[]): InspectedTool[] {
  const isStrict = rules.some(({ action }) => action !== null && action !== 'allow');
  const [text, form] = isStrict ? [fold(pattern), fold] : [pattern, (name: string) => name];
  return tools.filter(({ name }) => (isGlob(pattern) ? matchGlob(text, form(name)) : form(name) === text));
}

/** Where a condition names an argument; its rule's place where the reader did not note it. */
export function placeOfPath(rule: Rule, path: string, { places }: Inspection): Span {
  return places.get(`${rule.path}.when.${path}`) ?? places.get(rule.path) ?? { start: 0, end: 0 };
}

/** `destructive, high risk`. */
export function tellProfile({ category, risk }: Profile): string {
  return `${category}, ${risk} risk`;
}

const MOST_NAMED = 5;

/** `a`, `a and b`, `a, b and 7 more`. */
export function joinNames(names: readonly string[]): string {
  const shown = names.length > MOST_NAMED + 1 ? names.slice(0, MOST_NAMED) : names;
  const words = shown.length < names.length ? [...shown, `${names.length - shown.length} more`] : shown;
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** One more under the key. */
export function append<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}
