import { createPublicKey } from 'node:crypto';
import { FarsideError } from '@farside/protocol';
import { z } from 'zod';
import { GUID, type DirectoryConfig } from './config.ts';
import { fetchJson } from './fetchJson.ts';

/** Shorter RSA keys can be broken. */
const MIN_RSA_BITS = 2048;

const https = z.string().regex(/^https:\/\/[^/?#]+/);
const Discovery = z.object({ issuer: https, jwks_uri: https });
const Keys = z.object({ keys: z.array(z.record(z.string(), z.unknown())).max(200) });

/** What a directory says about itself, checked. */
export interface Metadata {
  /** The `tid` of its tokens. */
  readonly tenant: string;
  readonly issuers: readonly string[];
  /** Signing keys (PEM) by their ids. */
  readonly keys: ReadonlyMap<string, string>;
}

/** Loads what is needed to check tokens of the directory. Throws `directoryDown`. */
export async function loadMetadata(config: DirectoryConfig, timeoutMs?: number): Promise<Metadata> {
  const base = `${config.authority}/${config.tenant}/v2.0`;
  const discovery = await fetchJson(`${base}/.well-known/openid-configuration`, Discovery, timeoutMs);
  const { keys } = await fetchJson(discovery.jwks_uri, Keys, timeoutMs);
  const tenant = tenantOf(config.tenant, discovery.issuer);
  const signing = signingKeys(keys);
  if (tenant === undefined || signing.size === 0) {
    const what = tenant === undefined ? 'the id of the tenant' : 'signing keys';
    throw new FarsideError('directoryDown', { reason: `${new URL(base).host} does not name ${what}` });
  }
  const issuers = config.issuers.length > 0 ? config.issuers : issuersOf(discovery.issuer, tenant);
  return { tenant, issuers, keys: signing };
}

/** Tokens name the tenant by its id, settings may name it by its domain: then the issuer has the id. */
export function tenantOf(tenant: string, issuer: string): string | undefined {
  if (GUID.test(tenant)) return tenant.toLowerCase();
  return new URL(issuer).pathname
    .split('/')
    .find((part) => GUID.test(part))
    ?.toLowerCase();
}

/**
 * Which version of token an application gets is a setting of its registration; both are signed with the same keys, but
 * Microsoft's tokens of version 1.0 name another issuer than the metadata.
 */
export function issuersOf(issuer: string, tenant: string): string[] {
  const { host } = new URL(issuer);
  if (/^login\.(microsoftonline\.(com|us)|windows\.net)$/.test(host))
    return [issuer, `https://sts.windows.net/${tenant}/`];
  if (/^login\.(partner\.microsoftonline|chinacloudapi)\.cn$/.test(host))
    return [issuer, `https://sts.chinacloudapi.cn/${tenant}/`];
  return [issuer];
}

/** RSA keys for signatures, long enough; what can not be read is left out, so that one odd key harms nobody. */
export function signingKeys(keys: readonly Record<string, unknown>[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const key of keys) {
    const { kid, kty, use = 'sig', alg = 'RS256', n, e } = key;
    if (kty !== 'RSA' || use !== 'sig' || alg !== 'RS256') continue;
    if (typeof kid !== 'string' || typeof n !== 'string' || typeof e !== 'string') continue;
    try {
      const read = createPublicKey({ key: { kty, n, e }, format: 'jwk' });
      if ((read.asymmetricKeyDetails?.modulusLength ?? 0) < MIN_RSA_BITS) continue;
      found.set(kid, read.export({ type: 'spki', format: 'pem' }).toString());
    } catch {
      continue;
    }
  }
  return found;
}
