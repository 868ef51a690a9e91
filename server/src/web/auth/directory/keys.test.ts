import { describe, expect, it } from 'vitest';
import { FarsideError } from '@farside/protocol';
import { DirectoryKeys } from './keys.ts';

const MINUTE = 60_000;

function setUp() {
  const state = { now: 10 * MINUTE, looks: 0, keys: ['one'], down: false };
  const keys = new DirectoryKeys({
    now: () => state.now,
    spacingMs: 0,
    log: { info: () => undefined, warn: () => undefined },
    load: () => {
      state.looks++;
      if (state.down) return Promise.reject(new FarsideError('directoryDown', { reason: 'it is down' }));
      return Promise.resolve({ tenant: 't', issuers: [], keys: new Map(state.keys.map((k) => [k, k])) });
    },
  });
  return { state, keys };
}

describe('keys of a directory', () => {
  it('are asked for once by all who come at the same time', async () => {
    const { state, keys } = setUp();
    await Promise.all(Array.from({ length: 50 }, () => keys.withKey('one')));
    expect(state.looks).toBe(1);
  });

  it('are looked for again when one is new', async () => {
    const { state, keys } = setUp();
    await keys.withKey('one');
    state.keys = ['one', 'two'];
    expect((await keys.withKey('two')).keys.has('two')).toBe(true);
    expect(state.looks).toBe(2);
  });

  it('that do not exist do not make us ask for each token, but again within a minute', async () => {
    const { state, keys } = setUp();
    for (let i = 0; i < 20; i++) expect((await keys.withKey('forged')).keys.has('forged')).toBe(false);
    expect(state.looks).toBe(1);
    state.keys = ['forged'];
    state.now += MINUTE;
    expect((await keys.withKey('forged')).keys.has('forged')).toBe(true);
  });

  it('that were withdrawn stop working', async () => {
    const { state, keys } = setUp();
    await keys.withKey('one');
    state.keys = ['two'];
    state.now += 11 * MINUTE;
    // This one still finds the old ones, and makes us look.
    await keys.withKey('one');
    await keys.withKey('two');
    expect((await keys.withKey('one')).keys.has('one')).toBe(false);
  });

  it('go on while the directory is down, for a day', async () => {
    const { state, keys } = setUp();
    await keys.withKey('one');
    state.down = true;
    state.now += 23 * 60 * MINUTE;
    expect((await keys.withKey('one')).keys.has('one')).toBe(true);
    await expect(keys.withKey('new')).rejects.toMatchObject({ code: 'directoryDown' });
    expect(keys.failure).toContain('it is down');
    state.now += 2 * 60 * MINUTE;
    await expect(keys.withKey('one')).rejects.toMatchObject({ code: 'directoryDown', status: 503 });
    state.down = false;
    expect((await keys.withKey('one')).keys.has('one')).toBe(true);
    expect(keys.failure).toBeUndefined();
  });
});
