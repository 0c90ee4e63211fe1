import { isSecretKey } from '../../policy/secret/secret-key.ts';
import { isNamedValue, isSecretElement, namesSecret } from '../../policy/secret/secret-place.ts';
import {
  type Cursor,
  decodeString,
  peekToken,
  readKey,
  readMark,
  readScalar,
  readValue,
} from './json-cursor.ts';

/** So many members are looked at for one that names another, and so much of each. */
const MOST_MEMBERS = 64;
const MOST_VALUE = 2_000;

/** What stands in one object or list, as it is walked through: which of it is secret by its key or its neighbours. */
export class Neighbours {
  readonly #hasNamed: boolean;
  readonly #isInner: boolean;
  #before: string | null = null;
  #index = 0;

  /** `cursor` stands before the object or list. `isInner`: that stands in a list. */
  constructor(cursor: Cursor, isInner: boolean) {
    this.#hasNamed = peekToken(cursor) === '{' && hasNaming(cursor);
    this.#isInner = isInner;
  }

  /** Whether the value that `cursor` stands before is secret; `key` is null in a list. To be asked of each in turn. */
  hides(key: string | null, cursor: Cursor): boolean {
    if (key !== null) return isSecretKey(key) || (this.#hasNamed && isNamedValue(key));
    const element = peekString(cursor);
    const [before, index] = [this.#before, this.#index++];
    this.#before = element;
    return before !== null && isSecretElement(element, { before, index, isInner: this.#isInner });
  }
}

function hasNaming({ text, at }: Cursor): boolean {
  const cursor = { text, at };
  readMark(cursor, '{');
  if (peekToken(cursor) === '}') return false;
  for (let count = 0; count < MOST_MEMBERS; count++) {
    const key = readKey(cursor);
    if (peekToken(cursor) === '"') {
      if (namesSecret(key, decodeString(readScalar(cursor)))) return true;
    } else if (readValue(cursor, MOST_VALUE) === null) return false;
    if (readMark(cursor, ',}') === '}') return false;
  }
  return false;
}

function peekString({ text, at }: Cursor): string | null {
  const cursor = { text, at };
  return peekToken(cursor) === '"' ? decodeString(readScalar(cursor)) : null;
}
