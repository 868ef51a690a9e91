import * as vscode from 'vscode';
import type { Directory } from '@farside/protocol';
import { FarsideClient, memoryTokenStore, normalizeUrl } from '@farside/client';
import type { App } from '../app.ts';
import { toFarsideError } from '../ui/toError.ts';
import type { ServerConnection } from './connection.ts';
import { signInWithMicrosoft } from './microsoft.ts';
import { defaultName } from './serverList.ts';

const USER_KEY = 'farside.lastUser';

/** Asks for an address, looks whether a Farside server is there, and offers to sign in at once. */
export async function addServer(app: App): Promise<ServerConnection | undefined> {
  const url = await askUrl();
  if (url === undefined) return undefined;
  const server = await app.servers.add({ url, name: defaultName(url) });
  await server.refresh();
  if (server.state.kind === 'signedOut') await signIn(app, server);
  return server;
}

/** The box stays open with the reason until the address is that of a server, so nothing has to be typed twice. */
function askUrl(): Promise<string | undefined> {
  return ask({
    title: 'Farside: Add Server',
    prompt: 'Address of the server, as it was printed when it started',
    placeholder: 'https://host:12800',
    check: async (typed) => {
      const url = normalizeUrl(typed);
      const client = new FarsideClient({ url, tokens: memoryTokenStore() });
      try {
        await client.about();
      } finally {
        client.dispose();
      }
      return url;
    },
  });
}

/** Signs in as the server wants it, or as the user wants it where there is a choice. True when signed in. */
export async function signIn(app: App, server: ServerConnection): Promise<boolean> {
  const { password, directory } = (await server.client.about()).signIn;
  const way = directory && password ? await askWay(server, directory) : directory ? 'directory' : 'password';
  if (way === undefined) return false;
  if (way === 'password' || !directory) return signInWithPassword(app, server);
  const again = server.state.kind === 'signedOut' && server.state.expired;
  const tokens = await signInWithMicrosoft(directory, again);
  if (tokens === undefined) return false;
  await server.signInWith(tokens);
  return signedIn(server);
}

async function askWay(
  server: ServerConnection,
  { tenant }: Directory,
): Promise<'directory' | 'password' | undefined> {
  const rows = [
    { label: 'Microsoft account', description: tenant, way: 'directory' as const },
    { label: 'User name and password', description: 'of this server', way: 'password' as const },
  ];
  const title = `Farside: Sign In to ${server.entry.name}`;
  return (await vscode.window.showQuickPick(rows, { title, ignoreFocusOut: true }))?.way;
}

/** Asks for user and password; a refusal is said in the password's box. */
async function signInWithPassword(app: App, server: ServerConnection): Promise<boolean> {
  const title = `Farside: Sign In to ${server.entry.name}`;
  const last = app.context.globalState.get<string>(`${USER_KEY} ${server.entry.url}`);
  const user = await ask({ title, prompt: 'User name', value: last ?? 'admin', check: (typed) => typed });
  if (user === undefined) return false;
  const check = async (password: string): Promise<string> => {
    await server.signIn(user, password);
    return password;
  };
  const done = await ask({
    title: `${title} as ${user}`,
    prompt: `Password of ${user}`,
    password: true,
    check,
  });
  if (done === undefined) return false;
  await app.context.globalState.update(`${USER_KEY} ${server.entry.url}`, user);
  return signedIn(server);
}

function signedIn(server: ServerConnection): boolean {
  if (server.state.kind === 'ready' && server.state.about.notice !== '')
    void vscode.window.showWarningMessage(`${server.entry.name}: ${server.state.about.notice}`);
  return server.state.kind === 'ready';
}

/** User and password for a sign-in that R makes. Undefined when the user does not want to. */
export async function askUserAndPassword(
  server: string,
  user?: string,
): Promise<{ username: string; password: string } | undefined> {
  const title = `Local R: Sign In to ${server}`;
  const as = (typed: string): string => typed;
  const username = user ?? (await ask({ title, prompt: 'User name', value: 'admin', check: as }));
  if (username === undefined) return undefined;
  const prompt = `Password of ${username}`;
  const password = await ask({ title: `${title} as ${username}`, prompt, password: true, check: as });
  return password === undefined ? undefined : { username, password };
}

interface Question {
  readonly title: string;
  readonly prompt: string;
  readonly placeholder?: string;
  readonly value?: string;
  readonly password?: boolean;
  /** What the answer is worth; what it throws is shown in the box, which stays open. */
  readonly check: (typed: string) => string | Promise<string>;
}

function ask(question: Question): Promise<string | undefined> {
  const box = vscode.window.createInputBox();
  Object.assign(box, {
    title: question.title,
    prompt: question.prompt,
    placeholder: question.placeholder,
    password: question.password ?? false,
    value: question.value ?? '',
    // The password may be in another program.
    ignoreFocusOut: true,
  });
  return new Promise((resolve) => {
    let result: string | undefined;
    const accept = async (): Promise<void> => {
      if (box.busy || box.value === '') return;
      box.busy = true;
      box.enabled = false;
      try {
        result = await question.check(box.value);
        box.hide();
      } catch (error) {
        box.validationMessage = toFarsideError(error).text;
        box.enabled = true;
      } finally {
        box.busy = false;
      }
    };
    box.onDidAccept(() => void accept());
    box.onDidChangeValue(() => (box.validationMessage = undefined));
    box.onDidHide(() => {
      box.dispose();
      resolve(result);
    });
    box.show();
  });
}
