import { describe, expect, test } from 'vitest';
import { digestShown } from '../../src/approval/digest-shown.ts';
import { BoardDialogue, CONTENT, list, SCREEN } from '../helpers/board-dialogue.ts';

const ONCE = { kind: 'yes', scope: 'once', lasts: { kind: 'session' } };

/** One question with its content, on the screen. */
function ready(listed = list('a'), content = CONTENT): BoardDialogue {
  const dialogue = new BoardDialogue();
  dialogue.ask(listed);
  dialogue.give(listed.key, content);
  dialogue.draw();
  return dialogue;
}

describe('a question', () => {
  test('rings, is chosen where none was, and its content is asked for', () => {
    const dialogue = new BoardDialogue();
    dialogue.join();
    dialogue.say({ kind: 'question', question: list('a') });
    expect(dialogue.effects).toEqual([
      { kind: 'send', guard: 'g', message: { kind: 'show', key: 'a' } },
      { kind: 'bell' },
    ]);
    expect(dialogue.chosen).toBe('a');
  });

  test('never takes the choice from the one that is looked at, though it waits longer', () => {
    const dialogue = ready();
    dialogue.ask(list('b', { waitedMs: 9_000 }));
    expect(dialogue.effects).toEqual([{ kind: 'bell' }]);
    expect(dialogue.chosen).toBe('a');
    expect(dialogue.board.questions.map(({ listed }) => listed.key)).toEqual(['b', 'a']);
  });

  test('of a guard that is not known is none', () => {
    const dialogue = new BoardDialogue();
    dialogue.say({ kind: 'question', question: list('a') }, 'stranger');
    expect([dialogue.board.questions, dialogue.effects]).toEqual([[], []]);
  });

  test('that is late does not ring, and stands behind those that still hold a call up', () => {
    const dialogue = new BoardDialogue();
    dialogue.ask(list('a', { isLate: true, waitedMs: 90_000 }));
    expect(dialogue.effects.map(({ kind }) => kind)).toEqual(['send']);
    dialogue.ask(list('b'));
    expect(dialogue.board.questions.map(({ listed }) => listed.key)).toEqual(['b', 'a']);
  });

  test('of two guards with one key are two', () => {
    const dialogue = ready();
    dialogue.ask(list('a', { tool: 'other' }), 'h');
    dialogue.say({ kind: 'closed', key: 'a', how: 'withdrawn' }, 'h');
    expect(dialogue.board.questions.map(({ guard }) => guard)).toEqual(['g']);
  });
});

