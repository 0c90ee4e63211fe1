import { isSecretValue } from '../../policy/secret/secret-value.ts';
import { type Change, compareJson, listSteps } from './compare-json.ts';
import { renderField, renderRemark, renderValue, type Screen } from './row.ts';
import { count, type JsonView, splitName, splitToken } from './split-json.ts';
import { type Piece, say } from './visible.ts';

/** What differs from the last call of a tool that a person allowed; null where that would take long to find out. */
export type Changes = readonly Change[] | null;

/** In the summary no more lines than these are taken. */
const MOST_LINES = 12;
/** Behind these nobody reads on, and each of them could name a place a hundred keys deep. */
const MOST_CHANGES = 1_000;
const LEAST_FOR_COLUMNS = 50;
/** So much that two texts have in common at their beginning is left out, but for the last of it. */
const LEAST_ALIKE = 30;
const KEPT_ALIKE = 10;
const LAST_PLAIN = 0x7e;

/** Changes of what, and how they are shown. */
export interface ChangesOf {
  readonly label: string;
  readonly since: string;
  /** Nothing else shows what stands there: none is left out, and no key cut, where all is shown. */
  readonly isAlone: boolean;
}

const SINCE_LAST: ChangesOf = { label: 'changes', since: 'since the last allowed call', isAlone: false };

/** Looks for changes between two JSON texts. `isFull`: secrets are not hidden. */
export function findChanges(before: string, after: string, isFull: boolean): Changes {
  return compareJson(before, after, !isFull);
}

/** The changes in a few words, for the line above the arguments. */
export function describeChanges(changes: Changes): string {
  if (changes === null) return 'too long to compare with last time';
  if (changes.length === 0) return 'the same arguments as last time';
  return `${count(changes.length)} ${changes.length === 1 ? 'change' : 'changes'} since last time`;
}

/** The changes one by one. `isFull`: none left out, nothing cut. */
export function* renderChanges(
  changes: Changes,
  screen: Screen,
  isFull: boolean,
  { label, since, isAlone } = SINCE_LAST,
): Generator<string> {
  if (changes === null || changes.length === 0) return;
  yield* renderField(label, [say(since)], screen);
  let shown = 0;
  for (const [index, change] of changes.entries()) {
    const lines = [...renderChange(change, screen, { isFull, isAlone })];
    const hasRoom = isFull
      ? isAlone || index < MOST_CHANGES
      : index === 0 || shown + lines.length <= MOST_LINES;
    if (!hasRoom) {
      const hint = isFull ? '' : ', v shows all';
      yield* renderRemark(`and ${count(changes.length - index)} more${hint}`, screen);
      return;
    }
    yield* lines;
    shown += lines.length;
  }
}

function renderChange(
  { place, before, after, isSecret }: Change,
  screen: Screen,
  { isFull, isAlone }: { readonly isFull: boolean; readonly isAlone: boolean },
): Iterable<string> {
  const view: JsonView = { charset: screen.charset, isFull, isBrief: true };
  // A piece of a text that holds a secret may not look like one any more.
  const isHidden = !isFull && (isSecret || holdsSecret(before) || holdsSecret(after));
  const shown = isFull || isHidden ? { before, after, from: 0 } : skipAlike(before, after);
  const label = before === null ? 'new' : after === null ? 'gone' : 'changed';
  const pieces = [
    // Words of ours stand at the left edge of a row, which what a value holds never reaches: that has a gutter of its own.
    say(screen.columns < LEAST_FOR_COLUMNS ? `${label} ` : label.padEnd('changed  '.length)),
    ...splitPlace(place, { charset: screen.charset, isFull: isFull && isAlone, isBrief: true }),
    ...(shown.from === 0 ? [] : [say(` from character ${count(shown.from + 1)} on`)]),
    say(': '),
    ...(shown.before === null ? [] : splitToken(shown.before, view, isSecret)),
    ...(before === null || after === null ? [] : [say(' -> ')]),
    ...(shown.after === null ? [] : splitToken(shown.after, view, isSecret)),
    ...(isHidden ? [] : tellLetters(before, after)),
  ];
  return renderValue(pieces, 0, screen);
}

function holdsSecret(token: string | null): boolean {
  return isSecretValue(readString(token) ?? '');
}

/** Of two long texts that begin alike the beginning says nothing: what differs must not be what is cut. */
function skipAlike(
  before: string | null,
  after: string | null,
): Pick<Change, 'before' | 'after'> & { readonly from: number } {
  const [was, is] = [readString(before), readString(after)];
  if (was === null || is === null) return { before, after, from: 0 };
  let alike = 0;
  while (alike < was.length && was[alike] === is[alike]) alike++;
  // A few signs before, for the eye; never the second half of one.
  const from =
    alike < LEAST_ALIKE ? 0 : alike - KEPT_ALIKE - (isLowHalf(was.charCodeAt(alike - KEPT_ALIKE)) ? 1 : 0);
  return { before: JSON.stringify(was.slice(from)), after: JSON.stringify(is.slice(from)), from };
}

/** Two letters that look the same, or one that is written in two ways, would leave a change that nobody sees. */
function tellLetters(before: string | null, after: string | null): Piece[] {
  const [was, is] = [readString(before), readString(after)];
  if (was === null || is === null) return [];
  const [old, now] = [Array.from(was), Array.from(is)];
  const at = old.findIndex((letter, index) => letter !== now[index]);
  const [one, other] = [old[at]?.codePointAt(0) ?? 0, now[at]?.codePointAt(0) ?? 0];
  if (one <= LAST_PLAIN && other <= LAST_PLAIN) return [];
  return [say(` (first ${nameLetter(one)}, now ${nameLetter(other)})`)];
}

function nameLetter(code: number): string {
  return code === 0 ? 'nothing' : `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}

function readString(token: string | null): string | null {
  return token?.startsWith('"') === true ? (JSON.parse(token) as string) : null;
}

function isLowHalf(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

/** Long keys of arguments are cut also where all is shown: they stand whole among the arguments. */
function splitPlace(place: Change['place'], view: JsonView): Piece[] {
  return listSteps(place).flatMap((step, index) => {
    if (typeof step === 'number') return [say(`[${step}]`)];
    return [...(index === 0 ? [] : [say('.')]), ...splitName(step, view)];
  });
}
