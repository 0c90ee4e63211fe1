import { describe, expect, test } from 'vitest';
import type { HubListener } from '../../src/approval/hub/hub.ts';
import type { Answer, Choice, Question } from '../../src/approval/question.ts';
import type { Effect, Event } from '../../src/relay/event.ts';
import { type Desk, Questions } from '../../src/relay/questions.ts';

const ONCE: Choice = { kind: 'yes', scope: 'once', lasts: { kind: 'session' } };
const ALWAYS: Choice = { kind: 'yes', scope: 'tool', lasts: { kind: 'always' } };
const PROFILE = { category: 'write', risk: 'medium', isSeen: true } as const;
const TIMING = { askedAt: 0, endsAt: 50_000 };

function ask(key: string): Extract<Effect, { kind: 'ask' }> {
  const question: Question = {
    key,
    server: 'mq',
    tool: 'make',
    title: null,
    profile: null,
    change: null,
    rule: 'default',
    reason: null,
    arguments: null,
    attachments: new Map(),
    timeoutMs: 50_000,
    group: 'g',
    history: { asked: 0, allowed: 0, refused: 0, lastAllowed: null },
    allowsAlways: true,
  };
  const places = { console: true, terminal: true };
  return { kind: 'ask', question, layer: 'policy.yaml', profile: PROFILE, timing: TIMING, places };
}

/** Places that do as the test says, and what was said to them. */
class Places {
  readonly said: string[] = [];
  readonly heard: Event[] = [];
  readonly terminal = new Map<string, (answer: Answer) => void>();
  listener: HubListener | null = null;
  writes: () => Promise<string | null> = () => Promise.resolve(null);
  closeWindow: (why: string) => void = () => {};
  isPaused = false;
  readonly questions: Questions;

  constructor() {
    const desk: Desk = {
      openTerminal: () =>
        Promise.resolve({
          ask: (question, withdrawn) => {
            this.said.push(`terminal asks ${question.key}`);
            withdrawn.addEventListener('abort', () =>
              this.said.push(`terminal withdraws ${question.key}: ${String(withdrawn.reason)}`),
            );
            return new Promise((resolve) => this.terminal.set(question.key, resolve));
          },
          close: () => Promise.resolve(void this.said.push('terminal closes')),
        }),
      openHub: (listener) => {
        this.listener = listener;
        return Promise.resolve({
          consoles: 0,
          post: ({ key }, { isLate }) => void this.said.push(`console ${isLate ? 'keeps' : 'shows'} ${key}`),
          close: (key, how) => void this.said.push(`console closes ${key}: ${how}`),
          tellPolicy: (text) => void this.said.push(`consoles hear ${text}`),
          end: () => Promise.resolve(void this.said.push('consoles end')),
        });
      },
      openWindow: () => {
        this.said.push('window opens');
        return new Promise((resolve) => (this.closeWindow = resolve));
      },
      writeRule: () => this.writes(),
      propose: () => Promise.resolve({ kind: 'impossible', why: 'because' }),
      warn: (text) => void this.said.push(`warning: ${text}`),
      isPaused: () => this.isPaused,
      recall: () => Promise.resolve([]),
      keep: () => Promise.resolve(),
    };
    this.questions = new Questions(desk, {
      hear: (event) => void (event.kind === 'hub' || this.heard.push(event)),
      status: () => ({ allowed: 0, denied: 0, paused: false }),
      grants: () => [],
    });
  }

  /** Lets what was promised happen. */
  async settle(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
  }

  async open(): Promise<void> {
    await this.questions.open();
    await this.settle();
  }
}

