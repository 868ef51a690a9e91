/** One row of the report. `target` is a limit on `value` in the stated direction. */
export interface Result {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly detail?: string;
  readonly target?: { readonly limit: number; readonly better: 'lower' | 'higher' };
}

export function verdict(result: Result): string {
  if (!result.target) return '';
  const { limit, better } = result.target;
  const met = better === 'lower' ? result.value <= limit : result.value >= limit;
  return `${met ? 'met' : 'MISSED'} (${better === 'lower' ? 'at most' : 'at least'} ${limit} ${result.unit})`;
}

export function report(results: readonly Result[]): string {
  const rows = results.map(
    (r) => `| ${r.name} | ${format(r.value)} ${r.unit} | ${r.detail ?? ''} | ${verdict(r)} |`,
  );
  return ['| measure | median | detail | target |', '|---|---|---|---|', ...rows].join('\n');
}

export function format(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 1 ? value.toFixed(2) : value.toPrecision(3);
}
