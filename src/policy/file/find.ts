import { lstatSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { GuardError } from '../../errors.ts';
import type { Io } from '../../io.ts';
import type { Ground } from '../condition/ground.ts';
import type { PolicySet } from '../policy.ts';
import { escapeUnseen } from '../quote.ts';
import { toFileName } from '../server-name.ts';
import { BUILT_IN } from './built-in.ts';
import { createSet } from './load.ts';
import { NO_PART, readOwnPart, readProjectPart, type Part, type PartRead } from './parts.ts';
import { signFiles } from './sign.ts';

const ENDINGS = ['.yaml', '.yml', '.json'];
const PROJECT_NAMES = ['mcp-guard', '.mcp-guard'].flatMap((stem) => ENDINGS.map((ending) => stem + ending));

export interface Wanted {
  /** The file that --policy names. */
  readonly explicit: string | undefined;
  /** The server's name, for a policy of its own; null where only that of all servers is meant. */
  readonly server: string | null;
}

export interface Found {
  readonly set: PolicySet;
  /** Sentences for the person who started the program. */
  readonly notices: readonly string[];
  readonly own: Part;
  readonly project: Part;
  /** Of all files that were read, or would be part of the policy if they were there, what they were like just before. */
  readonly signs: ReadonlyMap<string, string>;
}

export interface Located {
  /** Null where there is none and the built-in policy holds. */
  readonly file: string | null;
  /** By --policy or MCP_GUARD_POLICY: then nothing else is read. */
  readonly isNamed: boolean;
  readonly notices: readonly string[];
}

type World = Pick<Io, 'cwd' | 'env' | 'folders' | 'uid'>;

/**
 * The policy that holds: the named file and its layers, or the user's own, or the built-in one; beside the latter two
 * the nearest file of the project, which can only tighten. Throws GuardError `policy_unusable`, with every problem in
 * its words.
 */
export async function findPolicy(wanted: Wanted, io: World, ground: Ground): Promise<Found> {
  const candidates = signFiles(listCandidates(wanted, io));
  const own = await readOwn(wanted, io, ground);
  if (own.kind === 'broken') throw own.error;
  const project = await readProject(wanted, io, ground, own);
  if (project.kind === 'broken') throw project.error;
  return {
    set: joinParts(own.part, project.part),
    notices: [...own.part.notices, ...project.part.notices],
    own: own.part,
    project: project.part,
    signs: new Map([...own.signs, ...project.signs, ...candidates]),
  };
}

/** The policy that both are together; without a file of the user's own the built-in one comes first. */
export function joinParts(own: Part, project: Part): PolicySet {
  const [first, ...layers] = own.layers;
  return createSet(first ?? BUILT_IN, [...layers, ...project.layers]);
}

const NOTHING = { kind: 'sound', part: NO_PART, signs: new Map<string, string>() } as const;

/** The file that `locatePolicy` finds. */
export async function readOwn(wanted: Wanted, io: World, ground: Ground): Promise<PartRead> {
  const { file, notices } = locatePolicy(wanted, io);
  if (file === null) return { ...NOTHING, part: { ...NO_PART, notices } };
  const read = await readOwnPart(file, wanted.server, io, ground);
  if (read.kind === 'broken') return read;
  return { ...read, part: { ...read.part, notices: [...notices, ...read.part.notices] } };
}

/** The nearest file of a project, where none is named and it is not one of the user's own files at the same time. */
export async function readProject(
  wanted: Wanted,
  io: World,
  ground: Ground,
  own: Pick<PartRead, 'signs'>,
): Promise<PartRead> {
  const file = isNamed(wanted, io) ? null : findProject(io);
  if (file === null || [...own.signs.keys()].some((other) => isSameFile(file, other))) return NOTHING;
  if (statSync(file, { throwIfNoEntry: false })?.isFile() === false) {
    // Whoever put it there could as well have put nothing there; that it is no file must not stop the guard.
    const notices = [`${escapeUnseen(file)} is no regular file, and is not read`];
    return { ...NOTHING, part: { ...NO_PART, notices } };
  }
  return readProjectPart(file, io, ground);
}

/**
 * The file that holds the policy: the named one, else the user's own for this server, else the user's own for all.
 * Nothing is opened here, and a file of the working directory is only told of.
 *
 * No cosmiconfig: it runs code that lies in the working directory (`.config/config.js` as soon as it is constructed,
 * `$import` in YAML) and blocks on a named pipe. The places are few enough to look at ourselves.
 */
export function locatePolicy({ explicit, server }: Wanted, io: World): Located {
  if (explicit === '')
    throw new GuardError('usage', '--policy is empty', { hints: ['name the file of the policy'] });
  const named = explicit ?? nameFromEnv(io);
  if (named !== undefined) return { file: resolve(io.cwd, named), isNamed: true, notices: [] };
  for (const stem of [...(server === null ? [] : [toFileName(server)]), 'policy']) {
    const [file, ...others] = listExisting(
      io.folders.config,
      ENDINGS.map((ending) => stem + ending),
    );
    if (file === undefined) continue;
    const unread = others.map(
      (other) => `${escapeUnseen(other)} is not read: ${escapeUnseen(file)} comes before it`,
    );
    return { file, isNamed: false, notices: unread };
  }
  const own = escapeUnseen(join(io.folders.config, 'policy.yaml'));
  return {
    file: null,
    isNamed: false,
    notices: [
      `no policy of your own (${own}): what only reads, and nothing secret, is allowed, and a person is asked before every other tool call`,
    ],
  };
}

/**
 * Files that would be part of the policy if they came to be while it holds: the user's own, the first one first, and
 * a project's in the working directory. Above it, and where that is `/`, nobody waits for one: some systems can watch
 * a folder only with all that is below.
 */
export function listCandidates(wanted: Wanted, io: World): string[] {
  if (isNamed(wanted, io)) return [];
  const own = listOwnCandidates(wanted, io);
  const cwd = resolve(io.cwd);
  return dirname(cwd) === cwd ? own : [...own, ...listProjectPlaces([cwd], io)];
}

/** The places of the user's own file: the first one that is there counts. */
export function listOwnCandidates({ server }: Wanted, { folders }: World): string[] {
  const stems = [...(server === null ? [] : [toFileName(server)]), 'policy'];
  return stems.flatMap((stem) => ENDINGS.map((ending) => join(folders.config, stem + ending)));
}

/** The user's own folder belongs to no project. */
function listProjectPlaces(within: readonly string[], { folders }: World): string[] {
  return within
    .filter((folder) => folder !== folders.config)
    .flatMap((folder) => PROJECT_NAMES.map((name) => join(folder, name)));
}

function listUpwards(folder: string): string[] {
  const above = dirname(folder);
  return above === folder ? [folder] : [folder, ...listUpwards(above)];
}

function isNamed({ explicit }: Wanted, io: World): boolean {
  return (explicit ?? nameFromEnv(io)) !== undefined;
}

function nameFromEnv({ env }: World): string | undefined {
  const name = env['MCP_GUARD_POLICY'];
  return name === '' ? undefined : name;
}

/** The nearest file of a project upwards from the working directory. */
function findProject(io: World): string | null {
  return listProjectPlaces(listUpwards(resolve(io.cwd)), io).find(exists) ?? null;
}

function isSameFile(a: string, b: string): boolean {
  const [one, other] = [a, b].map((path) => statSync(path, { throwIfNoEntry: false }));
  return one !== undefined && one.dev === other?.dev && one.ino === other.ino;
}

function listExisting(folder: string, names: readonly string[]): string[] {
  return names.map((name) => join(folder, name)).filter(exists);
}

/** Whether a name stands there. One that cannot be looked at counts as there: opening it will say why, where passing it over would weaken. */
export function exists(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ENOTDIR');
  }
}
