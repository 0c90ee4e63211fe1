import { createHash } from 'node:crypto';
import type { Question } from '../question.ts';
import { type Change, compareJson, listSteps } from './compare-json.ts';
import { renderChanges } from './render-change.ts';
import { renderField, type Screen } from './row.ts';
import { say } from './visible.ts';

const WARNING = 'the server describes it differently than when it was pinned';
const READ_FIRST = ['description', 'title', 'inputSchema'];
/** A name that a shell takes as it stands. */
const PLAIN = /^[\w@][\w.@:/-]*$/;

/** That the tool is no longer what it was, and how to take it for what it is. */
export function renderChangeWarning({ server, tool, change }: Question, screen: Screen): string[] {
  if (change === null) return [];
  const accept = [server, tool].every((name) => PLAIN.test(name))
    ? `mcp-guard pins accept ${server} ${tool}${nameShown(change)}`
    : 'mcp-guard pins accept';
  return [
    ...renderField('changed', [say(WARNING)], screen).map((line) => screen.chalk.bold.red(line)),
    ...renderField('for good', [say(accept)], screen),
  ];
}

/** So that what the server says next is not accepted in place of what stands here. */
function nameShown(change: NonNullable<Question['change']>): string {
  if (change === 'unknown') return '';
  return ` --hash ${createHash('sha256').update(change.now).digest('hex').slice(0, 12)}`;
}

/**
 * Where the definitions differ; what is quoted is the server's. `isFull`: nothing left out. Throws where that cannot be
 * shown: a yes would be to words that nobody saw.
 */
export function* renderDefinition(
  change: NonNullable<Question['change']>,
  screen: Screen,
  isFull: boolean,
): Generator<string> {
  const changes = change === 'unknown' ? null : compareJson(change.was, change.now);
  if (changes === null) throw new Error('how the definition differs cannot be shown');
  const told = { label: 'definition', since: 'as pinned, and as it is now', isAlone: true };
  yield* renderChanges(changes.toSorted(compareWeight), screen, isFull, told);
}

/** What a model reads first comes first: a thousand harmless changes must not stand before the one that matters. */
function compareWeight(a: Change, b: Change): number {
  return weigh(a) - weigh(b);
}

function weigh({ place }: Change): number {
  const at = READ_FIRST.indexOf(String(listSteps(place)[0]));
  return at === -1 ? READ_FIRST.length : at;
}
