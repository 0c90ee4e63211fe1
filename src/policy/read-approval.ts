import type { ApprovalSettings, Channel } from './policy.ts';
import type { Problems } from './problems.ts';
import { readSeconds } from './read-limit.ts';
import { readChoice, readEntries, reportLater, reportType } from './shape.ts';
import type { Tree } from './tree.ts';

const KEYS = { known: ['channels', 'timeout'], later: ['open'] };
const LATER_CHANNELS = ['console', 'client'];
const LONGEST_SECONDS = 86_400;

/** Where and how long a person is asked; null where it is broken, which is reported. */
export function readApproval(tree: Tree, problems: Problems): ApprovalSettings | null {
  const entries = readEntries(tree, 'approval', KEYS, problems);
  if (entries === null) return null;
  if (tree.kind === 'map' && tree.entries.length === 0) {
    problems.error(
      tree.span,
      'empty_map',
      'approval says nothing',
      'write channels or timeout, or remove the key',
    );
  }
  const channels = entries.get('channels')?.value;
  const timeout = entries.get('timeout')?.value;
  const seconds = timeout === undefined ? null : readSeconds(timeout, 'a timeout', LONGEST_SECONDS, problems);
  return {
    channels: channels === undefined ? null : readChannels(channels, problems),
    timeoutMs: seconds === null ? null : seconds * 1000,
    open: null,
  };
}

/** An empty list is meant: nobody is there to be asked. */
function readChannels(tree: Tree, problems: Problems): Channel[] | null {
  if (tree.kind !== 'list') {
    reportType(tree, 'channels is a list', 'write [terminal], or [] to refuse at once', problems);
    return null;
  }
  return tree.items.flatMap((item): Channel[] => {
    if (item.kind === 'scalar' && LATER_CHANNELS.includes(String(item.value))) {
      reportLater(item.span, `the channel ${String(item.value)}`, problems);
      return [];
    }
    const channel = readChoice(item, 'channel', ['terminal'], problems);
    return channel === null ? [] : [channel];
  });
}
