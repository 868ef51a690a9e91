export { SessionLink, type LinkOptions, type Refusal } from './link.ts';
export type { InputFate, PendingInput, RunOptions } from './inputs.ts';
export { linkText, type LinkStatus } from './status.ts';
export { span } from './away.ts';
export { recordsIn } from './records.ts';
