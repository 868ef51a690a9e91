const LIMITS = { min: 50, max: 10_000 } as const;

/** The size that was typed, or what is wrong with it. */
export function parseSize(width: string, height: string): { width: number; height: number } | string {
  const sides = [width, height].map((text) => (/^\s*\d{1,6}\s*$/.test(text) ? Number(text) : Number.NaN));
  const [x = Number.NaN, y = Number.NaN] = sides;
  if (sides.every((side) => side >= LIMITS.min && side <= LIMITS.max)) return { width: x, height: y };
  return `Width and height are whole numbers from ${LIMITS.min} to ${LIMITS.max}.`;
}
