import type { History, Question } from './question.ts';
import { renderChanges } from './render-change.ts';
import { renderField, renderRows, type Screen } from './row.ts';
import { count } from './split-json.ts';
import { type Piece, quoteVisible, say, splitVisible } from './visible.ts';
import { wrapPieces } from './wrap.ts';

const MOST_TITLE = 160;
const TITLE_INDENT = '    ';

/**
 * Title, then what the server says, why it is asked, and what happened before. `alike`: how many identical calls wait,
 * this one included.
 */
export function renderHead(question: Question, screen: Screen, alike: number): string[] {
  return [...renderTitle(question, screen), ...renderFields(question, screen, alike)];
}

/** What is in the call, and what changed since the last one, lazily. `isFull`: nothing cut, no secret hidden. */
export function* renderContent(question: Question, screen: Screen, isFull: boolean): Generator<string> {
  const { lastAllowed } = question.history;
  if (lastAllowed !== null) {
    const before = decode(lastAllowed);
    const after = question.arguments === null ? '{}' : decode(question.arguments);
    yield* renderChanges(before, after, screen, isFull);
  }
  if (question.arguments === null) yield* renderField('arguments', [say('none')], screen);
  else yield* renderPart('arguments', '', question.arguments, { screen, isFull });
  for (const [name, bytes] of question.attachments) {
    yield* renderPart('also sent', `${name}, `, bytes, { screen, isFull });
  }
}

function* renderPart(
  label: string,
  name: string,
  bytes: Uint8Array,
  { screen, isFull }: { screen: Screen; isFull: boolean },
): Generator<string> {
  const size = `${count(bytes.length)} ${bytes.length === 1 ? 'byte' : 'bytes'}`;
  yield* renderField(label, splitVisible(name + size, screen.charset), screen);
  yield* renderRows(decode(bytes), screen, isFull);
}

/** The first line says what is asked. */
export function renderTitle({ tool, server }: Question, screen: Screen): string[] {
  const name = splitVisible(server, screen.charset);
  const pieces = [
    say('mcp-guard: run '),
    ...splitVisible(tool, screen.charset),
    say(' on '),
    ...name,
    say('?'),
  ];
  // Further lines are indented past the gutter of the arguments, which a name could otherwise imitate.
  const lines = [...wrapPieces(pieces, screen.columns - 1 - TITLE_INDENT.length)];
  return lines.map((line, index) => screen.chalk.bold(index === 0 ? line : TITLE_INDENT + line));
}

/** The fields below it. */
export function renderFields(question: Question, screen: Screen, alike: number): string[] {
  const { title, reason, rule, history } = question;
  const said = title === null ? [] : renderField('server says', cutTitle(title, screen), screen);
  const why = reason === null ? [] : renderField('reason', splitVisible(reason, screen.charset), screen);
  return [
    ...said,
    ...why,
    ...renderField('rule', splitVisible(rule, screen.charset), screen),
    ...renderHistory(history, screen),
    ...renderAlike(alike, screen),
  ];
}

/** The server's own words are quoted, and cannot fill the screen. */
function cutTitle(title: string, screen: Screen): Piece[] {
  const shown = quoteVisible(title.slice(0, MOST_TITLE), screen.charset);
  if (title.length <= MOST_TITLE) return [...shown];
  return [...shown, say(` [cut: ${count(title.length - MOST_TITLE)} of ${count(title.length)} characters]`)];
}

function renderHistory({ asked, allowed, refused }: History, screen: Screen): string[] {
  if (asked === 0) return [];
  const times = `${count(asked)} ${asked === 1 ? 'time' : 'times'}`;
  const answers = `${count(allowed)} allowed, ${count(refused)} refused`;
  return renderField('before', [say(`asked ${times} this session: ${answers}`)], screen);
}

function renderAlike(alike: number, screen: Screen): string[] {
  if (alike < 2) return [];
  return renderField(
    'alike',
    [say(`${count(alike)} such calls wait, each for an answer of its own`)],
    screen,
  );
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}
