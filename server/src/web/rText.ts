/** The one function that puts text into R code: every byte that could end the string is escaped. */
export function rString(text: string): string {
  // R's strings end at NUL and can not hold lone surrogates.
  const safe = text.toWellFormed().replaceAll('\0', '\u{fffd}');
  const escaped = safe
    .replace(/[\\"]/g, '\\$&')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replace(/\p{Cc}|[\u2028\u2029]/gu, (c) => `\\u{${c.codePointAt(0)?.toString(16) ?? ''}}`);
  return `"${escaped}"`;
}

/** A name as R code writes it where a symbol stands. */
export const rName = (name: string): string => `\`${rString(name).slice(1, -1).replaceAll('`', '\\`')}\``;

export const rStrings = (texts: readonly string[]): string =>
  texts.length === 0 ? 'character()' : `c(${texts.map(rString).join(', ')})`;
export const rBool = (value: boolean): string => (value ? 'TRUE' : 'FALSE');

/** R's parser takes 50 open brackets; each level here has two. */
const MAX_DEPTH = 20;

/**
 * A JSON value as R code: scalars; flat arrays as vectors; arrays of arrays of the same length as matrices by rows;
 * objects as named lists, whose equal-length columns `as.data.frame()` takes, as in the original.
 */
export function jsonToR(value: unknown, depth = 0): string {
  if (depth > MAX_DEPTH) throw new RangeError(`values nested deeper than ${MAX_DEPTH} are not taken`);
  if (value === null || value === undefined) return 'NULL';
  if (Array.isArray(value)) return arrayToR(value, depth);
  if (typeof value !== 'object') return scalarToR(value);
  const items = Object.entries(value).map(([name, item]) => [name, jsonToR(item, depth + 1)] as const);
  return named('list', items);
}

function arrayToR(items: readonly unknown[], depth: number): string {
  if (items.length === 0) return 'list()';
  if (items.every(isScalar)) return vectorToR(items);
  const width = Array.isArray(items[0]) ? items[0].length : 0;
  const isMatrix =
    width > 0 && items.every((row) => Array.isArray(row) && row.length === width && row.every(isScalar));
  if (isMatrix) return `matrix(${vectorToR(items.flat())}, ncol = ${width}L, byrow = TRUE)`;
  return `list(${items.map((item) => jsonToR(item, depth + 1)).join(', ')})`;
}

const isScalar = (value: unknown): boolean =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value);

/** null in a vector is NA; different kinds become what R makes of them in c(). */
const vectorToR = (items: readonly unknown[]): string => `c(${items.map(scalarToR).join(', ')})`;

function scalarToR(value: unknown): string {
  if (typeof value === 'string') return rString(value);
  if (typeof value === 'boolean') return rBool(value);
  if (value === null) return 'NA';
  // 1e999 is JSON too; R has its own name for what is too large.
  return String(Number(value)).replace('Infinity', 'Inf');
}

/** Empty names can not be written in `list()`; setNames() takes any. */
function named(call: string, items: readonly (readonly [string, string])[]): string {
  if (items.length === 0) return 'setNames(list(), character())';
  const values = items.map(([, code]) => code).join(', ');
  return `setNames(${call}(${values}), ${rStrings(items.map(([name]) => name))})`;
}
