import { editLine, findInner } from '../wire/edit.ts';

/** A progress notification of the guard's own, "\n" included. `token` is the raw JSON token of the request. */
export function renderProgress(token: string, progress: number, message: string): Buffer {
  const params = `{"progressToken":${token},"progress":${progress},"message":${JSON.stringify(message)}}`;
  return Buffer.from(`{"jsonrpc":"2.0","method":"notifications/progress","params":${params}}\n`);
}

/** The raw progress token a notifications/progress speaks of, null where it has none. */
export function readProgressToken(line: Buffer): string | null {
  return findInner(line, 'params', 'progressToken')?.toString() ?? null;
}

/**
 * The server's progress, counted on from the guard's: "the progress value MUST increase with each notification"
 * (basic/utilities/progress). What is no number stays as it is.
 */
export function shiftProgress(line: Buffer, by: number): Buffer {
  const changes = new Map<string, Buffer>();
  for (const name of ['progress', 'total']) {
    const value = Number(findInner(line, 'params', name)?.toString() ?? NaN);
    if (Number.isFinite(value)) changes.set(name, Buffer.from(String(value + by)));
  }
  return (changes.size === 0 ? null : editLine(line, { outer: 'params', changes })) ?? line;
}
