import { checkData, checkDisk, checkFonts, checkNode, checkPort } from './checksMachine.ts';
import { checkCompiler, checkPackages, checkR, checkWorker } from './checksR.ts';
import { checkProxy, checkServer } from './checksServer.ts';

export interface DoctorContext {
  readonly dataDir?: string;
  readonly port: number;
  readonly r?: string;
  readonly url?: string;
}

/** `mend`: what to do about it. */
export interface Finding {
  readonly level: 'ok' | 'warn' | 'fail';
  readonly text: string;
  readonly mend?: string;
}

export interface Check {
  readonly name: string;
  /** undefined: does not apply here. */
  readonly run: (context: DoctorContext) => Promise<Finding | undefined>;
}

/** In the order in which things are needed. */
export const CHECKS: readonly Check[] = [
  { name: 'Node', run: checkNode },
  { name: 'R', run: checkR },
  { name: 'C compiler', run: checkCompiler },
  { name: 'R packages', run: checkPackages },
  { name: "worker's package", run: checkWorker },
  { name: 'data directory', run: checkData },
  { name: 'disk', run: checkDisk },
  { name: 'port', run: checkPort },
  { name: 'fonts', run: checkFonts },
  { name: 'reverse proxy', run: checkProxy },
  { name: 'server', run: checkServer },
];
