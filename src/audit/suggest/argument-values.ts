import { compareDecimals, parseDecimal, type Decimal } from '../../policy/condition/decimal.ts';
import type { Ground } from '../../policy/condition/ground.ts';
import { compileHost, explainHostPattern } from '../../policy/condition/host.ts';
import type { JsonValue } from '../../wire/value.ts';
import { joinFolder } from './common-folder.ts';
import { Tally, type Budget } from './tally.ts';

/** What the values of one kind at one place of a tool's arguments have in common, however many there were. */
export class ArgumentValues {
  readonly tally: Tally;
  /** The elements of lists. */
  readonly elements: Tally;
  least: Decimal | null = null;
  greatest: Decimal | null = null;
  /** Characters, elements or keys. */
  longest = 0;
  readonly #ground: Ground;
  /** Of some short texts, those that stand for no value. */
  readonly #unsaid = new Set(['', '-', ' ', '?', 'none']);
  /** Undefined before the first text, null where they have none in common. */
  #folder: string | null | undefined;
  #host: string | null | undefined;

  constructor(budget: Budget, ground: Ground) {
    this.tally = new Tally(budget);
    this.elements = new Tally(budget);
    this.#ground = ground;
  }

  get folder(): string | null {
    return this.#folder ?? null;
  }

  get host(): string | null {
    return this.#host ?? null;
  }

  /** A text that is none of the values. */
  findUnsaid(): string {
    const [first] = this.#unsaid;
    return first ?? 'x'.repeat(this.longest + 1);
  }

  add(value: JsonValue): void {
    this.tally.add(value);
    switch (value.kind) {
      case 'number':
        this.#addNumber(parseDecimal(value.text));
        break;
      case 'string':
        this.#addText(value.value);
        break;
      case 'list':
        this.longest = Math.max(this.longest, value.items.length);
        for (const item of value.items) this.elements.add(item);
        break;
      case 'map':
        this.longest = Math.max(this.longest, value.entries.size);
        break;
      default:
    }
  }

  #addNumber(number: Decimal | null): void {
    if (number === null) return;
    if (this.least === null || compareDecimals(number, this.least) < 0) this.least = number;
    if (this.greatest === null || compareDecimals(number, this.greatest) > 0) this.greatest = number;
  }

  #addText(text: string): void {
    this.longest = Math.max(this.longest, countCharacters(text));
    this.#unsaid.delete(text);
    if (this.#folder !== null) this.#folder = joinFolder(this.#folder, text, this.#ground);
    if (this.#host === null) return;
    const host = findHost(text);
    this.#host = this.#host === undefined || this.#host === host ? host : null;
  }
}

/** Code points, as `length` counts them. */
function countCharacters(text: string): number {
  let pairs = 0;
  for (let at = 0; at < text.length; at++) {
    if ((text.charCodeAt(at) & 0xfc00) === 0xd800) pairs++;
  }
  return text.length - pairs;
}

/** The one host that every reader finds in a URL; null where there is none. */
function findHost(text: string): string | null {
  if (!/^(?:https?|wss?):\/\//i.test(text) || text.length > 8_192 || !URL.canParse(text)) return null;
  const { hostname } = new URL(text);
  if (explainHostPattern(hostname) !== null) return null;
  return compileHost([hostname])(text) === true ? hostname : null;
}
