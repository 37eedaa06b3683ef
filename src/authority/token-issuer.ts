import { type TokenIssuer, publicKeys } from '../core/decision/token-trust.ts'
import { encodeUtf8 } from '../core/bytes.ts'
import { publicJwk } from '../core/token/public-jwk.ts'
import type { KeyStore, Signer } from '../signer/signer.ts'

/** Where the signer finds the key that tokens are signed with. */
const TOKEN_KEY_NAME = 'tokens-1'

/** This service as issuer of tokens: what verifiers trust, and the key. */
export interface TokenAuthority extends TokenIssuer {
  readonly signer: Signer
  /** The JWK set (RFC 7517) as it is published, the same octets as long as the keys are the same. */
  readonly jwks: Uint8Array
}

/**
 * Opens the key that tokens are signed with, or makes it: `init` of an earlier release did not. It signs nothing but tokens, so that no certificate can come of
 * one and no token of a certificate.
 *
 * @throws SignerError
 */
export async function openTokenKey(keys: KeyStore): Promise<Signer> {
  try {
    return await keys.open(TOKEN_KEY_NAME)
  } catch {
    // Nothing that is there is replaced: `create` refuses then, and a second look says what is wrong, or finds what another process has made meanwhile.
    return keys.create(TOKEN_KEY_NAME, 'p256').catch(() => keys.open(TOKEN_KEY_NAME))
  }
}

/** Puts together what others need to check this service's tokens. `authorityId` is the authority whose lists tell of its clients. */
export function createTokenAuthority(
  signer: Signer,
  options: {
    readonly trustDomain: string
    readonly publicUrl: string | undefined
    readonly authorityId: string
  },
): TokenAuthority {
  const { trustDomain, publicUrl, authorityId } = options
  const set = { keys: [publicJwk(signer.publicKeyDer, signer.algorithm)] }
  const audience = `spiffe://${trustDomain}`
  return {
    // RFC 9068 section 4 wants an issuer that its keys can be found by. Without a public URL nobody but this service can.
    issuer: publicUrl ?? audience,
    audience,
    authorityId,
    // What is trusted is what is published, read by the same rules.
    keys: publicKeys(set),
    jwks: encodeUtf8(JSON.stringify(set)),
    signer,
  }
}
