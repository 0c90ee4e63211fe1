import { renderError, type GuardError } from '../../errors.ts';
import type { Io } from '../../io.ts';
import type { Ground } from '../condition/ground.ts';
import type { PolicySet } from '../policy.ts';
import { escapeUnseen } from '../quote.ts';
import {
  exists,
  joinParts,
  listCandidates,
  listOwnCandidates,
  locatePolicy,
  readOwn,
  readProject,
  type Found,
  type Wanted,
} from './find.ts';
import { readProjectPart, type Part, type PartRead } from './parts.ts';
import { signFiles } from './sign.ts';
import { watchFiles, type FileWatch } from './watch.ts';

/** What became of a change. */
export type Outcome =
  | { readonly kind: 'loaded'; readonly set: PolicySet; readonly notices: readonly string[] }
  /** Some of it cannot be used, and what was good last stays. `why`: lines, as at a start; `summary`: one line. */
  | { readonly kind: 'kept'; readonly why: string; readonly summary: string };

export interface ReloadParts {
  readonly wanted: Wanted;
  readonly io: Io;
  readonly ground: Ground;
  /** What was loaded at the start. */
  readonly found: Found;
  /** One change may be both: `loaded` for what was sound, then `kept` for what was not. */
  readonly onOutcome: (outcome: Outcome) => void;
}

export interface Reloader {
  /** Looks whether a file has changed, before a call is decided. */
  look(): void;
  close(): void;
}

/** Watches the files of a policy, and those that would be part of it; null where the policy says `reload: off`. */
export function startReload(parts: ReloadParts): Reloader | null {
  return parts.found.set.layers[0].policy.reload ? new Reloading(parts) : null;
}

type Trouble = Omit<Extract<Outcome, { kind: 'kept' }>, 'kind'>;

/** A place looked at again: what holds of it from now on, and why that is not what it says now. */
interface Update {
  readonly part: Part;
  readonly trouble: Trouble | null;
  readonly signs: ReadonlyMap<string, string>;
}

/**
 * The user's own files and the project's are read each by itself: a project's file that is broken or gone, which an
 * agent may have seen to, must not keep a person from tightening the policy.
 */
class Reloading implements Reloader {
  readonly #parts: ReloadParts;
  #set: PolicySet;
  #own: Part;
  #project: Part;
  #told: ReadonlySet<string>;
  #trouble: Trouble | null = null;
  #watch: FileWatch | null;
  #isClosed = false;

  constructor(parts: ReloadParts) {
    const { set, own, project, notices, signs } = parts.found;
    this.#parts = parts;
    this.#set = set;
    this.#own = own;
    this.#project = project;
    this.#told = new Set(notices);
    this.#watch = this.#startWatch(signs);
  }

  look(): void {
    this.#watch?.look();
  }

  close(): void {
    this.#isClosed = true;
    this.#watch?.close();
  }

  #startWatch(signs: ReadonlyMap<string, string>): FileWatch {
    return watchFiles(signs, () => void this.#readAgain(signs.keys()), this.#parts.io);
  }

