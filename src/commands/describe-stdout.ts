import type { Screen } from '../approval/card/row.ts';
import { describeScreen } from '../approval/card/screen.ts';
import type { Io } from '../io.ts';

const WIDEST = 200;

/** stdout as a screen: what is no terminal has no colours, and `wide` columns. */
export function describeStdout(io: Io, wide: number): Screen {
  const { isTTY, columns } = io.stdout;
  const env = isTTY === true ? io.env : { ...io.env, NO_COLOR: '1' };
  return describeScreen(env, { columns: isTTY === true ? Math.min(columns ?? 80, WIDEST) : wide, rows: 24 });
}
