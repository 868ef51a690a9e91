import type { ITokenPayload } from 'passport-azure-ad';
import type { DirectoryConfig } from './directory/config.ts';
import type { Metadata } from './directory/metadata.ts';

/** Clocks of directory and server may differ by so much. */
export const CLOCK_SKEW_SECONDS = 60;
/** The only one accepted: neither a token nor the directory's metadata chooses it. */
export const ALGORITHM = 'RS256';

/** The claims of a token whose signature, issuer, audience and time were checked; undefined for any other token. */
export type CheckToken = (
  token: string,
  kid: string,
  metadata: Metadata,
) => Promise<Readonly<Record<string, unknown>> | undefined>;

/** What the strategy's methods call on the object they run on; Passport would put these there for each request. */
interface Attempt {
  authenticate(req: unknown, options: object): void;
  success(claims: ITokenPayload): void;
  fail(): void;
  error(error: unknown): void;
  loadMetadata(params: unknown, next: (error: null, metadata: unknown) => void): void;
}

/**
 * The only file that knows passport-azure-ad, which is no longer developed: a successor is another function of type
 * {@link CheckToken}. It is given what it does badly itself: metadata and keys (it would end the process when they
 * are not JSON, wait for ever, and keep old keys for half an hour), the algorithm (it takes those of the metadata), the
 * issuer, and the key (it prefers `x5t` to `kid`). The token reaches it in a request of our own, so that it never looks
 * into a user's body or query. Claims of a person are checked by the caller.
 */
export async function azureAd(config: DirectoryConfig): Promise<CheckToken> {
  const { BearerStrategy } = await import('passport-azure-ad');
  const identityMetadata = `${config.authority}/${config.tenant}/v2.0/.well-known/openid-configuration`;
  const strategy = (issuer: readonly string[]): InstanceType<typeof BearerStrategy> =>
    new BearerStrategy(
      {
        identityMetadata,
        clientID: config.resource,
        audience: [...config.audiences],
        issuer: [...issuer],
        validateIssuer: true,
        allowMultiAudiencesInToken: false,
        clockSkew: CLOCK_SKEW_SECONDS,
        // It writes to standard output otherwise, and with personal data also tokens.
        loggingNoPII: true,
        loggingLevel: 'fatal' as 'error',
      },
      (claims, done) => done(null, claims),
    );
  return (token, kid, metadata) =>
    new Promise((resolve, reject) => {
      const attempt = Object.create(strategy(metadata.issuers)) as Attempt;
      const pem = metadata.keys.get(kid);
      const loaded = {
        oidc: { issuer: metadata.issuers[0], algorithms: [ALGORITHM] },
        generateOidcPEM: () => pem,
      };
      Object.assign(attempt, {
        success: (claims) => resolve(claims as Readonly<Record<string, unknown>>),
        fail: () => resolve(undefined),
        error: reject,
        loadMetadata: (_params, next) => next(null, loaded),
      } satisfies Omit<Attempt, 'authenticate'>);
      // Without a key it would throw where nobody catches.
      if (pem === undefined) return resolve(undefined);
      attempt.authenticate({ headers: { authorization: `Bearer ${token}` } }, {});
    });
}
