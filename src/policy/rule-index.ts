import type { Judge } from './condition/compile-condition.ts';
import { matchGlob, readPrefix, readSuffix } from './glob.ts';
import type { AppliedLimit, Rule, RuleList } from './policy.ts';
import type { Decider } from './strictness.ts';

const MOST_FOUND = 1_000;
const LONGEST_FOUND = 200;

/** One rule with its condition compiled; `judge` is null where it has none. */
export interface CompiledRule {
  readonly rule: Rule;
  readonly judge: Judge | null;
  readonly limit: AppliedLimit | null;
  /** Null where it decides nothing. Made once: a copy for each call costs as much as all the rest of deciding. */
  readonly decider: Decider | null;
}

/** The rules under one key, ready to be looked up. */
export interface IndexedRules {
  readonly pattern: string;
  readonly kind: 'exact' | 'glob';
  readonly folded: string;
  /** Top to bottom. */
  readonly rules: readonly CompiledRule[];
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
  /** Agents call the same few names over and over. */
  readonly #found = new Map<string, readonly Fit[]>();

  constructor(lists: readonly RuleList[], compile: (rule: Rule) => CompiledRule) {
    for (const rules of lists.map((list) => indexRules(list, compile))) {
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
  find(name: string): readonly Fit[] {
    const known = this.#found.get(name);
    if (known !== undefined) return known;
    const fits = this.#search(name);
    if (this.#found.size >= MOST_FOUND) this.#found.clear();
    if (name.length <= LONGEST_FOUND) this.#found.set(name, fits);
    return fits;
  }

  #search(name: string): Fit[] {
    const folded = fold(name);
    const exact = (this.#exact.get(folded) ?? []).map((rules) => ({
      rules,
      sameCase: rules.pattern === name,
    }));
    const globs = this.findGlobs(folded).map((rules) => ({
      rules,
      sameCase: matchGlob(rules.pattern, name),
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

function indexRules({ pattern, kind, rules }: RuleList, compile: (rule: Rule) => CompiledRule): IndexedRules {
  const weight = pattern.replaceAll(/[*?]/g, '').length;
  return { pattern, kind, folded: fold(pattern), rules: rules.map(compile), weight };
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
