import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Io } from '../../io.ts';
import type { MachineTime } from './machine-ledger.ts';

/**
 * The time for windows that outlive a run: monotonic, with the name of the machine's run that it belongs to. Where the
 * system has no such name the wall clock serves; set back it frees nothing, set forward it does.
 */
export function createMachineClock(io: Pick<Io, 'platform' | 'date'>): (now: number) => MachineTime {
  let boot: string | null | undefined;
  return (now) => {
    boot ??= readBoot(io.platform);
    const wall = io.date().getTime();
    return boot === null ? { boot: 'wall', at: wall, wall } : { boot, at: now, wall };
  };
}

function readBoot(platform: NodeJS.Platform): string | null {
  try {
    const text =
      platform === 'linux'
        ? readFileSync('/proc/sys/kernel/random/boot_id', 'latin1')
        : platform === 'darwin'
          ? execFileSync('/usr/sbin/sysctl', ['-n', 'kern.bootsessionuuid'], {
              encoding: 'latin1',
              timeout: 2_000,
            })
          : '';
    const boot = text.trim();
    return /^[0-9A-Fa-f-]{8,40}$/.test(boot) ? boot : null;
  } catch {
    return null;
  }
}
