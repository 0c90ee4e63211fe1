import type { FromConsole, FromGuard } from '../approval/hub/console-message.ts';
import type { Screen } from '../approval/card/row.ts';
import type { Board, Joined } from './board.ts';

/** What can happen to a console. */
export type BoardEvent =
  | { readonly kind: 'joined'; readonly guard: Joined }
  | { readonly kind: 'left'; readonly guard: string; readonly why: string }
  | { readonly kind: 'message'; readonly guard: string; readonly message: FromGuard }
  /** Bytes that were typed; none where nothing was, so that time passes for keys too. */
  | { readonly kind: 'typed'; readonly bytes: Uint8Array }
  | { readonly kind: 'resized'; readonly screen: Screen }
  /** The screen shows this board now. */
  | { readonly kind: 'drawn'; readonly board: Board }
  /** What the file says that holds for every guard of this user. */
  | { readonly kind: 'paused'; readonly on: boolean }
  | { readonly kind: 'trouble'; readonly why: string }
  | { readonly kind: 'tick' };

/** What a console is to do, in this order. */
export type BoardEffect =
  | { readonly kind: 'send'; readonly guard: string; readonly message: FromConsole }
  /** Writes the pause down, or takes it back, and then tells every guard. */
  | { readonly kind: 'pause'; readonly on: boolean }
  | { readonly kind: 'bell' }
  | { readonly kind: 'quit' };
