import { CHANNELS, type ApprovalSettings, type Channel, type Opening } from '../policy.ts';
import type { Problems } from './problems.ts';
import { escapeUnseen, quote } from '../quote.ts';
import { readSeconds } from './read-limit.ts';
import { readChoice, readEntries, readField, readText, reportType } from './shape.ts';
import type { ListTree, Tree } from './tree.ts';

const KEYS = { known: ['channels', 'timeout', 'open'], later: [] };
const LONGEST_SECONDS = 86_400;
const OPENINGS = 'use tmux, notify, or a command as a list: [alacritty, -e, mcp-guard, approvals, --once]';

/** Where and how long a person is asked; null where it is broken, which is reported. */
export function readApproval(tree: Tree, problems: Problems): ApprovalSettings | null {
  const entries = readEntries(tree, 'approval', KEYS, problems);
  if (entries === null) return null;
  if (tree.kind === 'map' && tree.entries.length === 0) {
    problems.error(
      tree.span,
      'empty_map',
      'approval says nothing',
      'write channels, timeout or open, or remove the key',
    );
  }
  const seconds = readField(entries, 'timeout', (value) =>
    readSeconds(value, 'a timeout', LONGEST_SECONDS, problems),
  );
  return {
    channels: readField(entries, 'channels', (value) => readChannels(value, problems)),
    timeoutMs: seconds === null ? null : seconds * 1000,
    open: readField(entries, 'open', (value) => readOpening(value, problems)),
  };
}

/** An empty list is meant: nobody is there to be asked. */
function readChannels(tree: Tree, problems: Problems): Channel[] | null {
  if (tree.kind !== 'list') {
    const hint = 'write [console, terminal, client], or [] to refuse at once';
    reportType(tree, 'channels is a list', hint, problems);
    return null;
  }
  const channels: Channel[] = [];
  for (const item of tree.items) {
    const channel = readChoice(item, 'channel', CHANNELS, problems);
    if (channel === null) continue;
    if (channels.includes(channel)) {
      const message = `the channel ${channel} stands twice in the list`;
      problems.error(item.span, 'duplicate_channel', message, 'remove one of the two');
    }
    channels.push(channel);
  }
  return channels;
}

function readOpening(tree: Tree, problems: Problems): Opening | null {
  if (tree.kind === 'list') return readCommand(tree, problems);
  if (tree.kind !== 'scalar' || typeof tree.value !== 'string') {
    reportType(tree, 'open is a word or a command', OPENINGS, problems);
    return null;
  }
  const { value } = tree;
  if (value === 'tmux' || value === 'notify') return { kind: value };
  // Which spaces part the words of a command is a shell's business, and there is none.
  const words = value.trim().split(/\s+/);
  const hint = words.length < 2 ? OPENINGS : `write a command as a list: [${escapeUnseen(words.join(', '))}]`;
  problems.error(tree.span, 'unknown_open', `unknown way to open a window: ${quote(value)}`, hint);
  return null;
}

function readCommand({ items, span }: ListTree, problems: Problems): Opening | null {
  if (items.length === 0) {
    problems.error(span, 'empty_list', 'the command of open is an empty list', OPENINGS);
    return null;
  }
  const argv = items
    .map((item) => readText(item, 'a part of a command', problems))
    .filter((part) => part !== null);
  return argv.length === items.length ? { kind: 'command', argv } : null;
}
