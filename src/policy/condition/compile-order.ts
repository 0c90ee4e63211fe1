import { failMissing, type CompiledTest } from './compiled-test.ts';
import { compareDecimals, parseDecimal } from './decimal.ts';

/** Whether a number stands so to the bound. */
const HOLDS = {
  lt: (order: number) => order < 0,
  lte: (order: number) => order <= 0,
  gt: (order: number) => order > 0,
  gte: (order: number) => order >= 0,
} as const;

/** Numbers alone, compared as they are written, whatever their size. Throws where the bound is no number. */
export function compileOrder(kind: keyof typeof HOLDS, bound: string): CompiledTest {
  const limit = parseDecimal(bound);
  if (limit === null) throw new Error(`a bound that is no number: ${bound}`);
  const holds = HOLDS[kind];
  return {
    judge: (value) => {
      const number = value.kind === 'number' ? parseDecimal(value.text) : null;
      return number === null ? 'unknown' : holds(compareDecimals(number, limit));
    },
    judgeMissing: failMissing,
  };
}
