import type { Action } from '../../policy/policy.ts';
import { quote } from '../../policy/quote.ts';
import { toFileName } from '../../policy/server-name.ts';
import type { Scan } from '../scan/scan.ts';
import type { Group, Plan } from './plan.ts';
import { renderComment, renderText } from './yaml-text.ts';

const MOST_NAMED = 5;

/** The comment on top: which server, what is allowed, asked and denied, and what to do with the file. */
export function renderHeader({ name, listing }: Scan, { groups, uncallable }: Plan): string[] {
  const { server, protocolVersion } = listing;
  const count = (action: Action): number =>
    groups
      .filter(({ treatment }) => treatment.action === action)
      .reduce((sum, { tools }) => sum + tools.length, 0);
  const about = [
    ...(server.name === name || server.name === '' ? [] : [`it calls itself ${showWord(server.name)}`]),
    ...(server.version === '' ? [] : [`version ${showWord(server.version)}`]),
    `protocol ${showWord(protocolVersion)}`,
  ];
  const paragraphs = [
    `For ${showWord(name)}: ${about.join(', ')}, ${countTools(listing.tools.length)}.`,
    `Written by mcp-guard scan. Read it before you use it: what a tool can do was told from its name, description and schema, all of them the server's word, and you know better what you need. Where a person may decide what is denied here, write require_approval, in its test too.`,
  ];
  const summary = [
    `#   allows  ${count('allow')}: what only reads`,
    `#   asks    ${count('require_approval')}: what makes, changes or runs something, or is confidential; and every tool that comes later`,
    `#   denies  ${count('deny')}: what takes away or cannot be bounded`,
  ];
  const use = [
    '# Check it:  mcp-guard validate --against FILE -- <command>',
    '# Use it:    mcp-guard run --policy FILE -- <command>',
    `# or save it as ${toFileName(name)}.yaml in ~/.config/mcp-guard, where it is found by itself.`,
  ];
  return [
    ...paragraphs.flatMap((words) => [...renderComment(words, ''), '#']),
    ...summary,
    ...renderUncallable(uncallable),
    ...renderNarrowings(groups),
    '#',
    ...use,
  ];
}

function renderUncallable(names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const shown = names.slice(0, MOST_NAMED).map((name) => quote(name, 60));
  const more = names.length > shown.length ? ` and ${names.length - shown.length} more` : '';
  return [
    '#',
    ...renderComment(`No rule, as every call of such a name is refused: ${shown.join(', ')}${more}`, ''),
  ];
}

/** What the tools cannot tell: which folder, which host. One example of each will do. */
function renderNarrowings(groups: readonly Group[]): string[] {
  const tools = groups.flatMap((group) => group.tools);
  const examples = (['folder', 'host'] as const).flatMap((kind) => {
    const example = tools.find(({ narrowing }) => narrowing?.kind === kind);
    if (example === undefined || example.narrowing === null) return [];
    return `#   ${renderText(example.name)}: { when: ${example.narrowing.when}, action: allow }`;
  });
  if (examples.length === 0) return [];
  return ['#', '# Narrow what is allowed to what you need; the rest is then asked about:', ...examples];
}

/** `no tools`, `1 tool`, `40 tools`. */
function countTools(count: number): string {
  return `${count === 0 ? 'no' : count} ${count === 1 ? 'tool' : 'tools'}`;
}

/** In quotes where it is more than a word. */
function showWord(text: string): string {
  return /^[\w.@/+-]{1,80}$/.test(text) ? text : quote(text);
}
