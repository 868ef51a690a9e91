import type { REnvironment } from '@farside/protocol';

/** The original's report, and the table of version differences whose wording was never public. */
export function diffReport(local: REnvironment | undefined, remote: REnvironment): string {
  const lines = ['Diff report between local and remote R sessions...', ''];
  if (!local) {
    lines.push('There is no R on this machine to compare with.', '', `Remote R version: ${remote.version}`);
    return `${lines.join('\n')}\n`;
  }
  if (local.version === remote.version)
    lines.push(`Local and Remote R versions are the same: ${local.version}`, '');
  else
    lines.push(
      'Local and Remote R versions are different:',
      `   Local:  ${local.version}`,
      `   Remote: ${remote.version}`,
      '',
    );
  lines.push(...missing(local, remote), ...versions(local, remote), ...personal(remote));
  return `${lines.join('\n')}\n`;
}

function missing(local: REnvironment, remote: REnvironment): string[] {
  const there = new Set(remote.packages.map(({ name }) => name));
  const names = local.packages.map(({ name }) => name).filter((name) => !there.has(name));
  if (names.length === 0) return ['All R packages of the local machine are on the remote R instance.', ''];
  const head = 'These R packages installed on the local machine are not on the remote R instance:';
  return [head, '', ...table([['Missing Packages'], ...names.map((name) => [name])]), ''];
}

function versions(local: REnvironment, remote: REnvironment): string[] {
  const there = new Map(remote.packages.map(({ name, version }) => [name, version]));
  const rows = local.packages.flatMap(({ name, version }) => {
    const other = there.get(name);
    return other === undefined || other === version ? [] : [[name, version, other]];
  });
  if (rows.length === 0) return ['Packages on both have the same versions.'];
  return [
    'These R packages have different versions:',
    '',
    ...table([['Package', 'Local Version', 'Remote Version'], ...rows]),
  ];
}

/** Nobody else has these there: a script that needs them runs for their user alone. */
function personal(remote: REnvironment): string[] {
  const rows = remote.packages.filter((one) => one.personal).map(({ name, version }) => [name, version]);
  if (rows.length === 0) return [];
  const head = 'These R packages of the remote R instance are in your personal library:';
  return ['', head, '', ...table([['Package', 'Version'], ...rows])];
}

/** Right-aligned with row numbers, as R prints a data frame. */
function table(rows: readonly (readonly string[])[]): string[] {
  const numbers = rows.map((_, i) => (i === 0 ? '' : String(i)));
  const numberWidth = Math.max(...numbers.map((number) => number.length));
  const columns = rows[0]?.length ?? 0;
  const widths = Array.from({ length: columns }, (_, c) =>
    Math.max(...rows.map((row) => row[c]?.length ?? 0)),
  );
  return rows.map((row, i) =>
    [(numbers[i] ?? '').padEnd(numberWidth), ...row.map((cell, c) => cell.padStart(widths[c] ?? 0))].join(
      ' ',
    ),
  );
}
