/**
 * Bundles into dist/: the extension (one CommonJS file, VS Code loads nothing else), the webviews' browser code,
 * and the server program. `--watch` rebuilds on change. Ends with the size of each bundle.
 */
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import esbuild from 'esbuild';

const watch = process.argv.includes('--watch');
const KB = 1024;
/** A larger extension starts slower for everybody; the goal is in docs/performance.md. */
const MAX_EXTENSION_BYTES = 1024 * KB;
/** The oldest VS Code in `engines` brings Node 20 and Chromium 132. */
const EXTENSION_TARGET = 'node20';
const WEBVIEW_TARGET = 'chrome132';
const SERVER_TARGET = 'node24';

/** zod brings its messages in forty languages, a third of the extension; ours are English. */
const englishOnly = {
  name: 'english-only',
  setup(build) {
    build.onLoad({ filter: /zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
    }));
  },
};

const common = {
  bundle: true,
  plugins: [englishOnly],
  minify: !watch,
  sourcemap: watch ? 'linked' : false,
  legalComments: 'none',
  logLevel: 'warning',
  // ws tries these two native helpers and does without.
  external: ['vscode', 'bufferutil', 'utf-8-validate'],
};

/** Packages in CommonJS inside an ESM bundle still ask for these. */
const REQUIRE_SHIM = [
  "import { createRequire as __createRequire } from 'node:module';",
  'const require = __createRequire(import.meta.url);',
  'const __filename = import.meta.filename;',
  'const __dirname = import.meta.dirname;',
].join('\n');

/** What `client/` imports when it is first needed: files of their own, so that VS Code does not read them at its start. */
const LATER = ['socket.io-client', 'tus-js-client'];
const later = {
  name: 'later',
  setup(build) {
    build.onResolve({ filter: new RegExp(`^(${LATER.join('|')})$`) }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path: `./${path}.cjs`, external: true } : undefined,
    );
  },
};

const extensionParts = {
  ...common,
  platform: 'node',
  format: 'cjs',
  target: EXTENSION_TARGET,
};
const extension = {
  ...extensionParts,
  plugins: [...common.plugins, later],
  entryPoints: ['extension/src/extension.ts'],
  outfile: 'dist/extension.cjs',
};
const laterParts = {
  ...extensionParts,
  entryPoints: Object.fromEntries(LATER.map((name) => [name, name])),
  outdir: join(import.meta.dirname, 'dist'),
  outExtension: { '.js': '.cjs' },
  // Of a module in ES form all names are known to who imports the file.
  mainFields: ['module', 'main'],
  // The workspace that depends on them.
  absWorkingDir: join(import.meta.dirname, 'client'),
};

/** Every folder of webview/ with a main.ts is one page: dist/webview/<folder>.js, and .css where it imports some. */
const webviews = {
  ...common,
  entryPoints: Object.fromEntries(
    readdirSync('webview')
      .filter((folder) => existsSync(join('webview', folder, 'main.ts')))
      .map((folder) => [folder, join('webview', folder, 'main.ts')]),
  ),
  outdir: 'dist/webview',
  platform: 'browser',
  format: 'iife',
  target: WEBVIEW_TARGET,
};

const server = {
  ...common,
  // Native, and the logger of passport-azure-ad does without.
  external: [...common.external, 'dtrace-provider'],
  entryPoints: ['server/src/main.ts'],
  outfile: 'dist/farside.mjs',
  platform: 'node',
  format: 'esm',
  target: SERVER_TARGET,
  banner: { js: REQUIRE_SHIM },
  // A stack trace in a log should say where.
  minify: false,
  keepNames: true,
};

const builds = [extension, laterParts, webviews, server];

if (watch) {
  for (const options of builds) await (await esbuild.context({ ...options, logLevel: 'info' })).watch();
} else {
  rmSync('dist', { recursive: true, force: true });
  await Promise.all(builds.map((options) => esbuild.build(options)));
  report();
}

function report() {
  const files = readdirSync('dist', { recursive: true, withFileTypes: true }).filter((f) => f.isFile());
  for (const file of files) {
    const path = join(file.parentPath, file.name);
    process.stdout.write(`${path}  ${(statSync(path).size / KB).toFixed(0)} kB\n`);
  }
  const parts = [extension.outfile, ...LATER.map((name) => join('dist', `${name}.cjs`))];
  const size = parts.reduce((sum, file) => sum + statSync(file).size, 0);
  if (size > MAX_EXTENSION_BYTES) {
    process.stderr.write(`The extension is over ${MAX_EXTENSION_BYTES / KB} kB: see what it imports.\n`);
    process.exitCode = 1;
  }
}
