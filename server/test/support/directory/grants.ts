import { createHash, randomBytes } from 'node:crypto';
import { ANN, CLIENT } from './signing.ts';

/** What the token endpoint answers: tokens for somebody, or an OAuth error. */
export type Grant = { readonly nonce?: string } | { readonly error: string };

/** How the person at the other end behaves. */
export interface Behaviour {
  /** Signing in by browser: agrees, refuses, or comes back with another state. */
  consent: 'yes' | 'no' | 'forged';
  /** Polls of a device code that are answered with "not yet"; then this outcome. */
  devicePolls: number;
  deviceOutcome: 'yes' | 'authorization_declined' | 'expired_token';
  /** Whether a refresh token works: `false` no more, `later` not now, and is good still. */
  refreshes: boolean | 'later';
}

/** The grants of OAuth 2.0 that clients use, checked as a directory checks them. */
export class Grants {
  readonly #behaviour: Behaviour;
  readonly #codes = new Map<string, { challenge: string; nonce?: string; redirect: string }>();
  readonly #refresh = new Set<string>();
  #devices = new Map<string, number>();

  constructor(behaviour: Behaviour) {
    this.#behaviour = behaviour;
  }

  /** Where the browser goes after the person has answered. */
  authorize(query: URLSearchParams): string | undefined {
    const redirect = query.get('redirect_uri') ?? '';
    const complete = query.get('response_type') === 'code' && query.get('code_challenge_method') === 'S256';
    if (!complete || query.get('client_id') !== CLIENT || !/^http:\/\/localhost:\d+\/?$/.test(redirect))
      return undefined;
    const back = new URL(redirect);
    const { consent } = this.#behaviour;
    back.searchParams.set('state', consent === 'forged' ? 'forged' : (query.get('state') ?? ''));
    if (consent === 'no') {
      back.searchParams.set('error', 'access_denied');
      back.searchParams.set('error_description', 'The user declined to consent.');
      return back.href;
    }
    const code = randomBytes(16).toString('base64url');
    const nonce = query.get('nonce') ?? undefined;
    const challenge = query.get('code_challenge') ?? '';
    this.#codes.set(code, { challenge, redirect, ...(nonce !== undefined && { nonce }) });
    back.searchParams.set('code', code);
    return back.href;
  }

  device(): string {
    const code = randomBytes(16).toString('base64url');
    this.#devices.set(code, 0);
    return code;
  }

  newRefreshToken(): string {
    const token = `refresh-${randomBytes(16).toString('base64url')}`;
    this.#refresh.add(token);
    return token;
  }

  token(form: URLSearchParams): Grant {
    if (form.get('client_id') !== CLIENT) return { error: 'invalid_client' };
    switch (form.get('grant_type')) {
      case 'authorization_code':
        return this.#code(form);
      case 'urn:ietf:params:oauth:grant-type:device_code':
        return this.#device(form.get('device_code') ?? '');
      case 'refresh_token': {
        if (this.#behaviour.refreshes === 'later') return { error: 'temporarily_unavailable' };
        // A new one each time, as Entra ID gives; the old one is for once here, so that tests see reuse.
        const known = this.#refresh.delete(form.get('refresh_token') ?? '');
        return known && this.#behaviour.refreshes ? {} : { error: 'invalid_grant' };
      }
      case 'password': {
        const right = form.get('username') === ANN.name && form.get('password') === ANN.password;
        return right ? {} : { error: 'invalid_grant' };
      }
      default:
        return { error: 'unsupported_grant_type' };
    }
  }

  #code(form: URLSearchParams): Grant {
    const code = form.get('code') ?? '';
    const issued = this.#codes.get(code);
    this.#codes.delete(code);
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (issued?.challenge !== challenge || issued.redirect !== form.get('redirect_uri'))
      return { error: 'invalid_grant' };
    return issued.nonce === undefined ? {} : { nonce: issued.nonce };
  }

  #device(code: string): Grant {
    const polls = this.#devices.get(code);
    if (polls === undefined) return { error: 'invalid_grant' };
    this.#devices.set(code, polls + 1);
    const { devicePolls, deviceOutcome } = this.#behaviour;
    if (polls < devicePolls) return { error: 'authorization_pending' };
    return deviceOutcome === 'yes' ? {} : { error: deviceOutcome };
  }
}
