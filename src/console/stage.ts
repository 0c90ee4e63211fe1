import type { Tty } from '../approval/terminal/tty.ts';

/**
 * The second screen of the terminal, without a cursor, and pasted text marked as pasted. What stood on the first one
 * comes back when it is left.
 */
const ENTER = '\u001B[?1049h\u001B[?25l\u001B[?2004h\u001B[H\u001B[2J';
const LEAVE = '\u001B[?2004l\u001B[0m\u001B[?25h\u001B[?1049l';
const CLEAR = '\u001B[H\u001B[2J';
const BELL = '\u0007';
/** How long the last words may take on a terminal that takes none. */
const LEAVING_MS = 300;

/** What is written on. */
type Paper = Pick<Tty, 'write'>;

/** Where a console is shown. */
export interface Stage {
  enter(until: AbortSignal): Promise<void>;
  /** Shows these lines in one write, and nothing where they stand there already. */
  show(lines: readonly string[], rings: boolean, until: AbortSignal): Promise<void>;
  /** Something else may stand there now: the next lines are written whole. */
  forget(): void;
  /** Gives the screen back, as often as one likes. As much as the terminal takes at once is written at once. */
  leave(): Promise<void>;
}

/** A terminal with a cursor that can be moved. */
export function createScreenStage(tty: Paper): Stage {
  let standing: readonly string[] | null = null;
  let isEntered = false;
  return {
    async enter(until) {
      isEntered = true;
      standing = null;
      await tty.write(ENTER, until);
    },
    async show(lines, rings, until) {
      const text = renderFrame(standing, lines) + (rings ? BELL : '');
      standing = lines;
      if (text !== '') await tty.write(text, until);
    },
    forget() {
      standing = null;
    },
    async leave() {
      if (!isEntered) return;
      isEntered = false;
      await leave(tty, LEAVE);
    },
  };
}

/** A terminal that can only print: what is to be seen is printed again when it changes, and what comes behind it alone. */
export function createPlainStage(tty: Paper): Stage {
  let standing: readonly string[] = [];
  let hasPrinted = false;
  return {
    async enter() {},
    async show(lines, rings, until) {
      const isMore = standing.length > 0 && standing.every((line, index) => lines[index] === line);
      const isLess = lines.every((line, index) => standing[index] === line);
      const added = isLess ? [] : isMore ? lines.slice(standing.length) : ['', ...lines];
      standing = lines;
      hasPrinted ||= added.length > 0;
      const text = added.map((line) => `${line}\r\n`).join('') + (rings ? BELL : '');
      if (text !== '') await tty.write(text, until);
    },
    forget() {
      standing = [];
    },
    async leave() {
      if (hasPrinted) await leave(tty, '\r\n');
      hasPrinted = false;
    },
  };
}

/** Only the lines that differ are written, so that what a person has marked with the mouse stays marked. */
function renderFrame(standing: readonly string[] | null, lines: readonly string[]): string {
  const changed = lines.flatMap((line, index) =>
    standing?.[index] === line ? [] : [`\u001B[${index + 1};1H${line}\u001B[K`],
  );
  return (standing === null ? CLEAR : '') + changed.join('');
}

async function leave(tty: Paper, text: string): Promise<void> {
  try {
    await tty.write(text, AbortSignal.timeout(LEAVING_MS));
  } catch {
    // The terminal is gone: there is nothing left to give back.
  }
}
