import type { JsonValue } from '../../wire/value.ts';
import type { Truth } from './condition.ts';
import type { Purse } from './purse.ts';

/** A test ready for values. */
export interface CompiledTest {
  /** Whether it holds for a value that is there. */
  judge(value: JsonValue, purse: Purse): Truth;
  /** Whether it holds where there is none. `isNull`: whether the server takes null for it. */
  judgeMissing(isNull: Truth): Truth;
}

/** What a test that asks for something says where there is nothing. */
export function failMissing(): Truth {
  return false;
}

/** What a test that rules something out says where there is nothing: what the server puts there is its own business. */
export function doubtMissing(): Truth {
  return 'unknown';
}
