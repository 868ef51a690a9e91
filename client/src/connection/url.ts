import { FarsideError } from '@farside/protocol';

const DEFAULT_PORT = 12800;

/**
 * Brings what a user types into one form: scheme, host, port and a path that ends in a slash, so that relative
 * addresses stay below it (`https://host/farside/`). Without a scheme it is http on the default port.
 * @throws FarsideError `wrongUrl`
 */
export function normalizeUrl(text: string): string {
  const typed = text.trim();
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(typed);
  let url: URL;
  try {
    url = new URL(hasScheme ? typed : `http://${typed}`);
  } catch (cause) {
    throw new FarsideError('wrongUrl', { url: text }, { cause });
  }
  if ((url.protocol !== 'http:' && url.protocol !== 'https:') || url.hostname === '')
    throw new FarsideError('wrongUrl', { url: text });
  // A password in an address ends up in settings and logs.
  if (url.username || url.password) throw new FarsideError('wrongUrl', { url: redacted(url) });
  if (!hasScheme && url.port === '') url.port = String(DEFAULT_PORT);
  url.search = '';
  url.hash = '';
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url.href;
}

function redacted(url: URL): string {
  return `${url.protocol}//…@${url.host}${url.pathname}`;
}
