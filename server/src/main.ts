import { Command } from 'commander';
import { FarsideError } from '@farside/protocol';
import { consoleCommand } from './cli/console.ts';
import { diffCommand } from './cli/diff.ts';
import { doctorCommand } from './cli/doctor.ts';
import { filesCommand } from './cli/files.ts';
import { jobsCommand } from './cli/jobs.ts';
import { runCommand } from './cli/run.ts';
import { sessionsCommand } from './cli/sessions.ts';
import { snapshotsCommand } from './cli/snapshots.ts';
import { computeCommand } from './commands/compute.ts';
import { libraryCommand } from './commands/library.ts';
import { serveCommand } from './commands/serve.ts';
import { userCommand } from './commands/user.ts';
import { diskFull } from './runtime/diskFull.ts';
import { productVersion } from './web/notice.ts';

// What our dependencies should mend is not the user's to read.
process.noDeprecation = true;

/** The program `farside`: a table of its commands. */
const program = new Command('farside')
  .description('Remote R: keep the editor local and run R on another machine.')
  .version(productVersion(), '-v, --version')
  .showHelpAfterError('(farside --help shows all commands)');

serveCommand(program);
computeCommand(program);
userCommand(program);
libraryCommand(program);
consoleCommand(program);
runCommand(program);
sessionsCommand(program);
jobsCommand(program);
snapshotsCommand(program);
filesCommand(program);
diffCommand(program);
doctorCommand(program);

try {
  await program.parseAsync();
} catch (error) {
  // What people can mend is said in one line; anything else is ours, with its stack.
  const known = error instanceof FarsideError ? error : diskFull(error);
  const text = known?.text ?? (error instanceof Error ? error.stack : String(error));
  process.stderr.write(`farside: ${text}\n`);
  process.exit(1);
}
