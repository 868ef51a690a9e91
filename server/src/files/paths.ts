import { FarsideError } from '@farside/protocol';

/** Linux's own limits: a longer name can not be created anyway. */
const MAX_NAME_BYTES = 255;
const MAX_PATH_BYTES = 4_000;

/**
 * The one check of a file name from outside: relative, without "..", NUL and other control characters. Returns it
 * without "." parts and doubled slashes; throws `badPath`.
 */
export function checkPath(path: string): string {
  const fail = (reason: string): never => {
    throw new FarsideError('badPath', { path: shown(path), reason });
  };
  if (path === '') fail('it is empty');
  if (path.startsWith('/')) fail('it is absolute');

  if (/[\u0000-\u001f\u007f]/.test(path)) fail('it has a control character');
  if (!path.isWellFormed()) fail('it is not valid Unicode');
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) fail(`it has more than ${MAX_PATH_BYTES} bytes`);
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  if (names.length === 0 || /(^|\/)\.?\/?$/.test(path)) fail('it names no file');
  if (names.includes('..')) fail('it has ".."');
  if (names.some((name) => Buffer.byteLength(name) > MAX_NAME_BYTES))
    fail(`a part has more than ${MAX_NAME_BYTES} bytes`);
  return names.join('/');
}

/** {@link checkPath} for one name without folders. */
export function checkName(name: string): string {
  if (name.includes('/'))
    throw new FarsideError('badPath', { path: shown(name), reason: 'it names a folder' });
  return checkPath(name);
}

const SHOWN_CHARACTERS = 100;
function shown(path: string): string {
  const visible = path.toWellFormed().replace(/\p{Cc}/gu, '\u{fffd}');
  return visible.length > SHOWN_CHARACTERS ? `${visible.slice(0, SHOWN_CHARACTERS)}…` : visible;
}