describe('an answer', () => {
  test.each([
    ['y', ONCE],
    ['s', { kind: 'yes', scope: 'tool', lasts: { kind: 'session' } }],
    ['e', { kind: 'yes', scope: 'call', lasts: { kind: 'session' } }],
    ['n', { kind: 'no', message: null }],
  ])('by %s goes to the guard with the digest of what is shown', (key, choice) => {
    const dialogue = ready();
    dialogue.press(key);
    const digest = digestShown(list('a'), CONTENT);
    expect(dialogue.effects).toEqual([
      { kind: 'send', guard: 'g', message: { kind: 'answer', key: 'a', digest, choice } },
    ]);
  });

  test('is given once', () => {
    const dialogue = ready();
    dialogue.press('y');
    dialogue.draw();
    dialogue.press('y');
    dialogue.press('n');
    expect(dialogue.effects).toEqual([]);
  });

  test.each([
    ['Enter', '\r'],
    ['Escape', '\x1b'],
    ['a capital letter', 'Y'],
    ['pasted text', 'yyyy'],
    ['a marked paste', '\x1b[200~y\x1b[201~'],
    ['a letter outside ASCII', 'ý'],
    ['a key behind an arrow', '\x1b[By'],
    ['an arrow behind a key', 'y\x1b[B'],
  ])('is not given by %s', (_, text) => {
    const dialogue = ready();
    dialogue.press(text);
    dialogue.press('');
    expect(dialogue.sent).toEqual([]);
  });

  test('is not given by a key pressed before the content came', () => {
    const dialogue = new BoardDialogue();
    dialogue.ask(list('a'));
    dialogue.draw();
    dialogue.press('y');
    dialogue.give('a');
    dialogue.draw();
    dialogue.now += 100;
    dialogue.type('');
    expect(dialogue.sent).toEqual([]);
  });

  test('is not given while what was chosen is not on the screen', () => {
    const dialogue = new BoardDialogue();
    dialogue.ask(list('a'));
    dialogue.give('a');
    dialogue.forget();
    dialogue.press('y');
    expect(dialogue.sent).toEqual([]);
  });

  test('is not given by a key pressed right after the question came to stand', () => {
    const dialogue = ready();
    dialogue.now += 300;
    dialogue.type('y');
    dialogue.now += 100;
    dialogue.type('');
    expect(dialogue.sent).toEqual([]);
  });

  test('is not given to the next question by a key meant for the one before', () => {
    const dialogue = ready();
    dialogue.ask(list('b'));
    dialogue.draw();
    dialogue.now += 500;
    dialogue.say({ kind: 'closed', key: 'a', how: 'withdrawn' });
    dialogue.give('b');
    dialogue.draw();
    dialogue.type('y');
    dialogue.now += 100;
    dialogue.type('');
    expect(dialogue.chosen).toBe('b');
    expect(dialogue.sent).toEqual([]);
    dialogue.press('y');
    expect(dialogue.sent).toHaveLength(1);
  });

  test('is not given by a key whose question closed before the key was known to stand alone', () => {
    const dialogue = ready();
    dialogue.ask(list('b'));
    dialogue.draw();
    dialogue.now += 500;
    dialogue.type('y');
    dialogue.say({ kind: 'closed', key: 'a', how: 'withdrawn' });
    dialogue.give('b');
    dialogue.now += 100;
    dialogue.type('');
    dialogue.draw();
    dialogue.type('');
    expect(dialogue.sent).toEqual([]);
  });

  test('that did not count says why, and what is shown is fetched again before the next', () => {
    const dialogue = ready();
    dialogue.press('y');
    dialogue.forget();
    dialogue.say({ kind: 'refused', key: 'a', why: 'another call was shown' });
    expect(dialogue.sent).toEqual([{ kind: 'show', key: 'a' }]);
    expect(dialogue.board.notice?.text).toBe('this answer did not count: another call was shown');
    dialogue.draw();
    dialogue.press('y');
    expect(dialogue.sent).toEqual([]);
    dialogue.give('a');
    dialogue.draw();
    dialogue.press('y');
    expect(dialogue.sent).toHaveLength(1);
  });

  describe('about something that cannot be undone', () => {
    const profile = { category: 'destructive', risk: 'critical', evidence: ['the verb "drop"'] } as const;
    const scroll = (dialogue: BoardDialogue): void => {
      for (let before = -1; before !== dialogue.board.scroll; dialogue.draw()) {
        before = dialogue.board.scroll;
        dialogue.type(' ');
      }
    };

    test('with a yes waits until all of it has been on the screen', () => {
      const dialogue = ready(list('a', { profile }));
      const long = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`key${index}`, index]));
      dialogue.give('a', { ...CONTENT, arguments: JSON.stringify(long) });
      dialogue.draw();
      dialogue.press('y');
      expect(dialogue.answers).toEqual([]);
      expect(dialogue.board.notice?.text).toBe('look at everything first: space scrolls to it');
      scroll(dialogue);
      dialogue.press('y');
      expect(dialogue.answers).toHaveLength(1);
    });

    test('with a yes waits until what was cut or hidden in it has been on the screen', () => {
      const dialogue = ready(list('a', { profile }));
      dialogue.give('a', {
        ...CONTENT,
        arguments: JSON.stringify({ password: 'x', text: 'long '.repeat(500) }),
      });
      dialogue.draw();
      scroll(dialogue);
      dialogue.press('y');
      expect(dialogue.answers).toEqual([]);
      expect(dialogue.board.notice?.text).toContain('v shows what is left out');
      dialogue.draw();
      expect(dialogue.lines.join('\n')).toContain('means no; a yes needs that all of it was seen');
      dialogue.press('v');
      dialogue.draw();
      scroll(dialogue);
      expect(dialogue.lines.join('\n')).not.toContain('a yes needs');
      dialogue.press('y');
      expect(dialogue.answers).toHaveLength(1);
    });

    test('says that a definition has changed, and accepts only the one that is shown', () => {
      const dialogue = ready(list('a', { isChanged: true }));
      const change = { was: '{"description":"Lists."}', now: '{"description":"Lists it all."}' };
      dialogue.give('a', { ...CONTENT, change });
      dialogue.draw();
      expect(dialogue.lines.join('\n')).toMatch(/pins accept mq tool_a --hash [0-9a-f]{12}\n/);
      expect(dialogue.lines.join('\n')).toContain('description: "Lists." -> "Lists it all."');
    });

    test('that changed in a way that is not told takes no yes', () => {
      const dialogue = ready(list('a', { isChanged: true }));
      dialogue.give('a', CONTENT);
      dialogue.draw();
      expect(dialogue.lines.join('\n')).toContain('! this cannot be shown, so it can only be refused');
      dialogue.press('y');
      expect(dialogue.answers).toEqual([]);
    });

    test('of megabytes waits for all of it, and is never made as a whole before it is looked at', () => {
      const dialogue = ready(list('a', { profile }));
      dialogue.give('a', { ...CONTENT, arguments: `[${'1,'.repeat(100_000)}1]` });
      dialogue.draw();
      dialogue.press('v');
      dialogue.draw();
      dialogue.press('y');
      expect(dialogue.answers).toEqual([]);
      expect(dialogue.board.card?.lines.total(0)).toBe(Infinity);
    });

    test('with a no waits for nothing', () => {
      const dialogue = ready(list('a', { profile }));
      dialogue.give('a', { ...CONTENT, arguments: JSON.stringify({ text: 'long '.repeat(500) }) });
      dialogue.draw();
      dialogue.press('n');
      expect(dialogue.answers).toHaveLength(1);
    });
  });

  test('with a yes waits until the arguments have been on the screen, one with a no does not', () => {
    const dialogue = ready(list('a', { reason: 'long '.repeat(2_000) }));
    dialogue.press('y');
    expect(dialogue.sent).toEqual([]);
    expect(dialogue.board.notice?.text).toBe('look at the arguments first: space scrolls to it');
    for (let before = -1; before !== dialogue.board.scroll; dialogue.draw()) {
      before = dialogue.board.scroll;
      dialogue.type(' ');
    }
    dialogue.press('y');
    expect(dialogue.sent).toHaveLength(1);
    const jumped = ready(list('a', { reason: 'long '.repeat(2_000) }));
    jumped.type('\x1b[F');
    jumped.draw();
    jumped.press('y');
    expect(jumped.sent).toEqual([]);
    const other = ready(list('a', { reason: 'long '.repeat(2_000) }));
    other.press('n');
    expect(other.sent).toHaveLength(1);
  });

  test('with a yes waits until the arguments have been on a screen that has no room for them below the rest', () => {
    const dialogue = new BoardDialogue({ screen: { ...SCREEN, rows: 10 } });
    dialogue.ask(list('a', { title: 'title', reason: 'reason', asked: 1, allowed: 1 }));
    dialogue.give('a', { ...CONTENT, arguments: '{"a":1,"b":2,"c":3,"d":4}' });
    expect(dialogue.draw().join('\n')).not.toContain('│ a: 1');
    dialogue.press('y');
    expect(dialogue.answers).toEqual([]);
    dialogue.type(' ');
    dialogue.draw();
    dialogue.type(' ');
    expect(dialogue.draw().join('\n')).toContain('│ a: 1');
    dialogue.press('y');
    expect(dialogue.answers).toHaveLength(1);
  });

  test('is not given by a key right behind one that moves', () => {
    const dialogue = ready();
    dialogue.now += 500;
    dialogue.type(' ');
    dialogue.now += 200;
    dialogue.type('y');
    dialogue.now += 100;
    dialogue.type('');
    expect(dialogue.answers).toEqual([]);
  });

  test('to what cannot be shown can only be a no', () => {
    const dialogue = ready(list('a'), { ...CONTENT, arguments: '{"a":' });
    expect(dialogue.lines.join('\n')).toContain('! this cannot be shown, so it can only be refused');
    dialogue.press('y');
    expect(dialogue.sent).toEqual([]);
    dialogue.draw();
    dialogue.press('n');
    expect(dialogue.sent).toHaveLength(1);
  });
});

