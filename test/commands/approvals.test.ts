import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { approvalsCommand } from '../../src/commands/approvals.ts';
import { renderError } from '../../src/errors.ts';
import { createFakeIo } from '../helpers/fake-io.ts';

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly error: string;
}

/** `mcp-guard approvals` where no guard runs. */
async function run(...args: readonly string[]): Promise<Run> {
  const home = mkdtempSync(join(tmpdir(), 'mcp-guard-approvals-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const io = createFakeIo(home);
  let code: number | null = null;
  let error = '';
  const command = approvalsCommand(io, (exitCode) => (code = exitCode))
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  try {
    await command.parseAsync([...args], { from: 'user' });
  } catch (caught) {
    error = renderError(caught);
  }
  return { code, stdout: io.written.stdout, error: error + io.written.stderr };
}

describe('approvals', () => {
  test.each<[args: string[], stdout: string]>([
    [['--list'], 'nothing waits for an answer, no guard runs\n'],
    [['--json'], '[]\n'],
    [['--list', '--json'], '[]\n'],
    [['grants'], 'nothing is remembered\n'],
    [['grants', '--json'], '[]\n'],
    [['revoke', '--all'], 'nothing is remembered\n'],
  ])('%j prints %j where there is nothing', async (args, stdout) => {
    expect(await run(...args)).toEqual({ code: 0, stdout, error: '' });
  });

  test.each<[args: string[], error: string]>([
    [['--once', '--list'], 'mcp-guard: error: --once answers a question, which --list and --json never do\n'],
    [
      ['revoke'],
      'mcp-guard: error: revoke needs an id, or --all\nmcp-guard: hint: `mcp-guard approvals grants` lists them\n',
    ],
    [
      ['revoke', '--all', 'x'],
      'mcp-guard: error: --all needs no id\nmcp-guard: hint: `mcp-guard approvals grants` lists them\n',
    ],
  ])('%j is refused', async (args, error) => {
    expect(await run(...args)).toEqual({ code: null, stdout: '', error });
  });

  test('revoke tells every id that is not known, and what is in it cannot draw', async () => {
    expect(await run('revoke', 'a\x1b[2J')).toEqual({
      code: 1,
      stdout: '',
      error: [
        String.raw`mcp-guard: error: no remembered answer has the id "a\x1b[2J"`,
        'mcp-guard: hint: `mcp-guard approvals grants` lists them\n',
      ].join('\n'),
    });
  });

  test.each([['--yes'], ['-y'], ['--answer', 'y'], ['--all'], ['grants', '--bogus'], ['revoke', '--yes']])(
    'has no option that answers: %j',
    async (...args) => {
      expect(await run(...args)).toMatchObject({
        code: null,
        error: expect.stringContaining('unknown option') as string,
      });
    },
  );
});
