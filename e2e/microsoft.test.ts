import { FarsideClient, fixedTokenStore } from '@farside/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CLIENT, RESOURCE, TENANT } from '../server/test/support/directory/signing.ts';
import { startMicrosoft, type Microsoft } from './support/microsoft.ts';
import { typeInTerminal, waitForTerminal } from './support/terminal.ts';
import {
  answer,
  choose,
  notification,
  openView,
  pressInDialog,
  runCommand,
  signInAs,
  treeItem,
} from './support/workbench.ts';
import { startWorld, type World } from './support/world.ts';
import { ADMIN } from './support/server.ts';

const WANTS_TO_SIGN_IN = /wants to sign in using Microsoft/;

let microsoft: Microsoft;
let world: World;
beforeAll(async () => {
  microsoft = await startMicrosoft();
  const { issuer, vsix, env } = microsoft;
  world = await startWorld({
    server: {
      args: [...issuer.args, '--local-accounts', 'on'],
      env: { NODE_EXTRA_CA_CERTS: issuer.ca.file },
    },
    extensions: [vsix],
    env,
  });
});
afterAll(async () => {
  const tokens = fixedTokenStore(await microsoft.issuer.token());
  const client = new FarsideClient({ url: world.server.url, tokens });
  for (const { id } of await client.call('sessions'))
    await client.call('closeSessionByForce', { params: { id } });
  client.dispose();
  await world.end();
  await microsoft.close();
});

const row = () => treeItem(world.page, new URL(world.server.url).host);

it('offers a Microsoft account where the server has a directory, and signs in with it', async () => {
  const { page, server } = world;
  await openView(page, 'Farside');
  await runCommand(page, 'Farside: Add Server…');
  await answer(page, 'Address of the server', server.url);
  await choose(page, 'Microsoft account');
  await pressInDialog(page, WANTS_TO_SIGN_IN, 'Allow');
  await row().filter({ hasText: 'no sessions' }).waitFor();
  const scopes = microsoft.given.at(-1)?.split(' ');
  expect(scopes).toEqual(
    expect.arrayContaining([`VSCODE_CLIENT_ID:${CLIENT}`, `VSCODE_TENANT:${TENANT}`, `${RESOURCE}/.default`]),
  );
  await world.shot('microsoft-signed-in');
});

it('runs R with it, and after a reload goes on without asking', async () => {
  await runCommand(world.page, 'Farside: New Session');
  await waitForTerminal(world.page, /REMOTE>/);
  await typeInTerminal(world.page, 'cat(6 * 7, "\\n")');
  await waitForTerminal(world.page, /^42/m);
  const before = microsoft.given.length;
  const page = await world.reopen();
  await openView(page, 'Farside');
  await row().filter({ hasNotText: 'no sessions' }).waitFor();
  await waitForTerminal(page, /REMOTE>/);
  await typeInTerminal(page, 'cat(6 * 8, "\\n")');
  await waitForTerminal(page, /^48/m);
  // The token was not kept: VS Code gave one anew.
  expect(microsoft.given.length).toBeGreaterThan(before);
});

it('says when the account was signed out of in VS Code, and asks for it again', async () => {
  const { page } = world;
  await runCommand(page, 'Tests: Forget the Microsoft Account');
  const told = notification(page, 'has expired');
  await told.waitFor();
  await told.locator('.monaco-button', { hasText: 'Sign In' }).click();
  await choose(page, 'Microsoft account');
  await pressInDialog(page, WANTS_TO_SIGN_IN, 'Allow');
  await row().filter({ hasNotText: 'expired' }).waitFor();
  await typeInTerminal(page, 'cat(6 * 9, "\\n")');
  await waitForTerminal(page, /^54/m);
});

it('signing out is for this server only, and a user name signs in as well', async () => {
  const { page } = world;
  await runCommand(page, 'Farside: Sign Out');
  await row().filter({ hasText: 'not signed in' }).waitFor();
  await runCommand(page, 'Farside: Sign In…');
  await choose(page, 'User name and password');
  await signInAs(page, ADMIN.user, ADMIN.password);
  // Another user: the directory user's sessions are not there.
  await row().filter({ hasText: 'no sessions' }).waitFor();
});
