import { createHash } from 'node:crypto';
import { lstatSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { GuardError } from '../../errors.ts';
import type { Io } from '../../io.ts';
import type { Ground } from '../condition/ground.ts';
import { matchGlob } from '../glob.ts';
import type { Layer, PolicySet, Problem } from '../policy.ts';
import { escapeUnseen, quote } from '../quote.ts';
import { loadProject, loadSet, type LoadedSet } from './layers.ts';
import { createSet } from './load.ts';
import { renderDetails, renderPlace, renderProblem } from '../read/render-problem.ts';
import { toFileName } from '../server-name.ts';

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
  /** All files that were read. */
  readonly files: readonly string[];
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
  const located = locatePolicy(wanted, io);
  const own = await readOwn(located, io, ground);
  const project = located.isNamed ? NOTHING : await readProject(io, ground, own.files);
  const [first, ...layers] = own.layers;
  const set = createSet(first ?? BUILT_IN, [...layers, ...project.layers]);
  requireServer(set, wanted.server);
  return {
    set,
    notices: [...located.notices, ...project.notices, ...own.notices],
    files: [...own.files, ...project.files],
  };
}

/** What one of the two places gives. */
interface Part {
  readonly layers: readonly Layer[];
  readonly notices: readonly string[];
  readonly files: readonly string[];
}

const NOTHING: Part = { layers: [], notices: [], files: [] };

async function readOwn({ file }: Located, io: World, ground: Ground): Promise<Part> {
  return file === null ? NOTHING : listPart(requireSound(await loadSet(file, io, ground)));
}

async function readProject(io: World, ground: Ground, known: readonly string[]): Promise<Part> {
  const file = findProject(io);
  if (file === null || known.some((other) => isSameFile(file, other))) return NOTHING;
  if (statSync(file, { throwIfNoEntry: false })?.isFile() === false) {
    // Whoever put it there could as well have put nothing there; that it is no file must not stop the guard.
    return { ...NOTHING, notices: [`${escapeUnseen(file)} is no regular file, and is not read`] };
  }
  const part = listPart(requireSound(await loadProject(file, io, ground)));
  return { ...part, notices: [`${escapeUnseen(file)} was found, and tightens the policy`, ...part.notices] };
}

function listPart({ set, problems, files }: Sound): Part {
  const notices = problems.map((problem) => `${renderPlace(problem)}: ${problem.message}`);
  return { layers: set.layers, notices, files };
}

type Sound = LoadedSet & { readonly set: PolicySet };

function requireSound(loaded: LoadedSet): Sound {
  const { set } = loaded;
  if (set === null) throw createRefusal(loaded);
  return { ...loaded, set };
}

/** A policy for another server would decide about names that mean something else there. */
function requireServer({ layers }: PolicySet, server: string | null): void {
  if (server === null) return;
  for (const { policy } of layers) {
    if (policy.server === null || policy.server.some((pattern) => matchGlob(pattern, server))) continue;
    const message = `the policy is for ${policy.server.map(quote).join(', ')}, and this server is ${quote(server)}`;
    throw new GuardError('policy_unusable', message, {
      where: escapeUnseen(policy.file ?? 'built-in'),
      hints: ['name another policy with --policy, or say with --name which server this is'],
    });
  }
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
  const fromEnv = io.env['MCP_GUARD_POLICY'] ?? '';
  const named = explicit ?? (fromEnv === '' ? undefined : fromEnv);
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
    notices: [`no policy of your own (${own}): a person is asked before every tool call`],
  };
}

/** Files that would be part of the policy if they were there: the user's own, and a project's beside the client. */
export function listCandidates({ explicit, server }: Wanted, io: World): string[] {
  if (explicit !== undefined || (io.env['MCP_GUARD_POLICY'] ?? '') !== '') return [];
  const stems = [...(server === null ? [] : [toFileName(server)]), 'policy'];
  const own = stems.flatMap((stem) => ENDINGS.map((ending) => join(io.folders.config, stem + ending)));
  return [...own, ...PROJECT_NAMES.map((name) => join(io.cwd, name))];
}

const BUILT_IN_TEXT = 'version: 1\ndefault: require_approval\n';

const BUILT_IN: Layer = {
  role: 'first',
  policy: {
    file: null,
    hash: createHash('sha256').update(BUILT_IN_TEXT).digest('hex'),
    server: null,
    layers: [],
    default: { action: 'require_approval', written: true },
    limit: null,
    approval: { channels: null, timeoutMs: null, open: null },
    rules: { tools: [], resources: [], prompts: [], methods: [], server_requests: [] },
    env: null,
    reload: true,
    tests: [],
  },
};

/** The nearest file of a project upwards from the working directory. */
function findProject({ cwd }: World): string | null {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const [file] = listExisting(folder, PROJECT_NAMES);
    if (file !== undefined) return file;
    if (dirname(folder) === folder) return null;
  }
}

function isSameFile(a: string, b: string): boolean {
  const [one, other] = [a, b].map((path) => statSync(path, { throwIfNoEntry: false }));
  return one !== undefined && one.dev === other?.dev && one.ino === other.ino;
}

function listExisting(folder: string, names: readonly string[]): string[] {
  return names.map((name) => join(folder, name)).filter(exists);
}

/** A name that cannot be looked at counts as there: opening it will say why, where passing it over would weaken. */
function exists(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ENOTDIR');
  }
}

/** One error of many problems: the first as its message, the rest below it. */
function createRefusal({ problems, texts }: LoadedSet): GuardError {
  const errors = problems.filter(({ severity }) => severity === 'error');
  const [first, ...rest] = errors;
  if (first === undefined) return new GuardError('policy_unusable', 'the policy cannot be used');
  const textOf = ({ file }: Problem): string => texts.get(file) ?? '';
  const below = [
    renderDetails(first, textOf(first)),
    ...rest.map((problem) => renderProblem(problem, textOf(problem))),
  ];
  const excerpt = below.filter((part) => part !== '').join('\n');
  const details = excerpt === '' ? {} : { excerpt };
  return new GuardError('policy_unusable', first.message, { where: renderPlace(first), ...details });
}
