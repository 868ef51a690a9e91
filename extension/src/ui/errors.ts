import * as vscode from 'vscode';
import type { ErrorCode, FarsideError } from '@farside/protocol';
import type { App } from '../app.ts';
import type { ServerConnection } from '../servers/connection.ts';
import { toFarsideError } from './toError.ts';

interface Button {
  readonly title: string;
  readonly command: string;
}

const SIGN_IN: Button = { title: 'Sign In…', command: 'farside.signIn' };
const ADD_SERVER: Button = { title: 'Add Server…', command: 'farside.addServer' };
const SWITCH: Button = { title: 'Switch Session…', command: 'farside.switchSession' };
const RETRY: Button = { title: 'Retry', command: 'farside.retry' };
const LOG: Button = { title: 'Show Log', command: 'farside.showLog' };

/** What a user can do about an error, besides reading it. */
const BUTTONS: Partial<Record<ErrorCode, Button>> = {
  notSignedIn: SIGN_IN,
  tokenReused: SIGN_IN,
  tokenRefused: SIGN_IN,
  directoryRefused: SIGN_IN,
  wrongCredentials: SIGN_IN,
  slowDown: SIGN_IN,
  wrongUrl: ADD_SERVER,
  notFarside: ADD_SERVER,
  unreachable: RETRY,
  timedOut: RETRY,
  computeDown: RETRY,
  noSuchSession: SWITCH,
  sessionEnded: SWITCH,
};

/** Runs an action of the user's; an error becomes a message with buttons, and undefined. */
export async function guarded<T>(
  app: App,
  work: () => Promise<T>,
  server?: ServerConnection,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    const known = toFarsideError(error);
    if (known.code !== 'cancelled') void showError(app, known, server);
    return undefined;
  }
}

/** Shows an error; the promise ends when the user has answered, so callers do not wait for it. */
export async function showError(app: App, error: FarsideError, server?: ServerConnection): Promise<void> {
  app.log.error(error.cause instanceof Error ? error.cause : error.text);
  const first = BUTTONS[error.code];
  const buttons = first === undefined ? [LOG] : [first, LOG];
  const answer = await vscode.window.showErrorMessage(error.text, ...buttons.map((b) => b.title));
  const chosen = buttons.find((b) => b.title === answer);
  if (chosen === undefined) return;
  const node = server && { kind: 'server', server };
  await vscode.commands.executeCommand(chosen.command, ...(node ? [node] : []));
}
