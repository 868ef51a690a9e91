import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { startIssuer, type Issuer } from '../../server/test/support/directory/issuer.ts';
import { root } from './paths.ts';

/** A directory, and an extension that gives VS Code its accounts in place of Microsoft's. */
export interface Microsoft {
  readonly issuer: Issuer;
  readonly vsix: string;
  /** For the extension host. */
  readonly env: NodeJS.ProcessEnv;
  /** The scopes of each token that was given, in order. */
  readonly given: readonly string[];
  close(): Promise<void>;
}

export async function startMicrosoft(): Promise<Microsoft> {
  const issuer = await startIssuer();
  const given: string[] = [];
  const desk = createServer((req, res) => {
    given.push(new URL(req.url ?? '/', 'http://desk').searchParams.get('scopes') ?? '');
    void issuer.token({ jti: String(given.length) }).then((token) => res.end(token));
  });
  await new Promise<void>((resolve) => desk.listen(0, '127.0.0.1', resolve));
  const { vsix, remove } = pack();
  return {
    issuer,
    vsix,
    given,
    env: { FARSIDE_E2E_DESK: `http://127.0.0.1:${(desk.address() as AddressInfo).port}` },
    async close() {
      desk.closeAllConnections();
      await new Promise((resolve) => desk.close(resolve));
      await issuer.close();
      remove();
    },
  };
}

function pack(): { vsix: string; remove: () => void } {
  const source = join(root, 'e2e', 'microsoft');
  const dir = mkdtempSync(join(tmpdir(), 'farside-e2e-microsoft-'));
  copyFileSync(join(source, 'package.json'), join(dir, 'package.json'));
  buildSync({
    entryPoints: [join(source, 'extension.ts')],
    outfile: join(dir, 'extension.cjs'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['vscode'],
  });
  const vsix = join(dir, 'microsoft.vsix');
  const vsce = join(root, 'node_modules', '.bin', 'vsce');
  const flags = [
    '--no-dependencies',
    '--allow-missing-repository',
    '--skip-license',
    '--no-rewrite-relative-links',
  ];
  execFileSync(vsce, ['package', ...flags, '-o', vsix], { cwd: dir, stdio: 'pipe' });
  return { vsix, remove: () => rmSync(dir, { recursive: true, force: true }) };
}
