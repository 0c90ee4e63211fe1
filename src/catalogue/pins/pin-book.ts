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
        this.tools.set(tool, { tool, since: time, definition: record.definition, seen: null });
        return true;
      case 'seen': {
        const { hash } = record.definition;
        if (pinned === undefined || pinned.definition.hash === hash || pinned.seen?.definition.hash === hash)
          return false;
        this.tools.set(tool, { ...pinned, seen: { since: time, definition: record.definition } });
        return true;
      }
      case 'accept':
        if (pinned?.seen?.definition.hash !== record.hash) return false;
        this.tools.set(tool, { tool, since: time, definition: pinned.seen.definition, seen: null });
        return true;
      case 'forget':
        return this.tools.delete(tool);
    }
  }
}
