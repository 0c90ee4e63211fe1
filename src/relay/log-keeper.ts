import type { AuditLog } from '../audit/log.ts';
import type { Effect } from './event.ts';
import type { Notes } from './notes.ts';

type LogEffect = Extract<Effect, { kind: 'log' }>;

/** Writes the lines that effects ask for, in the order that a call needs, and tells when it cannot. */
export class LogKeeper {
  readonly #log: AuditLog;
  readonly #notes: Notes;
  /** Whether the policy refuses what cannot be logged. */
  readonly #isRequired: () => boolean;
  #wasRequired = true;
  #isBroken = false;

  constructor(log: AuditLog, notes: Notes, isRequired: () => boolean) {
    this.#log = log;
    this.#notes = notes;
    this.#isRequired = isRequired;
    this.#askRequired();
  }

  /**
   * Writes what must stand in the log before any of the effects is carried out: all of it, in one piece. Null where the
   * calls among them may run, else why they may not.
   */
  writeBefore(effects: readonly Effect[]): string | null {
    const logs = effects.filter((effect) => effect.kind === 'log');
    return logs.every(isOutcome) ? null : this.#write(logs);
  }

  /** Outcomes alone are written when they have been passed on: nobody should wait for a line that stops nothing. */
  writeAfter(effects: readonly Effect[]): void {
    const logs = effects.filter((effect) => effect.kind === 'log');
    if (logs.length > 0 && logs.every(isOutcome)) this.#write(logs);
  }

  close(): void {
    this.#log.close();
  }

  #write(logs: readonly LogEffect[]): string | null {
    const why = this.#log.write(logs.map(({ entry }) => entry));
    const isRequired = this.#askRequired();
    if (why !== null && !this.#isBroken) {
      const consequence = isRequired ? 'so no call runs' : 'and calls run without it (audit.required is off)';
      this.#notes.print('warn', `the audit log cannot be written, ${consequence}: ${why}`);
    }
    if (why === null && this.#isBroken) this.#notes.print('info', 'the audit log can be written again');
    this.#isBroken = why !== null;
    return isRequired ? why : null;
  }

  #askRequired(): boolean {
    const isRequired = this.#isRequired();
    if (this.#wasRequired && !isRequired)
      this.#notes.print('warn', 'audit.required is off: calls run even when they cannot be logged');
    this.#wasRequired = isRequired;
    return isRequired;
  }
}

function isOutcome({ entry }: LogEffect): boolean {
  return entry.event === 'result';
}
