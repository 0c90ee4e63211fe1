import { AUDITED_ARGUMENTS, type AuditSettings } from '../policy.ts';
import type { Problems } from './problems.ts';
import { readSeconds } from './read-limit.ts';
import { readChoice, readEntries, readField, readSwitch, readText } from './shape.ts';
import type { Tree } from './tree.ts';

const KEYS = { known: ['arguments', 'required', 'dir', 'keep'], later: [] };
/** Ten years: beyond it somebody meant another unit. */
const LONGEST_SECONDS = 3_650 * 86_400;

export const NO_AUDIT: AuditSettings = { arguments: null, required: null, dir: null, keepMs: null };

/** What is kept of the calls, where, and for how long; null where it is broken, which is reported. */
export function readAudit(tree: Tree, problems: Problems): AuditSettings | null {
  const entries = readEntries(tree, 'audit', KEYS, problems);
  if (entries === null) return null;
  if (tree.kind === 'map' && tree.entries.length === 0) {
    const hint = 'write arguments, required, dir or keep, or remove the key';
    problems.error(tree.span, 'empty_map', 'audit says nothing', hint);
  }
  const seconds = readField(entries, 'keep', (value) =>
    readSeconds(value, 'keep', LONGEST_SECONDS, problems),
  );
  return {
    arguments: readField(entries, 'arguments', (value) =>
      readChoice(value, 'way to keep arguments', AUDITED_ARGUMENTS, problems),
    ),
    required: readField(entries, 'required', (value) => readSwitch(value, 'required', problems)),
    dir: readField(entries, 'dir', (value) => readFolder(value, problems)),
    keepMs: seconds === null ? null : seconds * 1000,
  };
}

/** Clients start a guard in working directories of their own, so a relative folder would be several. */
function readFolder(tree: Tree, problems: Problems): string | null {
  const text = readText(tree, 'dir', problems);
  if (text === null || /^(?:~?[/\\]|[A-Za-z]:[/\\])/.test(text)) return text;
  const message = 'the folder of the audit log is not absolute';
  problems.error(tree.span, 'relative_dir', message, 'write it from / on, or from ~/ on');
  return null;
}
