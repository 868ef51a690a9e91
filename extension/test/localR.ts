import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { productRoot } from '../../server/src/runtime/productRoot.ts';

/** A local R with mrsdeploy, as in a terminal, without the terminal. */
export interface LocalR {
  /** Runs code at R's prompt; everything that was printed until the next one. An error of R is text, too. */
  run(code: string): Promise<string>;
  /** Everything it has printed. */
  said(): string;
  end(): Promise<void>;
}

/** `env`: how it reaches the window, and which certificates it trusts. */
export function startLocalR(env: NodeJS.ProcessEnv): LocalR {
  const library = mkdtempSync(join(tmpdir(), 'farside-local-r-'));
  const install = [
    'CMD',
    'INSTALL',
    '--no-docs',
    `--library=${library}`,
    join(productRoot(), 'r', 'mrsdeploy'),
  ];
  execFileSync('R', install, { stdio: 'pipe' });
  const child = spawn('R', ['--vanilla', '--quiet', '--no-readline', '--interactive'], {
    env: { ...process.env, ...env, R_LIBS: library },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let text = '';
  let look = (): void => undefined;
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      look();
    });
  let count = 0;
  return {
    said: () => text,
    run: (code) =>
      new Promise((resolve) => {
        const from = text.length;
        const mark = `<done ${++count} >`;
        look = () => {
          const at = text.indexOf(mark, from);
          if (at >= 0) resolve(text.slice(from, at));
        };
        // One line: what R has read ahead it does not look at before more comes.
        child.stdin.write(`try({ ${code} }); cat("<done", ${count}, ">\\n")\n`);
      }),
    async end() {
      const exited = once(child, 'exit');
      child.stdin.end('q("no")\n');
      await exited;
      rmSync(library, { recursive: true, force: true });
    },
  };
}