  /** What changes meanwhile differs from the signs, and is found by the next watch. */
  async #readAgain(files: Iterable<string>): Promise<void> {
    this.#watch?.close();
    const before = signFiles(files);
    try {
      const signs = await this.#read();
      if (!this.#isClosed) this.#watch = this.#startWatch(signs);
    } catch (error) {
      if (this.#isClosed) return;
      this.#watch = this.#startWatch(before);
      const summary = error instanceof Error ? error.message : String(error);
      this.#tell(this.#set, [], { why: summary, summary });
    }
    // A policy that says so is the last one that is reloaded.
    if (!this.#set.layers[0].policy.reload) this.close();
  }

  async #read(): Promise<ReadonlyMap<string, string>> {
    const { wanted, io, found } = this.#parts;
    const candidates = signFiles(listCandidates(wanted, io));
    const own = await this.#readOwn();
    const project = await this.#readProject(own);
    if (!this.#isClosed) {
      const set = joinParts(own.part, project.part);
      const notices = [...own.part.notices, ...project.part.notices, ...noticeEnv(found.set, set)];
      this.#own = own.part;
      this.#project = project.part;
      this.#tell(set, notices, joinTroubles(own.trouble, project.trouble));
    }
    return new Map([...own.signs, ...project.signs, ...candidates]);
  }

  async #readOwn(): Promise<Update> {
    const { wanted, io, ground } = this.#parts;
    const { root } = this.#own;
    return root !== null && this.#isGone(root)
      ? hold(this.#own, root)
      : choose(await readOwn(wanted, io, ground), this.#own);
  }

  /** A file that comes before the one that is gone replaces it; one that comes after does not hold what that said. */
  #isGone(root: string): boolean {
    const { wanted, io } = this.#parts;
    if (exists(root)) return false;
    const { file, isNamed } = locatePolicy(wanted, io);
    const order = listOwnCandidates(wanted, io);
    return isNamed || file === null || order.indexOf(file) > order.indexOf(root);
  }

  /** The file that was found stays that of the run: a nearer one, empty for one, would loosen what it says. */
  async #readProject(own: Update): Promise<Update> {
    const { wanted, io, ground } = this.#parts;
    const { root } = this.#project;
    if (root === null) return choose(await readProject(wanted, io, ground, own), this.#project);
    if (!exists(root)) return hold(this.#project, root);
    return choose(await readProjectPart(root, io, ground), this.#project);
  }

  #tell(set: PolicySet, notices: readonly string[], trouble: Trouble | null): void {
    const isChanged = spellFiles(set) !== spellFiles(this.#set);
    const isMended = this.#trouble !== null && trouble === null;
    const isNews = trouble !== null && (isChanged || trouble.why !== this.#trouble?.why);
    const news = notices.filter((notice) => !this.#told.has(notice));
    this.#set = set;
    this.#trouble = trouble;
    if (isChanged || isMended) {
      this.#told = new Set(notices);
      this.#parts.onOutcome({ kind: 'loaded', set, notices: news });
    }
    if (isNews) this.#parts.onOutcome({ kind: 'kept', ...trouble });
  }
}

function choose(read: PartRead, last: Part): Update {
  const { signs } = read;
  if (read.kind === 'sound') return { part: read.part, trouble: null, signs };
  const { error } = read;
  return { part: last, trouble: { why: renderError(error).trimEnd(), summary: summarise(error) }, signs };
}

function summarise({ where, message }: GuardError): string {
  return where === undefined ? message : `${where}: ${message}`;
}

/** A deleted file must not loosen what it said; whoever means it starts the guard anew. */
function hold(last: Part, root: string): Update {
  const summary = `${escapeUnseen(root)} is gone; what it said holds until the guard ends`;
  return { part: last, trouble: { why: summary, summary }, signs: signFiles([root]) };
}

function joinTroubles(a: Trouble | null, b: Trouble | null): Trouble | null {
  if (a === null || b === null) return a ?? b;
  return { why: `${a.why}\n${b.why}`, summary: `${a.summary}; ${b.summary}` };
}

/** The same files with the same bytes are the same policy. */
function spellFiles({ layers }: PolicySet): string {
  return JSON.stringify(layers.map(({ role, policy }) => [role, policy.file, policy.hash]));
}

/** The server has what the policy said when it was started. */
function noticeEnv(started: PolicySet, now: PolicySet): string[] {
  return spellEnv(started) === spellEnv(now)
    ? []
    : ['env has changed, and takes effect when the server starts anew'];
}

function spellEnv({ layers }: PolicySet): string {
  const lists = layers.flatMap(({ policy }) => (policy.env === null ? [] : [policy.env.toSorted()]));
  return JSON.stringify(lists);
}
