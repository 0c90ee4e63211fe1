import { parseDecimal } from '../condition/decimal.ts';
import type { ArgPath } from '../condition/condition.ts';
import { compilePath, type Facts, type Found } from '../condition/find-value.ts';
import type { AppliedLimit } from '../policy.ts';
import { escapeUnseen } from '../quote.ts';
import { countUnits, isHuge, MOST_PLACES, readUnits, renderUnits } from './amount.ts';
import { fold } from '../rule-index.ts';
import type { Room } from './window.ts';

/** What a call takes of a limit. */
export interface Want {
  readonly limit: AppliedLimit;
  readonly room: Room;
  /** The tool's folded name where each has a window of its own, else empty. */
  readonly tool: string;
  /** In units of the limit: calls, or those of `readUnits`. */
  readonly amount: bigint;
}

/** What a call that adds this amount takes; the tool's name in any case, since another spelling brings no fresh window. */
export function createWant(limit: AppliedLimit, room: Room, tool: string, amount: bigint): Want {
  return { limit, room, tool: limit.per === 'tool' ? fold(tool) : '', amount };
}

/** How much room a limit has, in its own units. */
export function readRoom({ measure, windowMs }: AppliedLimit): Room {
  const max = measure.kind === 'calls' ? BigInt(measure.max) : readUnits(measure.max);
  // The reader of policies lets no other `max` pass; nothing fits into this one.
  return { max: max ?? -1n, windowMs };
}

/** What takes part in telling windows apart; a changed `max` or length is still the same window. */
export function nameLimit(limit: AppliedLimit): string {
  const known = names.get(limit);
  if (known !== undefined) return known;
  const { layer, rule, scope, measure } = limit;
  const name = JSON.stringify([layer, rule, scope, measure.kind === 'sum' ? measure.of.text : null]);
  names.set(limit, name);
  return name;
}

/** Of the limit's units, as the policy would write them. */
export function renderAmount({ measure }: AppliedLimit, units: bigint): number | string {
  return measure.kind === 'calls' ? Number(units) : renderUnits(units);
}

export type Amount =
  /** `isTooLarge`: more than the limit ever allows. */
  | { readonly kind: 'amount'; readonly units: bigint; readonly isTooLarge: boolean }
  | { readonly kind: 'unsummable'; readonly why: string };

/**
 * The amount at a path of the arguments. What a server would make of anything but a number that is there cannot be told
 * from here, so it is not summed: neither text, nor a default of the schema, nor one of two keys that servers may confuse.
 */
export function readAmount(path: ArgPath, max: bigint, args: Facts['args']): Amount {
  const found = findAmount(path, args);
  const lack = describeLack(found);
  const decimal =
    found.kind === 'value' && found.value.kind === 'number' ? parseDecimal(found.value.text) : null;
  if (lack !== null || decimal === null) return unsummable(path, lack ?? 'cannot be read as a number');
  if (decimal.sign === -1) return unsummable(path, 'is negative');
  // Counted as just too much: nobody can say how much more it is without writing it out.
  if (isHuge(decimal)) return { kind: 'amount', units: max + 1n, isTooLarge: true };
  const units = countUnits(decimal);
  if (units !== null) return { kind: 'amount', units, isTooLarge: units > max };
  return unsummable(path, `has more than ${MOST_PLACES} digits behind the point, which are not counted`);
}

const names = new WeakMap<AppliedLimit, string>();
const paths = new WeakMap<ArgPath, (facts: Facts) => Found>();

function findAmount(path: ArgPath, args: Facts['args']): Found {
  const find = paths.get(path) ?? compilePath(path);
  paths.set(path, find);
  return find({ args, schema: null });
}

function unsummable({ text }: ArgPath, lack: string): Amount {
  return { kind: 'unsummable', why: `${escapeUnseen(text)} ${lack}` };
}

/** Why it is no number; null where it is one. */
function describeLack(found: Found): string | null {
  switch (found.kind) {
    case 'value':
      return found.value.kind === 'number' ? null : 'is no number';
    case 'default':
    case 'perhaps':
    case 'missing':
      return 'is missing';
    case 'unclear':
      return 'cannot be told: servers may read its name or its place in different ways';
    case 'untold':
      return 'is not told';
  }
}
