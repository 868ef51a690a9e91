// `node entry.ts compute --data-dir DIR [--r R]`: the compute node as `farside compute` runs it.
import { parseArgs } from 'node:util';
import { computeCommand } from '../../src/compute/command.ts';

const { values } = parseArgs({
  allowPositionals: true,
  options: { 'data-dir': { type: 'string', default: '' }, r: { type: 'string' } },
});
computeCommand({ dataDir: values['data-dir'], r: values.r }).catch(() => process.exit(1));
