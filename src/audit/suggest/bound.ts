import type { Literal } from '../../policy/condition/condition.ts';
import {
  compareDecimals,
  parseDecimal,
  renderDecimal,
  type Decimal,
} from '../../policy/condition/decimal.ts';
import { renderText } from '../../catalogue/write/yaml-text.ts';
import type { JsonValue } from '../../wire/value.ts';
import type { Counted } from './tally.ts';
import type { ArgumentValues } from './argument-values.ts';
import type { Exact } from './combinations.ts';
import type { Place } from './read-shape.ts';

/** What a condition says of one place. */
export interface Bound {
  /** Operators as they stand between the braces of YAML; none where nothing can be said but that it is there. */
  readonly tests: readonly string[];
  /** One value alone, which needs no operator; null where `tests` says it. */
  readonly literal: string | null;
  /** Why nothing can be said of its values; null where something is. */
  readonly open: string | null;
  /** A value that it does not let through. */
  readonly outside: JsonValue;
}

const NULL: JsonValue = { kind: 'null' };
/** True of every list, unknown of anything else that has a length. */
const LIST = 'every: { exists: true }';
/** Longer texts are not written into a test. */
const LONGEST_OUTSIDE = 60;

/** These values and no other; of a list its length alone, where nothing is said of its elements yet. */
export function boundExactly(values: readonly Exact[]): Bound {
  const literals = values.flatMap((value) => ('kind' in value ? [value] : []));
  const [first] = values;
  if (first === undefined || 'kind' in first) return listed(literals.toSorted(compare));
  return { tests: [`length: ${first.length}`, LIST], literal: null, open: null, outside: NULL };
}

/** What a place of this kind has in common over all calls: it lets more through than came. */
export function boundPlace({ kind, size }: Place, values: ArgumentValues): Bound {
  switch (kind) {
    case 'untold':
      return {
        tests: [],
        literal: null,
        open: 'its values are masked, cut or cannot be written down',
        outside: NULL,
      };
    case 'map':
      return { tests: [`length: ${size}`], literal: null, open: null, outside: NULL };
    case 'deep':
      return boundLength(values, NULL);
    case 'null':
    case 'boolean':
      return listed(toLiterals(values.tally.list()));
    case 'number':
      return boundNumber(values);
    case 'string':
      return boundText(values);
    case 'list':
      return boundList(values);
  }
}

/** As YAML that is read as just this value. */
export function renderLiteral(literal: Literal): string {
  switch (literal.kind) {
    case 'null':
      return 'null';
    case 'boolean':
      return String(literal.value);
    case 'number':
      return literal.text;
    case 'string':
      return renderText(literal.value);
  }
}

function listed(values: readonly Literal[]): Bound {
  const [last] = values.slice(-1);
  const words = values.map(renderLiteral);
  if (last === undefined) return { tests: [], literal: null, open: 'its values are too many', outside: NULL };
  const literal = values.length === 1 ? renderLiteral(last) : null;
  return {
    tests: literal === null ? [`in: [${words.join(', ')}]`] : [`eq: ${literal}`],
    literal,
    open: null,
    outside: leave(last),
  };
}

function toLiterals(counted: readonly Counted[] | null): Literal[] {
  return (counted ?? []).map(({ literal }) => literal).toSorted(compare);
}

/** Numbers by size, everything else by its text. */
function compare(a: Literal, b: Literal): number {
  const [one, other] = [readNumber(a), readNumber(b)];
  if (one !== null && other !== null) return compareDecimals(one, other);
  const [text, next] = [JSON.stringify(a), JSON.stringify(b)];
  return text < next ? -1 : text > next ? 1 : 0;
}

function readNumber(literal: Literal): Decimal | null {
  return literal.kind === 'number' ? parseDecimal(literal.text) : null;
}

function leave(literal: Literal): JsonValue {
  if (literal.kind === 'number') return { kind: 'number', text: raise(literal.text) };
  if (literal.kind !== 'string' || literal.value.length > LONGEST_OUTSIDE)
    return { kind: 'string', value: 'another' };
  return { kind: 'string', value: `${literal.value}-other` };
}

/** A number above it. */
function raise(text: string): string {
  return text.startsWith('-') || text === '0' ? '1' : `9${text}`;
}

function boundNumber(values: ArgumentValues): Bound {
  const repeated = values.tally.listRepeated();
  if (repeated !== null) return listed(toLiterals(repeated));
  const { least, greatest } = values;
  if (least === null || greatest === null) return listed([]);
  const most = renderDecimal(greatest);
  return {
    tests: [`gte: ${renderDecimal(least)}`, `lte: ${most}`],
    literal: null,
    open: null,
    outside: { kind: 'number', text: raise(most) },
  };
}

function boundText(values: ArgumentValues): Bound {
  const repeated = values.tally.listRepeated();
  if (repeated !== null) return listed(toLiterals(repeated));
  const { folder, host, longest } = values;
  if (folder !== null) {
    const outside: JsonValue = { kind: 'string', value: `${folder}-other/file` };
    return { tests: [`within: ${renderText(folder)}`], literal: null, open: null, outside };
  }
  if (host !== null) {
    const outside: JsonValue = { kind: 'string', value: 'https://elsewhere.example/' };
    return { tests: [`host: ${renderText(host)}`], literal: null, open: null, outside };
  }
  const outside: JsonValue =
    longest < LONGEST_OUTSIDE ? { kind: 'string', value: 'x'.repeat(longest + 1) } : NULL;
  const bound = boundLength(values, outside);
  // Lists and objects have a length, too; whether they are another text is unknown, and what is unknown is asked about.
  return { ...bound, tests: [`ne: ${renderText(values.findUnsaid())}`, ...bound.tests] };
}

function boundList(values: ArgumentValues): Bound {
  const { longest } = values;
  const items = values.elements.listRepeated();
  const outside: JsonValue =
    longest < LONGEST_OUTSIDE
      ? { kind: 'list', items: Array.from({ length: longest + 1 }, () => NULL) }
      : NULL;
  const bound = boundLength(values, outside);
  if (items === null) return { ...bound, tests: [...bound.tests, LIST] };
  const words = toLiterals(items).map(renderLiteral);
  return { ...bound, tests: [...bound.tests, `every: { in: [${words.join(', ')}] }`] };
}

function boundLength({ longest }: ArgumentValues, outside: JsonValue): Bound {
  const tests = [longest === 0 ? 'length: 0' : `length: { lte: ${longest} }`];
  return { tests, literal: null, open: null, outside };
}
