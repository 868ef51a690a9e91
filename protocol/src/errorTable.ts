/**
 * Every error a user can meet, once: HTTP status, whether trying again can help, and the words. A message says
 * what happened and why; the hint says what to do. `{name}` is filled in from the details given.
 */
interface ErrorRow {
  readonly status: number;
  readonly retryable: boolean;
  readonly message: string;
  readonly hint: string;
}
const row = (status: number, retryable: boolean, message: string, hint: string): ErrorRow => ({
  status,
  retryable,
  message,
  hint,
});

export const ERRORS = {
  // The request
  badRequest: row(
    400,
    false,
    'The request is not valid: {reason}.',
    'Correct the request and send it again.',
  ),
  badPath: row(
    400,
    false,
    'The file name "{path}" is not allowed: {reason}.',
    'Use a relative path inside the folder, without ".." and control characters.',
  ),
  badInput: row(400, false, 'The input was refused: {reason}.', 'Correct the input and send it again.'),
  inputTooLarge: row(
    413,
    false,
    'The input has {size} bytes; at most {limit} are taken.',
    'Put the text in a file and run or source() the file.',
  ),
  objectsTooLarge: row(
    413,
    false,
    'The objects have more than {limit} bytes, which is the most that is taken.',
    'Fetch fewer objects at a time, or ask the administrator to raise the limit (--max-file-size).',
  ),
  frameTooLarge: row(
    413,
    false,
    'A message of {size} bytes is over the limit of {limit}.',
    'Send large data as a file.',
  ),
  fileTooLarge: row(
    413,
    false,
    'The file "{path}" has {size} bytes; at most {limit} are taken.',
    'Ask the administrator to raise the limit, or copy the file to the server by another way.',
  ),
  tooSlow: row(
    408,
    true,
    'The request did not arrive within {seconds} s.',
    'Check the network and send it again.',
  ),
  methodNotAllowed: row(405, false, '{method} is not possible at this address.', 'Use {allowed}.'),
  notFound: row(404, false, 'There is no {what} here.', 'Check the address.'),
  // Who
  wrongCredentials: row(
    401,
    false,
    'Signing in failed: wrong user name or password.',
    'Check both and sign in again.',
  ),
  slowDown: row(429, true, 'Too many failed sign-ins.', 'Wait {seconds} s and try again.'),
  notSignedIn: row(
    401,
    false,
    'You are not signed in, or the sign-in has expired.',
    'Sign in again; sessions and their output are kept.',
  ),
  tokenReused: row(
    401,
    false,
    'This sign-in was ended because its refresh token was used a second time.',
    'Sign in again. If you did not do this, change your password.',
  ),
  tokenRefused: row(
    401,
    false,
    'The directory’s access token was refused: {reason}.',
    'Sign in again. If it happens again, the server and the client name different applications: ask the administrator.',
  ),
  directoryRefused: row(
    401,
    false,
    'The directory does not renew the sign-in: {reason}.',
    'Sign in again (in R with remoteLoginAAD()); sessions and their output are kept.',
  ),
  directoryDown: row(
    503,
    true,
    'The sign-in could not be checked: {reason}.',
    'Try again; the administrator finds more in the server’s log and in `GET /status`.',
  ),
  localAccountsOff: row(
    403,
    false,
    'This server takes no user names and passwords of its own: people sign in with an account of the directory {authority}, tenant {tenant}.',
    'Sign in with that account: `remoteLoginAAD()` in R, the device code of the command line, or Farside: Sign In in VS Code.',
  ),
  directorySignIn: row(
    0,
    false,
    'Signing in at {authority} failed: {reason}.',
    'Sign in again. If it lasts, ask the administrator of the directory.',
  ),
  forbidden: row(403, false, 'You are not allowed to do this: {reason}.', 'Ask the administrator.'),
  userExists: row(
    409,
    false,
    'There is already a user "{user}".',
    'Choose another name, or change the password with `farside user password {user}`.',
  ),
  noSuchUser: row(404, false, 'There is no user "{user}".', 'See `farside user list`.'),
  weakPassword: row(
    400,
    false,
    'The password is too short: it needs at least {limit} characters.',
    'Choose a longer password.',
  ),
  isolationNeeded: row(
    409,
    false,
    'All R workers run as the same system user, so users could read each other’s files: a server with more than one user needs a decision.',
    'Start the server with --isolation=none to accept this.',
  ),
  // Sessions
  noSuchSession: row(
    404,
    false,
    'There is no session "{session}".',
    'List your sessions and choose one of them.',
  ),
  sessionEnded: row(
    410,
    false,
    'The session has ended: {cause}.',
    'Its output stays readable. Start a new session to go on.',
  ),
  sessionNotEnded: row(
    409,
    false,
    'The session is still running.',
    'End it first; then it can be removed or restored.',
  ),
  noSuchSnapshot: row(
    404,
    false,
    'There is no snapshot "{snapshot}".',
    'List your snapshots and choose one of them.',
  ),
  snapshotFailed: row(
    422,
    false,
    'The snapshot could not be {what}: {reason}.',
    'Nothing is kept of a snapshot that was not made; what was merged of one that was not loaded to its end stays in the ' +
      'session. Mend the reason and try again.',
  ),
  noSuchJob: row(404, false, 'There is no job "{job}".', 'List your jobs and choose one of them.'),
  jobNotOver: row(409, true, 'The job is still running.', 'Wait for its end, or cancel it first.'),
  webhookRefused: row(
    403,
    false,
    'The address {url} can not be told about the job: {reason}.',
    'Ask the administrator to allow its host: `farside serve --webhook-host <host>`.',
  ),
  sessionBusy: row(409, true, 'R is busy in this session.', 'Wait until it is idle, or interrupt it.'),
  sessionStartFailed: row(
    500,
    true,
    'R could not be started: {reason}.',
    'Run `farside doctor` on the server.',
  ),
  callFailed: row(422, false, 'R could not answer: {reason}.', 'See the message of R.'),
  noSuchObject: row(404, false, 'There is no object "{name}" in the session.', 'List the objects first.'),
  noSuchFile: row(404, false, 'There is no file "{path}".', 'List the files first.'),
  /** 412 and not 409: clients of tus take 409 for a lock and try again. */
  fileConflict: row(
    412,
    false,
    'The file "{path}" changed on the server since it was last synced.',
    'Fetch it first, or overwrite it.',
  ),
  uploadDamaged: row(
    422,
    true,
    'The file "{path}" did not arrive as it was sent: its SHA-256 differs.',
    'Upload it again.',
  ),
  downloadDamaged: row(
    0,
    true,
    'The file "{path}" did not arrive as it was sent, or was changed meanwhile: its SHA-256 differs.',
    'Download it again.',
  ),
  localFile: row(
    0,
    false,
    'The file {path} of this machine can not be used: {reason}.',
    'Check its name, its rights and the space on the disk.',
  ),
  noSuchPlot: row(
    404,
    false,
    'There is no plot {page}.',
    'It was never drawn, or the oldest plots went to make room: list the plots.',
  ),
  renderFailed: row(
    422,
    false,
    'The plot could not be drawn: {reason}.',
    'Draw it again in R, or choose another size or format.',
  ),
  noSuchHelp: row(
    404,
    false,
    'There is no {what} among the packages that are installed.',
    'Check the spelling, or search: ??words in R, or "Farside: Search R Help".',
  ),
  noSuchDocument: row(
    404,
    false,
    'The document {document} of this session is not there.',
    'The oldest documents go to make room: show it again in R.',
  ),
  helpFailed: row(
    422,
    false,
    'The documentation could not be read: {reason}.',
    'Try again; when it fails again, install the package anew.',
  ),
  // Server
  computeDown: row(
    503,
    true,
    'The compute node does not answer: {reason}.',
    'Wait a moment; if it lasts, run `farside doctor` on the server.',
  ),
  internal: row(
    500,
    true,
    'The server met an unexpected error.',
    'The server’s log has the details under id {id}.',
  ),
  workerTooNew: row(
    409,
    false,
    'The session’s R was started by a newer version of the server (protocol {version}, this one knows {known}).',
    'Start the newer version again to use the session; this one can only list and end it.',
  ),
  diskFull: row(
    507,
    true,
    'The server’s disk is full.',
    'Free space on the server; nothing written earlier is lost.',
  ),
  libraryBusy: row(
    409,
    true,
    'Another command is changing the library {dir}.',
    'Wait until it has ended and try again.',
  ),
  installFailed: row(
    422,
    false,
    'The packages were not installed: {packages}. R’s own messages above say why; nothing was changed.',
    'Mend what R names, e.g. a missing system library, a name, or the repository (--repos), and try again.',
  ),
  // Start-up of the server
  portTaken: row(
    500,
    false,
    'Port {port} on {host} is already in use.',
    'Stop the other program, or choose another port with --port.',
  ),
  dataDirNotWritable: row(
    500,
    false,
    'The data directory {dir} is not writable: {reason}.',
    'Choose another with --data-dir, or change its owner and rights.',
  ),
  dataDirServed: row(
    500,
    false,
    'The data directory {dir} is already served by process {pid}.',
    'Use that server, or choose another directory with --data-dir.',
  ),
  rNotFound: row(
    500,
    false,
    'No R was found on the PATH, in /opt/R or in the usual places.',
    'Install R 4.0 or later (Debian: apt-get install r-base-dev), or name it with --r.',
  ),
  rTooOld: row(
    500,
    false,
    'R {version} at {path} is too old.',
    'Install R 4.0 or later, or name another with --r.',
  ),
  noCompiler: row(
    500,
    false,
    'The R package of the worker could not be built: there is no C compiler.',
    'Install one (Debian: apt-get install build-essential r-base-dev).',
  ),
  buildFailed: row(
    500,
    false,
    'The R package of the worker could not be built for {path}: {reason}.',
    'The build’s log is {log}.',
  ),
  // The client's own
  wrongUrl: row(0, false, '"{url}" is not the address of a server.', 'Write it like https://host:12800.'),
  notFarside: row(
    0,
    false,
    'The server at {url} answered, but it is not a Farside server.',
    'Check the address, the port and, behind a reverse proxy, the path.',
  ),
  unreachable: row(
    0,
    true,
    'The server at {url} can not be reached: {reason}.',
    'Check that it runs and that the network and the address are right.',
  ),
  timedOut: row(0, true, '{what} took longer than {seconds} s.', 'Try again; check the network if it lasts.'),
  cancelled: row(0, false, '{what} was cancelled.', ''),
  clientFault: row(0, false, 'Something unexpected happened: {message}.', 'The log has the details.'),
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERRORS;
