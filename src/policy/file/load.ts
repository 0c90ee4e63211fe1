import { createHash } from 'node:crypto';
import { checkRules, runTests, type TestCount } from '../check/check.ts';
import type { Ground } from '../condition/ground.ts';
import { listsVariable } from '../env.ts';
import type { Layer, Policy, PolicySet, Problem } from '../policy.ts';
import { decodePolicy } from '../read/decode.ts';
import { parsePolicy } from '../read/parse.ts';
import { Problems } from '../read/problems.ts';
import { checkProject } from '../read/project.ts';
import { readPolicy, type Draft } from '../read/read-policy.ts';
import type { Places } from '../read/read-rules.ts';

/** What came of reading one file. */
export interface Loaded {
  /** Null where a problem is an error: a policy is taken whole or not at all. */
  readonly policy: Policy | null;
  /** Errors and warnings, in the order of the file. */
  readonly problems: readonly Problem[];
  readonly tests: TestCount;
  /** The file's text, for excerpts. */
  readonly text: string;
}

/** One file as it was read, before its rules are looked at together. */
export interface Source {
  readonly text: string;
  readonly problems: Problems;
  readonly draft: Draft | null;
  readonly policy: Policy | null;
}

/** Problems that stay whatever stands below them in the file. */
const SURE = new Set(['unknown_key', 'unknown_action', 'not_yet', 'duplicate_key', 'key_not_text']);
const NO_TESTS: TestCount = { passed: 0, failed: 0 };

/**
 * The policy in these bytes, with the files it adds. `file` is the name that problems and explanations show. Where the
 * bytes hold patterns, `loadRegexEngine` must have been awaited.
 */
export function parseLoaded(
  bytes: Buffer,
  file: string,
  ground: Ground,
  added: readonly Layer[] = [],
): Loaded {
  return judgeSource(readSource(bytes, file, false), added, ground);
}

/** Reads the bytes of one file; what is wrong with them is in `problems`. Never throws for what they hold. */
export function readSource(bytes: Buffer, file: string, isProject: boolean): Source {
  const { text, problems } = decodePolicy(bytes, file);
  const draft = text === null ? null : readDraft(text, file, { problems, isProject });
  const hash = createHash('sha256').update(bytes).digest('hex');
  const policy = draft === null || problems.hasErrors ? null : { ...draft.policy, file, hash };
  return { text: text ?? '', problems, draft, policy };
}

/** Looks at the rules together, and runs the tests against the file as the first of its own layers. */
export function judgeSource(
  { text, problems, draft, policy }: Source,
  added: readonly Layer[],
  ground: Ground,
): Loaded {
  if (policy === null || draft === null || problems.hasErrors) {
    return { policy: null, problems: problems.list(), tests: NO_TESTS, text };
  }
  checkRules({ policy, places: draft.places, problems, ground });
  checkEnv(policy, draft.places, { problems, ground });
  const set = createSet({ policy, role: 'first' }, added);
  const tests = runTests({ set, policy, places: draft.places, problems, ground });
  return { policy: problems.hasErrors ? null : policy, problems: problems.list(), tests, text };
}

/** The server is found on the guard's own PATH, but what it starts, or the interpreter of its first line, is not. */
function checkEnv(
  { env }: Policy,
  places: Places,
  { problems, ground }: { readonly problems: Problems; readonly ground: Ground },
): void {
  if (env === null || listsVariable(env, 'PATH', ground.platform)) return;
  const span = places.get('env') ?? { start: 0, end: 0 };
  const hint = 'add PATH, unless the server starts no other program and needs no interpreter';
  problems.warn(span, 'no_path', 'env lists no PATH, so the server finds no programs by name', hint);
}

/** The policy that these files are together. */
export function createSet(first: Layer, added: readonly Layer[]): PolicySet {
  const hashes = [first, ...added].map(({ policy }) => policy.hash);
  const whole = createHash('sha256').update(hashes.toSorted().join('\n')).digest('hex');
  return { layers: [first, ...added], hash: added.length === 0 ? first.policy.hash : whole };
}

/** Reads what can be read: above the first line that is not YAML, words can still be misspelt. */
function readDraft(
  text: string,
  file: string,
  { problems, isProject }: { readonly problems: Problems; readonly isProject: boolean },
): Draft | null {
  const found = new Problems(file, text);
  const { tree, brokenAt } = parsePolicy(text, problems, found);
  const draft = tree === null ? null : readPolicy(tree, found);
  if (tree !== null && isProject) checkProject(tree, found);
  const isSure = ({ code, line }: Problem) => brokenAt === null || (line < brokenAt && SURE.has(code));
  problems.adopt(found.list().filter(isSure));
  return draft;
}
