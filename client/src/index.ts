export { Listeners, type Disposable } from './disposable.ts';
export * from './connection/index.ts';
export * from './attach/index.ts';
export * from './console/index.ts';
export * from './transfer/index.ts';
export * from './local/index.ts';
