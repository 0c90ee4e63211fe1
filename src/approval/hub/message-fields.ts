/** The members of one message, not looked at yet. */
export type Fields = Readonly<Record<string, unknown>>;

const KEY = /^[0-9a-z-]{1,64}$/;

/** The object on one line; null where it holds none. */
export function parseFields(line: Uint8Array): Fields | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(line.buffer, line.byteOffset, line.length).toString());
    return isFields(value) ? value : null;
  } catch {
    return null;
  }
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What names a question or a grant. */
export function isKey(value: unknown): value is string {
  return typeof value === 'string' && KEY.test(value);
}

/** Whether it is a whole number from 1 on. */
export function isWhole(value: unknown, most: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= most;
}
