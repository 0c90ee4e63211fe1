import type { Profile } from '../policy/profile.ts';
import type { Assessment } from './assessment.ts';
import { classifyName, classifyTool } from './classify/classify.ts';
import { canonicalDefinition, type Definition } from './pins/definition.ts';
import { readListedTool } from './read-tool.ts';

/** What is beyond is not kept, and counts as not seen. */
const LONGEST = 1 << 20;

/** One tool as its server defined it. What it can do is found out when somebody first asks. */
export class KnownTool {
  readonly name: string;
  readonly definition: Definition;
  readonly title: string | null;
  /** Its `inputSchema`, raw JSON; null where it has none. */
  readonly schema: Buffer | null;
  readonly #raw: Buffer | null;
  #assessment: Assessment | null = null;
  #profile: Profile | null = null;

  /** `raw`: the JSON of the definition, of which a copy is kept. */
  constructor(name: string, raw: Buffer) {
    this.name = name;
    this.definition = canonicalDefinition(raw);
    this.#raw = raw.length > LONGEST ? null : Buffer.from(raw);
    const listed = this.#raw === null ? null : readListedTool(this.#raw);
    this.title = listed?.title ?? null;
    this.schema = listed?.inputSchema ?? null;
  }

  /** Bytes that are kept of it. */
  get size(): number {
    return this.#raw?.length ?? 0;
  }

  get assessment(): Assessment {
    this.#assessment ??= this.#classify();
    return this.#assessment;
  }

  get profile(): Profile {
    const { category, risk } = this.assessment;
    this.#profile ??= { category, risk, isSeen: this.#raw !== null };
    return this.#profile;
  }

  /** Whether these bytes are, one by one, those of this definition. */
  isSame(raw: Buffer): boolean {
    return this.#raw !== null && this.#raw.equals(raw);
  }

  #classify(): Assessment {
    const listed = this.#raw === null ? null : readListedTool(this.#raw);
    return listed === null ? classifyName(this.name) : classifyTool(listed);
  }
}

/** What a name alone tells: enough to ask or to refuse, never enough to allow. */
export function guessProfile(tool: string): Profile {
  const { category, risk } = classifyName(tool);
  return { category, risk, isSeen: false };
}
