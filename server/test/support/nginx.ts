import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { productRoot } from '../../src/runtime/productRoot.ts';

export const hasNginx = (): boolean => spawnSync('nginx', ['-v']).status === 0;

export interface Nginx {
  readonly origin: string;
  /** Of the certificate's authority, which is the certificate itself. */
  readonly ca: string;
  stop(): Promise<void>;
}

/** Debian's nginx with our sample configuration, in front of a server; only ports, names and the cut are replaced. */
export async function startNginx(serverPort: string, idleCut: string, bodyLimit = '0'): Promise<Nginx> {
  const dir = mkdtempSync(join(tmpdir(), 'farside-nginx-'));
  const port = await freePort();
  const [cert, key] = [join(dir, 'cert.pem'), join(dir, 'key.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', cert, ...subject],
    { stdio: 'pipe' },
  );
  const sample = readFileSync(join(productRoot(), 'docs', 'nginx.conf.sample'), 'utf8')
    .replaceAll('127.0.0.1:12800', `127.0.0.1:${serverPort}`)
    .replace('listen 443 ssl', `listen 127.0.0.1:${port} ssl`)
    .replace('r.example.org;', 'localhost;')
    .replace('/etc/ssl/certs/r.example.org.pem', cert)
    .replace('/etc/ssl/private/r.example.org.key', key)
    .replace('proxy_read_timeout 60s', `proxy_read_timeout ${idleCut}`)
    .replaceAll('client_max_body_size 0', `client_max_body_size ${bodyLimit}`);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (n) => `${n}_temp_path ${dir}/${n};`,
  );
  const config = [
    `daemon off; pid ${dir}/pid; error_log ${dir}/error.log; events {}`,
    `http { access_log off; ${temporary.join(' ')}`,
    sample,
    '}',
  ].join('\n');
  writeFileSync(join(dir, 'nginx.conf'), config);
  const child = spawn('nginx', ['-p', dir, '-c', join(dir, 'nginx.conf')], { stdio: 'pipe' });
  let errors = '';
  child.stderr.on('data', (text: Buffer) => (errors += text.toString()));
  const exited = once(child, 'exit');
  await Promise.race([
    answers(port),
    exited.then(() => {
      throw new Error(`nginx ended: ${errors}`);
    }),
  ]);
  return {
    origin: `https://localhost:${port}`,
    ca: readFileSync(cert, 'utf8'),
    async stop() {
      child.kill('SIGTERM');
      await exited;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/** Resolves when somebody listens. */
function answers(port: number): Promise<void> {
  return new Promise((resolve) => {
    const attempt = (): void => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy();
        resolve();
      });
      socket.on('error', () => setTimeout(attempt, 20));
    };
    attempt();
  });
}
