import type { App } from '../app.ts';

/** One command of the manifest. `args`: a tree's node, or nothing when it comes from the palette or a key. */
export interface Command {
  readonly id: string;
  readonly run: (app: App, ...args: readonly unknown[]) => Promise<unknown>;
}
