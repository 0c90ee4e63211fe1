import { describe, expect, test } from 'vitest';
import { canonicalDefinition, type Definition } from '../../src/catalogue/pins/definition.ts';
import { ToolBook } from '../../src/catalogue/tool-book.ts';

const raw = (description: string, name = 'echo'): Buffer =>
  Buffer.from(JSON.stringify({ name, description }));
const define = (description: string): Definition => canonicalDefinition(raw(description));
const pins = (description: string): Map<string, Definition> => new Map([['echo', define(description)]]);
const [OLD, NEW, NEWER] = ['old', 'new', 'newer'];

function learn(book: ToolBook, ...descriptions: string[]): string[] {
  return descriptions.map((description) => book.learn('echo', raw(description)));
}

describe('learning', () => {
  test.each<[string, ToolBook, string[], string[]]>([
    ['pins the first definition', new ToolBook(), [OLD, OLD], ['new', 'same']],
    ['tells what differs from it, once', new ToolBook(), [OLD, NEW, NEW], ['new', 'changed', 'same']],
    ['compares with what was pinned before', new ToolBook(pins(OLD)), [NEW], ['changed']],
    [
      'tells each other definition',
      new ToolBook(pins(OLD)),
      [NEW, NEWER, NEW],
      ['changed', 'changed', 'changed'],
    ],
    [
      'tells nothing of the old one again',
      new ToolBook(pins(OLD)),
      [NEW, OLD, NEW],
      ['changed', 'same', 'same'],
    ],
  ])('%s', (_, book, descriptions, expected) => {
    expect(learn(book, ...descriptions)).toEqual(expected);
  });

  test('keeps the change when the old definition comes back, and the last one of several', () => {
    const book = new ToolBook(pins(OLD));
    learn(book, NEW, OLD);
    expect(book.findChange('echo')).toEqual({ was: define(OLD), now: define(NEW) });
    learn(book, NEWER);
    expect(book.findChange('echo')).toEqual({ was: define(OLD), now: define(NEWER) });
  });

  test('lists names, and finds what was listed before what was pinned', () => {
    const book = new ToolBook(pins(OLD));
    expect([book.hasPins, book.names, book.findListed('echo'), book.find('echo')?.title]).toEqual([
      true,
      [],
      null,
      null,
    ]);
    book.learn('echo', Buffer.from('{"name":"echo","title":"Echo"}'));
    expect([book.names, book.find('echo')?.title]).toEqual([['echo'], 'Echo']);
  });
});

describe('the hash that counts', () => {
  test('is that of the listed definition, else of what was met before, else of the pinned one, else none', () => {
    const hash = (description: string): string => define(description).hash;
    const book = new ToolBook(pins(OLD), pins(NEW));
    expect([new ToolBook().findHash('echo'), new ToolBook(pins(OLD)).findHash('echo')]).toEqual([
      null,
      hash(OLD),
    ]);
    expect(book.findHash('echo')).toBe(hash(NEW));
    learn(book, OLD);
    expect(book.findHash('echo')).toBe(hash(OLD));
    learn(book, NEWER);
    expect(book.findHash('echo')).toBe(hash(NEWER));
  });
});

describe('what an earlier run met in place of the pinned definition', () => {
  test('is a change until the tool is listed', () => {
    const book = new ToolBook(pins(OLD), pins(NEW));
    expect(book.findChange('echo')).toEqual({ was: define(OLD), now: define(NEW) });
    expect(learn(book, OLD)).toEqual(['same']);
    expect(book.findChange('echo')).toBeNull();
  });

  test('is told of again when it is listed', () => {
    expect(learn(new ToolBook(pins(OLD), pins(NEW)), NEW)).toEqual(['changed']);
  });

  test('says nothing where nothing is pinned, or the same', () => {
    expect(new ToolBook(new Map(), pins(NEW)).findChange('echo')).toBeNull();
    expect(new ToolBook(pins(NEW), pins(NEW)).findChange('echo')).toBeNull();
  });
});

describe('pinning anew', () => {
  test.each<[string, Map<string, Definition>, string | null]>([
    ['the new one ends the change', pins(NEW), null],
    ['none at all ends it too', new Map(), null],
    ['a third one keeps it', pins(NEWER), NEW],
    ['the old one keeps it', pins(OLD), NEW],
  ])('with %s', (_, pinned, now) => {
    for (const book of [new ToolBook(pins(OLD)), new ToolBook(pins(OLD), pins(NEW))]) {
      if (book.findChange('echo') === null) learn(book, NEW);
      book.repin(pinned);
      const change = now === null ? null : { was: pinned.get('echo'), now: define(now) };
      expect(book.findChange('echo')).toEqual(change);
    }
  });

  test('forgets what it recalled of the old one', () => {
    const book = new ToolBook(
      new Map([['echo', canonicalDefinition(Buffer.from('{"name":"echo","title":"A"}'))]]),
    );
    expect(book.find('echo')?.title).toBe('A');
    book.repin(new Map([['echo', canonicalDefinition(Buffer.from('{"name":"echo","title":"B"}'))]]));
    expect(book.find('echo')?.title).toBe('B');
  });
});

describe('too much', () => {
  test('in number is not remembered, and whatever was not is lost', () => {
    const book = new ToolBook(pins(OLD));
    const learned = Array.from({ length: 10_001 }, (_, index) =>
      book.learn(`tool_${index}`, raw('x', `tool_${index}`)),
    );
    expect(learned.indexOf('unkept')).toBe(10_000);
    expect(['tool_0', 'tool_10000', 'never_listed', 'echo'].map((name) => book.isLost(name))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(learn(book, NEW)).toEqual(['changed']);
    // There is no room for its text.
    expect(book.findChange('echo')?.now).toEqual({ hash: define(NEW).hash, text: null });
    expect(book.findHash('echo')).toBe(define(NEW).hash);
  });

  test('in size is not remembered either', () => {
    const book = new ToolBook();
    const long = 'x'.repeat(1_000_000);
    const learned = Array.from({ length: 70 }, (_, index) =>
      book.learn(`tool_${index}`, raw(long, `tool_${index}`)),
    );
    expect(learned.indexOf('unkept')).toBe(67);
    expect(book.findListed('tool_69')).toBeNull();
    // What goes makes room.
    book.learn('tool_0', raw('x', 'tool_0'));
    expect(book.learn('tool_69', raw(long, 'tool_69'))).toBe('new');
  });

  test('is nothing as long as nothing was lost', () => {
    expect(new ToolBook().isLost('echo')).toBe(false);
  });
});

test('a name alone gives a guess that no rule takes for a definition', () => {
  const book = new ToolBook();
  expect(book.look('delete_broker').profile).toEqual({
    category: 'destructive',
    risk: expect.any(String) as string,
    isSeen: false,
  });
  book.learn('delete_broker', raw('Deletes a broker.', 'delete_broker'));
  expect(book.look('delete_broker').profile.isSeen).toBe(true);
});

test('a server that rewrites long tools without end has the first of them kept, and of the others that they changed', () => {
  const book = new ToolBook();
  const long = 'x'.repeat(60_000);
  for (let index = 0; index < 600; index++) {
    book.learn(`t${index}`, raw(long, `t${index}`));
    book.learn(`t${index}`, raw('short', `t${index}`));
  }
  expect(book.findPin('t0')?.text).toContain(long);
  expect(book.findPin('t599')?.text).toBeNull();
  expect(book.findChange('t599')).not.toBeNull();
});
