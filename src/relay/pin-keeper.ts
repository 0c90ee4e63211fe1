import type { Definition } from '../catalogue/pins/definition.ts';
import { openPinStore, type PinBook, type PinRecord, type PinStore } from '../catalogue/pins/pin-store.ts';
import { GuardError } from '../errors.ts';
import type { Io } from '../io.ts';
import { signFile } from '../policy/file/sign.ts';
import { watchFiles, type FileWatch } from '../policy/file/watch.ts';
import type { Event } from './event.ts';
import { findPackage } from './launcher.ts';
import type { Notes } from './notes.ts';
import type { Pins } from './state.ts';

/** The server whose definitions are kept. */
export interface PinnedServer {
  readonly name: string;
  readonly command: readonly string[];
}

/** What a run reads and writes of its server's pins. A fault is told once, and what is new then holds for this run alone. */
export class PinKeeper {
  /** As they were before this run. */
  readonly pins: Pins;
  readonly #server: PinnedServer;
  readonly #io: Io;
  readonly #notes: Notes;
  readonly #store: PinStore;
  readonly #book: PinBook | null;
  #hear: (event: Event) => void = () => {};
  #watch: FileWatch | null = null;
  /** What the file was like when this guard last read or wrote it. */
  #sign: string;
  /** The file lacks what this run has seen: nothing in it can be taken for an acceptance. */
  #isBehind = false;
  #isOver = false;

  constructor(server: PinnedServer, io: Io, notes: Notes) {
    this.#server = server;
    this.#io = io;
    this.#notes = notes;
    this.#store = openPinStore(io, server);
    this.#sign = signFile(this.#store.file);
    const read = this.#read();
    this.#book = typeof read === 'string' ? null : read;
    this.pins =
      typeof read === 'string'
        ? { kind: 'unusable', why: read }
        : { kind: 'read', pinned: listDefinitions(read), seen: listSeen(read) };
    if (typeof read === 'string') notes.print('warn', `what its tools were cannot be told: ${read}`);
  }

  /** `hear` is told when somebody accepts or forgets what was pinned. */
  attach(hear: (event: Event) => void): void {
    this.#hear = hear;
    if (this.#book !== null && listSeen(this.#book).size > 0) this.#arm();
  }

  keep(records: readonly PinRecord[]): void {
    if (this.#book === null) return;
    const isAlone = signFile(this.#store.file) === this.#sign;
    const why = this.#store.write(records);
    // Somebody else has written as well: the next look reads what.
    if (isAlone) this.#sign = signFile(this.#store.file);
    if (records.some(({ kind }) => kind === 'seen')) this.#arm();
    if (why === null || this.#isBehind) return;
    this.#isBehind = true;
    this.#notes.print(
      'warn',
      `the definitions of its tools hold for this run alone, as they cannot be kept: ${why}`,
    );
  }

  /** Looks now whether somebody has accepted or forgotten something. Costs nothing while no definition has changed. */
  look(): void {
    if (this.#watch === null) return;
    const sign = signFile(this.#store.file);
    if (sign === this.#sign) return;
    // Whole lines are appended: there is nothing to wait for, as there is with a file that somebody edits.
    this.#tell();
  }

  /** Finds out which package the launcher has started, once the server runs. */
  async notePackage(pid: number): Promise<void> {
    const is = await findPackage(this.#server.command, pid, this.#io);
    const was = this.#book?.package ?? null;
    if (is === null || this.#isOver || (was?.name === is.name && was.version === is.version)) return;
    this.keep([{ kind: 'package', package: is }]);
    this.#hear({ kind: 'package', is, was });
  }

  close(): void {
    this.#isOver = true;
    this.#watch?.close();
  }

  #arm(): void {
    if (this.#watch !== null || this.#isOver) return;
    this.#watch = watchFiles(new Map([[this.#store.file, this.#sign]]), () => this.#tell(), this.#io);
  }

  #tell(): void {
    if (this.#isBehind) return;
    this.#sign = signFile(this.#store.file);
    const read = this.#read();
    if (typeof read !== 'string') this.#hear({ kind: 'pins', pinned: listDefinitions(read) });
  }

  #read(): PinBook | string {
    try {
      return this.#store.read();
    } catch (error) {
      if (error instanceof GuardError) return error.message;
      throw error;
    }
  }
}

function listDefinitions({ tools }: PinBook): Map<string, Definition> {
  return new Map([...tools].map(([name, { definition }]) => [name, definition]));
}

/** What was met in place of the pinned definitions, and not accepted. */
function listSeen({ tools }: PinBook): Map<string, Definition> {
  return new Map([...tools].flatMap(([name, { seen }]) => (seen === null ? [] : [[name, seen.definition]])));
}
