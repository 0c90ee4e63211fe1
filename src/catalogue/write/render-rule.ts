import { escapeUnseen, quote } from '../../policy/quote.ts';
import type { Group, PlannedTool } from './plan.ts';
import { BY_HAND, type Treatment } from './treatment.ts';
import { renderComment, renderText } from './yaml-text.ts';

const INDENT = '  ';
const WIDTH = 110;
const MOST_EVIDENCE = 2;
const MOST_ATTACKS = 3;
const LONGEST_REASON = 160;

/** A heading and the rules below it, as lines of the map `tools`. */
export function renderGroup({ treatment, category, risk, tools }: Group): string[] {
  const lines = renderComment(`${capitalize(category)}, ${risk} risk: ${treatment.heading}`, INDENT);
  for (const attack of listAttacks(tools, treatment)) lines.push(...renderComment(`- ${attack}`, INDENT));
  let before = '';
  for (const tool of tools) {
    const words = treatment.action === 'allow' && treatment.limit === null ? '' : explain(tool);
    // Neighbours are there for the same reasons more often than not.
    if (words !== '' && words !== before) lines.push(...renderComment(words, INDENT));
    before = words;
    if (tool.twin !== null) {
      lines.push(
        ...renderComment(`${quote(tool.twin)} differs by case alone: both get the stricter rule`, INDENT),
      );
    }
    lines.push(...renderRule(tool, treatment));
  }
  return lines;
}

/** The rule without a word that it can do without, for a policy that would grow too large. */
export function renderBareRule({ name }: PlannedTool, { action }: Treatment): string {
  return `${INDENT}${renderText(name)}: ${action}`;
}

function renderRule(tool: PlannedTool, treatment: Treatment): string[] {
  const { name, exception } = tool;
  const key = `${INDENT}${renderText(name)}:`;
  const entries = listEntries(tool, treatment);
  if (exception === null) {
    return entries.length === 1 ? [`${key} ${treatment.action}`] : renderMap(key, entries, `${INDENT}  `);
  }
  const item = `${INDENT}  -`;
  const { action, reason, test } = exception;
  const first = [
    `when: { args.${exception.key}: ${test} }`,
    `action: ${action}`,
    `reason: ${renderText(reason)}`,
  ];
  return [key, ...renderMap(item, first, `${INDENT}    `), ...renderMap(item, entries, `${INDENT}    `)];
}

function listEntries(tool: PlannedTool, treatment: Treatment): string[] {
  const { action, limit } = treatment;
  const reason = giveReason(tool, treatment);
  return [
    `action: ${action}`,
    ...(reason === null ? [] : [`reason: ${renderText(reason)}`]),
    ...(limit === null ? [] : [`rate_limit: ${limit}`]),
  ];
}

/** What such access invites says more than what is true of all tools of its kind. */
function giveReason({ attacks: [attack = ''] }: PlannedTool, { action, reason }: Treatment): string | null {
  if (action === 'allow') return null;
  const words = attack.trim() === '' ? reason : capitalize(escapeUnseen(attack).slice(0, LONGEST_REASON));
  return words === null || action !== 'deny' ? words : `${words}; ${BY_HAND}`;
}

/** On the line of its key where there is room, else an entry on each line. */
function renderMap(key: string, entries: readonly string[], indent: string): string[] {
  const flow = `${key} { ${entries.join(', ')} }`;
  if (flow.length <= WIDTH) return [flow];
  if (key.endsWith('-'))
    return entries.map((entry, index) => (index === 0 ? `${key} ${entry}` : indent + entry));
  return [key, ...entries.map((entry) => indent + entry)];
}

function explain({ evidence }: PlannedTool): string {
  return evidence.slice(0, MOST_EVIDENCE).join('; ');
}

/** What such access invites beside what the reasons say, what the most tools invite first. */
function listAttacks(tools: readonly PlannedTool[], { action }: Treatment): string[] {
  const counts = new Map<string, number>();
  for (const { attacks } of tools) {
    for (const attack of attacks) counts.set(attack, (counts.get(attack) ?? 0) + 1);
  }
  const said = action === 'allow' ? [] : tools.map(({ attacks }) => attacks[0]);
  return [...counts]
    .filter(([attack]) => !said.includes(attack))
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, MOST_ATTACKS)
    .map(([attack]) => attack);
}

function capitalize(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
