import { quote } from '../../policy/quote.ts';
import { readValue, type JsonValue } from '../../wire/value.ts';
import { ARGUMENTS, CHOICES, OF_CALLERS, PAIRS, type ArgumentGroup } from '../words/arguments.ts';
import type { Deed } from '../words/deeds.ts';
import { findVerbs } from './find-verbs.ts';
import type { Finding } from './finding.ts';
import type { Lexicon } from './lexicon.ts';
import { findMembers, listArguments } from './list-arguments.ts';
import { singular, splitName } from './split-name.ts';

/** A schema beyond it, or with more arguments, is told of instead of looked through. */
const LONGEST = 64 << 10;
const MOST_ARGUMENTS = 1000;
const MOST_CHOICES = 100;

const GROUPS = new Map<string, ArgumentGroup>(
  ARGUMENTS.flatMap((group) => group.words.map((word) => [word, group])),
);

/** What the arguments say of a tool. Never throws: what cannot be looked through counts as if it hid something. */
export function readSchema(schema: Buffer | null, lexicon: Lexicon): Finding[] {
  if (schema === null) return [];
  const root = schema.length > LONGEST ? null : parse(schema);
  if (root === null) return [UNREADABLE];
  const { list, isWhole } = listArguments(root, MOST_ARGUMENTS);
  const findings: Finding[] = isWhole ? [] : [UNREADABLE];
  const told = new Set<ArgumentGroup>();
  const named = new Map<string, string>();
  for (const { name, schema: value } of list) {
    const words = splitName(name);
    const term = words.join(' ');
    named.set(term, name);
    const group = GROUPS.get(term);
    if (group !== undefined && !told.has(group) && mayHoldText(value, group)) {
      told.add(group);
      const { category, risk, attack, says } = group;
      findings.push({ category, risk, sentence: `the argument ${quote(name, 40)} ${says}`, attack });
    }
    findings.push(...describeSecrets({ name, words }, value, lexicon));
    if (CHOICES.includes(term)) findings.push(...describeChoices(name, value, lexicon));
    findings.push(...describeSwitch({ name, words }, value, lexicon));
  }
  return [...findings, ...describePairs(named, lexicon)];
}

/** `to` and `body`, `path` and `content`: nothing that only looks has use for both. `names`: by their words. */
function describePairs(names: ReadonlyMap<string, string>, { deeds }: Lexicon): Finding[] {
  const pick = (words: readonly string[]): string | undefined => {
    const word = words.find((one) => names.has(one));
    return word === undefined ? undefined : names.get(word);
  };
  return PAIRS.flatMap(({ says, deed, one, other }) => {
    const [first, second] = [pick(one), pick(other)];
    const meaning = deeds.get(deed);
    if (first === undefined || second === undefined || meaning === undefined) return [];
    const { category, risk, attack } = meaning;
    const sentence = `the arguments ${quote(first, 40)} and ${quote(second, 40)} ${says}`;
    return [{ category, risk, sentence, attack }];
  });
}

const UNREADABLE: Finding = {
  category: 'write',
  risk: 'high',
  sentence: 'its arguments are too many, or too long, to look through',
  attack: null,
};

function parse(schema: Buffer): JsonValue | null {
  try {
    return readValue(schema);
  } catch {
    return null;
  }
}

interface Name {
  readonly name: string;
  readonly words: readonly string[];
}

/** `delete: true` of a tool that otherwise looks. */
function describeSwitch({ name, words }: Name, value: JsonValue, lexicon: Lexicon): Finding[] {
  const type = findMembers(value)?.get('type');
  if (type?.kind !== 'string' || type.value !== 'boolean') return [];
  const verb = findVerbs(words, lexicon).find(({ deed, isNoun }) => SWITCHED.has(deed) && !isNoun);
  const meaning = verb === undefined ? undefined : lexicon.deeds.get(verb.deed);
  if (meaning === undefined) return [];
  const { category, risk, attack } = meaning;
  return [{ category, risk, sentence: `the argument ${quote(name, 40)} can be switched on`, attack }];
}

const SWITCHED: ReadonlySet<Deed> = new Set(['removes', 'pays']);

/** A `code` of four choices, or a `statement` that is a number, is no text that could be run. */
function mayHoldText(value: JsonValue, { category }: ArgumentGroup): boolean {
  if (category !== 'execute') return true;
  const members = findMembers(value);
  const type = members?.get('type');
  return (
    members?.has('enum') !== true &&
    (type === undefined || type.kind !== 'string' || type.value === 'string' || type.value === 'array')
  );
}

/** `action: enum [list, delete]` makes the whole tool as strict as its strictest choice. */
function describeChoices(name: string, value: JsonValue, { verbs, deeds }: Lexicon): Finding[] {
  const choices = listChoices(value);
  return choices.flatMap((choice) => {
    const verb = splitName(choice)
      .map((word) => verbs.get(word))
      .find((found) => found !== undefined);
    const meaning = verb === undefined || verb.deed === 'reads' ? undefined : deeds.get(verb.deed);
    if (meaning === undefined) return [];
    const { category, risk, attack } = meaning;
    return [
      {
        category,
        risk,
        sentence: `the argument ${quote(name, 40)} can be ${quote(choice, 40)}`,
        attack,
      },
    ];
  });
}

/** `object: enum [folder, password]` of a tool that gets things; `auth-method: enum [key, credential]` is about the caller. */
function describeSecrets({ name, words }: Name, value: JsonValue, { nouns }: Lexicon): Finding[] {
  if (words.some((word) => OF_CALLERS.has(word))) return [];
  for (const choice of listChoices(value)) {
    const term = splitName(choice).join(' ');
    const groups = nouns.get(term) ?? nouns.get(singular(term));
    const group = groups?.find(({ attack }) => attack === 'secrets');
    if (group === undefined) continue;
    const sentence = `the argument ${quote(name, 40)} can be ${quote(choice, 40)}`;
    return [{ category: null, risk: group.read, sentence, attack: group.attack }];
  }
  return [];
}

/** From `enum`, `const`, and the alternatives of `anyOf` and `oneOf`. */
function listChoices(value: JsonValue): string[] {
  const members = findMembers(value);
  const listOf = (key: string): readonly JsonValue[] => {
    const list = members?.get(key);
    return list?.kind === 'list' ? list.items.slice(0, MOST_CHOICES) : [];
  };
  const alternatives = [...listOf('anyOf'), ...listOf('oneOf')].map((one) => findMembers(one)?.get('const'));
  const all = [...listOf('enum'), members?.get('const'), ...alternatives];
  return all.flatMap((one) => (one?.kind === 'string' ? [one.value] : []));
}
