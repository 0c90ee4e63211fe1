import { lstatSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { guessProfile } from '../catalogue/known-tool.ts';
import type { Scan } from '../catalogue/scan/scan.ts';
import { renderPolicy } from '../catalogue/write/write-policy.ts';
import { GuardError } from '../errors.ts';
import type { Io } from '../io.ts';
import { createGround } from '../policy/file/ground.ts';
import { parseLoaded } from '../policy/file/load.ts';
import { replaceFile } from '../policy/file/replace-file.ts';
import { escapeUnseen, quote } from '../policy/quote.ts';
import { renderProblem } from '../policy/read/render-problem.ts';

export interface Target {
  readonly file: string;
  readonly force: boolean;
  readonly command: readonly string[];
}

/** Throws GuardError `usage` where something stands there that may not be replaced. */
export function checkTarget(file: string, force: boolean, io: Io): void {
  const found = lstatSync(resolve(io.cwd, file), { throwIfNoEntry: false });
  if (found === undefined) return;
  const where = escapeUnseen(file);
  if (!found.isFile())
    throw new GuardError('usage', 'what stands there is no regular file', {
      where,
      hints: ['name another file'],
    });
  if (!force)
    throw new GuardError('usage', 'the file is there already', {
      where,
      hints: ['name another file, or replace it with --force'],
    });
}

/** Writes the policy, once it was found sound as `validate` would; gives a sentence for the person. */
export async function writePolicy(scanned: Scan, { file, force, command }: Target, io: Io): Promise<string> {
  const text = renderPolicy(scanned);
  const path = resolve(io.cwd, file);
  const { policy, problems, tests } = parseLoaded(Buffer.from(text), path, createGround(io, guessProfile));
  if (policy === null) {
    const [first] = problems;
    const detail = first === undefined ? '' : `: ${renderProblem(first, text)}`;
    throw new GuardError('failed', `the policy that was made is not sound, and was not written${detail}`);
  }
  write(path, text, force);
  const run = `mcp-guard run --policy ${quoteShell(file)} -- ${command.map(quoteShell).join(' ')}`;
  const count = `${policy.rules.tools.length} rules, ${tests.passed} tests`;
  return `mcp-guard: wrote ${quote(file, 1_000)} (${count}): read it, then use it with\n  ${escapeUnseen(run)}\n`;
}

function write(path: string, text: string, force: boolean): void {
  try {
    const old = force ? lstatSync(path, { throwIfNoEntry: false }) : undefined;
    if (old === undefined) writeFileSync(path, text, { flag: 'wx', mode: 0o600 });
    else
      replaceFile(
        path,
        Buffer.from(text),
        old,
        () => lstatSync(path, { throwIfNoEntry: false })?.ino === old.ino,
      );
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new GuardError('failed', `the policy cannot be written: ${why}`, { cause: error });
  }
}

function quoteShell(word: string): string {
  return /^[\w@%+=:,./~-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
