import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { FarsideError } from '@farside/protocol';
import type { Response } from 'express';
import { productRoot } from '../../runtime/productRoot.ts';
import { productVersion } from '../notice.ts';
import { openApiDocument } from '../openapi/document.ts';
import type { Handlers } from './bind.ts';

type Names = 'apiDescription' | 'apiDocs' | 'apiDocsPart';

const OURS = join(productRoot(), 'server', 'assets', 'docs');
const require = createRequire(import.meta.url);
/** All there is; a name from outside is only ever looked up here. */
const PARTS: Readonly<Record<string, () => string>> = {
  'page.js': () => join(OURS, 'page.js'),
  'page.css': () => join(OURS, 'page.css'),
  'swagger-ui.css': () => require.resolve('swagger-ui-dist/swagger-ui.css'),
  'swagger-ui-bundle.js': () => require.resolve('swagger-ui-dist/swagger-ui-bundle.js'),
};

/** Nothing is loaded from elsewhere, nothing inline runs, nobody frames the page. No upgrade to HTTPS: that is the server's choice. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
const KEPT_SECONDS = 3_600;

/** The API's own description and a page over it. Public: nothing in it is secret. */
export function docsHandlers(): Pick<Handlers, Names> {
  let document: ReturnType<typeof openApiDocument> | undefined;
  return {
    apiDescription: () => Promise.resolve((document ??= openApiDocument(productVersion()))),
    async apiDocs({ req, res }) {
      // Its parts are beside it; relative, so that it is right behind every proxy.
      if (!req.path.endsWith('/')) return res.redirect(308, 'docs/');
      await send(res, join(OURS, 'index.html'), 'text/html; charset=utf-8');
    },
    async apiDocsPart({ params, res }) {
      const name = params['part'] ?? '';
      const path = Object.hasOwn(PARTS, name) ? PARTS[name]?.() : undefined;
      if (!path) throw new FarsideError('notFound', { what: 'such page' });
      res.set('Cache-Control', `max-age=${KEPT_SECONDS}`);
      await send(
        res,
        path,
        name.endsWith('.js') ? 'text/javascript; charset=utf-8' : 'text/css; charset=utf-8',
      );
    },
  };
}

async function send(res: Response, path: string, type: string): Promise<void> {
  res.set({ 'Content-Type': type, 'Content-Security-Policy': POLICY, 'X-Content-Type-Options': 'nosniff' });
  res.send(await readFile(path));
}
