import { FarsideError, type Directory } from '@farside/protocol';

/** Where the server's directory is, and which tokens of it are for this server. */
export interface DirectoryConfig extends Directory {
  /** Accepted `aud` claims: the application's id is written in several ways. */
  readonly audiences: readonly string[];
  /** Accepted `iss` claims; none: those of the tenant, as its metadata names them. */
  readonly issuers: readonly string[];
  /** A token must have it in `scp`; none: some scope of this application. */
  readonly permission?: string;
}

/** The options of the command line, as text. */
export interface DirectoryOptions {
  aadAuthority?: string;
  aadTenant?: string;
  aadAudience?: string;
  aadClientId?: string;
  aadIssuer?: string[];
  aadScope?: string;
  localAccounts?: string;
}

export const DEFAULT_AUTHORITY = 'https://login.microsoftonline.com';
/** These stand for any tenant: everybody with an account somewhere would be let in. */
const ANY_TENANT = new Set(['common', 'organizations', 'consumers']);
export const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const DEFAULT_SCOPE = '.default';

/** Checks the `--aad-…` options; undefined when the server has no directory. */
export function directoryConfig(options: DirectoryOptions): DirectoryConfig | undefined {
  const { aadClientId, aadIssuer, aadScope } = options;
  if (!Object.entries(options).some(([name, value]) => name.startsWith('aad') && value !== undefined))
    return undefined;
  const { authority, tenant } = place(options);
  const resource = options.aadAudience?.trim() ?? '';
  if (!/^[\x21-\x7e]+$/.test(resource))
    refuse('--aad-audience is needed: the application id of the server’s own registration');
  const scope = aadScope ? fullScope(aadScope.trim(), resource) : `${resource}/${DEFAULT_SCOPE}`;
  const permission = scope.slice(scope.lastIndexOf('/') + 1);
  return {
    authority,
    tenant,
    ...(aadClientId && { clientId: aadClientId.trim() }),
    resource,
    scope,
    audiences: audiencesOf(resource),
    issuers: (aadIssuer ?? []).map(issuer),
    ...(permission !== DEFAULT_SCOPE && { permission }),
  };
}

/** As in the original's settings, the tenant may be the end of the authority. */
function place({ aadAuthority, aadTenant }: DirectoryOptions): { authority: string; tenant: string } {
  const text = aadAuthority?.trim() || DEFAULT_AUTHORITY;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'https:' || url.username || url.search || url.hash)
    refuse(`--aad-authority must be like ${DEFAULT_AUTHORITY}, not "${text}"`);
  const parts = url.pathname.split('/').filter((part) => part !== '' && part !== 'v2.0');
  const tenant = (aadTenant?.trim() || parts.pop()) ?? '';
  if (!/^[A-Za-z0-9][A-Za-z0-9.-]*$/.test(tenant))
    refuse('--aad-tenant is needed: the id or the domain of the directory');
  if (ANY_TENANT.has(tenant.toLowerCase()))
    refuse(`--aad-tenant must name one directory; "${tenant}" stands for all of them`);
  return { authority: [url.origin, ...parts].join('/'), tenant };
}

const fullScope = (scope: string, resource: string): string =>
  scope.includes('/') ? scope : `${GUID.test(resource) ? `api://${resource}` : resource}/${scope}`;

/** `aud` is the application's id in tokens of version 2.0, and what the client asked for in those of 1.0. */
function audiencesOf(resource: string): string[] {
  const id = resource.replace(/^(api:\/\/|spn:)/, '');
  return GUID.test(id) ? [...new Set([resource, id, `api://${id}`, `spn:${id}`])] : [resource];
}

function issuer(text: string): string {
  if (!URL.canParse(text) || new URL(text).protocol !== 'https:')
    refuse(`--aad-issuer must be an https address, not "${text}"`);
  return text;
}

function refuse(reason: string): never {
  throw new FarsideError('badRequest', { reason });
}
