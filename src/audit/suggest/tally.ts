import { parseDecimal, renderDecimal } from '../../policy/condition/decimal.ts';
import type { Literal } from '../../policy/condition/condition.ts';
import type { JsonValue } from '../../wire/value.ts';

/** Characters that may still be kept, of all values of all tools together. */
export interface Budget {
  left: number;
}

export interface Counted {
  readonly literal: Literal;
  readonly times: number;
}

const MOST_VALUES = 8;
/** A longer text is not written into a policy to be compared with. */
const LONGEST = 200;

/** Counts equal values, while they are few. */
export class Tally {
  readonly #budget: Budget;
  #counts: Map<string, { literal: Literal; times: number }> | null = new Map();
  #total = 0;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  add(value: JsonValue): void {
    this.#total++;
    if (this.#counts === null) return;
    const literal = toLiteral(value);
    if (literal === null) {
      this.#counts = null;
      return;
    }
    const key = JSON.stringify(literal);
    const known = this.#counts.get(key);
    if (known !== undefined) {
      known.times++;
      return;
    }
    this.#budget.left -= key.length;
    this.#counts.set(key, { literal, times: 1 });
    if (this.#counts.size > MOST_VALUES || this.#budget.left < 0) this.#counts = null;
  }

  /** The most frequent first; null where they are many, or cannot be written down. */
  list(): readonly Counted[] | null {
    if (this.#counts === null) return null;
    return [...this.#counts]
      .toSorted(([a, { times }], [b, other]) => other.times - times || (a < b ? -1 : 1))
      .map(([, counted]) => counted);
  }

  /** The values where they repeat: one alone, or each at least twice on average; else null. */
  listRepeated(): readonly Counted[] | null {
    const values = this.list();
    if (values === null || values.length === 0) return null;
    return values.length === 1 || this.#total >= 2 * values.length ? values : null;
  }
}

/** Null for what a policy cannot compare with. */
export function toLiteral(value: JsonValue): Literal | null {
  switch (value.kind) {
    case 'null':
      return { kind: 'null' };
    case 'boolean':
      return { kind: 'boolean', value: value.value };
    case 'number': {
      const decimal = parseDecimal(value.text);
      return decimal === null ? null : { kind: 'number', text: renderDecimal(decimal) };
    }
    case 'string':
      return value.value.length > LONGEST ? null : { kind: 'string', value: value.value };
    default:
      return null;
  }
}
