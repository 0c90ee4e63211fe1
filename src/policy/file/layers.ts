import { realpathSync } from 'node:fs';
import { dirname, isAbsolute, resolve, sep } from 'node:path';
import type { Io } from '../../io.ts';
import type { TestCount } from '../check/check.ts';
import type { Ground } from '../condition/ground.ts';
import { loadRegexEngine } from '../condition/regex.ts';
import type { Layer, Policy, PolicySet, Problem } from '../policy.ts';
import { quote } from '../quote.ts';
import { describeFile } from '../read/problems.ts';
import { createSet, judgeSource, readSource, type Source } from './load.ts';
import { readTrusted, Unreadable } from './open.ts';
import { signFile } from './sign.ts';

/** What came of reading a file and those it adds. */
export interface LoadedSet {
  /** Null where a problem is an error: a policy is taken whole or not at all. */
  readonly set: PolicySet | null;
  /** Errors and warnings, file by file, the named one first. */
  readonly problems: readonly Problem[];
  readonly tests: TestCount;
  /** By file, for excerpts. */
  readonly texts: ReadonlyMap<string, string>;
  /** All that were read or tried, and what they were like just before. */
  readonly signs: ReadonlyMap<string, string>;
}

/** Each is opened, checked and tested at every start. */
const MOST_FILES = 64;

type World = Pick<Io, 'uid'>;

/** Reads a policy and the files it adds, and runs the tests of each. Never throws for what they hold. */
export async function loadSet(file: string, io: World, ground: Ground): Promise<LoadedSet> {
  return new Loading(io, ground, false).load(file);
}

/** Reads a policy that was found in the working directory or above it: it adds no files, and may only tighten. */
export async function loadProject(file: string, io: World, ground: Ground): Promise<LoadedSet> {
  return new Loading(io, ground, true).load(file);
}

/** One file, with what it adds, each once. */
interface Node extends Source {
  readonly file: string;
  readonly layers: Node[];
}

class Loading {
  readonly #io: World;
  readonly #ground: Ground;
  readonly #isProject: boolean;
  /** By the path behind all links. */
  readonly #nodes = new Map<string, Node>();
  readonly #lost: Problem[] = [];
  readonly #signs = new Map<string, string>();

  constructor(io: World, ground: Ground, isProject: boolean) {
    this.#io = io;
    this.#ground = ground;
    this.#isProject = isProject;
  }

  async load(file: string): Promise<LoadedSet> {
    const root = await this.#readRoot(file);
    const nodes = [...this.#nodes.values()];
    const judged = nodes.map((node) => judgeSource(node, listLayers(collect(node).slice(1)), this.#ground));
    const problems = [...this.#lost, ...judged.flatMap((one) => one.problems)];
    const isSound = root !== null && judged.every(({ policy }) => policy !== null) && this.#lost.length === 0;
    const first = root?.policy ?? null;
    return {
      set: isSound && first !== null ? this.#createSet(first, nodes) : null,
      problems,
      tests: {
        passed: judged.reduce((sum, { tests }) => sum + tests.passed, 0),
        failed: judged.reduce((sum, { tests }) => sum + tests.failed, 0),
      },
      texts: new Map(nodes.map(({ file: name, text }) => [name, text])),
      signs: this.#signs,
    };
  }

  #createSet(first: Policy, [, ...added]: readonly Node[]): PolicySet {
    return createSet({ policy: first, role: this.#isProject ? 'project' : 'first' }, listLayers(added));
  }

  async #readRoot(file: string): Promise<Node | null> {
    try {
      return await this.#read(file, []);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      this.#lost.push(describeFile(file, error.code, error.message, error.hint));
      return null;
    }
  }

  /** Throws Unreadable. `above`: the files that led here. */
  async #read(file: string, above: readonly string[]): Promise<Node> {
    if (!this.#signs.has(file)) this.#signs.set(file, signFile(file));
    const key = findReal(file);
    const known = this.#nodes.get(key);
    if (known !== undefined) return known;
    const bytes = readTrusted(file, this.#io);
    // A quarter of what starting takes, and few policies have patterns. The word may be written with escapes.
    if (bytes.includes('matches') || bytes.includes('\\')) await loadRegexEngine();
    const node: Node = { ...readSource(bytes, file, this.#isProject), file, layers: [] };
    this.#nodes.set(key, node);
    await this.#readLayers(node, [...above, key]);
    return node;
  }

  async #readLayers({ file, draft, problems, layers }: Node, above: readonly string[]): Promise<void> {
    for (const [index, entry] of (draft?.policy.layers ?? []).entries()) {
      const span = draft?.places.get(`layers[${index}]`) ?? { start: 0, end: 0 };
      const path = resolve(dirname(file), entry);
      const why = distrustEntry(entry, path, file) ?? this.#distrustWay(path, above);
      if (why !== null) {
        problems.error(span, 'wrong_layer', `the layer ${quote(entry)} ${why.met}`, why.hint);
        continue;
      }
      try {
        layers.push(await this.#read(path, above));
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error;
        const message = `the layer ${quote(entry)} cannot be read: ${error.message}`;
        problems.error(span, error.code, message, error.hint);
      }
    }
  }

  #distrustWay(path: string, above: readonly string[]): Distrust | null {
    if (above.includes(findReal(path))) return { met: 'adds itself', hint: 'remove one of the entries' };
    if (this.#nodes.size < MOST_FILES) return null;
    return { met: 'is one too many', hint: `a policy has at most ${MOST_FILES} files` };
  }
}

interface Distrust {
  readonly met: string;
  readonly hint: string;
}

/** What a policy adds lies beside it or below: whoever may write there may write the policy too. */
function distrustEntry(entry: string, path: string, file: string): Distrust | null {
  const hint = 'name a file next to this one, or in a folder below it: ./base.yaml';
  if (/^\w+:\/\//.test(entry)) return { met: 'is a URL', hint };
  if (/[*?]/.test(entry)) return { met: 'is a pattern', hint };
  if (isAbsolute(entry) || entry.startsWith('~')) return { met: 'is no relative path', hint };
  if (entry.split(/[/\\]/).includes('..')) return { met: 'leads upwards', hint };
  const folder = `${findReal(dirname(file))}${sep}`.replace(/[/\\]{2}$/, sep);
  return findReal(path).startsWith(folder) ? null : { met: 'is a link that leads away', hint };
}

/** The file and all it adds, each once. */
function collect(node: Node, seen = new Set<Node>()): Node[] {
  if (seen.has(node)) return [];
  seen.add(node);
  return [node, ...node.layers.flatMap((layer) => collect(layer, seen))];
}

function listLayers(nodes: readonly Node[]): Layer[] {
  return nodes.flatMap(({ policy }) => (policy === null ? [] : [{ policy, role: 'added' }]));
}

/** What is not there is told of when it is opened. */
function findReal(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}
