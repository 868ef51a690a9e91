/** On a busy machine a guard against hanging; `npm run test:long` measures. */
const SLACK = process.env['FARSIDE_LONG'] ? 1 : 10;

/** A duration as it is promised, in ms; ten times as long in the short form of the tests. */
export const promised = (ms: number): number => SLACK * ms;
