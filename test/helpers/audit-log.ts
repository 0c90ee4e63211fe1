import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { CallEntry } from '../../src/audit/entry.ts';
import { listLogs } from '../../src/audit/folder.ts';
import type { LoggedRun } from '../../src/audit/log.ts';
import { createIo, type Io } from '../../src/io.ts';
import type { Auditing } from '../../src/policy/audit.ts';

export const DAY_MS = 86_400_000;

/** A real state folder of its own, and a wall clock in the test's hand. */
export class LogHome {
  readonly folder: string;
  readonly io: Io;
  /** ms since the epoch. */
  time = Date.parse('2026-01-02T03:04:05.006Z');

  constructor(changes: Partial<Io> = {}) {
    const home = mkdtempSync(join(tmpdir(), 'mcp-guard-audit-'));
    onTestFinished(() => rmSync(home, { recursive: true, force: true }));
    const state = join(home, 'state');
    this.folder = join(state, 'audit');
    this.io = {
      ...createIo(process),
      folders: { config: home, state },
      date: () => new Date(this.time),
      ...changes,
    };
  }

  get names(): string[] {
    return readdirSync(this.folder).sort();
  }

  /** In the order of time. */
  get paths(): string[] {
    return listLogs(this.folder).map(({ name }) => join(this.folder, name));
  }

  get text(): string {
    return this.paths.map((path) => readFileSync(path, 'utf8')).join('');
  }

  get lines(): Record<string, unknown>[] {
    return this.text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }
}

const AUDITING: Auditing = { arguments: 'redacted', isRequired: true, dir: null, keepMs: 30 * DAY_MS };

export function runOf(members: Partial<LoggedRun> = {}, auditing: Partial<Auditing> = {}): LoggedRun {
  return {
    session: 's1',
    server: 'mq',
    command: () => ['mq-server', '--verbose'],
    version: '1.2.3',
    pins: { tools: 2, hash: 'p' },
    policy: () => ({ hash: 'h', files: ['/policy.yaml'] }),
    auditing: () => ({ ...AUDITING, ...auditing }),
    ...members,
  };
}

export function callOf(members: Partial<CallEntry> = {}, args = '{}'): CallEntry {
  return {
    event: 'call',
    id: '7',
    tool: 'echo',
    profile: { category: 'write', risk: 'medium' },
    other: null,
    arguments: Buffer.from(args),
    verdict: 'allow',
    code: 'allowed',
    rule: 'default',
    approver: null,
    waitMs: null,
    dryRun: false,
    isAwaited: true,
    ...members,
  };
}
