import type { TokenContext } from '../../../../src/core/decision/token-trust.ts'
import { type StalePolicy, reliedOnUntil } from '../../../../src/core/revocation/stale-policy.ts'
import { TRUST_LIFETIME_SECONDS } from '../limits.ts'

/** Relies on the keys of tokens for as long as on lists: past that, whether a token is good cannot be told. */
export function relyOnKeys(
  tokens: TokenContext,
  confirmedAt: Date,
  { stalePolicy, now }: { readonly stalePolicy: StalePolicy; readonly now: () => Date },
): TokenContext {
  const until = reliedOnUntil(new Date(confirmedAt.getTime() + TRUST_LIFETIME_SECONDS * 1000), stalePolicy)
  return {
    issuer: (iss) => tokens.issuer(iss),
    standing: (token, issuer) =>
      until && now() > until ? { standing: 'unknown' } : tokens.standing(token, issuer),
  }
}
