import { FarsideError, type StatusResponse } from '@farside/protocol';
import { computeFiles } from '../../compute/files.ts';
import type { Handlers } from './bind.ts';
import type { WebDeps } from '../deps.ts';
import { isolationOf, noticeOf, productVersion } from '../notice.ts';

type Names = 'about' | 'status' | 'rEnvironment';

/** What the server is and how it is. */
export function aboutHandlers(deps: WebDeps): Pick<Handlers, Names> {
  const { config, compute, identities, sessions } = deps;
  const version = productVersion();
  return {
    about: () =>
      Promise.resolve({
        product: 'farside',
        version,
        isolation: isolationOf(config),
        notice: noticeOf(config),
        maxFileBytes: config.maxFileBytes,
        signIn: identities.methods,
      }),
    status: () => status(deps, version),
    rEnvironment: ({ user }) => compute.rEnvironment(sessions.personalLibraries(user.name)),
  };
}

const ORDER = ['pass', 'warn', 'fail'] as const;
const worst = (parts: readonly StatusResponse[]): StatusResponse['statusCode'] =>
  ORDER[Math.max(...parts.map((part) => ORDER.indexOf(part.statusCode)))] ?? 'pass';

async function status(deps: WebDeps, version: string): Promise<StatusResponse> {
  const { config, files } = deps;
  const components = {
    backends: await backends(deps),
    authentication: authentication(deps),
    database: await database(deps),
  };
  const notice = noticeOf(config);
  return {
    statusCode: worst(Object.values(components)),
    details: { version, logPath: files.log, ...(notice && { notice }) },
    components,
  };
}

/** A directory that can not be asked lets those in whose keys are known: a warning, not a failure. */
function authentication({ config, identities }: WebDeps): StatusResponse {
  const { password, directory } = identities.methods;
  const failure = identities.directoryFailure;
  const statusCode = failure === undefined ? 'pass' : 'warn';
  const entra =
    directory && part(statusCode, { ...directory, ...(failure !== undefined && { error: failure }) });
  return {
    statusCode,
    details: {
      method: [password && 'local accounts', directory && 'directory'].filter(Boolean).join(', '),
      isolation: isolationOf(config),
    },
    components: entra ? { azureActiveDirectory: entra } : null,
  };
}

/** Details under the names of the original. There is no `rMaxPoolSize`: R processes are not counted down from one. */
async function backends({ compute, config }: WebDeps): Promise<StatusResponse> {
  try {
    const { pid, r, sessions, spares } = await compute.health();
    const node = part('pass', {
      rActiveShellCount: sessions,
      rCurrentPoolSize: spares,
      rCanOpenShell: 'True',
      pythonActiveShellCount: 0,
      pythonCurrentPoolSize: 0,
      pythonCanOpenShell: 'False',
      apiVersion: '1.0',
      logPath: computeFiles(config.dataDir).log,
      pid,
      rHome: r.home,
      rVersion: r.version,
    });
    return { ...part('pass', {}), components: { local: node } };
  } catch (error) {
    return part('fail', { error: error instanceof FarsideError ? error.message : 'unexpected error' });
  }
}

async function database({ store }: WebDeps): Promise<StatusResponse> {
  const details = { type: 'sqlite', name: 'farside' };
  return store.check().then(
    () => part('pass', { ...details, state: 'open' }),
    () => part('fail', { ...details, state: 'does not answer' }),
  );
}

const part = (
  statusCode: StatusResponse['statusCode'],
  details: StatusResponse['details'],
): StatusResponse => ({
  statusCode,
  details,
  components: null,
});
