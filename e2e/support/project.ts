import { ADMIN } from './server.ts';
import { waitForTerminal } from './terminal.ts';
import { acceptPick, openFile, runCommand, signInTo } from './workbench.ts';
import type { World } from './world.ts';

/** Signs in, and runs a file of the project for the first time: the project goes along, and the session is there. */
export async function runProject({ page, server }: World, file: string, until: RegExp): Promise<void> {
  await signInTo(page, server.url, ADMIN.user, ADMIN.password);
  await openFile(page, file);
  await runCommand(page, 'Farside: Run Current File');
  await acceptPick(page, 'Send “points” to the Server');
  await waitForTerminal(page, until);
}
