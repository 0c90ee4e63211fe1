import { ACTIONS, type PolicyTest, type Ruled } from '../policy.ts';
import type { Problems } from './problems.ts';
import { quote } from '../quote.ts';
import type { Places } from './read-rules.ts';
import { joinWords, readChoice, readEntries, readField, readList, readText, reportType } from './shape.ts';
import { renderJson, type Entry, type Tree } from './tree.ts';

/** What a test is about, by its key. */
const SUBJECTS: ReadonlyMap<string, Ruled> = new Map([
  ['call', 'tools'],
  ['resource', 'resources'],
  ['prompt', 'prompts'],
  ['method', 'methods'],
  ['server_request', 'server_requests'],
]);
const KEYS = { known: [...SUBJECTS.keys(), 'args', 'expect'], later: [] };
const EXAMPLE = 'write it as { call: delete_broker, expect: deny }';

/** The tests of a policy. What is broken is reported and left out. */
export function readTests(tree: Tree, places: Places, problems: Problems): PolicyTest[] {
  const items = readList(tree, 'tests', problems)?.items ?? [];
  return items.flatMap((item, index) => readTest(item, `tests[${index}]`, places, problems) ?? []);
}

function readTest(tree: Tree, path: string, places: Places, problems: Problems): PolicyTest | null {
  const entries = readEntries(tree, 'a test', KEYS, problems);
  if (entries === null) return null;
  const subject = readSubject(tree, [...entries.values()], problems);
  const expectEntry = entries.get('expect');
  places.set(path, expectEntry?.value.span ?? tree.span);
  if (expectEntry === undefined) {
    problems.error(tree.span, 'missing_key', `a test without ${quote('expect')}`, EXAMPLE);
  }
  const expect = readField(entries, 'expect', (value) => readChoice(value, 'action', ACTIONS, problems));
  const args = readField(entries, 'args', (value) => readArgs(value, problems));
  return subject === null || expect === null ? null : { path, ...subject, args, expect };
}

/** What is called, read or asked for. */
function readSubject(
  tree: Tree,
  entries: readonly Entry[],
  problems: Problems,
): Pick<PolicyTest, 'kind' | 'name'> | null {
  const [subject, second] = entries.filter(({ key }) => SUBJECTS.has(key));
  const kind = SUBJECTS.get(subject?.key ?? '');
  if (subject === undefined || kind === undefined) {
    problems.error(tree.span, 'missing_key', `a test without ${quote('call')}`, EXAMPLE);
    return null;
  }
  if (second !== undefined) {
    const message = `a test has one of ${joinWords([...SUBJECTS.keys()])}`;
    problems.error(second.keySpan, 'two_subjects', message, 'make two tests of it');
  }
  const name = readText(subject.value, subject.key, problems);
  return name === null ? null : { kind, name };
}

function readArgs(tree: Tree, problems: Problems): string | null {
  if (tree.kind === 'map') return renderJson(tree);
  reportType(tree, 'args is a map', null, problems);
  return null;
}
