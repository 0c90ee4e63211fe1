import { isAlias, isMap, isScalar, type Pair, type YAMLMap } from 'yaml';
import { addEntry, addFirstEntry, type Entry } from './edit-map.ts';
import { parseYaml } from '../read/parse.ts';
import type { Splice } from './splice.ts';

export type Edit =
  | {
      readonly kind: 'splices';
      readonly splices: readonly Splice[];
      /** Offsets in the old text of the keys that the change stands below. */
      readonly below: readonly number[];
    }
  | { readonly kind: 'impossible'; readonly why: string };

/**
 * What would have to change in the text of a policy so that an exact rule allows the tool. Nothing is written anew, so
 * comments, order, quotes and line ends of everything else stay. Whether the outcome says what it should is not looked at.
 */
export function editRule(text: string, tool: string): Edit {
  const root = parseYaml(text).contents;
  if (!isMap(root)) return refuse('the policy is no map');
  const words: Entry = { key: tool, value: 'allow' };
  const tools = findPair(root, 'tools');
  if (tools === undefined) return add(text, root, { key: 'tools', value: words }, []);
  const below = [startOf(tools)];
  if (!isMap(tools.value)) return refuse('tools is not written as a map');
  const rule = findPair(tools.value, tool);
  if (rule === undefined) return add(text, tools.value, words, below);
  return changeRule(text, rule, [...below, startOf(rule)]);
}

function changeRule(text: string, { value }: Pair, below: readonly number[]): Edit {
  if (isAlias(value)) return refuse('its rule is an alias for another');
  if (isScalar(value)) return changeWord(text, value.range, below);
  if (!isMap(value)) return refuse('its rule is a list');
  const action = findPair(value, 'action');
  if (action === undefined)
    return splice(addFirstEntry(text, value, { key: 'action', value: 'allow' }), below);
  return isScalar(action.value)
    ? changeWord(text, action.value.range, below)
    : refuse('its action is an alias');
}

/** Keeps the quotes that the word stands in. */
function changeWord(
  text: string,
  range: readonly [number, number, number] | null | undefined,
  below: readonly number[],
): Edit {
  const [start, end] = range ?? [0, 0];
  const [, quotes] = /^(["']?)[a-z_]+\1$/.exec(text.slice(start, end)) ?? [];
  if (quotes === undefined) return refuse('its action is not written as a plain word');
  return splice([{ start, end, text: `${quotes}allow${quotes}` }], below);
}

function add(text: string, map: YAMLMap, entry: Entry, below: readonly number[]): Edit {
  return splice(addEntry(text, map, entry), below);
}

function splice(splices: readonly Splice[] | null, below: readonly number[]): Edit {
  return splices === null
    ? refuse('its layout leaves no room for a rule')
    : { kind: 'splices', splices, below };
}

function refuse(why: string): Edit {
  return { kind: 'impossible', why };
}

function findPair(map: YAMLMap, key: string): Pair | undefined {
  return map.items.find((pair) => isScalar(pair.key) && pair.key.value === key);
}

function startOf({ key }: Pair): number {
  return isScalar(key) ? (key.range?.[0] ?? 0) : 0;
}
