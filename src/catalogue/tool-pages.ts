import { GuardError } from '../errors.ts';
import { quote } from '../policy/quote.ts';
import { isToolName } from '../protocol/tool-name.ts';
import { readToolList, type ToolEntry } from '../protocol/tool-list.ts';
import { sliceToken } from '../wire/token.ts';
import type { ListedTool } from './listing.ts';
import { readListedTool } from './read-tool.ts';

/** Far beyond any server; what goes on is no list but an attempt to keep us. */
const MOST_PAGES = 200;
const MOST_TOOLS = 10_000;
const MOST_BYTES = 64 << 20;

/** The tools of a server, gathered page by page from its raw answers. */
export class ToolPages {
  readonly #tools = new Map<string, ListedTool>();
  readonly #warnings: string[] = [];
  readonly #cursors = new Set<string>();
  #cursor: string | null = null;
  #bytes = 0;

  /** Where the next page begins; null where there is none. */
  get cursor(): string | null {
    return this.#cursor;
  }

  get tools(): readonly ListedTool[] {
    return [...this.#tools.values()];
  }

  get warnings(): readonly string[] {
    return this.#warnings;
  }

  warn(sentence: string): void {
    this.#warnings.push(sentence);
  }

  /** Takes one answer to tools/list. Throws GuardError `failed` where it holds no list, or one without end. */
  add(answer: Buffer | null): void {
    const list = answer === null ? null : readToolList(answer);
    if (answer === null || list === null)
      throw new GuardError('failed', 'the answer to tools/list holds no list of tools');
    const doubtful = list.doubtful.size;
    if (doubtful > 0)
      this.warn(`${doubtful} of its tools ${doubtful === 1 ? 'has' : 'have'} more than one name`);
    const odd = list.elements.length - list.tools.length - doubtful;
    if (odd > 0) this.warn(`${odd} of its tools ${odd === 1 ? 'has' : 'have'} no name`);
    for (const entry of list.tools) this.#take(entry, answer);
    this.#bytes += answer.length;
    this.#cursor = readCursor(answer);
    if (this.#cursor === null) return;
    const isEndless =
      this.#cursors.has(this.#cursor) ||
      this.#cursors.size >= MOST_PAGES ||
      this.#tools.size > MOST_TOOLS ||
      this.#bytes > MOST_BYTES;
    if (isEndless) {
      const message = `the list of tools has no end: ${this.#tools.size} tools on ${this.#cursors.size + 1} pages, and one more is announced`;
      throw new GuardError('failed', message);
    }
    this.#cursors.add(this.#cursor);
  }

  #take({ name, token }: ToolEntry, answer: Buffer): void {
    if (this.#tools.has(name))
      return this.warn(`the tool ${quote(name)} is listed twice; the first one counts here`);
    if (!isToolName(name))
      this.warn(`the tool ${quote(name)} can never be called through mcp-guard: its name is no tool name`);
    // A copy: a view would hold all of the answer in memory.
    const tool = readListedTool(Buffer.from(sliceToken(answer, token)));
    if (tool !== null) this.#tools.set(name, tool);
  }
}

/** Whether the server answered at all, and not with an error. */
export function holdsResult(answer: Buffer | null): boolean {
  return answer !== null && readObject(answer).has('result');
}

function readCursor(answer: Buffer): string | null {
  const result = membersOf(readObject(answer).get('result'));
  return readText(result.get('nextCursor'));
}

function readObject(bytes: Buffer): ReadonlyMap<string, unknown> {
  try {
    return membersOf(JSON.parse(bytes.toString()));
  } catch {
    return new Map();
  }
}

function membersOf(value: unknown): ReadonlyMap<string, unknown> {
  return new Map(typeof value === 'object' && value !== null ? Object.entries(value) : []);
}

function readText(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
