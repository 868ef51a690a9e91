/** Rows as lines with aligned columns, each with its newline. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  '));
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}

/** Text of R or of people on one line, cut: nothing of it may steer the terminal. */
export const printable = (text: string, most = 40): string => text.replace(/\p{Cc}/gu, ' ').slice(0, most);
