// `node otherVersion.ts DATA_DIR PROTOCOL`: a compute node that says it is of another version; a line when it serves.
import { pino } from 'pino';
import { runCompute } from '../../src/compute/main.ts';

const [dataDir = '', protocol] = process.argv.slice(2);
const node = await runCompute({ dataDir, log: pino({ level: 'silent' }), protocol: Number(protocol) });
process.stdout.write('serves\n');
await node.stopped;
process.exit(0);
