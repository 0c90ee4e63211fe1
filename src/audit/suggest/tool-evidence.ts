import type { Ground } from '../../policy/condition/ground.ts';
import { CATEGORIES, RISKS, type Category, type Risk } from '../../policy/profile.ts';
import { readValue, type JsonValue } from '../../wire/value.ts';
import type { RecordedArguments, RecordedCall } from '../read/recorded-call.ts';
import { ArgumentValues } from './argument-values.ts';
import { Combinations } from './combinations.ts';
import { Rate } from './rate.ts';
import { BARE, readShape, type Place, type PlaceKind, type Shape } from './read-shape.ts';
import type { Budget } from './tally.ts';

/** Calls with the same arguments, of the same kinds. */
export interface ShapeEvidence {
  readonly size: number | null;
  readonly places: readonly Place[];
  readonly combinations: Combinations;
  calls: number;
  /** The arguments of the first one that was short enough: JSON, or null where it had none. Undefined: none was. */
  example: Buffer | null | undefined;
}

const MOST_SHAPES = 16;
const MOST_REFUSED = 20;
/** Bytes of an example. */
const LONGEST_EXAMPLE = 4_096;

/** What is gathered with. */
export interface Gathering {
  readonly ground: Ground;
  readonly budget: Budget;
}

/** All that the log tells of one tool, of which no more is kept than a policy has use for. */
export class ToolEvidence {
  readonly name: string;
  category: Category | null = null;
  risk: Risk | null = null;
  /** Calls that ran, and of them those that a person said yes to, and those that an earlier yes was good for. */
  ran = 0;
  approved = 0;
  granted = 0;
  /** Calls that a person, the policy or a limit of it said no to, and those that ended in another way. */
  refusedByPerson = 0;
  refusedByPolicy = 0;
  limited = 0;
  other = 0;
  first = Infinity;
  last = -Infinity;
  /** Ran with arguments that the log does not tell, or that no condition can tell. */
  untold = 0;
  odd = 0;
  readonly rate = new Rate();
  readonly shapes = new Map<string, ShapeEvidence>();
  /** What the policy refused; null where these are too many to be kept, or not told. */
  refused: (Buffer | null)[] | null = [];
  readonly #values = new Map<string, ArgumentValues>();
  readonly #gathering: Gathering;

  constructor(name: string, gathering: Gathering) {
    this.name = name;
    this.#gathering = gathering;
  }

  /** Whether it does no more than read, at low risk. */
  get isMild(): boolean {
    return this.category === 'read' && this.risk === 'low';
  }

  add(call: RecordedCall): void {
    this.category = pickGraver(CATEGORIES, this.category, call.category);
    this.risk = pickGraver(RISKS, this.risk, call.risk);
    if (call.verdict === 'allow') {
      if (call.dryRun) this.other++;
      else this.#addRun(call);
    } else if (call.code === 'approval_denied') {
      this.refusedByPerson++;
    } else if (call.code === 'denied' || call.code === 'unknown_tool') {
      this.refusedByPolicy++;
      this.#keepRefused(call.arguments);
    } else if (call.code === 'rate_limited') {
      this.limited++;
    } else {
      this.other++;
    }
  }

  /** What the values at a place have in common. */
  valuesAt(path: string, kind: PlaceKind): ArgumentValues {
    const key = `${kind} ${path}`;
    const known = this.#values.get(key);
    if (known !== undefined) return known;
    const values = new ArgumentValues(this.#gathering.budget, this.#gathering.ground);
    this.#values.set(key, values);
    return values;
  }

  #addRun({ time, session, code, arguments: told }: RecordedCall): void {
    this.ran++;
    if (code === 'approved') this.approved++;
    if (code === 'granted') this.granted++;
    this.first = Math.min(this.first, time);
    this.last = Math.max(this.last, time);
    this.rate.add(session, time);
    if (told.kind === 'untold') {
      this.untold++;
      return;
    }
    const shape = told.kind === 'absent' ? BARE : readShapeOf(told.json);
    const known = shape === null ? null : this.#findShape(shape);
    if (shape === null || known === null) {
      this.odd++;
      return;
    }
    known.calls++;
    const keep = (): Buffer | null | undefined => this.#keep(told);
    known.combinations.add(shape.places, keep);
    if (known.example === undefined) known.example = keep();
    for (const { path, kind, value } of shape.places) {
      if (kind !== 'untold' && kind !== 'map') this.valuesAt(path, kind).add(value);
    }
  }

  /** Null where there are too many of them. */
  #findShape({ key, size, places }: Shape): ShapeEvidence | null {
    const known = this.shapes.get(key);
    if (known !== undefined) return known;
    this.#gathering.budget.left -= key.length;
    if (this.shapes.size >= MOST_SHAPES || this.#gathering.budget.left < 0) return null;
    const shape: ShapeEvidence = {
      size,
      places: places.map(({ path, steps, kind, size }) => ({ path, steps, kind, size })),
      combinations: new Combinations(this.#gathering.budget),
      calls: 0,
      example: undefined,
    };
    this.shapes.set(key, shape);
    return shape;
  }

  #keepRefused(told: RecordedArguments): void {
    const kept = told.kind === 'told' && readArgs(told.json) === null ? undefined : this.#keep(told);
    if (kept === undefined || (this.refused?.length ?? 0) >= MOST_REFUSED) this.refused = null;
    else this.refused?.push(kept);
  }

  #keep(told: RecordedArguments): Buffer | null | undefined {
    if (told.kind === 'absent') return null;
    if (told.kind === 'untold' || told.json.length > LONGEST_EXAMPLE) return undefined;
    this.#gathering.budget.left -= told.json.length;
    // A view would keep all of the log that it was read from.
    return this.#gathering.budget.left < 0 ? undefined : Buffer.from(told.json);
  }
}

function readShapeOf(json: Buffer): Shape | null {
  const args = readArgs(json);
  return args === null ? null : readShape(args);
}

/** Null for a line of the log that somebody has changed. */
function readArgs(json: Buffer): JsonValue | null {
  try {
    return readValue(json);
  } catch {
    return null;
  }
}

function pickGraver<Word extends string>(
  words: readonly Word[],
  a: Word | null,
  b: Word | null,
): Word | null {
  if (a === null || b === null) return a ?? b;
  return words.indexOf(b) > words.indexOf(a) ? b : a;
}
