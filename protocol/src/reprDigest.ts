/**
 * `Repr-Digest` of RFC 9530: what a whole file's SHA-256 is, in the header of a request or a reply that carries it or
 * a part of it.
 */
export const REPR_DIGEST = 'Repr-Digest';

const SHA256 = /(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):/;

declare const atob: (text: string) => string;
declare const btoa: (text: string) => string;

/** The header's value for a SHA-256, hex. */
export function reprDigest(hash: string): string {
  const bytes = (hash.match(/../g) ?? []).map((byte) => String.fromCharCode(Number.parseInt(byte, 16)));
  return `sha-256=:${btoa(bytes.join(''))}:`;
}

/** The SHA-256 (hex) in the header's value; undefined when there is none. */
export function readReprDigest(value: string | null | undefined): string | undefined {
  const found = SHA256.exec(value ?? '')?.[1];
  if (found === undefined) return undefined;
  return Array.from(atob(found), (byte) => byte.charCodeAt(0).toString(16).padStart(2, '0')).join('');
}