describe('a question that stands in several places', () => {
  test('is closed elsewhere by the first answer, and later ones count for nothing', async () => {
    const places = new Places();
    await places.open();
    places.questions.perform(ask('q1'));
    await places.settle();
    places.listener?.onAnswer('q1', ONCE);
    places.terminal.get('q1')?.({ ...ONCE, approver: 'terminal' });
    places.listener?.onAnswer('q1', { kind: 'no', message: null });
    await places.settle();
    expect(places.said).toEqual([
      'console shows q1',
      'terminal asks q1',
      'console closes q1: allowed once in a console',
      'terminal withdraws q1: allowed once in a console',
    ]);
    expect(places.heard).toEqual([{ kind: 'answer', key: 'q1', answer: { ...ONCE, approver: 'console' } }]);
  });

  test('is answered in the terminal, and consoles hear so', async () => {
    const places = new Places();
    await places.open();
    places.questions.perform(ask('q1'));
    await places.settle();
    places.terminal.get('q1')?.({ kind: 'no', message: null, approver: 'terminal' });
    await places.settle();
    expect(places.said).toContain('console closes q1: refused in the terminal');
    expect(places.heard).toHaveLength(1);
  });

  test('stays in consoles when the terminal cannot ask, or when its time there is over', async () => {
    const places = new Places();
    await places.open();
    places.questions.perform(ask('q1'));
    places.questions.perform(ask('q2'));
    await places.settle();
    places.terminal.get('q1')?.({ kind: 'unavailable', why: 'no terminal' });
    places.terminal.get('q2')?.({ kind: 'timeout' });
    await places.settle();
    expect(places.heard).toEqual([
      { kind: 'answer', key: 'q1', answer: { kind: 'unavailable', why: 'no terminal' } },
    ]);
    places.questions.perform({ kind: 'late', key: 'q2', timing: TIMING });
    expect(places.said.at(-1)).toBe('console keeps q2');
    places.listener?.onAnswer('q2', ONCE);
    expect(places.heard.at(-1)).toMatchObject({ key: 'q2', answer: { approver: 'console' } });
  });

  test('that came before the socket was there is shown when it is', async () => {
    const places = new Places();
    const opening = places.questions.open();
    places.questions.perform(ask('q1'));
    expect(places.said).not.toContain('console shows q1');
    await opening;
    await places.settle();
    expect(places.said).toContain('console shows q1');
  });

  test('that is withdrawn disappears everywhere', async () => {
    const places = new Places();
    await places.open();
    places.questions.perform(ask('q1'));
    await places.settle();
    places.questions.perform({ kind: 'withdraw', key: 'q1', why: 'the client gave the call up' });
    places.terminal.get('q1')?.({ ...ONCE, approver: 'terminal' });
    places.listener?.onAnswer('q1', ONCE);
    await places.settle();
    expect(places.said.slice(-2)).toEqual([
      'terminal withdraws q1: the client gave the call up',
      'console closes q1: the client gave the call up',
    ]);
    expect(places.heard).toEqual([]);
  });
});

describe('"always"', () => {
  test('is a yes for the tool once its rule is written', async () => {
    const places = new Places();
    await places.open();
    places.questions.perform(ask('q1'));
    places.listener?.onAnswer('q1', ALWAYS);
    await places.settle();
    expect(places.heard).toEqual([{ kind: 'answer', key: 'q1', answer: { ...ALWAYS, approver: 'console' } }]);
  });

  test.each([
    ['cannot be written', () => Promise.resolve('the file changed')],
    ['fails to be written', () => Promise.reject(new Error('the file changed'))],
  ])('whose rule %s is a yes to this call and no more, said aloud', async (_, writes) => {
    const places = new Places();
    places.writes = writes;
    await places.open();
    places.questions.perform(ask('q1'));
    places.listener?.onAnswer('q1', ALWAYS);
    await places.settle();
    expect(places.heard).toMatchObject([{ answer: { kind: 'yes', scope: 'once' } }]);
    expect(places.said.at(-1)).toMatch(/^warning: the rule for make could not be written.*the file changed$/);
  });

  test('is written for the first answer alone', async () => {
    const places = new Places();
    let writes = 0;
    places.writes = () => Promise.resolve((writes++, null));
    await places.open();
    places.questions.perform(ask('q1'));
    places.listener?.onAnswer('q1', ALWAYS);
    places.listener?.onAnswer('q1', ALWAYS);
    await places.settle();
    expect([writes, places.heard.length]).toEqual([1, 1]);
  });
});

test('one window is open at a time', async () => {
  const places = new Places();
  places.questions.perform({ kind: 'open', opening: { kind: 'tmux' }, tool: 'make' });
  places.questions.perform({ kind: 'open', opening: { kind: 'tmux' }, tool: 'make' });
  expect(places.said).toEqual(['window opens']);
  places.closeWindow('the window has gone');
  await places.settle();
  expect(places.heard).toEqual([{ kind: 'no-window', why: 'the window has gone' }]);
  places.questions.perform({ kind: 'open', opening: { kind: 'tmux' }, tool: 'make' });
  expect(places.said).toEqual(['window opens', 'window opens']);
});

test('a guard that starts while everything is paused is paused', async () => {
  const places = new Places();
  places.isPaused = true;
  await places.open();
  expect(places.heard[0]).toEqual({ kind: 'paused', on: true });
});

test('at the end everything is withdrawn and given back', async () => {
  const places = new Places();
  await places.open();
  places.questions.perform(ask('q1'));
  await places.settle();
  await places.questions.close();
  expect(places.said.slice(-4)).toEqual([
    'terminal withdraws q1: the session has ended',
    'console closes q1: the session has ended',
    'consoles end',
    'terminal closes',
  ]);
});
