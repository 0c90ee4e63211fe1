import type { Definition } from './definition.ts';
import type { Package } from './package.ts';

/** One thing that happened to a server's pins. */
export type PinRecord =
  /** A definition was seen for the first time, or one that is not the pinned one. */
  | { readonly kind: 'pin' | 'seen'; readonly tool: string; readonly definition: Definition }
  /** A person took the definition of this hash, which was seen, for the pinned one. */
  | { readonly kind: 'accept'; readonly tool: string; readonly hash: string }
  /** What is seen next is the first again. */
  | { readonly kind: 'forget'; readonly tool: string }
  | { readonly kind: 'package'; readonly package: Package };

export interface Sighting {
  /** ISO 8601. */
  readonly since: string;
  readonly definition: Definition;
}

export interface PinnedTool extends Sighting {
  readonly tool: string;
  /** The last definition that was seen and is not the pinned one. */
  readonly seen: Sighting | null;
  /** Hashes of those that were seen before it, and not accepted: a server may make two whose hashes begin alike. */
  readonly passed: ReadonlySet<string>;
}

/** What is known of one server's tools. */
export interface PinBook {
  readonly tools: ReadonlyMap<string, PinnedTool>;
  readonly package: Package | null;
}

/** A book as its records come in, in the order of the file. */
export class PinLedger implements PinBook {
  readonly tools = new Map<string, PinnedTool>();
  package: Package | null = null;
  /** One set a tool, that grows: a copy for each of very many definitions would take for ever. */
  readonly #passed = new Map<string, Set<string>>();

  /** Whether the record says anything new. */
  add(record: PinRecord, time: string): boolean {
    if (record.kind === 'package') {
      const { name, version } = record.package;
      const isNew = this.package?.name !== name || this.package.version !== version;
      this.package = record.package;
      return isNew;
    }
    const { tool } = record;
    const pinned = this.tools.get(tool);
    switch (record.kind) {
      case 'pin':
        // The first one counts, whoever of several guards wrote it.
        if (pinned !== undefined) return false;
        this.#pin(tool, { since: time, definition: record.definition });
        return true;
      case 'seen':
        return pinned !== undefined && this.#meet(pinned, { since: time, definition: record.definition });
      case 'accept':
        if (pinned?.seen?.definition.hash !== record.hash) return false;
        this.#pin(tool, { since: time, definition: pinned.seen.definition });
        return true;
      case 'forget':
        return this.tools.delete(tool);
    }
  }

  #pin(tool: string, sighting: Sighting): void {
    const passed = new Set<string>();
    this.#passed.set(tool, passed);
    this.tools.set(tool, { tool, ...sighting, seen: null, passed });
  }

  #meet(pinned: PinnedTool, seen: Sighting): boolean {
    const { hash } = seen.definition;
    if (pinned.definition.hash === hash || pinned.seen?.definition.hash === hash) return false;
    if (pinned.seen !== null) this.#passed.get(pinned.tool)?.add(pinned.seen.definition.hash);
    this.tools.set(pinned.tool, { ...pinned, seen });
    return true;
  }
}
