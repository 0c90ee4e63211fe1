import { isSecretKey } from './secret-key.ts';

const NAMES: ReadonlySet<string> = new Set([
  'name',
  'key',
  'header',
  'field',
  'variable',
  'var',
  'env',
  'param',
  'parameter',
  'property',
  'label',
  'option',
  'k',
  'n',
  'id',
  'type',
  'element',
  'selector',
  'locator',
  'target',
  'placeholder',
]);
/** What a page holds: `Password field`, `input.token-box`. */
const WIDGET = /(?:[\W_]*(?:field|input|box|textbox|text|entry|element|area)\b)+\W*$/i;
const VALUES: ReadonlySet<string> = new Set([
  'value',
  'values',
  'val',
  'content',
  'default',
  'data',
  'text',
  'v',
  'string',
  'stringvalue',
  'current',
  'newvalue',
  'valuefrom',
  'defaultvalue',
]);
const CREDENTIALS = /^(?:-u|--user|--proxy-user)$/;
/** A user and a group, as containers take them, are no user and password. */
const USER_PASSWORD = /^(?!\d+:\d+$)[^\s:/]+:[^\s/]/;

/**
 * Whether a member of this key and value names what another member of its object holds: `{"name": "DB_PASSWORD", ...}`,
 * `{"element": "Password field", ...}`.
 */
export function namesSecret(key: string, value: string): boolean {
  return value.length <= MOST_NAME && NAMES.has(key.toLowerCase()) && isSecretKey(value.replace(WIDGET, ''));
}

const MOST_NAME = 128;

/** Whether a member of this key holds what another one names. */
export function isNamedValue(key: string): boolean {
  return VALUES.has(key.toLowerCase().replaceAll(/[_-]/g, ''));
}

/** What says no more than that something is there or not: hiding it would hide what the call does. By its JSON text. */
export function isHarmless(json: string): boolean {
  return json.length <= 5 && HARMLESS.has(json);
}

const HARMLESS: ReadonlySet<string> = new Set(['null', 'true', 'false', '""', '{}', '[]']);

/** Where an element of a list stands: what is before it, and whether the list stands in another one. */
export interface ListPlace {
  /** Null at the beginning, and behind what is no string. */
  readonly before: string | null;
  readonly index: number;
  readonly isInner: boolean;
}

/** Whether an element of a list is secret by what stands before it: `["--password", "x"]`, `[["Authorization", "x"]]`. */
export function isSecretElement(element: string | null, { before, index, isInner }: ListPlace): boolean {
  if (before === null || before === '' || before.length > MOST_NAME) return false;
  if (before.startsWith('-')) {
    if (element !== null && CREDENTIALS.test(before)) return USER_PASSWORD.test(element);
    return !before.includes('=') && element?.startsWith('--') !== true && isSecretKey(before);
  }
  return isInner && index === 1 && isSecretKey(before);
}
