import { quote } from '../../policy/quote.ts';
import { readValue, type JsonValue } from '../../wire/value.ts';
import { ARGUMENTS, CHOICES, type ArgumentGroup } from '../words/arguments.ts';
import type { Finding } from './finding.ts';
import type { Lexicon } from './lexicon.ts';
import { splitName } from './split-name.ts';

/** A schema beyond it is not looked at, and more members neither. */
const LONGEST = 256 << 10;
const MOST_ARGUMENTS = 200;
const MOST_CHOICES = 100;

type Members = ReadonlyMap<string, JsonValue>;

const GROUPS = new Map<string, ArgumentGroup>(
  ARGUMENTS.flatMap((group) => group.words.map((word) => [word, group])),
);

/** What the arguments say of a tool. Never throws: a schema that cannot be read says nothing. */
export function readSchema(schema: Buffer | null, lexicon: Lexicon): Finding[] {
  const findings: Finding[] = [];
  const told = new Set<ArgumentGroup>();
  for (const [name, value] of listArguments(schema)) {
    const words = splitName(name).join(' ');
    const group = GROUPS.get(words);
    if (group !== undefined && !told.has(group) && mayHoldText(value, group)) {
      told.add(group);
      const { category, risk, attack, says } = group;
      findings.push({ category, risk, sentence: `the argument ${quote(name, 40)} ${says}`, attack });
    }
    if (CHOICES.includes(words)) findings.push(...describeChoices(name, value, lexicon));
  }
  return findings;
}

function* listArguments(schema: Buffer | null): Generator<readonly [string, JsonValue]> {
  if (schema === null || schema.length > LONGEST) return;
  const properties = findMembers(parse(schema))?.get('properties');
  let left = MOST_ARGUMENTS;
  for (const member of findMembers(properties ?? null) ?? []) {
    if (left-- === 0) return;
    yield member;
  }
}

function parse(schema: Buffer): JsonValue | null {
  try {
    return readValue(schema);
  } catch {
    return null;
  }
}

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
  const choices = findMembers(value)?.get('enum');
  if (choices?.kind !== 'list') return [];
  return choices.items.slice(0, MOST_CHOICES).flatMap((choice) => {
    if (choice.kind !== 'string') return [];
    const verb = splitName(choice.value)
      .map((word) => verbs.get(word))
      .find((found) => found !== undefined);
    const meaning = verb === undefined || verb.deed === 'reads' ? undefined : deeds.get(verb.deed);
    if (meaning === undefined) return [];
    const { category, risk, attack } = meaning;
    return [
      {
        category,
        risk,
        sentence: `the argument ${quote(name, 40)} can be ${quote(choice.value, 40)}`,
        attack,
      },
    ];
  });
}
