export type { RenewDirectory } from './auth.ts';
export { checkDirectory, renewAtDirectory, signInByDevice, type DeviceCode } from './directory.ts';
export { FarsideClient, type ClientOptions } from './client.ts';
export type { CallOptions } from './http.ts';
export type { FarsideSocket } from './socket.ts';
export { fixedTokenStore, memoryTokenStore, type TokenStore } from './tokens.ts';
export { normalizeUrl } from './url.ts';
export type { Wake } from './wake.ts';
