import type { Content, FromGuard, Listed } from '../../src/approval/hub/console-message.ts';
import { digestShown } from '../../src/approval/digest-shown.ts';
import type { Choice } from '../../src/approval/question.ts';
import { watchGuards } from '../../src/console/guards.ts';
import type { Link } from '../../src/console/link.ts';
import { createFakeIo } from './fake-io.ts';
import { onTestFinished } from 'vitest';

export const YES: Choice = { kind: 'yes', scope: 'once', lasts: { kind: 'session' } };
export const NO: Choice = { kind: 'no', message: null };

/** What a test's console can do with one question. */
export interface Seen {
  readonly listed: Listed;
  readonly link: Link;
  /** Fetches what is in the call, and answers what was seen. */
  answer(choice: Choice): Promise<void>;
}

/** A console without a screen, which speaks to guards as the real one does. */
export class TestConsole {
  readonly messages: FromGuard[] = [];
  readonly links: Link[] = [];
  readonly open = new Map<string, Seen>();
  #waiting: (() => void)[] = [];
  onQuestion: (seen: Seen) => void = () => {};

  static async connect(home: string): Promise<TestConsole> {
    const console = new TestConsole();
    const guards = await watchGuards(createFakeIo(home), {
      joined: (link) => {
        console.links.push(link);
        console.#wake();
      },
      message: (link, message) => console.#hear(link, message),
      left: (link) => {
        // Its questions are gone with it.
        for (const [key, seen] of console.open) if (seen.link === link) console.open.delete(key);
        console.#wake();
      },
    });
    onTestFinished(() => guards.close());
    return console;
  }

  /** The first of these that is there, now or later. */
  async until<T>(look: () => T | undefined | null | false): Promise<T> {
    for (;;) {
      const found = look();
      if (found !== undefined && found !== null && found !== false) return found;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** A question about this tool. */
  question(tool: string): Promise<Seen> {
    return this.until(() => [...this.open.values()].find(({ listed }) => listed.tool === tool));
  }

  /** How the question ended. */
  async closed(key: string): Promise<string> {
    return this.until(() => {
      const message = this.messages.find((each) => each.kind === 'closed' && each.key === key);
      return message?.kind === 'closed' ? message.how : null;
    });
  }

  #hear(link: Link, message: FromGuard): void {
    this.messages.push(message);
    if (message.kind === 'question') {
      const isNew = !this.open.has(message.question.key);
      const seen: Seen = {
        listed: message.question,
        link,
        answer: async (choice) => {
          const { key } = message.question;
          const content = await this.#fetch(link, key);
          if (content === null) return;
          link.send({ kind: 'answer', key, digest: digestShown(message.question, content), choice });
        },
      };
      this.open.set(message.question.key, seen);
      if (isNew) this.onQuestion(seen);
    }
    if (message.kind === 'closed') this.open.delete(message.key);
    this.#wake();
  }

  /** Null where the question was over before. */
  async #fetch(link: Link, key: string): Promise<Content | null> {
    const from = this.messages.length;
    link.send({ kind: 'show', key });
    return this.until(() => {
      for (const message of this.messages.slice(from)) {
        if (message.kind === 'content' && message.key === key) return { ...message.content };
      }
      return this.open.has(key)
        ? undefined
        : { arguments: null, attachments: [], lastAllowed: null, change: null };
    });
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
