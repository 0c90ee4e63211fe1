import { watch, type FSWatcher } from 'node:fs';
import { basename } from 'node:path';
import type { Io } from '../../io.ts';
import { signFile, signFiles } from './sign.ts';
import { findWatchPoints, type WatchPoints } from './watch-points.ts';

/** How long a file stays as it is before it is read: editors write in place, in pieces, or twice. */
const SETTLE_MS = 80;
/** How often files are looked at where the system tells of no change. */
const POLL_MS = 1_000;
/** Calls may come much faster than anybody saves. */
const LOOK_MS = 20;

export interface FileWatch {
  /** Looks now: a few calls of the system, for a change that has not been told yet. Does little when called often. */
  look(): void;
  close(): void;
}

/**
 * Calls back when one of the files is no longer what `known` says and has been still for 80 ms. `known` holds, by file,
 * what `signFile` gave before the file was read, so that no change is missed in between. Nothing of it keeps the
 * process alive, and no timer runs while nothing changes.
 */
export function watchFiles(
  known: ReadonlyMap<string, string>,
  onChange: () => void,
  io: Pick<Io, 'now'>,
): FileWatch {
  return new FolderWatch(known, onChange, io);
}

class FolderWatch implements FileWatch {
  readonly #files: readonly string[];
  readonly #onChange: () => void;
  readonly #io: Pick<Io, 'now'>;
  #watchers: FSWatcher[] = [];
  /** Which folders are watched; null where one of them cannot be. */
  #armed: string | null = null;
  #poll: NodeJS.Timeout | null = null;
  #settling: NodeJS.Timeout | null = null;
  /** What was told of last. */
  #known: string;
  #seen: string;
  #looked = Number.NEGATIVE_INFINITY;
  #isClosed = false;

  constructor(known: ReadonlyMap<string, string>, onChange: () => void, io: Pick<Io, 'now'>) {
    this.#files = [...known.keys()];
    this.#onChange = onChange;
    this.#io = io;
    this.#known = [...known.values()].join('\n');
    this.#seen = this.#known;
    this.#arm();
    this.#compare();
  }

  look(): void {
    const now = this.#io.now();
    if (now - this.#looked < LOOK_MS) return;
    this.#looked = now;
    this.#compare();
  }

  close(): void {
    this.#isClosed = true;
    this.#disarm();
    if (this.#poll !== null) clearInterval(this.#poll);
    if (this.#settling !== null) clearTimeout(this.#settling);
  }

  #compare(): void {
    if (this.#isClosed) return;
    const now = this.#sign();
    if (now === this.#seen) return;
    this.#seen = now;
    if (this.#settling !== null) clearTimeout(this.#settling);
    this.#settling = setTimeout(() => this.#settle(), SETTLE_MS).unref();
  }

  #settle(): void {
    this.#settling = null;
    const now = this.#sign();
    if (now !== this.#seen) return this.#compare();
    if (now === this.#known) return;
    this.#known = now;
    this.#onChange();
  }

  /** Something happened: folders may have come or gone as well. */
  #react(): void {
    if (this.#isClosed) return;
    this.#arm();
    this.#compare();
  }

  #arm(): void {
    const points = findWatchPoints(this.#files);
    const wanted = spellPoints(points);
    if (wanted === this.#armed) return;
    this.#disarm();
    try {
      for (const [folder, names] of points) this.#watch(folder, names);
      this.#armed = wanted;
      if (this.#poll !== null) clearInterval(this.#poll);
      this.#poll = null;
    } catch {
      // The folder has just gone, or the system watches no more of them.
      this.#pollInstead();
    }
  }

  #watch(folder: string, names: ReadonlySet<string>): void {
    // Some systems tell names in the spelling of the disk. Told of itself, a folder was moved or removed.
    const folded = new Set([...names, basename(folder)].map(fold));
    const watcher = watch(folder, { persistent: false }, (_, name) => {
      if (name === null || folded.has(fold(name))) this.#react();
    });
    watcher.on('error', () => this.#pollInstead());
    this.#watchers.push(watcher);
  }

  #disarm(): void {
    this.#armed = null;
    for (const watcher of this.#watchers) watcher.close();
    this.#watchers = [];
  }

  #pollInstead(): void {
    this.#armed = null;
    if (!this.#isClosed) this.#poll ??= setInterval(() => this.#react(), POLL_MS).unref();
  }

  #sign(): string {
    return [...signFiles(this.#files).values()].join('\n');
  }
}

function fold(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

/** Another text where a folder is another one now, whatever its name. */
function spellPoints(points: WatchPoints): string {
  return [...points].map(([folder, names]) => [folder, identify(folder), ...names].join('\n')).join('\n\n');
}

function identify(folder: string): string {
  return signFile(folder).split(' ', 2).join(' ');
}
