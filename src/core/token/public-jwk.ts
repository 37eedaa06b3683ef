import { jwkOfSpki } from '../crypto.ts'
import type { SigningAlgorithm } from '../issuance/signing-algorithm.ts'
import { jwkThumbprint } from './jwk.ts'
import type { JsonObject } from './strict-json.ts'

const JWS_NAMES: Readonly<Record<SigningAlgorithm, string>> = {
  'ecdsa-p256-sha256': 'ES256',
  'ecdsa-p384-sha384': 'ES384',
  ed25519: 'EdDSA',
  'rsa-v1_5-sha256': 'RS256',
}

/** A public key as it is published: for one algorithm, and named by its thumbprint (RFC 7638), which no other key can have. */
export function publicJwk(spkiDer: Uint8Array, algorithm: SigningAlgorithm): JsonObject {
  const jwk = jwkOfSpki(spkiDer)
  return { ...jwk, kid: jwkThumbprint(jwk), alg: JWS_NAMES[algorithm], use: 'sig' }
}
