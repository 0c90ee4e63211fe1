import { chmodSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { Listed } from '../../../src/approval/hub/console-message.ts';
import { digestShown } from '../../../src/approval/digest-shown.ts';
import { listEndpoints, openGuardsFolder } from '../../../src/approval/hub/endpoint.ts';
import { createNonce, prove } from '../../../src/approval/hub/handshake.ts';
import type { Choice } from '../../../src/approval/question.ts';
import { createHomeIo, createQuestion, RawConsole, TestGuard } from '../../helpers/hub.ts';

const YES: Choice = { kind: 'yes', scope: 'once', lasts: { kind: 'session' } };
const NO: Choice = { kind: 'no', message: null };
const ALWAYS: Choice = { kind: 'yes', scope: 'tool', lasts: { kind: 'always' } };

/** Sees the question with all that is in it, as a person would. */
async function see(console: RawConsole, key: string): Promise<{ listed: Listed; digest: string }> {
  const { question } = await console.hear('question');
  console.say({ kind: 'show', key });
  const { content } = await console.hear('content');
  return { listed: question, digest: digestShown(question, content) };
}

const hears = (console: RawConsole): string[] => console.heard.map(({ kind }) => kind);
const saidOf = (guard: TestGuard, kind: string): unknown[] =>
  guard.said.filter((said) => Array.isArray(said) && said[0] === kind);

describe('a console', () => {
  test('that proves itself hears who the guard is, how it stands and what waits', async () => {
    const io = createHomeIo();
    const guard = await TestGuard.open(io, {}, 'rabbit');
    guard.post(createQuestion('q1', { arguments: Buffer.from('{"n": 1.0}') }));
    const console = await RawConsole.join(io);
    expect(await console.hear('hello')).toMatchObject({ server: 'rabbit', pid: process.pid, version: 1 });
    expect(await console.hear('status')).toEqual({ kind: 'status', allowed: 1, denied: 2, paused: false });
    expect((await console.hear('question')).question).toMatchObject({ key: 'q1', tool: 'make', bytes: 10 });
    expect([guard.said, guard.hub.consoles]).toEqual([[['consoles', 1]], 1]);
    guard.post(createQuestion('q2'));
    await console.until(() => console.heard.length === 4);
    guard.hub.close('q1', 'refused in the terminal');
    expect(await console.hear('closed')).toEqual({
      kind: 'closed',
      key: 'q1',
      how: 'refused in the terminal',
    });
  });

  test('is not told of a question twice when it is closed twice, nor of one that never stood', async () => {
    const io = createHomeIo();
    const guard = await TestGuard.open(io);
    const console = await RawConsole.join(io);
    guard.post(createQuestion('q1'));
    for (const key of ['q1', 'q1', 'q2']) guard.hub.close(key, 'over');
    console.say({ kind: 'grants' });
    await console.hear('grants');
    expect(hears(console)).toEqual(['hello', 'status', 'question', 'closed', 'grants']);
  });

  test('gets what it asks for, in the order in which it asks', async () => {
    const io = createHomeIo();
    const guard = await TestGuard.open(io);
    const history = { asked: 1, allowed: 1, refused: 0, lastAllowed: Buffer.from('{"n":0}') };
    const attachments = new Map([['task', Buffer.from('{"ttl":1}')]]);
    guard.post(createQuestion('q1', { history, attachments }));
    const console = await RawConsole.join(io);
    console.say({ kind: 'show', key: 'q1' });
    console.say({ kind: 'status' });
    console.say({ kind: 'propose', key: 'q1' });
    expect(await console.hear('content')).toMatchObject({
      content: { arguments: '{"n":1}', attachments: [['task', '{"ttl":1}']], lastAllowed: '{"n":0}' },
    });
    expect(await console.hear('proposal')).toMatchObject({
      key: 'q1',
      proposal: { kind: 'impossible', why: 'none for q1' },
    });
    console.say({ kind: 'attend', key: 'q1' });
    console.say({ kind: 'revoke', id: 'abc' });
    console.say({ kind: 'pause', on: true });
    await console.until(() => hears(console).filter((kind) => kind === 'status').length === 3);
    expect(guard.said).toEqual([
      ['consoles', 1],
      ['attend', 'q1'],
      ['revoke', 'abc'],
      ['pause', true],
    ]);
  });

  test('learns why nothing was proposed when proposing fails', async () => {
    const io = createHomeIo();
    const guard = await TestGuard.open(io, { propose: () => Promise.reject(new Error('no disk')) });
    guard.post(createQuestion('q1'));
    const console = await RawConsole.join(io);
    console.say({ kind: 'propose', key: 'q1' });
    expect((await console.hear('proposal')).proposal).toEqual({ kind: 'impossible', why: 'Error: no disk' });
  });

  test('that pauses lets every console know', async () => {
    const io = createHomeIo();
    const state = { allowed: 0, denied: 0, paused: false };
    await TestGuard.open(io, { onPause: (on) => void (state.paused = on), status: () => state });
    const [one, two] = [await RawConsole.join(io), await RawConsole.join(io)];
    one.say({ kind: 'pause', on: true });
    await two.until(() => two.heard.some((message) => message.kind === 'status' && message.paused));
    expect(await one.hear('status')).toMatchObject({ paused: true });
  });

  test('that goes is counted out, and the next one sees the same questions', async () => {
    const io = createHomeIo();
    const guard = await TestGuard.open(io);
    guard.post(createQuestion('q1'));
    const first = await RawConsole.join(io);
    first.socket.destroy();
    await guard.until(() => guard.hub.consoles === 0);
    const next = await RawConsole.join(io);
    expect((await next.hear('question')).question.key).toBe('q1');
    expect(guard.said).toEqual([
      ['consoles', 1],
      ['consoles', 0],
      ['consoles', 1],
    ]);
  });
});

describe('an answer', () => {
  test.each<[string, Choice]>([
    ['a yes', YES],
    ['a no with words', { kind: 'no', message: 'Not on Fridays' }],
    ['a yes for a time', { kind: 'yes', scope: 'tool', lasts: { kind: 'time', ms: 600_000 } }],
  ])('counts when it is %s to what was seen', async (_, choice) => {
    const io = createHomeIo();
    const guard = await TestGuard.open(io);
    guard.post(createQuestion('q1'));
    const console = await RawConsole.join(io);
    const { digest } = await see(console, 'q1');
    console.say({ kind: 'answer', key: 'q1', digest, choice });
    await console.hear('closed');
    expect(saidOf(guard, 'answer')).toEqual([['answer', 'q1', choice]]);
  });

  test('counts for nothing where another call was shown', async () => {
    const io = createHomeIo();
    const guard = await TestGuard.open(io);
    guard.post(createQuestion('q1'));
    const console = await RawConsole.join(io);
    const { digest } = await see(console, 'q1');
    guard.post(createQuestion('q1', { arguments: Buffer.from('{"n":2}') }));
    console.say({ kind: 'answer', key: 'q1', digest, choice: YES });
    expect((await console.hear('refused')).why).toBe('another call was shown than the one that waits');
    expect(saidOf(guard, 'answer')).toEqual([]);
  });

  test('for one question counts for no other', async () => {
    const io = createHomeIo();
    const guard = await TestGuard.open(io);
    guard.post(createQuestion('q1'));
    const console = await RawConsole.join(io);
    const { digest } = await see(console, 'q1');
    guard.post(createQuestion('q2'));
    console.say({ kind: 'answer', key: 'q2', digest, choice: YES });
    expect(await console.hear('refused')).toMatchObject({ key: 'q2' });
    expect(saidOf(guard, 'answer')).toEqual([]);
  });

  test('that is "always" counts only where the question allows it', async () => {
    const io = createHomeIo();
    const guard = await TestGuard.open(io);
    guard.post(createQuestion('q1'));
    const console = await RawConsole.join(io);
    const { digest } = await see(console, 'q1');
    console.say({ kind: 'answer', key: 'q1', digest, choice: ALWAYS });
    expect((await console.hear('refused')).why).toBe('no rule can be written for this question');
    guard.post(createQuestion('q2', { allowsAlways: true }));
    await console.until(() =>
      console.heard.some((one) => one.kind === 'question' && one.question.key === 'q2'),
    );
    console.heard.splice(
      0,
      console.heard.findIndex(({ kind }) => kind === 'refused'),
    );
    console.heard.splice(0, 1);
    const other = await see(console, 'q2');
    console.say({ kind: 'answer', key: 'q2', digest: other.digest, choice: ALWAYS });
    await console.hear('closed');
    expect(saidOf(guard, 'answer')).toEqual([['answer', 'q2', ALWAYS]]);
  });

  test('counts once when two consoles answer at the same time, and the other is told how it ended', async () => {
    const io = createHomeIo();
    const guard = await TestGuard.open(io);
    guard.post(createQuestion('q1'));
    const [one, two] = [await RawConsole.join(io), await RawConsole.join(io)];
    const { digest } = await see(one, 'q1');
    one.say({ kind: 'answer', key: 'q1', digest, choice: NO });
    two.say({ kind: 'answer', key: 'q1', digest, choice: YES });
    const late = await Promise.race([one.hear('refused'), two.hear('refused')]);
    const [[, , choice] = []] = saidOf(guard, 'answer') as [string, string, Choice][];
    expect(saidOf(guard, 'answer')).toHaveLength(1);
    expect(late.why).toBe(`over already: ${choice?.kind} in a console`);
  });

  test('counts once also where the guard has not closed the question yet', async () => {
    const io = createHomeIo();
    const answers: string[] = [];
    const guard = await TestGuard.open(io, { onAnswer: (key) => void answers.push(key) });
    guard.post(createQuestion('q1'));
    const console = await RawConsole.join(io);
    const { digest } = await see(console, 'q1');
    for (const choice of [NO, YES]) console.say({ kind: 'answer', key: 'q1', digest, choice });
    expect((await console.hear('refused')).why).toBe('the question is over');
    expect(answers).toEqual(['q1']);
  });

  test('to a question that is over, or never was, is refused with how it ended', async () => {
    const io = createHomeIo();
    const guard = await TestGuard.open(io);
    const digest = 'a'.repeat(64);
    for (let n = 0; n <= 100; n++) {
      guard.post(createQuestion(`q${n}`));
      guard.hub.close(`q${n}`, `end ${n}`);
    }
    const console = await RawConsole.join(io);
    for (const key of ['q100', 'q1', 'q0', 'never']) {
      console.say({ kind: 'answer', key, digest, choice: YES });
      console.say({ kind: 'show', key });
    }
    await console.until(() => hears(console).filter((kind) => kind === 'refused').length === 8);
    expect(console.heard.flatMap((message) => (message.kind === 'refused' ? [message.why] : []))).toEqual(
      [
        'over already: end 100',
        'over already: end 1',
        'the question is over',
        'the question is over',
      ].flatMap((why) => [why, why]),
    );
    expect(saidOf(guard, 'answer')).toEqual([]);
  });

  test('is taken for a late question too, from what was seen before it was late', async () => {
    const io = createHomeIo();
    const guard = await TestGuard.open(io);
    guard.post(createQuestion('q1'));
    const console = await RawConsole.join(io);
    const { digest } = await see(console, 'q1');
    guard.post(createQuestion('q1'), true);
    await console.until(() => console.heard.some((one) => one.kind === 'question' && one.question.isLate));
    console.say({ kind: 'answer', key: 'q1', digest, choice: YES });
    await console.hear('closed');
    expect(saidOf(guard, 'answer')).toEqual([['answer', 'q1', YES]]);
  });
});

// Shorter than the 5 s after which anybody would be sent away who has not proved himself.
describe('somebody who is no console', { timeout: 4_000 }, () => {
  const NONCE = createNonce();
  const HELLO = `${JSON.stringify({ kind: 'hello', version: 1, nonce: NONCE })}\n`;
  const ANSWER = JSON.stringify({ kind: 'answer', key: 'q1', digest: 'a'.repeat(64), choice: NO });

  test.each<[string, string]>([
    ['answers before the handshake', `${ANSWER}\n`],
    ['asks before the handshake', '{"kind":"status"}\n'],
    ['asks within the handshake', `${HELLO}{"kind":"status"}\n`],
    ['greets twice', HELLO + HELLO],
    ['proves without a greeting', `{"kind":"prove","proof":"${'a'.repeat(64)}"}\n`],
    ['proves wrongly', `${HELLO}{"kind":"prove","proof":"${'a'.repeat(64)}"}\n`],
    ['proves nothing', `${HELLO}{"kind":"prove","proof":""}\n`],
    ['speaks another version', HELLO.replace('"version":1', '"version":2')],
    ['speaks no JSON', 'GET / HTTP/1.1\r\n\r\n'],
    ['says nothing', '\n'],
    ['never ends a line', 'x'.repeat(70_000)],
    ['leaves in the middle', '{"kind":"hel'],
  ])('is sent away without a word about questions when it %s', async (_, text) => {
    const io = createHomeIo();
    const guard = await TestGuard.open(io);
    guard.post(createQuestion('q1'));
    const console = RawConsole.to(io);
    console.write(text);
    if (text.startsWith('{"kind":"hel') && !text.endsWith('\n')) console.socket.end();
    await console.gone;
    expect(hears(console).filter((kind) => kind !== 'hello')).toEqual([]);
    expect(guard.said).toEqual([]);
  });

  test('hears of no question while the handshake is under way', async () => {
    const io = createHomeIo();
    const guard = await TestGuard.open(io);
    const [console, half] = [await RawConsole.join(io), RawConsole.to(io)];
    half.write(HELLO);
    await half.hear('hello');
    guard.post(createQuestion('q1'));
    guard.hub.close('q1', 'over');
    console.say({ kind: 'pause', on: true });
    await guard.until(() => saidOf(guard, 'pause').length === 1);
    half.write('{}\n');
    await half.gone;
    expect(hears(half)).toEqual(['hello']);
  });

  test('does not get in with the token of another guard, nor by giving the proof of the guard back', async () => {
    const io = createHomeIo();
    const guard = await TestGuard.open(io);
    const stranger = RawConsole.to(io);
    await stranger.prove('0'.repeat(64));
    await stranger.gone;
    const mirror = RawConsole.to(io);
    mirror.say({ kind: 'hello', version: 1, nonce: NONCE });
    const { proof } = await mirror.hear('hello');
    mirror.say({ kind: 'prove', proof });
    await mirror.gone;
    expect(guard.said).toEqual([]);
  });

  test('does not get in with a proof that was heard before', async () => {
    const io = createHomeIo();
    const guard = await TestGuard.open(io);
    const console = RawConsole.to(io);
    console.say({ kind: 'hello', version: 1, nonce: NONCE });
    const { nonce } = await console.hear('hello');
    const proof = prove(console.endpoint.token, 'console', nonce, NONCE);
    const replayed = RawConsole.to(io);
    replayed.say({ kind: 'hello', version: 1, nonce: NONCE });
    await replayed.hear('hello');
    replayed.say({ kind: 'prove', proof });
    await replayed.gone;
    expect(guard.said).toEqual([]);
  });

  test('has 5 s for the handshake, and whoever has proved itself any time', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const io = createHomeIo();
    const guard = await TestGuard.open(io);
    const console = await RawConsole.join(io);
    const [silent, half] = [RawConsole.to(io), RawConsole.to(io)];
    half.write(HELLO);
    await half.hear('hello');
    vi.advanceTimersByTime(4_999);
    console.say({ kind: 'propose', key: 'q1' });
    await console.hear('proposal');
    expect([silent.isGone, half.isGone]).toEqual([false, false]);
    vi.advanceTimersByTime(1);
    await Promise.all([silent.gone, half.gone]);
    vi.advanceTimersByTime(60_000);
    vi.useRealTimers();
    console.say({ kind: 'grants' });
    await console.hear('grants');
    expect(guard.hub.consoles).toBe(1);
  });
});

