import {
  DEFAULT_TOKEN_KEY_PREPUBLISH_SECONDS,
  DEFAULT_TOKEN_KEY_SECONDS,
  DEFAULT_TOKENS_PER_MINUTE,
  JWKS_AGE_SECONDS,
} from '../core/token-limits.ts'
import { key } from './config-key.ts'
import { httpsUrl, integer, listenAddress } from './value-types.ts'

/** The keys about tokens and OAuth. */
export const TOKEN_CONFIG_KEYS = {
  oauth: key({
    type: listenAddress(),
    fallback: undefined,
    meaning:
      'Where OAuth clients get tokens (`POST /oauth2/token`) and revoke them (`POST /oauth2/revoke`), and resource servers ask about them (`POST /oauth2/introspect`), over TLS with the certificate of the service. It asks for a client certificate and goes on without. What `http` serves, OCSP aside, is there too.',
    why: 'as for `auth`; clients of Chancery get tokens over gRPC',
    flag: '--oauth',
  }),
  oauthUrl: key({
    type: httpsUrl(),
    fallback: undefined,
    meaning:
      'How the outside reaches `oauth`, without a path of its own. The token endpoint is `/oauth2/token` below it, which is also what clients may say in the `aud` of their assertions.',
    why: 'without it, the first of `serverNames` and the port of `oauth`',
  }),
  tokensPerMinute: key({
    type: integer(1, 1_000_000),
    fallback: DEFAULT_TOKENS_PER_MINUTE,
    meaning: 'Tokens that one client gets for itself in a minute, over gRPC and OAuth together.',
    unit: 'tokens',
    why: 'a hundred instances of a client that each fetch a new token every ten seconds, when every four minutes would do',
  }),
  tokenKeySeconds: key({
    type: integer(0, 10 * 365 * 86_400),
    fallback: DEFAULT_TOKEN_KEY_SECONDS,
    meaning:
      'How long a key signs tokens before the next one takes over. 0: until `chancery token rotate-key`.',
    unit: 'seconds',
    why: 'a month: verifiers that cannot follow are noticed long before it matters, and a key that leaked unnoticed has an end',
  }),
  tokenKeyPrepublishSeconds: key({
    type: integer(JWKS_AGE_SECONDS, 86_400),
    fallback: DEFAULT_TOKEN_KEY_PREPUBLISH_SECONDS,
    meaning:
      'How long the next key is in `/.well-known/jwks.json` before it signs. Longer than any verifier keeps its copy, and less than `tokenKeySeconds`.',
    unit: 'seconds',
    why: 'three times as long as the key set says that it may be kept',
  }),
} as const
