import { ACTIONS, type PolicyTest, type Ruled } from '../policy.ts';
import type { Problems } from './problems.ts';
import { quote } from '../quote.ts';
import type { Places } from './read-rules.ts';
import { joinWords, readChoice, readEntries, readList, readText, reportType } from './shape.ts';
import { renderJson, type Tree } from './tree.ts';

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
  const subjects = [...entries.values()].filter(({ key }) => SUBJECTS.has(key));
  const [subject, second] = subjects;
  const [expectEntry, args] = [entries.get('expect'), entries.get('args')?.value];
  if (subject === undefined) {
    problems.error(tree.span, 'missing_key', `a test without ${quote('call')}`, EXAMPLE);
  }
  if (second !== undefined) {
    const message = `a test has one of ${joinWords([...SUBJECTS.keys()])}`;
    problems.error(second.keySpan, 'two_subjects', message, 'make two tests of it');
  }
  if (expectEntry === undefined) {
    problems.error(tree.span, 'missing_key', `a test without ${quote('expect')}`, EXAMPLE);
  }
  if (args !== undefined && args.kind !== 'map') reportType(args, 'args is a map', null, problems);
  const name = subject === undefined ? null : readText(subject.value, subject.key, problems);
  const expect =
    expectEntry === undefined ? null : readChoice(expectEntry.value, 'action', ACTIONS, problems);
  places.set(path, expectEntry?.value.span ?? tree.span);
  const kind = SUBJECTS.get(subject?.key ?? '');
  if (name === null || expect === null || kind === undefined) return null;
  return { path, kind, name, args: args?.kind === 'map' ? renderJson(args) : null, expect };
}
