import { createHash } from 'node:crypto';
import type { Io } from '../../io.ts';
import { checkRules, runTests, type TestCount } from '../check/check.ts';
import { decodePolicy } from '../read/decode.ts';
import { readTrusted, Unreadable } from './open.ts';
import { parsePolicy } from '../read/parse.ts';
import type { Policy, Problem } from '../policy.ts';
import { describeFile, Problems } from '../read/problems.ts';
import { readPolicy, type Draft } from '../read/read-policy.ts';

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

/** Problems that stay whatever stands below them in the file. */
const SURE = new Set(['unknown_key', 'unknown_action', 'not_yet', 'duplicate_key', 'key_not_text']);
const NO_TESTS: TestCount = { passed: 0, failed: 0 };

/** Reads a policy file that nobody else can have written, and runs its tests. Never throws for what the file holds. */
export function loadPolicy(file: string, io: Pick<Io, 'uid'>): Loaded {
  let bytes: Buffer;
  try {
    bytes = readTrusted(file, io);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    const problem = describeFile(file, error.code, error.message, error.hint);
    return { policy: null, problems: [problem], tests: NO_TESTS, text: '' };
  }
  return parseLoaded(bytes, file);
}

/** The policy in these bytes. `file` is the name that problems and explanations show. */
export function parseLoaded(bytes: Buffer, file: string): Loaded {
  const { text, problems } = decodePolicy(bytes, file);
  const fail = (tests = NO_TESTS): Loaded => ({
    policy: null,
    problems: problems.list(),
    tests,
    text: text ?? '',
  });
  const draft = text === null ? null : readDraft(text, file, problems);
  if (text === null || draft === null || problems.hasErrors) return fail();
  const policy = { ...draft.policy, file, hash: createHash('sha256').update(bytes).digest('hex') };
  checkRules(policy, draft.places, problems);
  const tests = runTests(policy, draft.places, problems);
  return problems.hasErrors ? fail(tests) : { policy, problems: problems.list(), tests, text };
}

/** Reads what can be read: above the first line that is not YAML, words can still be misspelt. */
function readDraft(text: string, file: string, problems: Problems): Draft | null {
  const found = new Problems(file, text);
  const { tree, brokenAt } = parsePolicy(text, problems, found);
  const draft = tree === null ? null : readPolicy(tree, found);
  const isSure = ({ code, line }: Problem) => brokenAt === null || (line < brokenAt && SURE.has(code));
  problems.adopt(found.list().filter(isSure));
  return draft;
}
