import { posix, win32 } from 'node:path';
import type { AuditSettings, PolicySet } from './policy.ts';

/** What holds for the log of a run. */
export interface Auditing {
  readonly arguments: NonNullable<AuditSettings['arguments']>;
  readonly isRequired: boolean;
  /** Absolute; null: in the state folder. */
  readonly dir: string | null;
  readonly keepMs: number;
}

const KEEP_MS = 30 * 86_400_000;

interface Machine {
  readonly home: string | null;
  readonly platform: NodeJS.Platform;
}

/**
 * What the files of a policy say of the log together: the first that says anything of arguments or the folder is heard,
 * one that requires the log is enough, and the longest time counts.
 */
export function mergeAudit({ layers }: PolicySet, { home, platform }: Machine): Auditing {
  const says = layers.map(({ policy }) => policy.audit);
  const required = says.flatMap((say) => say.required ?? []);
  const keeps = says.flatMap(({ keepMs }) => keepMs ?? []);
  const dir = says.find((say) => say.dir !== null)?.dir ?? null;
  const path = platform === 'win32' ? win32 : posix;
  const isBelowHome = dir !== null && /^~(?:[/\\]|$)/.test(dir);
  return {
    arguments: says.find((say) => say.arguments !== null)?.arguments ?? 'redacted',
    isRequired: required.length === 0 || required.includes(true),
    // Without a home `~` is nowhere; the state folder always is somewhere.
    dir: isBelowHome ? (home === null ? null : path.join(home, dir.slice(1))) : dir,
    keepMs: keeps.length === 0 ? KEEP_MS : Math.max(...keeps),
  };
}
