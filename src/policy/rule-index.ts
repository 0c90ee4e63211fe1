import { matchGlob, readPrefix, readSuffix } from './glob.ts';
import type { Limit, Rule, ToolRules } from './policy.ts';

/** The rules under one key of `tools`, ready to be looked up. */
export interface IndexedRules extends ToolRules {
  readonly folded: string;
  /** The first entry that decides; null where all of them only limit. */
  readonly decider: Rule | null;
  /** The decider's limit, and those of entries that only limit. */
  readonly limits: readonly Limit[];
  /** How many characters the pattern fixes. */
  readonly weight: number;
}

export interface Fit {
  readonly rules: IndexedRules;
  /** False where the name differs from the rule's by case alone. */
  readonly sameCase: boolean;
}

/** Finds the rules for a name in time that does not grow with their number, as long as their beginnings or ends differ. */
export class RuleIndex {
  readonly #exact = new Map<string, IndexedRules[]>();
  readonly #byPrefix = new AffixIndex((text, length) => text.slice(0, length));
  readonly #bySuffix = new AffixIndex((text, length) => text.slice(text.length - length));

  constructor(tools: readonly ToolRules[]) {
    for (const rules of tools.map(indexRules)) {
      if (rules.kind === 'exact') {
        append(this.#exact, rules.folded, rules);
        continue;
      }
      const prefix = readPrefix(rules.folded);
      if (prefix === '') this.#bySuffix.add(readSuffix(rules.folded), rules);
      else this.#byPrefix.add(prefix, rules);
    }
  }

  /** Every rule whose key fits the name, in any case, in an order that does not depend on the file's. */
  find(tool: string): Fit[] {
    const folded = fold(tool);
    const exact = (this.#exact.get(folded) ?? []).map((rules) => ({
      rules,
      sameCase: rules.pattern === tool,
    }));
    const globs = this.findGlobs(folded).map((rules) => ({
      rules,
      sameCase: matchGlob(rules.pattern, tool),
    }));
    return [...exact, ...globs].sort(compareFits);
  }

  /** The globs that fit a folded text. */
  findGlobs(folded: string): IndexedRules[] {
    const candidates = [...this.#byPrefix.find(folded), ...this.#bySuffix.find(folded)];
    return candidates.filter((rules) => matchGlob(rules.folded, folded));
  }
}

/** Names that differ by case alone have the same folded form. */
export function fold(name: string): string {
  return name.toLowerCase();
}

class AffixIndex {
  readonly #byLength = new Map<number, Map<string, IndexedRules[]>>();
  readonly #cut: (text: string, length: number) => string;

  constructor(cut: (text: string, length: number) => string) {
    this.#cut = cut;
  }

  add(affix: string, rules: IndexedRules): void {
    const byText = this.#byLength.get(affix.length) ?? new Map<string, IndexedRules[]>();
    this.#byLength.set(affix.length, byText);
    append(byText, affix, rules);
  }

  *find(text: string): Generator<IndexedRules> {
    for (const [length, byText] of this.#byLength) {
      if (length <= text.length) yield* byText.get(this.#cut(text, length)) ?? [];
    }
  }
}

function indexRules(rules: ToolRules): IndexedRules {
  const decider = rules.rules.find((rule) => rule.action !== null) ?? null;
  const limits = rules.rules.flatMap((rule) =>
    rule.limit !== null && (rule === decider || rule.action === null) ? [rule.limit] : [],
  );
  const weight = rules.pattern.replaceAll(/[*?]/g, '').length;
  return { ...rules, folded: fold(rules.pattern), decider, limits, weight };
}

/** The same case first, exact names before globs, longer patterns before shorter ones. */
function compareFits(a: Fit, b: Fit): number {
  if (a.sameCase !== b.sameCase) return a.sameCase ? -1 : 1;
  if (a.rules.kind !== b.rules.kind) return a.rules.kind === 'exact' ? -1 : 1;
  if (a.rules.weight !== b.rules.weight) return b.rules.weight - a.rules.weight;
  return a.rules.pattern < b.rules.pattern ? -1 : 1;
}

function append(lists: Map<string, IndexedRules[]>, key: string, rules: IndexedRules): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [rules]);
  else list.push(rules);
}
