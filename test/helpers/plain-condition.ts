import type { Truth } from '../../src/policy/condition/condition.ts';
import type { Operand } from './condition.ts';

// The rules of conditions once more, written as plainly as they can be, for values that JSON.parse keeps.

export function expectTests(policy: Operand, given: unknown): Truth {
  return both(Object.entries(policy).map(([kind, operand]) => expectTest(kind, operand, given)));
}

export function expectMissing(policy: Operand): Truth {
  return both(
    Object.entries(policy).map(([kind, operand]) => {
      if (kind === 'exists') return !(operand as boolean);
      return isNegative(kind, operand) ? 'unknown' : false;
    }),
  );
}

export function not(truth: Truth): Truth {
  return truth === 'unknown' ? truth : !truth;
}

export function both(truths: readonly Truth[]): Truth {
  return truths.includes(false) ? false : truths.includes('unknown') ? 'unknown' : true;
}

function either(truths: readonly Truth[]): Truth {
  return not(both(truths.map(not)));
}

const NULLISH = ['', 'null', 'none', 'nil', '~', 'undefined'];

function expectEqual(wanted: unknown, given: unknown): Truth {
  if (wanted === null) {
    if (typeof given === 'string') return NULLISH.includes(given.trim().toLowerCase()) ? 'unknown' : false;
    return given === null;
  }
  if (typeof wanted !== typeof given) return 'unknown';
  if (wanted === given) return true;
  return given === '\ud800' || (typeof given === 'object' && given !== null) ? 'unknown' : false;
}

function expectTest(kind: string, operand: unknown, given: unknown): Truth {
  if (kind === 'exists') return operand === true;
  if (kind === 'ne' || kind === 'not_in') {
    return given === null ? 'unknown' : not(expectTest(kind === 'ne' ? 'eq' : 'in', operand, given));
  }
  if (kind.startsWith('not_')) return not(expectTest(kind.slice(4), operand, given));
  if (kind === 'eq') return given === null && operand !== null ? 'unknown' : expectEqual(operand, given);
  if (kind === 'in') return either((operand as unknown[]).map((wanted) => expectEqual(wanted, given)));
  if (kind === 'every' || kind === 'some') return expectElements(kind, operand as Operand, given);
  if (kind === 'contains' || kind === 'length') return expectInside(kind, operand, given);
  return typeof operand === 'number'
    ? expectOrder(kind, operand, given)
    : expectText(kind, String(operand), given);
}

function expectElements(kind: string, operand: Operand, given: unknown): Truth {
  if (!Array.isArray(given)) return 'unknown';
  const each = given.map((item) => expectTests(operand, item));
  return kind === 'every' ? both(each) : either(each);
}

/** The two texts that are drawn and that a server may read as more than a text. */
function expectInside(kind: string, operand: unknown, given: unknown): Truth {
  const plain = expectCollection(kind, operand, given);
  if (given !== '[1]' && given !== '{"a":1}') return plain;
  return plain === expectCollection(kind, operand, JSON.parse(given)) ? plain : 'unknown';
}

function expectText(kind: string, operand: string, given: unknown): Truth {
  if (typeof given !== 'string' || given === '\ud800') return 'unknown';
  if (kind === 'matches') return given.includes(operand);
  return kind === 'starts_with' ? given.startsWith(operand) : given.endsWith(operand);
}

function expectOrder(kind: string, operand: number, given: unknown): Truth {
  if (typeof given !== 'number') return 'unknown';
  if (kind === 'lt') return given < operand;
  if (kind === 'lte') return given <= operand;
  return kind === 'gt' ? given > operand : given >= operand;
}

function expectCollection(kind: string, operand: unknown, given: unknown): Truth {
  if (typeof given === 'string') {
    if (given === '\ud800') return 'unknown';
    if (kind === 'length') return expectTests(operand as Operand, given.length);
    return typeof operand === 'string' ? given.includes(operand) : 'unknown';
  }
  if (typeof given !== 'object' || given === null) return 'unknown';
  if (kind === 'length') return expectTests(operand as Operand, Object.keys(given).length);
  return Array.isArray(given) ? either(given.map((item) => expectEqual(operand, item))) : 'unknown';
}

function isNegative(kind: string, operand: unknown): boolean {
  if (!['length', 'every', 'some'].includes(kind)) return /^ne$|^not_/.test(kind);
  return Object.entries(operand as Operand).some(([inner, innerOperand]) => isNegative(inner, innerOperand));
}
