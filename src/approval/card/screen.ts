import { Chalk } from 'chalk';
import type { Io } from '../../io.ts';
import type { Charset } from './glyph.ts';
import type { Screen } from './row.ts';
import type { Size } from '../terminal/stty.ts';

const USUAL: Size = { columns: 80, rows: 24 };

/** The screen as the environment and the terminal describe it. */
export function describeScreen(env: Io['env'], size: Size): Screen {
  const hasColour = !isDumb(env) && (env['NO_COLOR'] ?? '') === '';
  return {
    columns: size.columns > 0 ? size.columns : USUAL.columns,
    rows: size.rows > 0 ? size.rows : USUAL.rows,
    charset: readCharset(env),
    chalk: new Chalk({ level: hasColour ? 1 : 0 }),
  };
}

/** A terminal that can only print: the cursor is never moved back. */
export function isDumb(env: Io['env']): boolean {
  return ['', 'dumb', 'unknown'].includes(env['TERM'] ?? '');
}

function readCharset(env: Io['env']): Charset {
  const locale =
    [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find((name) => name !== undefined && name !== '') ?? '';
  return { ascii: !/utf-?8/i.test(locale), wide: /^(?:ja|ko|zh)/i.test(locale) };
}

/** A drawing begins on a line of its own, whatever stood on the last one, and ends without a line break. */
export function drawLines(lines: readonly string[]): string {
  return `\r\n${lines.join('\r\n')}`;
}

/** Goes back over the last `count` lines of a drawing and writes others in their place. */
export function replaceLines(count: number, lines: readonly string[]): string {
  const up = count > 1 ? `\u001B[${count - 1}A` : '';
  return `\r${up}\u001B[J${lines.join('\r\n')}`;
}
