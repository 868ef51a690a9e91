const DAY_MS = 24 * 60 * 60_000;
/** As in the original: a sign-in ends after two weeks without use and after 90 days in any case. */
export const REFRESH_IDLE_MS = 14 * DAY_MS;
export const FAMILY_MS = 90 * DAY_MS;
/** Two windows may ask with the same token, or a reply may get lost: so long the answer is the same again. */
export const REUSE_GRACE_MS = 30_000;

export interface RefreshFacts {
  readonly now: number;
  /** When the sign-in was. */
  readonly familyCreated: number;
  readonly familyRevoked: number | null;
  /** When the token was issued and, if it was, used. */
  readonly issued: number;
  readonly used: number | null;
}

/**
 * rotate: first use, a new pair. repeat: the pair it was rotated to, again. revoke: somebody else has the token,
 * the sign-in ends. refuse: expired or ended before.
 */
export type RefreshDecision = 'rotate' | 'repeat' | 'revoke' | 'reused' | 'refuse';

/** What to do with a refresh token that is known. `reused`: of a sign-in that was ended for that. */
export function decideRefresh(facts: RefreshFacts): RefreshDecision {
  const { now, used } = facts;
  const isOld = used !== null && now - used > REUSE_GRACE_MS;
  if (facts.familyRevoked !== null) return isOld ? 'reused' : 'refuse';
  if (now - facts.familyCreated > FAMILY_MS || now - facts.issued > REFRESH_IDLE_MS) return 'refuse';
  if (used === null) return 'rotate';
  return isOld ? 'revoke' : 'repeat';
}
