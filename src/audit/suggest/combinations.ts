import type { Literal } from '../../policy/condition/condition.ts';
import { toLiteral, type Budget } from './tally.ts';
import type { Place, Shape } from './read-shape.ts';

/** A value that a condition can be equal to, or the elements of a list of them. */
export type Exact = Literal | readonly Literal[];

/** Calls that had each of some values at each place, in every combination. */
export interface Box {
  /** By the path of the place; more than one only of literals. */
  readonly values: ReadonlyMap<string, readonly Exact[]>;
  readonly calls: number;
  /** The arguments of one of the calls: JSON, null where it had none. Undefined: none was short enough. */
  readonly example: Buffer | null | undefined;
}

interface Combination {
  readonly values: ReadonlyMap<string, Exact>;
  readonly example: Buffer | null | undefined;
  calls: number;
}

const MOST_COMBINATIONS = 64;
const MOST_ITEMS = 8;

/** Which values came together in the calls of one shape, while they are few. */
export class Combinations {
  /** Calls with values that cannot be written down, and with values that came when there were too many already. */
  untellable = 0;
  varied = 0;
  readonly #budget: Budget;
  readonly #known = new Map<string, Combination>();

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  /** `keep` gives the arguments for an example. */
  add(places: Shape['places'], keep: () => Buffer | null | undefined): void {
    const values = readExact(places);
    if (values === null) {
      this.untellable++;
      return;
    }
    const key = JSON.stringify([...values]);
    const known = this.#known.get(key);
    if (known !== undefined) {
      known.calls++;
      return;
    }
    this.#budget.left -= key.length;
    if (this.#known.size >= MOST_COMBINATIONS || this.#budget.left < 0) this.varied++;
    else this.#known.set(key, { values, example: keep(), calls: 1 });
  }

  /**
   * The combinations that came, and no other, in as few boxes as that takes without much ado, the one of most calls
   * first. Where there were too many, those that came twice.
   */
  box(): Box[] {
    const all = [...this.#known.values()].filter(({ calls }) => this.varied === 0 || calls > 1);
    let boxes = all.map(({ values, calls, example }): Box => {
      const single = Array.from(values, ([path, value]) => [path, [value]] as const);
      return { values: new Map(single), calls, example };
    });
    for (let before = Infinity; boxes.length < before;) {
      before = boxes.length;
      for (const path of boxes[0]?.values.keys() ?? []) boxes = mergeAlong(path, boxes);
    }
    return boxes.toSorted((a, b) => b.calls - a.calls);
  }
}

/** By path; null where one of the values cannot be written down. */
function readExact(places: Shape['places']): Map<string, Exact> | null {
  const values = new Map<string, Exact>();
  for (const place of places.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    if (place.kind === 'map') continue;
    const exact = readPlace(place);
    if (exact === null) return null;
    values.set(place.path, exact);
  }
  return values;
}

function readPlace({ kind, value }: Place & Shape['places'][number]): Exact | null {
  if (kind === 'untold') return null;
  if (value.kind !== 'list') return toLiteral(value);
  const items = value.items.slice(0, MOST_ITEMS + 1).map(toLiteral);
  const told = items.filter((item) => item !== null);
  return told.length < items.length || items.length > MOST_ITEMS ? null : told;
}

/** Boxes that are the same at every other place become one, so that nothing comes in that was in none of them. */
function mergeAlong(path: string, boxes: readonly Box[]): Box[] {
  const merged = new Map<string, Box>();
  for (const box of boxes) {
    const own = box.values.get(path) ?? [];
    const others = [...box.values].map(([at, values]) => (at === path && !own.some(isList) ? null : values));
    const key = JSON.stringify(others);
    const known = merged.get(key);
    const values = new Map(box.values).set(path, [...(known?.values.get(path) ?? []), ...own]);
    const example = known?.example ?? box.example;
    merged.set(key, known === undefined ? box : { values, calls: known.calls + box.calls, example });
  }
  return [...merged.values()];
}

/** Conditions have no list of lists. */
function isList(exact: Exact): boolean {
  return Array.isArray(exact);
}
