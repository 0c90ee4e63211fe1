import type { FromConsole } from './console-message.ts';
import { isNonce } from './handshake.ts';
import { type Fields, isWhole, parseFields } from './message-fields.ts';
import type { Choice, Lasts, YesScope } from '../question.ts';
import { refuse, takeFields, takeFlag, takeKey, takeText } from './take-field.ts';

/** The longest a yes may hold that is given for a time, and the most calls it may be given for. */
const LONGEST_MS = 30 * 86_400_000;
const SHORTEST_MS = 1_000;
const MOST_CALLS = 1_000;
/** Characters of the words to the agent. */
const MOST_WORDS = 500;
const DIGEST = /^[0-9a-f]{64}$/;

const READERS: ReadonlyMap<unknown, (fields: Fields) => FromConsole> = new Map<
  FromConsole['kind'],
  (fields: Fields) => FromConsole
>([
  ['hello', readHello],
  ['prove', (fields) => ({ kind: 'prove', proof: takeText(fields, 'proof') })],
  ['show', (fields) => ({ kind: 'show', key: takeKey(fields, 'key') })],
  ['propose', (fields) => ({ kind: 'propose', key: takeKey(fields, 'key') })],
  ['attend', (fields) => ({ kind: 'attend', key: takeKey(fields, 'key') })],
  ['answer', readAnswer],
  ['pause', (fields) => ({ kind: 'pause', on: takeFlag(fields, 'on') })],
  ['status', () => ({ kind: 'status' })],
  ['grants', () => ({ kind: 'grants' })],
  ['revoke', (fields) => ({ kind: 'revoke', id: takeKey(fields, 'id') })],
]);

/** What a console said; null where it is none of the messages, whole. */
export function readFromConsole(line: Uint8Array): FromConsole | null {
  const fields = parseFields(line);
  if (fields === null) return null;
  try {
    return READERS.get(fields['kind'])?.(fields) ?? null;
  } catch {
    return null;
  }
}

function readHello({ version, nonce }: Fields): FromConsole {
  return version === 1 && isNonce(nonce) ? { kind: 'hello', version, nonce } : refuse('version or nonce');
}

function readAnswer(fields: Fields): FromConsole {
  const digest = takeText(fields, 'digest');
  if (!DIGEST.test(digest)) return refuse('digest');
  return {
    kind: 'answer',
    key: takeKey(fields, 'key'),
    digest,
    choice: readChoice(takeFields(fields, 'choice')),
  };
}

function readChoice(fields: Fields): Choice {
  switch (fields['kind']) {
    case 'yes':
      return readYes(fields);
    case 'no':
      return { kind: 'no', message: fields['message'] === null ? null : readWords(fields) };
    default:
      return refuse('choice');
  }
}

function readWords(fields: Fields): string {
  const words = takeText(fields, 'message');
  return Array.from(words).length <= MOST_WORDS ? words : refuse('message');
}

function readYes(fields: Fields): Choice {
  const scope = readScope(fields['scope']);
  const lasts = readLasts(takeFields(fields, 'lasts'));
  // A yes to one call is never more, whatever is said beside it.
  if (scope === 'once') return { kind: 'yes', scope, lasts: { kind: 'session' } };
  // The rule that is written speaks of the tool: nobody has seen one for this call alone.
  return lasts.kind === 'always' && scope !== 'tool' ? refuse('scope') : { kind: 'yes', scope, lasts };
}

function readScope(scope: unknown): YesScope {
  return scope === 'once' || scope === 'tool' || scope === 'call' ? scope : refuse('scope');
}

function readLasts({ kind, ms, count }: Fields): Lasts {
  switch (kind) {
    case 'session':
    case 'always':
      return { kind };
    case 'time':
      return isWhole(ms, LONGEST_MS) && ms >= SHORTEST_MS ? { kind, ms } : refuse('time');
    case 'calls':
      return isWhole(count, MOST_CALLS) ? { kind, count } : refuse('number of calls');
    default:
      return refuse('lasts');
  }
}
