import * as vscode from 'vscode';

/** Where the test gives out tokens of its directory: `GET /token?account=…&scopes=…` answers one. */
const DESK = process.env['FARSIDE_E2E_DESK'] ?? '';
const ACCOUNT = { id: 'ann-id', label: 'ann@example.test' };
const KEPT = 'signedIn';

/** Stands where VS Code's own Microsoft accounts stand: same id, same questions, tokens of the tests' directory. */
export function activate(context: vscode.ExtensionContext): void {
  const changed = new vscode.EventEmitter<vscode.AuthenticationProviderAuthenticationSessionsChangeEvent>();
  const session = async (scopes: readonly string[]): Promise<vscode.AuthenticationSession> => {
    const query = new URLSearchParams({ account: ACCOUNT.label, scopes: scopes.join(' ') });
    const reply = await fetch(`${DESK}/token?${query.toString()}`);
    return { id: scopes.join(' '), accessToken: await reply.text(), account: ACCOUNT, scopes };
  };
  const known = (): string | undefined => context.globalState.get<string>(KEPT);
  const forget = async (): Promise<void> => {
    const scopes = known();
    if (scopes === undefined) return;
    const removed = await session(scopes.split(' '));
    await context.globalState.update(KEPT, undefined);
    changed.fire({ added: [], removed: [removed], changed: [] });
  };
  const provider: vscode.AuthenticationProvider = {
    onDidChangeSessions: changed.event,
    // With a token that is fresh each time, as the real one renews it.
    getSessions: async (scopes) => {
      const kept = known();
      if (kept === undefined) return [];
      return scopes && scopes.join(' ') !== kept ? [] : [await session(kept.split(' '))];
    },
    createSession: async (scopes) => {
      await context.globalState.update(KEPT, scopes.join(' '));
      const added = await session(scopes);
      changed.fire({ added: [added], removed: [], changed: [] });
      return added;
    },
    removeSession: forget,
  };
  context.subscriptions.push(
    vscode.authentication.registerAuthenticationProvider('microsoft', 'Microsoft', provider, {
      supportsMultipleAccounts: true,
    }),
    vscode.commands.registerCommand('farsideTests.forgetAccount', forget),
  );
}
