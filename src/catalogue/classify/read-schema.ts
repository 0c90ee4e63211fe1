import { quote } from '../../policy/quote.ts';
import { readValue, type JsonValue } from '../../wire/value.ts';
import { ARGUMENTS, CHOICES, type ArgumentGroup } from '../words/arguments.ts';
import type { Deed } from '../words/deeds.ts';
import { findVerbs } from './find-verbs.ts';
import type { Finding } from './finding.ts';
import type { Lexicon } from './lexicon.ts';
import { splitName } from './split-name.ts';

/** A schema beyond it, or with more arguments, is told of instead of looked through. */
const LONGEST = 64 << 10;
const MOST_ARGUMENTS = 200;
const MOST_CHOICES = 100;

type Members = ReadonlyMap<string, JsonValue>;

const GROUPS = new Map<string, ArgumentGroup>(
  ARGUMENTS.flatMap((group) => group.words.map((word) => [word, group])),
);

/** What the arguments say of a tool. Never throws: what cannot be looked through counts as if it hid something. */
export function readSchema(schema: Buffer | null, lexicon: Lexicon): Finding[] {
  if (schema === null) return [];
  const root = schema.length > LONGEST ? null : parse(schema);
  if (root === null) return [UNREADABLE];
  const properties = [...(findMembers(findMembers(root)?.get('properties') ?? null) ?? [])];
  const findings: Finding[] = properties.length > MOST_ARGUMENTS ? [UNREADABLE] : [];
  const told = new Set<ArgumentGroup>();
  for (const [name, value] of properties.slice(0, MOST_ARGUMENTS)) {
    const words = splitName(name);
    const group = GROUPS.get(words.join(' '));
    if (group !== undefined && !told.has(group) && mayHoldText(value, group)) {
      told.add(group);
      const { category, risk, attack, says } = group;
      findings.push({ category, risk, sentence: `the argument ${quote(name, 40)} ${says}`, attack });
    }
    if (CHOICES.includes(words.join(' '))) findings.push(...describeChoices(name, value, lexicon));
    findings.push(...describeSwitch(name, value, lexicon));
  }
  return findings;
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

/** `delete: true` of a tool that otherwise looks. */
function describeSwitch(name: string, value: JsonValue, lexicon: Lexicon): Finding[] {
  const type = findMembers(value)?.get('type');
  if (type?.kind !== 'string' || type.value !== 'boolean') return [];
  const verb = findVerbs(splitName(name), lexicon).find(({ deed, isNoun }) => SWITCHED.has(deed) && !isNoun);
  const meaning = verb === undefined ? undefined : lexicon.deeds.get(verb.deed);
  if (meaning === undefined) return [];
  const { category, risk, attack } = meaning;
  return [{ category, risk, sentence: `the argument ${quote(name, 40)} can be switched on`, attack }];
}

const SWITCHED: ReadonlySet<Deed> = new Set(['removes', 'pays']);

function findMembers(value: JsonValue | null): Members | null {
  return value?.kind === 'map' ? value.entries : null;
}

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