describe('another menu', () => {
  test('takes a key of its own, after a look of its own', () => {
    const dialogue = ready();
    dialogue.press('t');
    dialogue.now += 10;
    dialogue.type('2');
    dialogue.now += 100;
    dialogue.type('');
    expect(dialogue.answers).toEqual([]);
    dialogue.draw();
    dialogue.press('2');
    const choice = { kind: 'yes', scope: 'tool', lasts: { kind: 'time', ms: 3_600_000 } };
    expect(dialogue.answers).toEqual([expect.objectContaining({ kind: 'answer', choice })]);
  });

  test('for always fetches the rule, and takes a yes only once the rule stands there', () => {
    const dialogue = ready();
    dialogue.press('a');
    expect(dialogue.sent).toEqual([
      { kind: 'attend', key: 'a' },
      { kind: 'propose', key: 'a' },
    ]);
    dialogue.say({ kind: 'proposal', key: 'b', proposal: { kind: 'impossible', why: 'no' } });
    expect(dialogue.board.menu).toEqual({ kind: 'always', proposal: null });
    const proposal = { kind: 'rule', file: '/p.yaml', lines: ['tools:', '  tool_a: allow'] } as const;
    dialogue.say({ kind: 'proposal', key: 'a', proposal });
    expect(dialogue.board.menu).toEqual({ kind: 'always', proposal });
    dialogue.press('y');
    expect(dialogue.answers).toEqual([]);
    dialogue.draw();
    dialogue.press('y');
    const choice = { kind: 'yes', scope: 'tool', lasts: { kind: 'always' } };
    expect(dialogue.answers).toEqual([expect.objectContaining({ kind: 'answer', choice })]);
  });

  test('for always cannot be confirmed where the rule does not fit on the screen', () => {
    const dialogue = ready();
    dialogue.press('a');
    const lines = Array.from({ length: 90 }, (_, n) => `  tool_${n}: allow`);
    dialogue.say({ kind: 'proposal', key: 'a', proposal: { kind: 'rule', file: '/p.yaml', lines } });
    dialogue.draw();
    dialogue.press('y');
    expect(dialogue.answers).toEqual([]);
    expect(dialogue.board.menu).toEqual({ kind: 'keys' });
  });

  test('for a message takes words as they come, also those that are keys elsewhere', () => {
    const dialogue = ready();
    dialogue.press('m');
    for (const key of 'not p, q or y!') dialogue.type(key);
    dialogue.type('\r');
    const choice = { kind: 'no', message: 'not p, q or y!' };
    expect(dialogue.answers).toEqual([expect.objectContaining({ kind: 'answer', choice })]);
  });

  test('for a message puts characters together, and takes Enter only where it came alone', () => {
    const dialogue = ready();
    dialogue.press('m');
    for (const byte of Buffer.from('größer 東')) dialogue.hear({ kind: 'typed', bytes: Buffer.of(byte) });
    dialogue.type('\x1b[200~, pasted\nwith lines\n\x1b[201~');
    expect(dialogue.answers).toEqual([]);
    dialogue.type('\r');
    const choice = { kind: 'no', message: 'größer 東, pasted with lines' };
    expect(dialogue.answers).toEqual([expect.objectContaining({ choice })]);
  });

  test('for a message that is taken away takes what is still being typed with it', () => {
    const dialogue = ready();
    dialogue.ask(list('b'));
    dialogue.draw();
    dialogue.press('m');
    dialogue.type('because');
    dialogue.say({ kind: 'closed', key: 'a', how: 'withdrawn' });
    dialogue.give('b');
    expect(dialogue.draw().join('\n')).toContain('no longer open, and your words');
    for (const key of 'ynpq') dialogue.press(key);
    expect([dialogue.chosen, dialogue.answers]).toEqual(['b', []]);
    dialogue.press('\r');
    dialogue.draw();
    dialogue.press('y');
    expect(dialogue.answers).toEqual([expect.objectContaining({ kind: 'answer', key: 'b' })]);
  });

  test('for always shows one rule, and no other comes in its place', () => {
    const dialogue = ready();
    dialogue.press('a');
    const proposal = { kind: 'rule', file: '/p.yaml', lines: ['tools:', '  tool_a: allow'] } as const;
    dialogue.say({ kind: 'proposal', key: 'a', proposal });
    dialogue.say({ kind: 'proposal', key: 'a', proposal: { ...proposal, lines: ['default: allow'] } });
    expect(dialogue.board.menu).toEqual({ kind: 'always', proposal });
  });

  test('is left when its question closes', () => {
    const dialogue = ready();
    dialogue.ask(list('b'));
    dialogue.draw();
    dialogue.press('t');
    dialogue.say({ kind: 'closed', key: 'a', how: 'withdrawn' });
    expect([dialogue.chosen, dialogue.board.menu]).toEqual(['b', { kind: 'keys' }]);
  });
});

