export { SessionLink, type LinkOptions, type Refusal } from './link.ts';
export type { RunOptions } from './inputs.ts';
export type { LinkStatus } from './status.ts';
export { recordsIn } from './records.ts';
