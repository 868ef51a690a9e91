export { LocalConsole } from './console.ts';
export type { LocalConsoleOptions, LocalR } from './options.ts';
export { LocalProcess, type LocalExit } from './process.ts';
export { planLaunch, type Launch, type LaunchOptions } from './launch.ts';
export { findR, type Found, type Where } from './find.ts';
export { isProgram, list as listFolder } from './nodeFiles.ts';
