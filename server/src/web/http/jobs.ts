import { FarsideError } from '@farside/protocol';
import { Root } from '../../files/root.ts';
import type { WebDeps } from '../deps.ts';
import type { Handlers } from './bind.ts';
import { sendFile } from './download.ts';

type Names = 'startJob' | 'jobs' | 'job' | 'cancelJob' | 'rerunJob' | 'removeJob' | 'jobResult' | 'jobFrames';

/** Jobs: scripts with a worker of their own. */
export function jobHandlers({ jobs }: WebDeps): Pick<Handlers, Names> {
  const idOf = (params: Readonly<Record<string, string>>) => params['id'] ?? '';
  return {
    startJob: ({ user, body }) => jobs.start(user.name, body),
    jobs: ({ user }) => jobs.list(user.name),
    job: ({ user, params }) => jobs.info(user.name, idOf(params)),
    cancelJob: ({ user, params }) => jobs.cancel(user.name, idOf(params)),
    rerunJob: ({ user, params }) => jobs.rerun(user.name, idOf(params)),
    removeJob: ({ user, params }) => jobs.remove(user.name, idOf(params)),
    async jobResult({ user, params, req, res }) {
      const name = params['name'] ?? '';
      const { directory, path } = await jobs.result(user.name, idOf(params), name);
      await sendFile(new Root(directory), path, req, res).catch(lost('noSuchObject', { name }));
    },
    async jobFrames({ user, params, req, res }) {
      const { directory, path } = await jobs.frames(user.name, idOf(params));
      await sendFile(new Root(directory), path, req, res).catch(
        lost('notFound', { what: 'frames of the job' }),
      );
    },
  };
}

/** The paths of the server are not the caller's business. */
const lost =
  (code: 'noSuchObject' | 'notFound', details: Record<string, string>) =>
  (error: unknown): never => {
    const isAbsent = error instanceof FarsideError && error.code === 'noSuchFile';
    throw isAbsent ? new FarsideError(code, details) : error;
  };
