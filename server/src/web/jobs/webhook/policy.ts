import { isIP } from 'node:net';
import { FarsideError } from '@farside/protocol';
import { isInternal } from './addresses.ts';

/** Whom jobs may tell, as the administrator said. */
export interface WebhookPolicy {
  /** `hooks.example.org`, or `*.example.org` for all hosts below it. */
  readonly webhookHosts: readonly string[];
  /** Addresses of this machine and of private networks may be told. */
  readonly webhookInternal: boolean;
}

/** Throws `webhookRefused`. */
export function checkWebhook(text: string, { webhookHosts, webhookInternal }: WebhookPolicy): void {
  const refuse = (reason: string): never => {
    throw new FarsideError('webhookRefused', { url: text.slice(0, 200), reason });
  };
  const url = URL.canParse(text) ? new URL(text) : refuse('it is not an address');
  if (url.protocol !== 'https:' && url.protocol !== 'http:') refuse('it does not begin with https: or http:');
  if (url.username || url.password) refuse('it holds a password');
  const host = hostOf(url);
  if (!webhookHosts.some((pattern) => matches(host, pattern)))
    refuse('its host is not one that the administrator allows');
  if (!webhookInternal && isIP(host) !== 0 && isInternal(host)) refuse('it is an internal address');
}

/** As the URL parser has understood it: all notations of one address are one text. Without brackets and last dot. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');

function matches(host: string, pattern: string): boolean {
  return pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern;
}

const LABEL = '[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?';
const HOST = new RegExp(`^(\\*\\.)?${LABEL}(\\.${LABEL})*$`);

/** A host as `--webhook-host` names it; undefined for what is none. */
export function hostPattern(text: string): string | undefined {
  const host = text.trim().toLowerCase().replace(/\.$/, '');
  if (isIP(host.replace(/^\[|\]$/g, '')) === 6)
    return new URL(`http://[${host.replace(/^\[|\]$/g, '')}]`).hostname.slice(1, -1);
  return HOST.test(host) ? host : undefined;
}
