/**
 * One line of a limit's file. All have one length, which divides that of a page: the system writes a page or none of
 * it, so a writer that is killed, or finds the disk full, leaves a whole record or nothing. Whatever else is met there
 * was not written by a guard.
 */
export const RECORD_BYTES = 128;

export type MachineRecord =
  /** The first one: which form the file has. */
  | { readonly kind: 'head'; readonly version: string }
  /** The machine's clock runs from here on; what was before it is older by what the wall clock says. */
  | { readonly kind: 'boot'; readonly boot: string; readonly at: number; readonly wall: number }
  /** Of an earlier file: what was counted in a window. Only before `whole`. */
  | { readonly kind: 'kept'; readonly tool: string; readonly entries: readonly KeptEntry[] }
  /** Of an earlier file, this many records; new ones follow. */
  | { readonly kind: 'whole'; readonly count: number }
  /** A place is taken, and counts until it is released. */
  | ({ readonly kind: 'take' } & Taken)
  /** What was taken is counted from this moment on. Says nothing where it is not held any more. */
  | { readonly kind: 'commit'; readonly id: string; readonly at: number; readonly wall: number }
  | { readonly kind: 'release'; readonly id: string }
  /** Nothing behind it counts: the next file goes on from here. */
  | { readonly kind: 'seal'; readonly id: string };

export interface KeptEntry {
  readonly at: number;
  readonly amount: bigint;
}

export interface Taken {
  readonly id: string;
  /** The process that holds it. */
  readonly owner: string;
  /** Empty where all calls share a window. */
  readonly tool: string;
  readonly amount: bigint;
  readonly at: number;
}

/** The record as bytes. */
export function renderRecord(record: MachineRecord): Buffer {
  const text = renderFields(record);
  const body = text.padEnd(RECORD_BYTES - CHECK_LENGTH - 2);
  if (body.length !== RECORD_BYTES - CHECK_LENGTH - 2) throw new Error(`a record is too long: ${text}`);
  return Buffer.from(`${body} ${check(body)}\n`, 'latin1');
}

/** What the bytes say; null where no guard wrote them. */
export function parseRecord(bytes: Buffer): MachineRecord | null {
  const text = bytes.toString('latin1');
  const body = text.slice(0, RECORD_BYTES - CHECK_LENGTH - 2);
  if (text !== `${body} ${check(body)}\n`) return null;
  return readFields(body.trimEnd().split(' '));
}

/** How many records of `kept` hold the entries, each as full as it can be. */
export function* packEntries(tool: string, entries: Iterable<KeptEntry>): Generator<MachineRecord> {
  let pack: KeptEntry[] = [];
  let length = 0;
  for (const entry of entries) {
    const words = renderEntry(entry, pack.at(-1)?.at ?? 0).length + 1;
    if (length + words > ENTRIES_LENGTH) {
      yield { kind: 'kept', tool, entries: pack };
      pack = [];
      length = 0;
    }
    length += pack.length === 0 ? renderEntry(entry, 0).length + 1 : words;
    pack.push(entry);
  }
  if (pack.length > 0) yield { kind: 'kept', tool, entries: pack };
}

const CHECK_LENGTH = 8;
const NO_TOOL = '-';
/** What is left of a record beside its kind and the tool. */
const ENTRIES_LENGTH = RECORD_BYTES - CHECK_LENGTH - 2 - 'k 123456789012'.length;

function renderFields(record: MachineRecord): string {
  switch (record.kind) {
    case 'head':
      return `mcp-guard-limit ${record.version}`;
    case 'boot':
      return `b ${record.boot} ${Math.ceil(record.at)} ${record.wall}`;
    case 'kept': {
      let before = 0;
      const entries = record.entries.map((entry) => {
        const text = renderEntry(entry, before);
        before = entry.at;
        return text;
      });
      return `k ${record.tool === '' ? NO_TOOL : record.tool} ${entries.join(' ')}`;
    }
    case 'whole':
      return `w ${record.count}`;
    case 'take': {
      const { id, owner, tool, amount, at } = record;
      return `t ${id} ${owner} ${tool === '' ? NO_TOOL : tool} ${renderBig(amount)} ${Math.ceil(at)}`;
    }
    case 'commit':
      return `c ${record.id} ${Math.ceil(record.at)} ${record.wall}`;
    case 'release':
      return `r ${record.id}`;
    case 'seal':
      return `s ${record.id}`;
  }
}

/** The time since the entry before it, and the amount where it is not one call. */
function renderEntry({ at, amount }: KeptEntry, before: number): string {
  const since = (at - before).toString(36);
  return amount === 1n ? since : `${since}:${renderBig(amount)}`;
}

function readFields([kind, ...fields]: readonly string[]): MachineRecord | null {
  const [first = '', second = '', third = ''] = fields;
  switch (kind) {
    case 'mcp-guard-limit':
      return { kind: 'head', version: first };
    case 'b':
      return { kind: 'boot', boot: first, at: Number(second), wall: Number(third) };
    case 'k':
      return { kind: 'kept', tool: first === NO_TOOL ? '' : first, entries: readEntries(fields.slice(1)) };
    case 'w':
      return { kind: 'whole', count: Number(first) };
    case 't':
      return readTaken(fields);
    case 'c':
      return { kind: 'commit', id: first, at: Number(second), wall: Number(third) };
    case 'r':
      return { kind: 'release', id: first };
    case 's':
      return { kind: 'seal', id: first };
    default:
      return null;
  }
}

function readTaken([id = '', owner = '', tool = '', amount = '', at = '']: readonly string[]): MachineRecord {
  return {
    kind: 'take',
    id,
    owner,
    tool: tool === NO_TOOL ? '' : tool,
    amount: readBig(amount),
    at: Number(at),
  };
}

function readEntries(words: readonly string[]): KeptEntry[] {
  let at = 0;
  return words.map((word) => {
    const [since = '', amount] = word.split(':');
    at += Number.parseInt(since, 36);
    return { at, amount: amount === undefined ? 1n : readBig(amount) };
  });
}

/** Sums have up to fifty digits. */
function renderBig(amount: bigint): string {
  return amount.toString(36);
}

function readBig(text: string): bigint {
  let value = 0n;
  for (const digit of text) value = value * 36n + BigInt(Number.parseInt(digit, 36));
  return value;
}

/** FNV-1a: it tells damage, not malice. */
function check(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(CHECK_LENGTH, '0');
}
