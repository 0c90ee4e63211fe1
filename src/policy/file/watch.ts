import { statSync, watch, type FSWatcher } from 'node:fs';
import { dirname } from 'node:path';

/** How long a file stays as it is before it is read: editors write in place, in pieces, or twice. */
const SETTLE_MS = 80;
/** How often files are looked at where the system tells of no change. */
const POLL_MS = 1_000;

export interface FileWatch {
  /** Looks now: a few calls of the system, for a change that has not been told yet. */
  look(): void;
  close(): void;
}

/**
 * Calls back when one of the files has changed, come or gone, and has been still since then for 80 ms. Folders are
 * watched, not files: many editors put a new file in the old one's place. Nothing of it keeps the process alive.
 */
export function watchFiles(files: readonly string[], onChange: () => void): FileWatch {
  return new FolderWatch(files, onChange);
}

class FolderWatch implements FileWatch {
  readonly #files: readonly string[];
  readonly #onChange: () => void;
  readonly #watchers: FSWatcher[] = [];
  #poll: NodeJS.Timeout | null = null;
  #settling: NodeJS.Timeout | null = null;
  /** What was told of last. */
  #known: string;
  #seen: string;
  #isClosed = false;

  constructor(files: readonly string[], onChange: () => void) {
    this.#files = files;
    this.#onChange = onChange;
    this.#known = this.#sign();
    this.#seen = this.#known;
    for (const folder of new Set(files.map((file) => dirname(file)))) this.#watch(folder);
  }

  look(): void {
    if (this.#isClosed) return;
    const now = this.#sign();
    if (now === this.#seen) return;
    this.#seen = now;
    if (this.#settling !== null) clearTimeout(this.#settling);
    this.#settling = setTimeout(() => this.#settle(), SETTLE_MS).unref();
  }

  close(): void {
    this.#isClosed = true;
    for (const watcher of this.#watchers) watcher.close();
    if (this.#poll !== null) clearInterval(this.#poll);
    if (this.#settling !== null) clearTimeout(this.#settling);
  }

  #settle(): void {
    this.#settling = null;
    const now = this.#sign();
    if (now !== this.#seen) return this.look();
    if (now === this.#known) return;
    this.#known = now;
    this.#onChange();
  }

  #watch(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, () => this.look());
      watcher.on('error', () => this.#startPoll());
      this.#watchers.push(watcher);
    } catch {
      // The folder is not there, or the system watches no more of them.
      this.#startPoll();
    }
  }

  #startPoll(): void {
    if (!this.#isClosed) this.#poll ??= setInterval(() => this.look(), POLL_MS).unref();
  }

  /** What a change of any of the files changes. */
  #sign(): string {
    return this.#files.map(signFile).join('\n');
  }
}

function signFile(file: string): string {
  try {
    const stats = statSync(file, { bigint: true, throwIfNoEntry: false });
    return stats === undefined
      ? '-'
      : `${stats.dev} ${stats.ino} ${stats.size} ${stats.mtimeNs} ${stats.mode}`;
  } catch {
    return '?';
  }
}
