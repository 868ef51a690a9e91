const STEP = 1024;
const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'];

/** "12 bytes", "3.4 MB": for people. */
export function bytesText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= STEP && unit < UNITS.length - 1) {
    value /= STEP;
    unit++;
  }
  const text = unit === 0 || value >= 10 ? Math.round(value).toString() : value.toFixed(1);
  return `${text} ${UNITS[unit]}`;
}
