import { GuardError } from '../../errors.ts';
import type { Io } from '../../io.ts';
import type { Ground } from '../condition/ground.ts';
import { matchGlob } from '../glob.ts';
import type { Layer, Problem } from '../policy.ts';
import { escapeUnseen, quote } from '../quote.ts';
import { renderDetails, renderPlace, renderProblem } from '../read/render-problem.ts';
import { loadProject, loadSet, type LoadedSet } from './layers.ts';

/** What one place gives: the user's own folder or a named file, or a project. */
export interface Part {
  /** The file that was found there; null where there is none. */
  readonly root: string | null;
  readonly layers: readonly Layer[];
  /** Sentences for the person who started the program. */
  readonly notices: readonly string[];
}

/** What came of reading it. */
export type PartRead = (
  { readonly kind: 'sound'; readonly part: Part } | { readonly kind: 'broken'; readonly error: GuardError }
) & {
  /** Of all files that were read or tried, what they were like just before. */
  readonly signs: ReadonlyMap<string, string>;
};

export const NO_PART: Part = { root: null, layers: [], notices: [] };

type World = Pick<Io, 'uid'>;

/** The user's own policy or the named one, with the files it adds. It must be for this server, where that is known. */
export async function readOwnPart(
  file: string,
  server: string | null,
  io: World,
  ground: Ground,
): Promise<PartRead> {
  const read = describeRead(file, await loadSet(file, io, ground));
  const error = read.kind === 'sound' && server !== null ? distrustServer(read.part.layers, server) : null;
  return error === null ? read : { kind: 'broken', error, signs: read.signs };
}

/** The policy of a project. */
export async function readProjectPart(file: string, io: World, ground: Ground): Promise<PartRead> {
  const read = describeRead(file, await loadProject(file, io, ground));
  if (read.kind === 'broken') return read;
  const notices = [`${escapeUnseen(file)} was found, and tightens the policy`, ...read.part.notices];
  return { ...read, part: { ...read.part, notices } };
}

function describeRead(root: string, loaded: LoadedSet): PartRead {
  const { set, problems, signs } = loaded;
  if (set === null) return { kind: 'broken', error: createRefusal(loaded), signs };
  const notices = problems.map((problem) => `${renderPlace(problem)}: ${problem.message}`);
  return { kind: 'sound', part: { root, layers: set.layers, notices }, signs };
}

/** A policy for another server would decide about names that mean something else there. */
function distrustServer(layers: readonly Layer[], server: string): GuardError | null {
  for (const { policy } of layers) {
    if (policy.server === null || policy.server.some((pattern) => matchGlob(pattern, server))) continue;
    const patterns = policy.server.map((pattern) => quote(pattern)).join(', ');
    const message = `the policy is for ${patterns}, and this server is ${quote(server)}`;
    return new GuardError('policy_unusable', message, {
      where: escapeUnseen(policy.file ?? 'built-in'),
      hints: ['name another policy with --policy, or say with --name which server this is'],
    });
  }
  return null;
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
