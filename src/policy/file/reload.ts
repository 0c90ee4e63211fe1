import { existsSync } from 'node:fs';
import { GuardError, renderError } from '../../errors.ts';
import type { Io } from '../../io.ts';
import type { Ground } from '../condition/ground.ts';
import type { PolicySet } from '../policy.ts';
import { escapeUnseen } from '../quote.ts';
import { findPolicy, listCandidates, type Found, type Wanted } from './find.ts';
import { watchFiles, type FileWatch } from './watch.ts';

/** What became of a change. */
export type Outcome =
  | { readonly kind: 'loaded'; readonly set: PolicySet; readonly notices: readonly string[] }
  /** The last good policy stays. `why`: lines, as at a start; `summary`: one line. */
  | { readonly kind: 'kept'; readonly why: string; readonly summary: string };

export interface ReloadParts {
  readonly wanted: Wanted;
  readonly io: Io;
  readonly ground: Ground;
  /** What was loaded at the start. */
  readonly found: Found;
  readonly onOutcome: (outcome: Outcome) => void;
}

export interface Reloader {
  /** Looks whether a file has changed, before a call is decided. */
  look(): void;
  close(): void;
}

/** Watches the files of a policy, and those that would be part of it; null where the policy says `reload: off`. */
export function startReload(parts: ReloadParts): Reloader | null {
  return parts.found.set.layers[0].policy.reload ? new Reloading(parts) : null;
}

class Reloading implements Reloader {
  readonly #parts: ReloadParts;
  #found: Found;
  #watch: FileWatch;
  #isReading = false;
  #isStale = false;
  /** The last word about a policy that cannot be used. */
  #trouble: string | null = null;
  #isClosed = false;

  constructor(parts: ReloadParts) {
    this.#parts = parts;
    this.#found = parts.found;
    this.#watch = this.#startWatch();
  }

  look(): void {
    this.#watch.look();
  }

  close(): void {
    this.#isClosed = true;
    this.#watch.close();
  }

  #startWatch(): FileWatch {
    const { wanted, io } = this.#parts;
    const files = new Set([...this.#found.files, ...listCandidates(wanted, io)]);
    return watchFiles([...files], () => void this.#read());
  }

  async #read(): Promise<void> {
    this.#isStale = true;
    if (this.#isReading) return;
    this.#isReading = true;
    while (this.#isStale && !this.#isClosed) {
      this.#isStale = false;
      const outcome = await this.#load();
      if (outcome !== null && !this.#isClosed) this.#tell(outcome);
    }
    this.#isReading = false;
  }

  async #load(): Promise<Outcome | null> {
    const { wanted, io, ground } = this.#parts;
    const gone = this.#found.files.find((file) => !existsSync(file));
    // A deleted file must not loosen what it said; whoever means it starts the guard anew.
    if (gone !== undefined)
      return keep(`${escapeUnseen(gone)} is gone; what it said holds until the guard ends`);
    try {
      const found = await findPolicy(wanted, io, ground);
      const isSame = found.set.hash === this.#found.set.hash;
      const notices = [...found.notices, ...noticeEnv(this.#found.set, found.set)];
      this.#found = found;
      if (isSame && this.#trouble === null) return null;
      return { kind: 'loaded', set: found.set, notices };
    } catch (error) {
      if (!(error instanceof GuardError)) return keep(error instanceof Error ? error.message : String(error));
      const place = error.where === undefined ? '' : `${error.where}: `;
      return { ...keep(`${place}${error.message}`), why: renderError(error).trimEnd() };
    }
  }

  #tell(outcome: Outcome): void {
    const trouble = outcome.kind === 'kept' ? outcome.why : null;
    if (trouble !== null && trouble === this.#trouble) return;
    this.#trouble = trouble;
    if (outcome.kind === 'loaded') {
      this.#watch.close();
      // Files may have been added; and a policy that says so is the last one that is reloaded.
      if (outcome.set.layers[0].policy.reload) this.#watch = this.#startWatch();
    }
    this.#parts.onOutcome(outcome);
  }
}

function keep(summary: string): Extract<Outcome, { kind: 'kept' }> {
  return { kind: 'kept', summary, why: summary };
}

function spellEnv({ layers }: PolicySet): string {
  return JSON.stringify(layers.map(({ policy }) => policy.env));
}

function noticeEnv(before: PolicySet, after: PolicySet): string[] {
  return spellEnv(before) === spellEnv(after)
    ? []
    : ['env has changed, and takes effect when the server starts anew'];
}
