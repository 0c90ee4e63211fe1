import { setMaxListeners } from 'node:events';
import { type FSWatcher, watch } from 'node:fs';
import { basename } from 'node:path';
import type { FromGuard } from '../approval/hub/console-message.ts';
import { type Endpoint, listEndpoints, listOrphans, openGuardsFolder } from '../approval/hub/endpoint.ts';
import type { Io } from '../io.ts';
import { clearDead, connectGuard, type Link } from './link.ts';

export interface GuardsListener {
  joined(link: Link): void;
  message(link: Link, message: FromGuard): void;
  left(link: Link, why: string): void;
}

/** All guards of this user, as they come and go. */
export interface Guards {
  readonly links: readonly Link[];
  /** Leaves every guard; nothing is heard from then on. */
  close(): void;
}

/** How often the folder is looked at, where nothing tells of a change. A console may poll, a guard never does. */
const LOOK_MS = 1_000;
/** A guard that could not be joined, or has sent this console away, is tried again after a while. */
const RETRY_MS = 5_000;

/**
 * Joins every guard that is there, resolves when that is done (2 s at most), and follows those that come. Rejects, in
 * words for a person, where the folder of the guards is not this user's alone.
 */
export async function watchGuards(io: Io, listener: GuardsListener): Promise<Guards> {
  openGuardsFolder(io);
  const following = new Following(io, listener);
  await following.start();
  return following;
}

class Following implements Guards {
  readonly #io: Io;
  readonly #listener: GuardsListener;
  readonly #until = new AbortController();
  /** By id; null while it is being joined. */
  readonly #links = new Map<string, Link | null>();
  /** When a guard could not be joined, by id. */
  readonly #failed = new Map<string, number>();
  /** Sockets that nobody has made known, which were tried once. */
  readonly #tried = new Set<string>();
  #watcher: FSWatcher | null = null;
  #timer: NodeJS.Timeout | null = null;
  #isLookDue = false;

  constructor(io: Io, listener: GuardsListener) {
    this.#io = io;
    this.#listener = listener;
    // Each connection listens to it, and Node would warn at the eleventh.
    setMaxListeners(0, this.#until.signal);
  }

  get links(): readonly Link[] {
    return [...this.#links.values()].filter((link) => link !== null);
  }

  async start(): Promise<void> {
    this.#watch();
    this.#timer = setInterval(() => this.#tick(), LOOK_MS);
    await Promise.all([this.#joinNew(), this.#clearOrphans()]);
  }

  close(): void {
    this.#until.abort();
    this.#watcher?.close();
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#links.clear();
  }

  #tick(): void {
    this.#watch();
    void this.#joinNew();
    void this.#clearOrphans();
  }

  #watch(): void {
    if (this.#watcher !== null) return;
    try {
      const folder = openGuardsFolder(this.#io);
      const watcher = watch(folder, (_, name) => {
        // The folder itself is gone. The next one is watched at the next tick.
        if (name === null || name === basename(folder)) this.#unwatch();
        this.#lookSoon();
      });
      this.#watcher = watcher.on('error', () => this.#unwatch());
    } catch {
      // A folder that is not this user's alone holds nobody to talk to; it may be set right.
    }
  }

  #unwatch(): void {
    this.#watcher?.close();
    this.#watcher = null;
  }

  /** A guard that starts changes the folder several times at once. */
  #lookSoon(): void {
    if (this.#isLookDue) return;
    this.#isLookDue = true;
    setImmediate(() => {
      this.#isLookDue = false;
      void this.#joinNew();
    });
  }

  async #joinNew(): Promise<void> {
    await Promise.all(this.#listNew().map((endpoint) => this.#join(endpoint)));
  }

  #listNew(): Endpoint[] {
    if (this.#until.signal.aborted) return [];
    try {
      const now = this.#io.now();
      const known = listEndpoints(this.#io);
      const ids = new Set(known.map(({ id }) => id));
      for (const id of this.#failed.keys()) if (!ids.has(id)) this.#failed.delete(id);
      return known.filter(
        ({ id }) => !this.#links.has(id) && now - (this.#failed.get(id) ?? -Infinity) >= RETRY_MS,
      );
    } catch {
      return [];
    }
  }

  async #join(endpoint: Endpoint): Promise<void> {
    const { id } = endpoint;
    this.#links.set(id, null);
    const link = await connectGuard(
      endpoint,
      {
        message: (from, message) => {
          if (!this.#until.signal.aborted) this.#listener.message(from, message);
        },
        left: (from, why) => {
          this.#fail(id);
          if (!this.#until.signal.aborted) this.#listener.left(from, why);
        },
      },
      this.#io,
      this.#until.signal,
    ).catch(() => null);
    if (link === null) return this.#fail(id);
    if (this.#until.signal.aborted) return;
    this.#links.set(id, link);
    this.#listener.joined(link);
  }

  #fail(id: string): void {
    this.#links.delete(id);
    this.#failed.set(id, this.#io.now());
  }

  async #clearOrphans(): Promise<void> {
    const orphans = this.#listUntried();
    for (const { id } of orphans) this.#tried.add(id);
    await Promise.all(orphans.map((orphan) => clearDead(orphan, this.#io)));
  }

  #listUntried(): Pick<Endpoint, 'id' | 'address'>[] {
    try {
      return listOrphans(this.#io).filter(({ id }) => !this.#tried.has(id));
    } catch {
      return [];
    }
  }
}
