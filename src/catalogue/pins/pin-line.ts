import type { PinRecord } from './pin-book.ts';
import type { Definition } from './definition.ts';

type Fields = ReadonlyMap<string, unknown>;

export interface TimedRecord {
  readonly time: string;
  readonly record: PinRecord;
}

/** The server that a file is about, from its first line; null where it is none of ours. */
export function parseHeader(line: string): { name: string; command: string[] } | null {
  const fields = readFields(line);
  const [name, command] = [fields.get('server'), fields.get('command')];
  if (fields.get('version') !== 1 || typeof name !== 'string' || !Array.isArray(command)) return null;
  return command.every((part): part is string => typeof part === 'string') ? { name, command } : null;
}

export function renderHeader({
  name,
  command,
}: {
  readonly name: string;
  readonly command: readonly string[];
}): string {
  return `${JSON.stringify({ version: 1, server: name, command })}\n`;
}

export function renderRecord(record: PinRecord, time: string): string {
  return `${JSON.stringify({ time, ...flatten(record) })}\n`;
}

/** One line of the file; null where it is torn, or of a kind that this version does not know. */
export function parseRecord(line: string): TimedRecord | null {
  const fields = readFields(line);
  const time = fields.get('time');
  const record = readRecord(fields);
  return typeof time === 'string' && record !== null ? { time, record } : null;
}

function flatten(record: PinRecord): object {
  switch (record.kind) {
    case 'pin':
    case 'seen': {
      const { hash, text } = record.definition;
      return { kind: record.kind, tool: record.tool, hash, definition: text };
    }
    case 'accept':
    case 'forget':
      return record;
    case 'package':
      return { kind: 'package', ...record.package };
  }
}

function readRecord(fields: Fields): PinRecord | null {
  const kind = fields.get('kind');
  const [tool, hash, name, version] = ['tool', 'hash', 'name', 'version'].map((key) => fields.get(key));
  if (kind === 'package') {
    if (typeof name !== 'string' || typeof version !== 'string') return null;
    return { kind, package: { name, version } };
  }
  if (typeof tool !== 'string') return null;
  if (kind === 'forget') return { kind, tool };
  if (typeof hash !== 'string') return null;
  if (kind === 'accept') return { kind, tool, hash };
  if (kind !== 'pin' && kind !== 'seen') return null;
  const text = fields.get('definition');
  const definition: Definition = { hash, text: typeof text === 'string' ? text : null };
  return { kind, tool, definition };
}

function readFields(line: string): Fields {
  try {
    const value: unknown = JSON.parse(line);
    return new Map(typeof value === 'object' && value !== null ? Object.entries(value) : []);
  } catch {
    return new Map();
  }
}
