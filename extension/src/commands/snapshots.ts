import type { App } from '../app.ts';
import { createSnapshot, deleteSnapshot, downloadSnapshot, loadSnapshot } from '../snapshots/actions.ts';
import {
  chooseSnapshot,
  namedSnapshot,
  type ChosenSnapshot,
  type NamedSnapshot,
} from '../snapshots/choose.ts';
import type { Command } from './command.ts';
import { namedServer, nodeOf, sessionOf } from './target.ts';

/** The snapshot that a command was started on, else a choice. */
function snapshotOf(app: App, arg: unknown, title: string): Promise<ChosenSnapshot | undefined> {
  const isNamed = typeof arg === 'object' && arg !== null && 'snapshotId' in arg;
  return isNamed ? namedSnapshot(arg as NamedSnapshot) : chooseSnapshot(app, title, namedServer(app, arg));
}

/** What sessions hold, kept and loaded again. The list is renewed after each change, also one that failed. */
export const SNAPSHOT_COMMANDS: readonly Command[] = [
  { id: 'farside.showSnapshots', run: (app) => Promise.resolve(app.snapshots.show()) },
  {
    id: 'farside.createSnapshot',
    run: async (app, arg) => {
      const chosen = await sessionOf(app, arg);
      if (chosen === undefined) return;
      await createSnapshot(app, chosen.server, chosen.session).finally(() => app.snapshots.refresh());
    },
  },
  {
    id: 'farside.loadSnapshot',
    run: async (app, arg) => {
      const chosen = await snapshotOf(app, arg, 'Load a Snapshot').catch(renewed(app));
      const node = nodeOf(arg);
      if (chosen) await loadSnapshot(app, chosen, node?.kind === 'session' ? node.session : undefined);
    },
  },
  {
    id: 'farside.downloadSnapshot',
    run: async (app, arg) => {
      const chosen = await snapshotOf(app, arg, 'Download a Snapshot').catch(renewed(app));
      if (chosen) await downloadSnapshot(chosen);
    },
  },
  {
    id: 'farside.deleteSnapshot',
    run: async (app, arg) => {
      const chosen = await snapshotOf(app, arg, 'Delete a Snapshot').catch(renewed(app));
      if (chosen) await deleteSnapshot(chosen).finally(() => app.snapshots.refresh());
    },
  },
];

/** A snapshot that is not there any more is not in the list any more. */
const renewed =
  (app: App) =>
  (error: unknown): never => {
    void app.snapshots.refresh();
    throw error;
  };