describe('a console that misbehaves is ended', () => {
  test.each<[string, string]>([
    ['says what no console says', '{"kind":"closed","key":"q1","how":""}\n'],
    ['greets again', `{"kind":"hello","version":1,"nonce":"${'a'.repeat(64)}"}\n`],
    ['proves again', `{"kind":"prove","proof":"${'a'.repeat(64)}"}\n`],
    ['chooses what cannot be chosen', '{"kind":"answer","key":"q1","digest":"","choice":{"kind":"yes"}}\n'],
    ['says too much at once', `{"kind":"status"${' '.repeat(64 << 10)}}\n`],
    ['begins to say too much', `{"kind":"status"${' '.repeat(64 << 10)}`],
  ])('when it %s', async (_, text) => {
    const io = createHomeIo();
    const guard = await TestGuard.open(io);
    const [console, other] = [await RawConsole.join(io), await RawConsole.join(io)];
    console.write(text);
    await console.gone;
    await guard.until(() => guard.hub.consoles === 1);
    other.say({ kind: 'grants' });
    await other.hear('grants');
    expect(saidOf(guard, 'answer')).toEqual([]);
  });

  test.each([
    ['nonsense', 'nonsense'],
    ['a second greeting', `{"kind":"hello","version":1,"nonce":"${'a'.repeat(64)}"}`],
  ])('and nothing counts that it says after %s', async (_, text) => {
    const io = createHomeIo();
    const guard = await TestGuard.open(io);
    const console = await RawConsole.join(io);
    console.write(`${text}\n{"kind":"pause","on":true}\n`);
    await console.gone;
    expect(saidOf(guard, 'pause')).toEqual([]);
  });

  test('when it says goodbye, though it has not read what waits for it', async () => {
    const io = createHomeIo();
    const guard = await TestGuard.open(io);
    const console = await RawConsole.join(io);
    console.socket.pause();
    guard.post(createQuestion('q1', { arguments: Buffer.from(JSON.stringify('x'.repeat(15 << 20))) }));
    console.say({ kind: 'show', key: 'q1' });
    console.socket.end();
    await guard.until(() => guard.hub.consoles === 0);
    expect(saidOf(guard, 'answer')).toEqual([]);
  });

  test('when it does not read and too much waits for it', async () => {
    const io = createHomeIo();
    const guard = await TestGuard.open(io);
    const console = await RawConsole.join(io);
    console.socket.pause();
    guard.post(createQuestion('q1', { arguments: Buffer.from(JSON.stringify('x'.repeat(15 << 20))) }));
    for (let n = 0; n < 6; n++) console.say({ kind: 'show', key: 'q1' });
    await guard.until(() => guard.hub.consoles === 0);
    expect(guard.said).toEqual([
      ['consoles', 1],
      ['consoles', 0],
    ]);
  });
});

