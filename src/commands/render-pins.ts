import { compareJson, listSteps, type Change } from '../approval/card/compare-json.ts';
import type { Screen } from '../approval/card/row.ts';
import { describeScreen } from '../approval/card/screen.ts';
import { splitName, splitToken } from '../approval/card/split-json.ts';
import { joinPieces, type Piece, say, splitVisible } from '../approval/card/visible.ts';
import { wrapPieces } from '../approval/card/wrap.ts';
import type { PinnedTool } from '../catalogue/pins/pin-store.ts';
import { escapeUnseen } from '../policy/quote.ts';
import { count } from '../console/words.ts';
import type { Io } from '../io.ts';
import type { KnownServer } from './pinned-servers.ts';
import { quoteCommand } from './quote-command.ts';
import { renderJsonList, renderTable } from './table.ts';

/** How much of a value is shown beside others, how much before the first difference of two, and how many changes. */
const LONGEST = 300;
const BEFORE = 60;
const MOST_CHANGES = 20;
const INDENT = '      ';
/** Below it a terminal folds lines as it likes. */
const NARROWEST = 30;

/** What is pinned, a line a tool. */
export function renderPins(servers: readonly KnownServer[]): string {
  if (servers.length === 0) return 'nothing is pinned yet\n';
  return servers.map((server) => renderServer(server)).join('\n');
}

export function renderPinsJson(servers: readonly KnownServer[]): string {
  const rows = servers.flatMap((server) =>
    [...server.book.tools.values()].map((tool) => JSON.stringify({ ...nameOf(server), ...describe(tool) })),
  );
  return renderJsonList(rows);
}

/** What has changed since it was pinned. Of a tool that is named nothing is left out. */
export function renderDiff(servers: readonly KnownServer[], tool: string | undefined, io: Io): string {
  const changed = listChanged(servers, tool);
  if (changed.length === 0) return 'nothing has changed\n';
  const view = { isFull: tool !== undefined, ...describeStdout(io) };
  return changed.map((one) => renderChanged(one, nameForShell(one.server, servers), view)).join('\n');
}

export function renderDiffJson(servers: readonly KnownServer[], tool: string | undefined): string {
  const rows = listChanged(servers, tool).map(({ server, pinned, seen }) =>
    JSON.stringify({
      ...nameOf(server),
      tool: pinned.tool,
      was: parse(pinned.definition.text),
      now: parse(seen.definition.text),
    }),
  );
  return renderJsonList(rows);
}

/** Enough of it to tell one definition from another. */
function shorten(hash: string): string {
  return /^(?:raw-)?.{12}/.exec(hash)?.[0] ?? hash;
}

/** A name in which nothing can act on a terminal. */
export function renderTool(name: string): string {
  return escapeUnseen(name);
}

/** How values are shown: all of them or the beginnings, and on lines of how many cells. */
interface View extends Pick<Screen, 'charset' | 'columns'> {
  readonly isFull: boolean;
}

interface Changed {
  readonly server: KnownServer;
  readonly pinned: PinnedTool;
  readonly seen: NonNullable<PinnedTool['seen']>;
}

function listChanged(servers: readonly KnownServer[], tool: string | undefined): Changed[] {
  return servers.flatMap((server) =>
    [...server.book.tools.values()].flatMap((pinned) =>
      pinned.seen === null || (tool !== undefined && pinned.tool !== tool)
        ? []
        : [{ server, pinned, seen: pinned.seen }],
    ),
  );
}

function renderServer({ name, id, command, book }: KnownServer): string {
  const { package: origin } = book;
  const rows = [...book.tools.values()].map(({ tool, since, seen }) => [
    day(since),
    seen === null ? '' : day(seen.since),
    tool,
  ]);
  const lines = [
    `${name} (${id})`,
    `command: ${quoteCommand(command)}`,
    ...(origin === null ? [] : [`package: ${origin.name} ${origin.version}`]),
  ];
  return (
    lines.map((line) => `${renderTool(line)}\n`).join('') + renderTable(['pinned', 'changed', 'tool'], rows)
  );
}

function renderChanged({ server, pinned, seen }: Changed, name: string, view: View): string {
  const tool = quoteCommand([renderTool(pinned.tool)]);
  const head = `${renderTool(server.name)}: ${renderTool(pinned.tool)}, pinned ${day(pinned.since)}, seen ${day(seen.since)}\n`;
  const { text, isCut } = renderChanges(pinned.definition.text, seen.definition.text, view);
  const accept = `mcp-guard pins accept ${name} ${tool} --hash ${shorten(seen.definition.hash)}`;
  // What nobody has seen whole nobody is told how to accept.
  const next = isCut
    ? `all of it, and how to accept it: mcp-guard pins diff ${name} ${tool}`
    : `accept it with: ${accept}`;
  return `${head}${text}  ${next}\n`;
}

