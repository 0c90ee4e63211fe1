import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import type { Told } from '../fixtures/asking-guard.ts';

/** What the guard heard from consoles. */
export type Heard = Readonly<Record<string, unknown>>;

/** A process that asks in consoles. Killed when the test is over. */
export class AskingGuard {
  readonly process: ChildProcess;
  readonly heard: Heard[] = [];
  #waiting: (() => void)[] = [];

  private constructor(program: string, home: string, server: string) {
    this.process = spawn(process.execPath, [program, server], {
      env: { ...process.env, MCP_GUARD_HOME: home },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    if (this.process.stdout === null) throw new Error('no stdout');
    createInterface({ input: this.process.stdout }).on('line', (line) => {
      this.heard.push(JSON.parse(line) as Heard);
      for (const resolve of this.#waiting.splice(0)) resolve();
    });
    onTestFinished(() => void this.process.kill('SIGKILL'));
  }

  static async start(program: string, home: string, server = 'mq'): Promise<AskingGuard> {
    const guard = new AskingGuard(program, home, server);
    await guard.hears('ready');
    return guard;
  }

  tell(told: Told): void {
    this.process.stdin?.write(`${JSON.stringify(told)}\n`);
  }

  /** The last thing of this kind that it heard, now or later. */
  async hears(kind: string, fits: (heard: Heard) => boolean = () => true): Promise<Heard> {
    for (;;) {
      const found = this.heard.findLast((each) => kind in each && fits(each));
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Gone in a moment, as by the system's hand. */
  kill(): void {
    this.process.kill('SIGKILL');
  }
}
