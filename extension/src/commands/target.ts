import type { SessionInfo } from '@farside/protocol';
import type { App } from '../app.ts';
import type { ServerConnection } from '../servers/connection.ts';
import { chooseServer } from '../servers/choose.ts';
import { chooseSession } from '../sessions/choose.ts';
import type { TreeNode } from '../views/sessionsTree.ts';

const nodeOf = (arg: unknown): TreeNode | undefined =>
  typeof arg === 'object' && arg !== null && 'kind' in arg && 'server' in arg ? (arg as TreeNode) : undefined;

/** The server a command was started on, or that of a question. */
export async function serverOf(app: App, arg: unknown): Promise<ServerConnection | undefined> {
  return nodeOf(arg)?.server ?? chooseServer(app);
}

/** A server a command means without asking: the one in the tree, the only one, or the current one. */
export function namedServer(app: App, arg: unknown): ServerConnection | undefined {
  const { all } = app.servers;
  return nodeOf(arg)?.server ?? app.current.get()?.server ?? (all.length === 1 ? all[0] : undefined);
}

/** The session a command was started on, else the current one, else a choice. */
export async function sessionOf(
  app: App,
  arg: unknown,
): Promise<{ server: ServerConnection; session: SessionInfo } | undefined> {
  const node = nodeOf(arg);
  if (node?.kind === 'session') return node;
  return app.current.get() ?? chooseSession(app, node?.server);
}
