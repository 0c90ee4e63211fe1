import { type Cursor, decodeString, peekToken, readKey, readMark, readScalar } from './json-cursor.ts';
import { Neighbours } from './neighbours.ts';

/** A place in JSON: the key or index that leads there, and where that stands. Null is the whole text. */
export type Place = { readonly step: string | number; readonly above: Place } | null;

/** One place at which two JSON texts differ. */
export interface Change {
  readonly place: Place;
  /** The JSON text that stands there, null where there is nothing. */
  readonly before: string | null;
  readonly after: string | null;
  /** Its key or its neighbours say that it is secret. */
  readonly isSecret: boolean;
}

/** Together longer texts are not compared. */
const MOST = 256 << 10;

/**
 * Where two JSON texts differ, in the order of the later one, what is gone from an object or list behind the rest of it;
 * null where they are too long to compare. The order of keys and white space are no difference; the spelling of a number
 * is. Where secrets are hidden, one is one value, whatever it holds.
 */
export function compareJson(before: string, after: string, hidesSecrets = false): Change[] | null {
  if (before === after) return [];
  if (before.length + after.length > MOST) return null;
  const changes: Change[] = [];
  const [was, is] = [before, after].map((text) =>
    readNode({ text, at: 0 }, { hidesSecrets, isInner: false }),
  );
  compare(was ?? null, is ?? null, null, changes);
  return changes;
}

/** The keys and indexes that lead to a place, the outermost first. */
export function listSteps(place: Place): (string | number)[] {
  const steps: (string | number)[] = [];
  for (let at = place; at !== null; at = at.above) steps.push(at.step);
  return steps.toReversed();
}

/** A value with its text; what it holds, where it is an object or a list. */
interface Node {
  readonly text: string;
  readonly members: ReadonlyMap<string | number, Node> | null;
  readonly isSecret: boolean;
}

interface Reading {
  readonly hidesSecrets: boolean;
  /** It stands in a list. */
  readonly isInner: boolean;
}

function readNode(cursor: Cursor, { hidesSecrets, isInner }: Reading, isSecret = false): Node {
  const open = peekToken(cursor);
  const start = cursor.at;
  if (open !== '{' && open !== '[') return { text: readScalar(cursor), members: null, isSecret };
  const members = new Map<string | number, Node>();
  const neighbours = new Neighbours(cursor, isInner);
  const close = open === '{' ? '}' : ']';
  readMark(cursor, open);
  for (let mark = peekToken(cursor) === close ? readMark(cursor, close) : ','; mark === ',';) {
    const step = open === '{' ? readKey(cursor) : members.size;
    const isHidden = hidesSecrets && neighbours.hides(typeof step === 'string' ? step : null, cursor);
    members.set(step, readNode(cursor, { hidesSecrets, isInner: open === '[' }, isHidden));
    mark = readMark(cursor, `,${close}`);
  }
  return { text: cursor.text.slice(start, cursor.at), members, isSecret };
}

const NOTHING: NonNullable<Node['members']> = new Map();

function compare(before: Node | null, after: Node | null, place: Place, changes: Change[]): void {
  if (before?.isSecret === true || after?.isSecret === true) {
    compareWhole(before, after, place, changes);
    return;
  }
  const isOneKind = holdsAlike(before, after);
  if (!isOneKind) compareWhole(withoutMembers(before), withoutMembers(after), place, changes);
  const [was, is] = [before?.members ?? NOTHING, after?.members ?? NOTHING];
  const [kept, keeps] = isOneKind ? [was, is] : [NOTHING, NOTHING];
  for (const [step, node] of is) compare(kept.get(step) ?? null, node, { step, above: place }, changes);
  for (const [step, node] of was) {
    if (!keeps.has(step)) compare(node, null, { step, above: place }, changes);
  }
}

function compareWhole(before: Node | null, after: Node | null, place: Place, changes: Change[]): void {
  if (isSame(before, after)) return;
  const isSecret = before?.isSecret === true || after?.isSecret === true;
  changes.push({ place, before: before?.text ?? null, after: after?.text ?? null, isSecret });
}

/** What is told of by what it holds is not told of itself. */
function withoutMembers(node: Node | null): Node | null {
  return (node?.members?.size ?? 0) > 0 ? null : node;
}

/** Whether both are objects, or both lists. */
function holdsAlike(a: Node | null, b: Node | null): boolean {
  const hold = (a?.members ?? null) !== null && (b?.members ?? null) !== null;
  return hold && a?.text.charAt(0) === b?.text.charAt(0);
}

function isSame(a: Node | null, b: Node | null): boolean {
  if (a === null || b === null) return a === b;
  if (a.text === b.text) return true;
  if (holdsAlike(a, b)) {
    const changes: Change[] = [];
    compare({ ...a, isSecret: false }, { ...b, isSecret: false }, null, changes);
    return changes.length === 0;
  }
  return a.text.startsWith('"') && b.text.startsWith('"') && decodeString(a.text) === decodeString(b.text);
}