describe('identical calls', () => {
  test('stand on one row, and an answer goes to the oldest of them', () => {
    const dialogue = ready(list('a', { group: 'same', waitedMs: 50 }));
    dialogue.ask(list('b', { group: 'same' }));
    dialogue.ask(list('c', { group: 'other' }));
    expect(dialogue.draw().filter((line) => line.includes('x2'))).toHaveLength(1);
    dialogue.press('y');
    expect(dialogue.sent).toEqual([expect.objectContaining({ kind: 'answer', key: 'a' })]);
    dialogue.say({ kind: 'closed', key: 'a', how: 'allowed once in the console' });
    expect(dialogue.chosen).toBe('b');
  });

  test('of two guards are two rows', () => {
    const dialogue = ready(list('a', { group: 'same' }));
    dialogue.ask(list('b', { group: 'same' }), 'h');
    expect(dialogue.draw().join('\n')).not.toContain('x2');
  });
});

describe('a question that is over', () => {
  test('says how it ended, and the oldest of the others is chosen', () => {
    const dialogue = ready();
    dialogue.ask(list('b', { waitedMs: 10 }));
    dialogue.ask(list('c', { waitedMs: 20 }));
    dialogue.draw();
    dialogue.say({ kind: 'closed', key: 'a', how: 'allowed once in the terminal' });
    expect(dialogue.sent).toEqual([{ kind: 'show', key: 'c' }]);
    expect(dialogue.board.notice?.text).toBe('tool_a on mq: allowed once in the terminal');
  });

  test('that nobody looked at leaves the chosen one alone', () => {
    const dialogue = ready();
    dialogue.ask(list('b'));
    dialogue.draw();
    dialogue.say({ kind: 'closed', key: 'b', how: 'refused in the terminal' });
    expect([dialogue.chosen, dialogue.sent]).toEqual(['a', []]);
  });

  test('because its guard is gone says so, and no other guard loses any', () => {
    const dialogue = ready();
    dialogue.ask(list('b'));
    dialogue.ask(list('c', { server: 'rabbit' }), 'h');
    dialogue.hear({ kind: 'left', guard: 'g', why: 'it ended' });
    expect(dialogue.chosen).toBe('c');
    expect(dialogue.board.notice?.text).toBe('mq is gone, and its 2 questions with it');
  });

  test('in time but not for good says that a yes now is for the next such call, and wants a new look', () => {
    const dialogue = ready();
    dialogue.say({ kind: 'question', question: list('a', { isLate: true, leftMs: 600_000 }) });
    dialogue.press('y');
    expect(dialogue.sent).toEqual([]);
    expect(dialogue.draw().join('\n')).toContain(
      'refused for want of time; a yes lets the same call through once',
    );
    dialogue.press('y');
    expect(dialogue.sent).toHaveLength(1);
  });

  test('in another call of the same key is shown anew', () => {
    const dialogue = ready();
    dialogue.say({ kind: 'question', question: list('a', { tool: 'other' }) });
    expect(dialogue.sent).toEqual([{ kind: 'show', key: 'a' }]);
    dialogue.draw();
    dialogue.press('y');
    expect(dialogue.sent).toEqual([]);
  });
});