test('eight consoles get in, the ninth does not until another leaves', async () => {
  const io = createHomeIo();
  const guard = await TestGuard.open(io);
  const consoles = [];
  for (let n = 0; n < 8; n++) consoles.push(await RawConsole.join(io));
  const ninth = RawConsole.to(io);
  await ninth.gone;
  expect([ninth.heard, guard.hub.consoles]).toEqual([[], 8]);
  consoles[3]?.socket.destroy();
  await guard.until(() => guard.hub.consoles === 7);
  await RawConsole.join(io);
  expect(guard.hub.consoles).toBe(8);
});

describe('the folder of the sockets', () => {
  test('and what is in it are for this user alone', async () => {
    const io = createHomeIo();
    await TestGuard.open(io);
    const folder = openGuardsFolder(io);
    const modes = ['', ...readdirSync(folder)].map((name) => statSync(join(folder, name)).mode & 0o777);
    expect(modes).toEqual([0o700, 0o600, 0o600]);
  });

  test.each<[string, (folder: string) => void, string]>([
    ['was opened to others', (folder) => chmodSync(folder, 0o755), 'is open to others'],
    [
      'was replaced by a link',
      (folder) => (renameSync(folder, `${folder}-`), symlinkSync(`${folder}-`, folder)),
      'is a link',
    ],
    ['was moved away', (folder) => renameSync(folder, `${folder}-`), 'is not there'],
  ])('that %s lets nobody in, and the guard says so once', async (_, spoil, why) => {
    const io = createHomeIo();
    const guard = await TestGuard.open(io);
    const [endpoint] = listEndpoints(io);
    const folder = openGuardsFolder(io);
    spoil(folder);
    if (endpoint === undefined) throw new Error('no endpoint');
    const address = endpoint.address.replace(folder, why === 'is open to others' ? folder : `${folder}-`);
    for (let n = 0; n < 2; n++) {
      const console = new RawConsole({ ...endpoint, address });
      console.write('{}\n');
      await console.gone;
      expect(console.heard).toEqual([]);
    }
    expect(guard.said).toEqual([['trouble', expect.stringContaining(`and it ${why}`)]]);
  });

  test('that is set right lets consoles in again', async () => {
    const io = createHomeIo();
    const guard = await TestGuard.open(io);
    const folder = openGuardsFolder(io);
    const [endpoint] = listEndpoints(io);
    if (endpoint === undefined) throw new Error('no endpoint');
    chmodSync(folder, 0o777);
    await new RawConsole(endpoint).gone;
    chmodSync(folder, 0o700);
    await RawConsole.join(io);
    expect(guard.said).toEqual([
      ['trouble', expect.stringContaining('chmod 700')],
      ['consoles', 1],
    ]);
  });

  test('that cannot be trusted at the start leaves the guard without a hub', async () => {
    const io = createHomeIo();
    mkdirSync(join(io.folders.state, 'guards'), { recursive: true, mode: 0o755 });
    await expect(TestGuard.open(io)).rejects.toThrow('is open to others: run chmod 700 on it');
  });
});

describe('the end of a hub', () => {
  test('ends every connection, leaves no file behind, and nothing is heard after it', async () => {
    const io = createHomeIo();
    const guard = await TestGuard.open(io);
    const [console, half] = [await RawConsole.join(io), RawConsole.to(io)];
    half.write('{');
    await guard.hub.end();
    await Promise.all([console.gone, half.gone]);
    expect(readdirSync(openGuardsFolder(io))).toEqual([]);
    guard.post(createQuestion('q1'));
    guard.hub.close('q1', 'over');
    await guard.hub.end();
    expect(guard.said).toEqual([['consoles', 1]]);
  });

  test('is quiet where its folder is gone', async () => {
    const io = createHomeIo();
    const guard = await TestGuard.open(io);
    rmSync(io.folders.state, { recursive: true });
    await guard.hub.end();
    expect(readdirSync(io.home)).toEqual([]);
  });
});
