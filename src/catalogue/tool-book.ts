import type { Profile } from '../policy/profile.ts';
import type { Assessment } from './assessment.ts';
import { classifyName } from './classify/classify.ts';
import { KnownTool } from './known-tool.ts';
import type { Definition } from './pins/definition.ts';

/** Far beyond any server; names without end must not fill the memory. */
const MOST_TOOLS = 10_000;
const MOST_BYTES = 64 << 20;
/** Of the texts of definitions, to be compared; beyond it their hashes alone are kept. UTF-16 units. */
const MOST_TEXT = 32 << 20;
/** Names come and go; beyond it no more of them are pinned. */
const MOST_PINNED = 2 * MOST_TOOLS;
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
  /** Seen in an earlier run, and not accepted: until the server lists the tool, either may be what it is now. */
  readonly #doubted: Map<string, Definition>;
  #pinned: Map<string, Definition>;
  #bytes = 0;
  #text = 0;
  #isOverfull = false;

  /** `seen`: definitions that an earlier run met and that are not the pinned ones. */
  constructor(
    pinned: ReadonlyMap<string, Definition> = new Map(),
    seen: ReadonlyMap<string, Definition> = new Map(),
  ) {
    this.#pinned = new Map(pinned);
    this.#doubted = new Map(seen);
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
    this.#doubted.delete(name);
    const was = this.#pinned.get(name);
    if (was === undefined) return this.#pin(tool, isKept);
    const { hash } = tool.definition;
    if (was.hash === hash || this.#changed.get(name)?.now.hash === hash) return 'same';
    this.#changed.set(name, { was, now: this.#limit(isKept ? tool.definition : { hash, text: null }) });
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
    return this.#changed.get(name) ?? this.#findDoubt(name);
  }

  /** Whether the server has listed more than can be remembered, so that nobody can tell what this tool was. */
  isLost(name: string): boolean {
    return this.#isOverfull && !this.#pinned.has(name);
  }

  /** Hash of the definition that counts now: as listed, else as seen or pinned before; null where there is none. */
  findHash(name: string): string | null {
    const known = this.#listed.get(name)?.definition ?? this.findChange(name)?.now ?? this.findPin(name);
    return known?.hash ?? null;
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

  #pin({ name, definition }: KnownTool, isKept: boolean): Learned {
    if (!isKept || this.#pinned.size >= MOST_PINNED) {
      this.#isOverfull = true;
      return 'unkept';
    }
    this.#pinned.set(name, this.#limit(definition));
    return 'new';
  }

  /** A server that rewrites its tools without end must not fill the memory with what they were. */
  #limit(definition: Definition): Definition {
    this.#text += definition.text?.length ?? 0;
    return this.#text <= MOST_TEXT ? definition : { ...definition, text: null };
  }

  #findDoubt(name: string): Change | null {
    const [was, now] = [this.#pinned.get(name), this.#doubted.get(name)];
    return was === undefined || now === undefined || was.hash === now.hash ? null : { was, now };
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