describe('content', () => {
  test('of a question that is not looked at is not kept, nor the same content once more', () => {
    const dialogue = ready();
    dialogue.ask(list('b'));
    const { board } = dialogue;
    dialogue.give('b', { ...CONTENT, arguments: '{"name":"other"}' });
    dialogue.give('a');
    expect(dialogue.board).toBe(board);
  });

  test('that changed after it was looked at wants a new look', () => {
    const dialogue = ready();
    dialogue.now += 500;
    dialogue.give('a', { ...CONTENT, arguments: '{"name":"other"}' });
    dialogue.type('y');
    dialogue.now += 100;
    dialogue.type('');
    expect(dialogue.sent).toEqual([]);
  });
});

describe('moving about', () => {
  test('chooses another question and says that somebody looks at it', () => {
    const dialogue = ready();
    dialogue.ask(list('b'));
    dialogue.draw();
    dialogue.type('\x1b[B');
    expect(dialogue.sent).toEqual([
      { kind: 'show', key: 'b' },
      { kind: 'attend', key: 'b' },
    ]);
    dialogue.type('k');
    expect(dialogue.chosen).toBe('a');
    dialogue.type('k');
    expect(dialogue.chosen).toBe('a');
  });

  test('tells a guard once a second at most', () => {
    const dialogue = ready();
    for (let turns = 0; turns < 5; turns += 1) dialogue.type(' ');
    expect(dialogue.sent).toEqual([{ kind: 'attend', key: 'a' }]);
    dialogue.now += 1_000;
    dialogue.type(' ');
    expect(dialogue.sent).toEqual([{ kind: 'attend', key: 'a' }]);
  });

  test('scrolls from the first line to the last and back, over every line', () => {
    const args = JSON.stringify(Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`key${n}`, n])));
    const dialogue = ready(list('a'), { ...CONTENT, arguments: args });
    const seen = new Set<string>();
    for (let turns = 0; turns < 30; turns += 1) {
      for (const line of dialogue.draw()) if (line.includes('│ key')) seen.add(line.trim());
      dialogue.type(' ');
    }
    expect([...seen]).toEqual(Array.from({ length: 100 }, (_, n) => `│ key${n}: ${n}`));
    const last = dialogue.board.scroll;
    dialogue.type('\x1b[6~');
    expect(dialogue.board.scroll).toBe(last);
    dialogue.type('\x1b[H');
    expect(dialogue.board.scroll).toBe(0);
    dialogue.type('\x1b[F');
    expect(dialogue.board.scroll).toBe(last);
    for (let turns = 0; turns < 40; turns += 1) dialogue.type('b');
    expect(dialogue.board.scroll).toBe(0);
  });

  test('shows everything with v, and the summary with v again', () => {
    const dialogue = ready(list('a'), { ...CONTENT, arguments: '{"password":"hunter2"}' });
    expect(dialogue.lines.join('\n')).not.toContain('hunter2');
    dialogue.press('v');
    expect(dialogue.draw().join('\n')).toContain('hunter2');
    dialogue.press('v');
    expect(dialogue.draw().join('\n')).not.toContain('hunter2');
    expect(dialogue.answers).toEqual([]);
  });

  test.each(['q'])('leaves with %s and answers nothing', (key) => {
    const dialogue = ready();
    dialogue.type(key);
    expect(dialogue.effects).toEqual([{ kind: 'quit' }]);
  });

  test('shows help with ?, where no key answers', () => {
    const dialogue = ready();
    dialogue.type('?');
    expect(dialogue.draw().join('\n')).toContain('any key goes back');
    dialogue.press('y');
    expect([dialogue.board.overlay, dialogue.sent]).toEqual([null, []]);
  });

  test('survives another size of the screen, which wants a new look', () => {
    const dialogue = ready();
    dialogue.hear({ kind: 'resized', screen: { ...dialogue.board.screen, columns: 40 } });
    expect(dialogue.board.seen).toBe(0);
    dialogue.press('y');
    expect(dialogue.sent).toEqual([]);
    dialogue.draw();
    dialogue.press('y');
    expect(dialogue.sent).toHaveLength(1);
  });
});

