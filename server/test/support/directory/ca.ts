import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A certificate authority of a test's own, with one server certificate for this machine. */
export interface TestCa {
  /** File for NODE_EXTRA_CA_CERTS and CURL_CA_BUNDLE. */
  readonly file: string;
  readonly cert: string;
  readonly key: string;
  remove(): void;
}

const NAMES = 'subjectAltName=DNS:localhost,IP:127.0.0.1\n';

export function makeCa(): TestCa {
  const dir = mkdtempSync(join(tmpdir(), 'farside-ca-'));
  const at = (name: string): string => join(dir, name);
  const openssl = (...args: string[]): void =>
    void execFileSync('openssl', args, { cwd: dir, stdio: ['ignore', 'ignore', 'pipe'] });
  writeFileSync(at('names'), NAMES);
  const fresh = ['-newkey', 'rsa:2048', '-nodes'];
  openssl('req', '-x509', ...fresh, '-days', '2', '-subj', '/CN=farside test', ...caFiles);
  openssl('req', ...fresh, '-subj', '/CN=localhost', '-keyout', 'server.key', '-out', 'server.csr');
  openssl(
    'x509',
    '-req',
    '-in',
    'server.csr',
    ...signer,
    '-days',
    '2',
    '-extfile',
    'names',
    '-out',
    'server.pem',
  );
  return {
    file: at('ca.pem'),
    cert: readFileSync(at('server.pem'), 'utf8'),
    key: readFileSync(at('server.key'), 'utf8'),
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

const caFiles = ['-keyout', 'ca.key', '-out', 'ca.pem', '-addext', 'basicConstraints=critical,CA:TRUE'];
const signer = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'];
