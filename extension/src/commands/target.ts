import type { SessionInfo } from '@farside/protocol';
import type { App } from '../app.ts';
import { sessionOfJob } from '../jobs/actions.ts';
import { jobNodeOf } from '../jobs/nodes.ts';
import type { ServerConnection } from '../servers/connection.ts';
import { chooseServer } from '../servers/choose.ts';
import { chooseAny, chooseSession } from '../sessions/choose.ts';
import { isAlive } from '../sessions/describe.ts';
import type { TreeNode } from '../views/nodes.ts';

export const nodeOf = (arg: unknown): TreeNode | undefined =>
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
  const job = jobNodeOf(arg);
  if (job !== undefined) return { server: job.server, session: await sessionOfJob(job) };
  const node = nodeOf(arg);
  if (node?.kind === 'session') return node;
  return app.current.get() ?? chooseSession(app, node?.server);
}

/** The ended session a command was started on, else a choice among those that have ended. */
export async function endedOf(
  app: App,
  arg: unknown,
  placeHolder: string,
): Promise<{ server: ServerConnection; session: SessionInfo } | undefined> {
  const node = nodeOf(arg);
  return node?.kind === 'session' ? node : chooseAny(app, placeHolder, (one) => !isAlive(one));
}

/** The session a command was started on, else the current one, else a choice, also of those that have ended. */
export async function anySessionOf(
  app: App,
  arg: unknown,
  placeHolder: string,
): Promise<{ server: ServerConnection; session: SessionInfo } | undefined> {
  const node = nodeOf(arg);
  if (node?.kind === 'session') return node;
  return app.current.get() ?? chooseAny(app, placeHolder, () => true);
}