describe('the pause', () => {
  test('begins with p, whatever is looked at', () => {
    const dialogue = ready();
    dialogue.press('p');
    expect(dialogue.effects).toEqual([{ kind: 'pause', on: true }]);
  });

  test('is lifted with p and then y', () => {
    const dialogue = new BoardDialogue({ isPaused: true });
    dialogue.draw();
    dialogue.press('p');
    dialogue.draw();
    dialogue.press('y');
    expect(dialogue.effects).toEqual([{ kind: 'pause', on: false }]);
  });

  test.each(['p', 'n', '\r', ' ', 'yy'])('is not lifted with p and then %j', (key) => {
    const dialogue = new BoardDialogue({ isPaused: true });
    dialogue.draw();
    dialogue.press('p');
    dialogue.draw();
    dialogue.press(key);
    expect(dialogue.effects).toEqual([]);
  });

  test('is not lifted by a y before the question about it stood there', () => {
    const dialogue = new BoardDialogue({ isPaused: true });
    dialogue.draw();
    dialogue.press('p');
    dialogue.press('y');
    expect(dialogue.effects).toEqual([]);
  });

  test('of one guard is lifted in the same way', () => {
    const dialogue = ready();
    dialogue.say({ kind: 'status', allowed: 1, denied: 2, paused: true });
    expect(dialogue.draw().join('\n')).toContain('PAUSED');
    dialogue.press('p');
    expect([dialogue.board.overlay, dialogue.effects]).toEqual(['lift', []]);
  });
});

