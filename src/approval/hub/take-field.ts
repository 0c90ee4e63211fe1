import { type Fields, isFields, isKey } from './message-fields.ts';

/** Reads one member of a message each, and throws where it is not of its kind. Texts are data, of any length. */

export function takeText(fields: Fields, name: string): string {
  const value = fields[name];
  return typeof value === 'string' ? value : refuse(name);
}

export function takeTextOrNull(fields: Fields, name: string): string | null {
  return fields[name] === null ? null : takeText(fields, name);
}

export function takeKey(fields: Fields, name: string): string {
  const value = fields[name];
  return isKey(value) ? value : refuse(name);
}

export function takeFlag(fields: Fields, name: string): boolean {
  const value = fields[name];
  return typeof value === 'boolean' ? value : refuse(name);
}

/** Any number, also a negative one or a fraction. */
export function takeNumber(fields: Fields, name: string): number {
  const value = fields[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : refuse(name);
}

export function takeNumberOrNull(fields: Fields, name: string): number | null {
  return fields[name] === null ? null : takeNumber(fields, name);
}

/** A whole number from 0 on. */
export function takeCount(fields: Fields, name: string, most = Number.MAX_SAFE_INTEGER): number {
  const value = takeNumber(fields, name);
  return Number.isInteger(value) && value >= 0 && value <= most ? value : refuse(name);
}

export function takeFields(fields: Fields, name: string): Fields {
  const value = fields[name];
  return isFields(value) ? value : refuse(name);
}

export function takeList(fields: Fields, name: string): readonly unknown[] {
  const value: unknown = fields[name];
  return Array.isArray(value) ? value : refuse(name);
}

export function refuse(name: string): never {
  throw new TypeError(`the message has another ${name} than it may have`);
}
