import { compareJson, listSteps, type Change } from '../approval/card/compare-json.ts';
import type { PinnedTool } from '../catalogue/pins/pin-store.ts';
import { escapeUnseen } from '../policy/quote.ts';
import type { KnownServer } from './pinned-servers.ts';
import { renderJsonList, renderTable } from './table.ts';

/** How much of a value is shown, and how much before the first difference of two. */
const LONGEST = 300;
const BEFORE = 60;

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

/** What has changed since it was pinned. */
export function renderDiff(servers: readonly KnownServer[], tool: string | undefined): string {
  const changed = listChanged(servers, tool);
  if (changed.length === 0) return 'nothing has changed\n';
  return changed
    .map(({ server, pinned, seen }) => {
      const head = `${renderTool(server.name)}: ${renderTool(pinned.tool)}, pinned ${day(pinned.since)}, seen ${day(seen.since)}\n`;
      const words = ['mcp-guard pins accept', renderTool(server.name), renderTool(pinned.tool)];
      const accept = `  accept it with: ${words.join(' ')} --hash ${shorten(seen.definition.hash)}\n`;
      return head + renderChanges(pinned.definition.text, seen.definition.text) + accept;
    })
    .join('\n');
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
  const origin = book.package === null ? '' : `, ${book.package.name} ${book.package.version}`;
  const rows = [...book.tools.values()].map(({ tool, since, seen }) => [
    tool,
    day(since),
    seen === null ? '' : `changed, seen ${day(seen.since)}`,
  ]);
  const head = `${renderTool(name)} (${renderTool(command.join(' '))}${renderTool(origin)})\n${renderTool(id)}\n`;
  return head + renderTable(['tool', 'pinned', ''], rows);
}

function renderChanges(was: string | null, now: string | null): string {
  const changes = was === null || now === null ? null : compareJson(was, now);
  if (changes === null) return '  too long to compare\n';
  return changes.map((change) => renderChange(change)).join('');
}

function renderChange({ place, before, after }: Change): string {
  const path = listSteps(place)
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${step}`))
    .join('');
  const from = before === null || after === null ? 0 : Math.max(0, findDifference(before, after) - BEFORE);
  const line = (sign: string, text: string | null): string =>
    text === null ? '' : `    ${sign} ${escapeUnseen(excerpt(text, from))}\n`;
  return `  ${escapeUnseen(path)}\n${line('-', before)}${line('+', after)}`;
}

function findDifference(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  return at;
}

function excerpt(text: string, from: number): string {
  const cut = text.slice(from, from + LONGEST);
  const rest = text.length - from - cut.length;
  return `${from > 0 ? `[${from} characters] ` : ''}${cut}${rest > 0 ? ` [${rest} characters more]` : ''}`;
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
