import { createHash } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { GuardError } from '../../errors.ts';
import type { Io } from '../../io.ts';
import { loadPolicy, type Loaded } from './load.ts';
import type { Policy } from '../policy.ts';
import { escapeUnseen } from '../quote.ts';
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
  readonly policy: Policy;
  /** Sentences for the person who started the program. */
  readonly notices: readonly string[];
}

export interface Located {
  /** Null where there is none and the built-in policy holds. */
  readonly file: string | null;
  readonly notices: readonly string[];
}

type World = Pick<Io, 'cwd' | 'env' | 'folders' | 'uid'>;

/** The policy that holds. Throws GuardError `policy_unusable`, with every problem in its words. */
export function findPolicy(wanted: Wanted, io: World): Found {
  const { file, notices } = locatePolicy(wanted, io);
  if (file === null) return { policy: BUILT_IN, notices };
  const loaded = loadPolicy(file, io);
  if (loaded.policy === null) throw createRefusal(loaded);
  const warnings = loaded.problems.map((problem) => `${renderPlace(problem)}: ${problem.message}`);
  return { policy: loaded.policy, notices: [...notices, ...warnings] };
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
  if (named !== undefined) return { file: resolve(io.cwd, named), notices: [] };
  const project = noticeProject(io);
  for (const stem of [...(server === null ? [] : [toFileName(server)]), 'policy']) {
    const [file, ...others] = listExisting(
      io.folders.config,
      ENDINGS.map((ending) => stem + ending),
    );
    if (file === undefined) continue;
    const unread = others.map(
      (other) => `${escapeUnseen(other)} is not read: ${escapeUnseen(file)} comes before it`,
    );
    return { file, notices: [...unread, ...project] };
  }
  const own = escapeUnseen(join(io.folders.config, 'policy.yaml'));
  return {
    file: null,
    notices: [`no policy of your own (${own}): a person is asked before every tool call`, ...project],
  };
}

const BUILT_IN_TEXT = 'version: 1\ndefault: require_approval\n';

const BUILT_IN: Policy = {
  file: null,
  hash: createHash('sha256').update(BUILT_IN_TEXT).digest('hex'),
  default: { action: 'require_approval', written: true },
  limit: null,
  approval: { channels: null, timeoutMs: null, open: null },
  tools: [],
  tests: [],
};

/** The nearest file of a project is found by name alone: it comes from whoever wrote the repository. */
function noticeProject({ cwd }: World): string[] {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const [file] = listExisting(folder, PROJECT_NAMES);
    if (file !== undefined) {
      const why = 'files of a project can only tighten a policy, and this version does not read them';
      return [`${escapeUnseen(file)} was found and is not read: ${why}`];
    }
    if (dirname(folder) === folder) return [];
  }
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
function createRefusal({ problems, text }: Loaded): GuardError {
  const errors = problems.filter(({ severity }) => severity === 'error');
  const [first, ...rest] = errors;
  if (first === undefined) return new GuardError('policy_unusable', 'the policy cannot be used');
  const below = [renderDetails(first, text), ...rest.map((problem) => renderProblem(problem, text))];
  const excerpt = below.filter((part) => part !== '').join('\n');
  const details = excerpt === '' ? {} : { excerpt };
  return new GuardError('policy_unusable', first.message, { where: renderPlace(first), ...details });
}
