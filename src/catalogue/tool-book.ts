import type { Profile } from '../policy/profile.ts';
import type { Assessment } from './assessment.ts';
import { classifyName } from './classify/classify.ts';
import { KnownTool } from './known-tool.ts';
import type { Definition } from './pins/definition.ts';

/** Far beyond any server; names without end must not fill the memory. */
const MOST_TOOLS = 10_000;
const MOST_BYTES = 64 << 20;
/** An agent may call names that no server has. */
const MOST_GUESSED = 1_000;

/**
 * What a listed definition is beside the pinned one. `same` also where this very change is known already; `unkept`: there
 * is no room to remember it.
 */
export type Learned = 'new' | 'same' | 'changed' | 'unkept';

/** A definition that is not the pinned one. */
export interface Change {
  readonly was: Definition;
  readonly now: Definition;
}

export interface Look {
  readonly assessment: Assessment;
  readonly profile: Profile;
}

/** The tools of one server: as listed last in this session, as pinned, and which are no longer what they were. */
export class ToolBook {
  readonly #listed = new Map<string, KnownTool>();
  readonly #recalled = new Map<string, KnownTool>();
  readonly #guessed = new Map<string, Look>();
  /**
   * Stays until the new definition is pinned: a server that shows another one for a moment, and then the old one again,
   * has had its words read.
   */
  readonly #changed = new Map<string, Change>();
  #pinned: Map<string, Definition>;
  #bytes = 0;

  constructor(pinned: ReadonlyMap<string, Definition> = new Map()) {
    this.#pinned = new Map(pinned);
  }

  /** Whether anything is pinned. */
  get hasPins(): boolean {
    return this.#pinned.size > 0;
  }

  /** The names that were listed in this session. */
  get names(): readonly string[] {
    return [...this.#listed.keys()];
  }

  /** Takes one definition of a list, raw JSON. The first one of a name is pinned by that. */
  learn(name: string, raw: Buffer): Learned {
    const before = this.#listed.get(name);
    const tool = before?.isSame(raw) === true ? before : new KnownTool(name, raw);
    const isKept = tool === before || this.#keep(tool);
    const was = this.#pinned.get(name);
    if (was === undefined) {
      if (!isKept) return 'unkept';
      this.#pinned.set(name, tool.definition);
      return 'new';
    }
    const { hash } = tool.definition;
    if (was.hash === hash || this.#changed.get(name)?.now.hash === hash) return 'same';
    this.#changed.set(name, { was, now: tool.definition });
    return 'changed';
  }

  /** The tool as listed in this session; null where it was not. */
  findListed(name: string): KnownTool | null {
    return this.#listed.get(name) ?? null;
  }

  /** The tool as listed in this session, else as it was pinned; null where its definition was never seen. */
  find(name: string): KnownTool | null {
    return this.#listed.get(name) ?? this.#recalled.get(name) ?? this.#recall(name);
  }

  /** What a tool can do and what says so: by its definition, else as far as its name tells. */
  look(name: string): Look {
    const known = this.find(name);
    if (known !== null) return { assessment: known.assessment, profile: known.profile };
    const guess = this.#guessed.get(name);
    if (guess !== undefined) return guess;
    const assessment = classifyName(name);
    const { category, risk } = assessment;
    const look = { assessment, profile: { category, risk, isSeen: false } };
    if (this.#guessed.size >= MOST_GUESSED) this.#guessed.clear();
    this.#guessed.set(name, look);
    return look;
  }

  /** The definition that is pinned. */
  findPin(name: string): Definition | null {
    return this.#pinned.get(name) ?? null;
  }

  /** What changed since the tool was pinned; null where nothing did. */
  findChange(name: string): Change | null {
    return this.#changed.get(name) ?? null;
  }

  /** Somebody accepted, or forgot, what was pinned. */
  repin(pinned: ReadonlyMap<string, Definition>): void {
    this.#pinned = new Map(pinned);
    this.#recalled.clear();
    for (const [name, { now }] of this.#changed) {
      const pin = pinned.get(name);
      if (pin === undefined || pin.hash === now.hash) this.#changed.delete(name);
      else this.#changed.set(name, { was: pin, now });
    }
  }

  #keep(tool: KnownTool): boolean {
    this.#bytes -= this.#listed.get(tool.name)?.size ?? 0;
    this.#listed.delete(tool.name);
    if (this.#listed.size >= MOST_TOOLS || this.#bytes + tool.size > MOST_BYTES) return false;
    this.#bytes += tool.size;
    this.#listed.set(tool.name, tool);
    return true;
  }

  #recall(name: string): KnownTool | null {
    const text = this.#pinned.get(name)?.text ?? null;
    if (text === null) return null;
    const tool = new KnownTool(name, Buffer.from(text));
    this.#recalled.set(name, tool);
    return tool;
  }
}
