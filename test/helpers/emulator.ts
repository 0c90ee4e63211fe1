import headless from '@xterm/headless';

/** What a terminal shows of the bytes, and what it was made to do. */
export interface Shown {
  /** Without the empty lines at the end. */
  readonly lines: readonly string[];
  /** Cells whose colour or style is not the usual one, as text. */
  readonly styled: string;
  /** A line that the terminal itself wrapped: words stand outside what was drawn for them. */
  readonly isWrapped: boolean;
  readonly title: string | null;
}

/** Writes the lines to a terminal of this size and reads its screen. */
export async function show(lines: readonly string[], columns: number): Promise<Shown> {
  const terminal = new headless.Terminal({
    cols: columns,
    rows: Math.max(24, lines.length + 1),
    allowProposedApi: true,
  });
  let title: string | null = null;
  terminal.onTitleChange((text) => (title = text));
  await new Promise<void>((resolve) => terminal.write(lines.join('\r\n'), resolve));
  const { active } = terminal.buffer;
  const rows = Array.from({ length: active.length }, (_, y) => active.getLine(y)).filter(
    (line) => line !== undefined,
  );
  const cells = rows.flatMap((row) => Array.from({ length: row.length }, (_, x) => row.getCell(x)));
  const styled = cells.filter((cell) => cell !== undefined && !cell.isAttributeDefault());
  return {
    lines: rows
      .map((row) => row.translateToString(true))
      .join('\n')
      .trimEnd()
      .split('\n'),
    styled: styled.map((cell) => cell?.getChars()).join(''),
    isWrapped: rows.some((row) => row.isWrapped),
    title,
  };
}
