import { type KeyObject, createPublicKey, sign } from 'node:crypto'
import { sha256 } from '../../src/core/crypto.ts'
import { encode } from './token-fixture.ts'

/** A client assertion with anything changed before it is signed; `undefined` takes a member away. */
export interface AssertionChange {
  readonly header?: Readonly<Record<string, unknown>>
  readonly claims?: Readonly<Record<string, unknown>>
  /** Signs instead of the client's key, by its own algorithm. */
  readonly signer?: KeyObject
}

let made = 0

/** Signs an assertion (RFC 7523) of a client with the key of its certificate, good for a minute, with an id of its own. */
export function signAssertion(
  client: { readonly clientId: string; readonly key: KeyObject; readonly certificateDer: Uint8Array },
  audience: string,
  at: Date,
  { header, claims, signer = client.key }: AssertionChange = {},
): string {
  const seconds = Math.floor(at.getTime() / 1000)
  const input = [
    {
      alg: algorithmOf(client.key),
      'x5t#S256': Buffer.from(sha256(client.certificateDer)).toString('base64url'),
      ...header,
    },
    {
      iss: client.clientId,
      sub: client.clientId,
      aud: audience,
      jti: `assertion-${process.pid}-${made++}`.padEnd(24, '-'),
      iat: seconds,
      exp: seconds + 60,
      ...claims,
    },
  ]
    .map(encode)
    .join('.')
  return `${input}.${signOctets(signer, Buffer.from(input)).toString('base64url')}`
}

function algorithmOf(key: KeyObject): string {
  if (key.asymmetricKeyType === 'rsa') return 'RS256'
  if (key.asymmetricKeyType === 'ed25519') return 'EdDSA'
  return isP384(key) ? 'ES384' : 'ES256'
}

function signOctets(key: KeyObject, octets: Uint8Array): Buffer {
  if (key.asymmetricKeyType === 'ed25519') return sign(null, octets, key)
  return sign(isP384(key) ? 'sha384' : 'sha256', octets, { key, dsaEncoding: 'ieee-p1363' })
}

function isP384(key: KeyObject): boolean {
  return createPublicKey(key).asymmetricKeyDetails?.namedCurve === 'secp384r1'
}
