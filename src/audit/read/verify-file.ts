import { isFields, type Fields } from '../../approval/hub/message-fields.ts';
import { readSeal } from '../chain.ts';
import { readFileEnd, type FileEnd } from '../log-ends.ts';
import type { StoredLine } from './read-lines.ts';

/** What is wrong with a file, the first of it. */
export interface Damage {
  readonly kind: 'changed' | 'missing' | 'reordered' | 'repeated' | 'cut' | 'foreign' | 'rewritten';
  /** The line of the file it was met at, from 1 on. */
  readonly line: number;
  /** A clause. */
  readonly message: string;
}

/** What the lines of a file prove. */
export interface FileProof {
  readonly lines: number;
  readonly damage: Damage | null;
  /** From its first line; empty and null where that is none. */
  readonly previous: readonly FileEnd[];
  readonly owner: string | null;
  readonly keepDays: number | null;
  /** The last line that was whole and in its place. */
  readonly last: { readonly seq: number; readonly hash: string; readonly event: string } | null;
}

/** What other files say of this one: the line of a number had this hash when they were begun. */
export interface Witness {
  readonly file: string;
  readonly seq: number;
  readonly hash: string;
}

/** Follows the chain of a file, line by line, and holds it against what other files saw of it. */
export function verifyFile(lines: Iterable<StoredLine>, witnesses: readonly Witness[]): FileProof {
  const chain = new Chain(witnesses);
  for (const line of lines) chain.take(line);
  return chain.end();
}

class Chain {
  readonly #bySeq: ReadonlyMap<number, readonly Witness[]>;
  #count = 0;
  #first: Fields = {};
  #last: FileProof['last'] = null;
  #damage: Damage | null = null;
  /** Of a line that is not in its place: the numbers that should have come first, and might come later. */
  #expected: { readonly from: number; readonly to: number; readonly line: number } | null = null;
  #lastText = '';

  constructor(witnesses: readonly Witness[]) {
    const bySeq = new Map<number, Witness[]>();
    for (const witness of witnesses) bySeq.set(witness.seq, [...(bySeq.get(witness.seq) ?? []), witness]);
    this.#bySeq = bySeq;
  }

  take({ bytes, isTorn }: StoredLine): void {
    this.#count++;
    if (this.#expected !== null) return this.#lookForLost(bytes);
    if (this.#damage !== null) return;
    const text = bytes.toString('latin1');
    if (isTorn)
      return this.#note('cut', `ends in the middle of a line, ${bytes.length} bytes of it are there`);
    const fields = parse(text);
    const seal = readSeal(text);
    const seq = fields?.['seq'];
    if (fields === null || seal === null || typeof seq !== 'number')
      return this.#note('foreign', 'is no line of the log');
    if (!seal.isIntact) return this.#note('changed', 'was changed: it is not what its own hash says');
    if (!this.#isInPlace(fields, seq, seal.prev, text)) return;
    this.#lastText = text;
    this.#last = { seq, hash: seal.hash, event: String(fields['event']) };
    const liar = this.#bySeq.get(seq)?.find((witness) => witness.hash !== seal.hash);
    if (liar !== undefined)
      this.#note('rewritten', `is not the one that ${liar.file} saw there: it was written anew since`);
  }

  end(): FileProof {
    const expected = this.#expected;
    if (expected !== null) this.#damage = missing(expected);
    this.#damage ??= this.#findCutEnd();
    const { previous, owner, keepDays } = this.#first;
    return {
      lines: this.#count,
      damage: this.#damage,
      previous: Array.isArray(previous) ? previous.flatMap((end) => readFileEnd(end) ?? []) : [],
      owner: typeof owner === 'string' ? owner : null,
      keepDays: typeof keepDays === 'number' ? keepDays : null,
      last: this.#last,
    };
  }

  #isInPlace(fields: Fields, seq: number, prev: string | null, text: string): boolean {
    if (this.#last === null) {
      this.#first = fields;
      if (fields['event'] === 'start') return true;
      this.#note('missing', `has number ${seq} of its run: what stood before it is missing`);
      return false;
    }
    const wanted = this.#last.seq + 1;
    if (seq > wanted) {
      this.#expected = { from: wanted, to: seq - 1, line: this.#count };
      return false;
    }
    if (seq < wanted) {
      const isRepeated = text === this.#lastText;
      const what = isRepeated
        ? `has number ${seq}, as the one before it`
        : `has number ${seq}, behind number ${wanted - 1}`;
      this.#note(isRepeated ? 'repeated' : 'reordered', what);
      return false;
    }
    if (prev === this.#last.hash) return true;
    this.#note(
      'rewritten',
      `does not follow from number ${seq - 1}, which was written anew, or belongs elsewhere`,
    );
    return false;
  }

  /** Whether what is missing comes later tells a line that was moved from one that was taken out. */
  #lookForLost(bytes: Buffer): void {
    const { from, to, line } = this.#expected ?? { from: 0, to: -1, line: 0 };
    const seq = parse(bytes.toString('latin1'))?.['seq'];
    if (typeof seq !== 'number' || seq < from || seq > to) return;
    const message = `has number ${to + 1}, and number ${seq} comes after it`;
    this.#damage = { kind: 'reordered', line, message };
    this.#expected = null;
  }

  #findCutEnd(): Damage | null {
    const last = this.#last?.seq ?? -1;
    const beyond = [...this.#bySeq.values()].flat().find(({ seq }) => seq > last);
    if (beyond === undefined) return null;
    const message = `is the last one, number ${last}, but ${beyond.file} saw number ${beyond.seq}: the end was cut off`;
    return { kind: 'cut', line: this.#count, message };
  }

  #note(kind: Damage['kind'], message: string): void {
    this.#damage ??= { kind, line: this.#count, message };
  }
}

function missing({ from, to, line }: { from: number; to: number; line: number }): Damage {
  const which = from === to ? `number ${from} is` : `numbers ${from} to ${to} are`;
  return { kind: 'missing', line, message: `has number ${to + 1}: ${which} missing before it` };
}

function parse(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : null;
  } catch {
    return null;
  }
}
