import { join } from 'node:path';
import { pinnedEnv, pinnedNode, root } from './paths.mjs';
import { must } from './steps.mjs';

/** The bundles in dist/: extension, webviews and the `farside` program. */
export async function build() {
  await must('build', pinnedNode(), [join(root, 'esbuild.mjs')], { env: pinnedEnv() });
}
