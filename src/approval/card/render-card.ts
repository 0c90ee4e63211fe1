import type { History, Question } from '../question.ts';
import { renderChangeWarning, renderDefinition } from './render-definition.ts';
import { renderProfile } from './render-profile.ts';
import { describeChanges, findChanges, renderChanges } from './render-change.ts';
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
  const args = question.arguments === null ? null : decode(question.arguments);
  const { lastAllowed } = question.history;
  const changes = lastAllowed === null ? undefined : findChanges(decode(lastAllowed), args ?? '{}', isFull);
  const size = question.arguments === null ? 'none' : countBytes(question.arguments);
  // Before the arguments, which were chosen by whoever read it.
  if (question.change !== null) yield* renderDefinition(question.change, screen, isFull);
  const since = changes === undefined ? '' : `, ${describeChanges(changes)}`;
  yield* renderField('arguments', [say(size + since)], screen);
  if (args !== null) yield* renderRows(args, screen, isFull);
  for (const [name, bytes] of question.attachments) {
    const named = [...splitVisible(name, screen.charset), say(`, ${countBytes(bytes)}`)];
    yield* renderField('also sent', named, screen);
    yield* renderRows(decode(bytes), screen, isFull);
  }
  // Behind the arguments, which it would push off a low screen; the line above them says that it is there.
  if (changes !== undefined) yield* renderChanges(changes, screen, isFull);
}

function countBytes({ length }: Uint8Array): string {
  return `${count(length)} ${length === 1 ? 'byte' : 'bytes'}`;
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
  const { title, history, profile } = question;
  const said = title === null ? [] : renderField('server says', cutTitle(title, screen), screen);
  return [
    ...said,
    ...(profile === null ? [] : renderProfile(profile, screen)),
    ...renderChangeWarning(question, screen),
    ...renderWhy(question, screen),
    ...renderHistory(history, screen),
    ...renderAlike(alike, screen),
  ];
}

/** How grave it is, without the reasons: what goes late on a low screen. */
export function renderGravity(question: Question, screen: Screen): string[] {
  const { profile } = question;
  return [
    ...(profile === null ? [] : renderProfile({ ...profile, evidence: [] }, screen)),
    ...renderChangeWarning(question, screen).slice(0, 1),
  ];
}

/** Why it is asked: what no screen is too low for. */
export function renderWhy({ reason, rule }: Question, screen: Screen): string[] {
  const why = reason === null ? [] : renderField('reason', splitVisible(reason, screen.charset), screen);
  return [...why, ...renderField('rule', splitVisible(rule, screen.charset), screen)];
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
