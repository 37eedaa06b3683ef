import { type TokenIssuer, publicKeys } from '../../../../src/core/decision/token-trust.ts'
import {
  type TrustBundle,
  type TrustedAuthority,
  createTrustBundle,
} from '../../../../src/core/decision/trust-bundle.ts'
import { MalformedError } from '../../../../src/core/errors.ts'
import { equalBytes } from '../../../../src/core/bytes.ts'
import { MAX_JWKS_BYTES, MAX_STREAM_AUTHORITIES } from '../../../../src/core/limits.ts'
import { parseJsonObject } from '../../../../src/core/token/strict-json.ts'
import { parseCertificate } from '../../../../src/core/x509/certificate.ts'

/** A trust bundle as it travels and as it lies on disk: nothing in it was read yet. */
export interface TrustFacts {
  readonly trustDomain: string
  readonly sequence: bigint
  readonly scopeExtensionOid: string
  readonly authorities: readonly {
    readonly id: string
    readonly role: 'root' | 'issuing'
    readonly certificateDer: Uint8Array
  }[]
  readonly tokenIssuers: readonly {
    readonly issuer: string
    readonly audience: string
    /** A JWK set. */
    readonly jwks: Uint8Array
    /** Empty: none. */
    readonly authority: string
  }[]
}

/** Whom this process trusts, as of one word of the authority. */
export interface TrustSnapshot {
  readonly facts: TrustFacts
  /** The same object as long as the certificates are the same. */
  readonly trust: TrustBundle
  readonly authorities: readonly TrustedAuthority[]
  readonly tokenIssuers: readonly TokenIssuer[]
  /** When the authority said so last, by the clock of this process. */
  readonly confirmedAt: Date
}

/**
 * Reads what an authority, or the disk, says is to be trusted.
 *
 * @throws {@link MalformedError} `trust.*`, and those of certificates and JWK sets
 */
export function readTrustFacts(
  facts: TrustFacts,
  confirmedAt: Date,
  before: TrustSnapshot | undefined,
): TrustSnapshot {
  const { trustDomain, scopeExtensionOid } = facts
  const tokenIssuers = facts.tokenIssuers.map(({ issuer, audience, jwks, authority }) => {
    if (jwks.length > MAX_JWKS_BYTES) throw new MalformedError('trust.jwks', 'a JWK set is too large')
    return {
      issuer,
      audience,
      keys: publicKeys(parseJsonObject(jwks)),
      authorityId: authority === '' ? undefined : authority,
    }
  })
  if (before && haveSameCertificates(before.facts, facts))
    return { ...before, facts, tokenIssuers, confirmedAt }
  if (facts.authorities.length > MAX_STREAM_AUTHORITIES)
    throw new MalformedError('trust.authorities', `there are more than ${MAX_STREAM_AUTHORITIES} authorities`)
  const authorities = facts.authorities.map(({ id, role, certificateDer }) => ({
    id,
    role,
    certificate: parseCertificate(Uint8Array.from(certificateDer)),
  }))
  if (!authorities.some(({ role }) => role === 'root'))
    throw new MalformedError('trust.root', 'there is no root to trust')
  if (new Set(authorities.map(({ id }) => id)).size < authorities.length)
    throw new MalformedError('trust.authorities', 'two authorities have one id')
  const trust = createTrustBundle({ trustDomain, scopeExtensionOid, authorities })
  return { facts, trust, authorities, tokenIssuers, confirmedAt }
}

/** True if both say the same of certificates. The keys of tokens change more often. */
export function haveSameCertificates(one: TrustFacts, other: TrustFacts): boolean {
  return (
    one.trustDomain === other.trustDomain &&
    one.scopeExtensionOid === other.scopeExtensionOid &&
    one.authorities.length === other.authorities.length &&
    one.authorities.every(({ id, role, certificateDer }, i) => {
      const its = other.authorities[i]!
      return id === its.id && role === its.role && equalBytes(certificateDer, its.certificateDer)
    })
  )
}
