import { describe, expect, test } from 'vitest';
import { type Menu, pressMenu } from '../../../src/approval/card/menu.ts';
import { typeText } from '../../../src/approval/card/typing.ts';

const KEYS: Menu = { kind: 'keys' };
const RULE: Menu = { kind: 'always', proposal: { kind: 'rule', file: 'policy.yaml', lines: ['x: allow'] } };
const OPEN = { allowsAlways: true };
const chosen = (menu: Menu, key: string): unknown => {
  const { does } = pressMenu(menu, key, OPEN);
  return does?.kind === 'choose' ? does.choice : null;
};

describe('a key', () => {
  test.each([
    ['y', { kind: 'yes', scope: 'once', lasts: { kind: 'session' } }],
    ['s', { kind: 'yes', scope: 'tool', lasts: { kind: 'session' } }],
    ['e', { kind: 'yes', scope: 'call', lasts: { kind: 'session' } }],
    ['n', { kind: 'no', message: null }],
  ])('%s decides', (key, choice) => {
    expect(chosen(KEYS, key)).toEqual(choice);
  });

  test('that is told nowhere decides nothing, Enter and Escape included', () => {
    for (let code = 0; code < 256; code++) {
      const key = String.fromCharCode(code);
      if ('ysen'.includes(key)) continue;
      expect(chosen(KEYS, key)).toBeNull();
    }
  });

  test.each([
    ['1', { kind: 'time', ms: 600_000 }],
    ['2', { kind: 'time', ms: 3_600_000 }],
    ['3', { kind: 'time', ms: 28_800_000 }],
    ['4', { kind: 'calls', count: 5 }],
    ['5', { kind: 'calls', count: 20 }],
  ])('t and then %s allows the tool for a while', (key, lasts) => {
    const { menu, does } = pressMenu(KEYS, 't', OPEN);
    expect(does).toBeNull();
    expect(chosen(menu, key)).toEqual({ kind: 'yes', scope: 'tool', lasts });
    expect(pressMenu(menu, 'y', OPEN)).toEqual({ menu: KEYS, does: null });
  });

  test('a writes a rule only after a second key, for a rule that is shown', () => {
    const { menu, does } = pressMenu(KEYS, 'a', OPEN);
    expect(does).toEqual({ kind: 'propose' });
    expect(chosen(menu, 'y')).toBeNull();
    expect(chosen(RULE, 'y')).toEqual({ kind: 'yes', scope: 'tool', lasts: { kind: 'always' } });
    for (const key of ['a', '\r', '\u001B', 's', 'n']) {
      expect(pressMenu(RULE, key, OPEN)).toEqual({ menu: KEYS, does: null });
    }
    expect(chosen({ kind: 'always', proposal: { kind: 'impossible', why: 'x' } }, 'y')).toBeNull();
    expect(pressMenu(KEYS, 'a', { allowsAlways: false })).toEqual({ menu: KEYS, does: null });
  });

  test('m takes words for the agent, which are those of a no whatever they say', () => {
    let { menu } = pressMenu(KEYS, 'm', OPEN);
    for (const text of ['y', 'es', ' please']) ({ menu } = pressMenu(menu, text, OPEN));
    expect(chosen(menu, '\r')).toEqual({ kind: 'no', message: 'yes please' });
    expect(pressMenu(menu, '\u001B', OPEN)).toEqual({ menu: KEYS, does: null });
    expect(chosen({ kind: 'message', text: '  ' }, '\n')).toEqual({ kind: 'no', message: null });
  });
});

describe('typing', () => {
  test.each([
    ['ab', 'c', { text: 'abc', end: null }],
    ['ab', '\u007F', { text: 'a', end: null }],
    ['a😀', '\u007F', { text: 'a', end: null }],
    ['ab', '\u0015', { text: '', end: null }],
    ['', 'é日', { text: 'é日', end: null }],
    ['a', '\u001B[D\u001B[200~pasted\u001B[201~', { text: 'apasted', end: null }],
    ['a', '\u0007\u202E\u200B\tb', { text: 'ab', end: null }],
    ['a', 'b\r\nc', { text: 'ab c', end: null }],
    ['a', '\r\n', { text: 'a', end: 'send' }],
    ['x'.repeat(499), '😀y', { text: `${'x'.repeat(499)}y`, end: null }],
    ['a', '\u001B', { text: 'a', end: 'leave' }],
    ['x'.repeat(500), 'y', { text: 'x'.repeat(500), end: null }],
  ] as const)('into %j of %j', (before, typed, after) => {
    expect(typeText(before, typed)).toEqual(after);
  });
});
