import { isCollection, isNode, isPair, isScalar, type Pair, type YAMLMap } from 'yaml';
import type { Splice } from './splice.ts';

/** A key with a word, or with one entry of its own. */
export interface Entry {
  readonly key: string;
  readonly value: string | Entry;
}

/** Where an entry of a map begins and what stands before it on its line. */
interface Place {
  readonly start: number;
  readonly before: string;
}

/** Names that every reader of YAML, also of 1.1, takes for text. */
const PLAIN = /^(?!(?:null|true|false|yes|no|on|off|y|n)$)[A-Za-z_][\w./-]*$/i;
const BLANK = /(?:\s|(?<=\s)#.*)*/y;
const REST_OF_LINE = /[ \t]*(?:(?<=[ \t])#.*)?(?=\r?\n|$)/y;

/** The entry as the last one of the map, laid out as the one before it; null where that one's layout cannot be followed. */
export function addEntry(text: string, map: YAMLMap, entry: Entry): Splice[] | null {
  const last = map.items.at(-1);
  if (map.flow === true) return last === undefined ? fill(text, map, entry) : addToFlow(text, last, entry);
  const place = last === undefined ? null : findPlace(text, last);
  if (last === undefined || place === null || !/^ *$/.test(place.before)) return null;
  const lines = renderBlock(entry, place.before).map((line) => line + eolOf(text));
  const end = endOf(last);
  // A block of text ends behind its last line, everything else within it.
  if (text[end - 1] === '\n') return [insert(end, lines.join(''))];
  const feed = text.indexOf('\n', end);
  if (feed !== -1) return [insert(feed + 1, lines.join(''))];
  return [insert(text.length, eolOf(text) + lines.join('').slice(0, -eolOf(text).length))];
}

/** The entry as the first one of a map that has others; null where there is no room. */
export function addFirstEntry(text: string, map: YAMLMap, entry: Entry): Splice[] | null {
  const [first] = map.items;
  const place = first === undefined ? null : findPlace(text, first);
  if (first === undefined || place === null) return null;
  const { start, before } = place;
  const startsLine = /^[ \t]*$/.test(before);
  if (map.flow === true) {
    const gap = startsLine ? eolOf(text) + before : ' ';
    return [insert(start, `${renderFlow(entry, isQuoted(text, first))},${gap}`)];
  }
  if (!startsLine) return null;
  return [insert(start, renderBlock(entry, before).join(eolOf(text)).trimStart() + eolOf(text) + before)];
}

function addToFlow(text: string, last: Pair, entry: Entry): Splice[] | null {
  const place = findPlace(text, last);
  if (place === null) return null;
  const words = renderFlow(entry, isQuoted(text, last));
  const end = endOf(last);
  if (!/^[ \t]*$/.test(place.before)) return [insert(end, `, ${words}`)];
  const line = eolOf(text) + place.before + words;
  const comma = skip(BLANK, text, end);
  const endsInComma = text[comma] === ',';
  const from = endsInComma ? comma + 1 : end;
  // A comment behind the last entry goes on speaking of that one.
  const rest = skip(REST_OF_LINE, text, from);
  if (endsInComma) return [insert(rest, `${line},`)];
  return rest === end ? [insert(end, `,${line}`)] : [insert(end, ','), insert(rest, line)];
}

function fill(text: string, map: YAMLMap, entry: Entry): Splice[] | null {
  const [start, end] = map.range ?? [0, 0];
  if (text[start] !== '{') return null;
  // An empty map says nothing of quotes; in JSON everything has them.
  const isJson = /^\s*\{\s*"/.test(text);
  return [insert(start + 1, ` ${renderFlow(entry, isJson)}${end - start === 2 ? ' ' : ''}`)];
}

function insert(at: number, text: string): Splice {
  return { start: at, end: at, text };
}

function findPlace(text: string, { key }: Pair): Place | null {
  if (!isScalar(key) || !key.range) return null;
  const [start] = key.range;
  return { start, before: text.slice(text.lastIndexOf('\n', start - 1) + 1, start) };
}

/** Behind the last character that is not space or comment. */
function endOf(item: unknown): number {
  if (isPair(item)) return endOf(item.value) || endOf(item.key);
  if (isCollection(item) && item.flow !== true) return endOf(item.items.at(-1));
  return isNode(item) ? (item.range?.[1] ?? 0) : 0;
}

function renderBlock({ key, value }: Entry, indent: string): string[] {
  const name = `${indent}${renderWord(key, false)}:`;
  return typeof value === 'string' ? [`${name} ${value}`] : [name, ...renderBlock(value, `${indent}  `)];
}

function renderFlow({ key, value }: Entry, quoted: boolean): string {
  const rendered = typeof value === 'string' ? renderWord(value, quoted) : `{ ${renderFlow(value, quoted)} }`;
  return `${renderWord(key, quoted)}: ${rendered}`;
}

function renderWord(word: string, quoted: boolean): string {
  return quoted || !PLAIN.test(word) ? JSON.stringify(word) : word;
}

/** Whether the entry is written as in JSON. */
function isQuoted(text: string, { key }: Pair): boolean {
  return isScalar(key) && text[key.range?.[0] ?? 0] === '"';
}

function eolOf(text: string): string {
  return /\r?\n/.exec(text)?.[0] ?? '\n';
}

/** Behind what the pattern, which fits everywhere, takes from here on. */
function skip(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : from;
}
