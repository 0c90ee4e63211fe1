import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { quoteCommand } from '../../src/commands/quote-command.ts';

test('leaves plain words as they are', () => {
  expect(quoteCommand(['npx', '-y', '@scope/server@1.0', '--root=/a/b'])).toBe(
    'npx -y @scope/server@1.0 --root=/a/b',
  );
});

test.each(['', 'a b', "it's", '$(id)', '`id`', 'a"b', '*', '~', 'a\nb', "'", '\\', '!x', ';'])(
  'a shell reads %j as that very word',
  (word) => {
    const script = `printf '%s|' ${quoteCommand([word, 'x'])}`;
    expect(execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' })).toBe(`${word}|x|`);
  },
);
