/** `npm run docs`: writes the pages made from the code. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderDocs } from './render.ts';

const root = join(import.meta.dirname, '..', '..');
for (const [name, text] of Object.entries(renderDocs(root))) writeFileSync(join(root, 'docs', name), text);
