import { type KeyObject, createPublicKey, sign } from 'node:crypto'
import { formatBase64Url } from '../../src/core/bytes.ts'
import { sha256 } from '../../src/core/crypto.ts'
import {
  type TokenContext,
  type TokenFacts,
  type TokenIssuer,
  type TokenStanding,
  publicKeys,
} from '../../src/core/decision/token-trust.ts'
import type { BearerCredential } from '../../src/core/request/credential.ts'
import { publicJwk } from '../../src/core/token/public-jwk.ts'
import type { JsonObject } from '../../src/core/token/strict-json.ts'
import { signEcdsa } from './deterministic-signature.ts'
import { FIXTURE_NOW, type FixtureKeys, FIXTURE_TRUST_DOMAIN } from './decision-fixture.ts'

export const FIXTURE_ISSUER = 'https://chancery.example'
export const FIXTURE_AUDIENCE = `spiffe://${FIXTURE_TRUST_DOMAIN}`
export const NOW_SECONDS = FIXTURE_NOW.getTime() / 1000

/** The keys that the fixture's tokens are signed with, as they are published: Ed25519, which signs alike each time, and P-256. */
export function fixtureJwks(keys: FixtureKeys): { readonly keys: readonly JsonObject[] } {
  return {
    keys: [publicJwk(spkiOf(keys.token), 'ed25519'), publicJwk(spkiOf(keys.token256), 'ecdsa-p256-sha256')],
  }
}

export function fixtureIssuer(keys: FixtureKeys): TokenIssuer {
  return {
    issuer: FIXTURE_ISSUER,
    audience: FIXTURE_AUDIENCE,
    keys: publicKeys(fixtureJwks(keys)),
    authorityId: 'issuing-1',
  }
}

/** Trusts the issuers; every token is good and its client active but those whose id is given another standing. */
export function createTokenContext(
  issuers: readonly TokenIssuer[],
  standings: Readonly<Record<string, TokenStanding>> = {},
): TokenContext {
  return {
    issuer: (iss) => issuers.find(({ issuer }) => issuer === iss),
    standing: ({ tokenId }: TokenFacts) => standings[tokenId] ?? { standing: 'good', clientState: 'active' },
  }
}

/** Header and claims of a good token; `undefined` takes a member away. */
export interface TokenChange {
  readonly header?: Readonly<Record<string, unknown>>
  readonly claims?: Readonly<Record<string, unknown>>
  readonly key?: 'token' | 'token256'
  /** Signs instead of the key that is named. */
  readonly signer?: KeyObject
}

/** A token as the service issues it to alice, good for five minutes, with anything changed before it is signed. */
export function signToken(keys: FixtureKeys, change: TokenChange = {}): string {
  const { key = 'token', header, claims, signer = keys[key] } = change
  const { kid, alg } = publicJwk(spkiOf(keys[key]), key === 'token' ? 'ed25519' : 'ecdsa-p256-sha256')
  return signJws(
    { typ: 'at+jwt', alg, kid, ...header },
    {
      iss: FIXTURE_ISSUER,
      sub: 'alice',
      aud: FIXTURE_AUDIENCE,
      client_id: 'alice',
      iat: NOW_SECONDS - 60,
      exp: NOW_SECONDS + 240,
      jti: 'token-1',
      scope: 'bob.user.read bob.user.write',
      ...claims,
    },
    signer,
  )
}

/** Signs any JSON as a compact JWS by the key's own algorithm, whatever the header says. */
export function signJws(header: object, payload: object, key: KeyObject): string {
  return signCompact(encode(header), encode(payload), key)
}

/** The same of parts that are encoded already. */
export function signCompact(header: string, payload: string, key: KeyObject): string {
  const input = `${header}.${payload}`
  const signature =
    key.asymmetricKeyType === 'ed25519'
      ? sign(null, Buffer.from(input), key)
      : signEcdsa(key, 'sha256', Buffer.from(input))
  return `${input}.${formatBase64Url(signature)}`
}

export function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

/** The claim that binds a token to a certificate (RFC 8705 section 3.1). */
export function boundTo(certificateDer: Uint8Array): { readonly cnf: { readonly 'x5t#S256': string } } {
  return { cnf: { 'x5t#S256': formatBase64Url(sha256(certificateDer)) } }
}

/** A token, beside a chain that TLS proved if one is given. */
export function bearer(token: string, ...chain: readonly Uint8Array[]): BearerCredential {
  return {
    kind: 'bearer',
    token,
    certificate: chain.length === 0 ? undefined : { kind: 'presented', chain },
  }
}

function spkiOf(key: KeyObject): Uint8Array {
  return createPublicKey(key).export({ format: 'der', type: 'spki' })
}