describe('the quiet screen', () => {
  test('asks the guards every two seconds what they let through', () => {
    const dialogue = new BoardDialogue();
    dialogue.join();
    for (let turns = 0; turns < 5; turns += 1) {
      dialogue.now += 1_000;
      dialogue.hear({ kind: 'tick' });
    }
    expect(dialogue.sent).toEqual([{ kind: 'status' }, { kind: 'status' }]);
  });

  test('does not ask while questions wait, nor change when nothing happens', () => {
    const dialogue = ready();
    const { board } = dialogue;
    dialogue.now += 5_000;
    dialogue.hear({ kind: 'tick' });
    dialogue.type('');
    expect(dialogue.board).toBe(board);
  });

  test('forgets what happened long ago', () => {
    const dialogue = ready();
    dialogue.say({ kind: 'closed', key: 'a', how: 'withdrawn' });
    expect(dialogue.board.notice).not.toBeNull();
    dialogue.now += 10_000;
    dialogue.hear({ kind: 'tick' });
    expect(dialogue.board.notice).toBeNull();
  });
});

describe('for one question', () => {
  test('it leaves when that was answered', () => {
    const dialogue = new BoardDialogue({ isOnce: true });
    dialogue.ask(list('a'));
    dialogue.ask(list('b'));
    dialogue.give('a');
    dialogue.draw();
    dialogue.press('y');
    dialogue.forget();
    dialogue.say({ kind: 'closed', key: 'b', how: 'withdrawn' });
    expect(dialogue.effects).toEqual([]);
    dialogue.say({ kind: 'closed', key: 'a', how: 'allowed once in the console' });
    expect(dialogue.effects).toEqual([{ kind: 'quit' }]);
  });

  test('it leaves when that was closed elsewhere, or its guard is gone', () => {
    const dialogue = new BoardDialogue({ isOnce: true });
    dialogue.ask(list('a'));
    dialogue.forget();
    dialogue.hear({ kind: 'left', guard: 'g', why: 'it ended' });
    expect(dialogue.effects).toEqual([{ kind: 'quit' }]);
  });
});