/** The name as a shell takes it; that of its file where the name stands for several, or cannot be typed. */
function nameForShell({ name, id }: KnownServer, servers: readonly KnownServer[]): string {
  const isOne = servers.filter((other) => other.name === name).length === 1;
  return quoteCommand([isOne && name === renderTool(name) ? name : id]);
}

interface Shown {
  readonly text: string;
  readonly isCut: boolean;
}

function renderChanges(was: string | null, now: string | null, view: View): Shown {
  const changes = was === null || now === null ? null : compareJson(was, now);
  if (changes === null)
    return { text: '  it cannot be compared: too long, or no clear JSON\n', isCut: false };
  const shown = changes
    .slice(0, view.isFull ? changes.length : MOST_CHANGES)
    .map((one) => renderChange(one, view));
  const left = changes.length - shown.length;
  const more = left === 0 ? '' : `  and ${count(left, 'change')} more\n`;
  return {
    text: shown.map(({ text }) => text).join('') + more,
    isCut: left > 0 || shown.some(({ isCut }) => isCut),
  };
}

function renderChange({ place, before, after }: Change, view: View): Shown {
  const [was, is] = [readString(before), readString(after)];
  const from = was === null || is === null || view.isFull ? 0 : Math.max(0, findDifference(was, is) - BEFORE);
  const values = [
    { sign: '-', value: excerpt(before, from, view) },
    { sign: '+', value: excerpt(after, from, view) },
  ];
  const lines = values.map(({ sign, value }) => (value === null ? '' : layOut(sign, value.pieces, view)));
  return {
    text: `  ${joinPieces(splitPlace(place, view))}\n${lines.join('')}`,
    isCut: values.some(({ value }) => value?.isCut === true),
  };
}

function splitPlace(place: Change['place'], { charset }: View): Piece[] {
  return listSteps(place).flatMap((step, index) => {
    if (typeof step === 'number') return [say(`[${step}]`)];
    return [...(index === 0 ? [] : [say('.')]), ...splitName(step, { charset, isFull: true })];
  });
}

/** What the server says never stands further to the left than this, so that it cannot pass for words of ours. */
function layOut(sign: string, pieces: Iterable<Piece>, { columns }: View): string {
  const lines = [...wrapPieces(pieces, Math.max(columns, NARROWEST) - INDENT.length)];
  return lines.map((line, index) => `${index === 0 ? `    ${sign} ` : INDENT}${line}\n`).join('');
}

interface Excerpt {
  readonly pieces: readonly Piece[];
  readonly isCut: boolean;
}

function excerpt(token: string | null, from: number, view: View): Excerpt | null {
  if (token === null) return null;
  const text = readString(token);
  const most = view.isFull ? Infinity : LONGEST;
  const left = (text ?? token).length - from - most;
  const shown = text === null ? token : JSON.stringify(text.slice(from, from + most));
  const value =
    text === null && left > 0
      ? splitVisible(token.slice(0, most), view.charset)
      : splitToken(shown, { charset: view.charset, isFull: true }, false);
  const lead = from === 0 ? [] : [say(`[${from} characters] `)];
  const rest = left <= 0 ? [] : [say(` [${left} characters more]`)];
  return { pieces: [...lead, ...value, ...rest], isCut: from > 0 || left > 0 };
}

function readString(token: string | null): string | null {
  const value: unknown = token?.startsWith('"') === true ? JSON.parse(token) : null;
  return typeof value === 'string' ? value : null;
}

function findDifference(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  return at;
}

function describeStdout({ stdout, env }: Io): Pick<Screen, 'charset' | 'columns'> {
  const columns = stdout.isTTY === true ? (stdout.columns ?? 80) : Infinity;
  return describeScreen(env, { columns, rows: 24 });
}

function describe({ tool, since, definition, seen }: PinnedTool): object {
  return {
    tool,
    since,
    hash: definition.hash,
    changed: seen === null ? null : { since: seen.since, hash: seen.definition.hash },
  };
}

function nameOf({ name, id }: KnownServer): object {
  return { server: name, id };
}

function parse(text: string | null): unknown {
  return text === null ? null : JSON.parse(text);
}

function day(time: string): string {
  return /^\d{4}-\d{2}-\d{2}/.exec(time)?.[0] ?? '?';
}
