import { describe, expect, it } from 'vitest';
import { findScope, type ScopeHost } from '../../src/compute/launch/scope.ts';

const ask = (more: Partial<ScopeHost> & { status?: number }) => {
  const asked: string[] = [];
  const host: ScopeHost = {
    env: { INVOCATION_ID: 'x', XDG_RUNTIME_DIR: '/run/user/1' },
    uid: 0,
    exists: () => true,
    run: (file, args) => {
      asked.push([file, ...args].join(' '));
      return Promise.resolve({ status: more.status ?? 0, stdout: 'passed\n', stderr: '' });
    },
    ...more,
  };
  return findScope(host).then((scope) => ({ words: scope?.('abc').join(' '), asked }));
};

describe('scopes of workers', () => {
  it('are the system manager’s for root, the user’s for others', async () => {
    expect((await ask({})).words).toMatch(/^systemd-run --system --scope --collect --quiet .*abc --$/);
    expect((await ask({ uid: 1 })).words).toMatch(/^systemd-run --user --scope /);
  });

  it.each<[string, Partial<ScopeHost> & { status?: number }]>([
    ['no service', { env: {} }],
    ['no systemd', { exists: (path) => path !== '/run/systemd/system' }],
    ['no manager of this user', { uid: 1, exists: (path) => !path.startsWith('/run/user') }],
    ['a manager that refuses', { status: 1 }],
  ])('are left out: %s', async (_why, host) => {
    expect((await ask(host)).words).toBeUndefined();
  });
});
