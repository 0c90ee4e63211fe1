import { renderVisible } from '../approval/card/visible.ts';

/** Rows of texts from anywhere in aligned columns, with a heading; nothing in them can draw. */
export function renderTable(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [heading, ...rows.map((row) => row.map((text) => renderVisible(text)))];
  const widths = heading.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells
    .map((row) =>
      row
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}

/** One value a line, in an array. Beyond ASCII everything is escaped: JSON is read on terminals too. */
export function renderJsonList(values: readonly string[]): string {
  const lines = values.map((value) => `  ${escapeBeyondAscii(value)}`);
  return lines.length === 0 ? '[]\n' : `[\n${lines.join(',\n')}\n]\n`;
}

function escapeBeyondAscii(json: string): string {
  return json.replaceAll(
    /[\u007F-\uFFFF]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
