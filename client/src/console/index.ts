export { RemoteConsole } from './remote.ts';
export type { ConsoleState, RemoteConsoleOptions } from './options.ts';
