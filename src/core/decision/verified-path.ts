import { OID } from '../asn1/oids.ts'
import { equalBytes } from '../bytes.ts'
import { sha256, sha256Base64 } from '../crypto.ts'
import { MalformedError } from '../errors.ts'
import { type ClientIdentity, clientIdentity } from '../issuance/client-identity.ts'
import { MAX_CHAIN_CERTIFICATES } from '../limits.ts'
import { MAX_OFFERED_SIGNATURE_CHECKS } from '../path-limits.ts'
import type { OfferedChain } from '../request/credential.ts'
import { certificateScopes } from '../scope/scope-extension.ts'
import { parseCertificate } from '../x509/certificate.ts'
import type { PathFailure } from '../x509/path/failure.ts'
import { validatePath } from '../x509/path/validate-path.ts'
import { type AcceptedKey, checkChainKey } from '../x509/public-key.ts'
import { formatSerialNumber } from '../x509/serial-number.ts'
import type { Certificate } from '../x509/types.ts'
import { type Denial, deny, firstDenial } from './denial.ts'
import type { PathLink } from './revocation-source.ts'
import type { TrustBundle } from './trust-bundle.ts'

/** Certificates that were read, leaf apart. */
export interface ParsedChain {
  readonly leaf: Certificate
  readonly intermediates: readonly Certificate[]
}

/**
 * A leaf with a verified path to an anchor, and everything that follows from the certificates alone. What depends on the instant
 * (validity, revocation) is not in it, so that it can be kept.
 */
export interface VerifiedPath {
  /** The bundle that it was verified under. */
  readonly trust: TrustBundle
  readonly chain: ParsedChain
  readonly key: AcceptedKey
  /** SHA-256 of the leaf's SubjectPublicKeyInfo. */
  readonly publicKeySha256: Uint8Array
  /** Every certificate of the path but the anchor, leaf first. */
  readonly links: readonly PathLink[]
  /** The span in which every certificate of the path is valid, both ends included. */
  readonly notBefore: Date
  readonly notAfter: Date
  readonly identity: ClientIdentity | Denial
  readonly scopes: readonly string[] | Denial
}

/**
 * What of an offered chain has to be read under a bundle. Its authorities beside the leaf, in whatever order and however often, are known without being
 * sent and change no answer.
 */
export function withoutOurs([leaf, ...others]: OfferedChain, trust: TrustBundle): OfferedChain {
  return [leaf!, ...others.filter((der) => !isOurs(der, trust))]
}

/** Names a chain octet for octet. */
export function chainKey(chain: OfferedChain): string {
  return chain.map(sha256Base64).join()
}

/** Compared, not hashed, because clients send our authorities along as a rule. */
function isOurs(der: Uint8Array, { intermediates, anchors }: TrustBundle): boolean {
  const has = (ours: { readonly der: Uint8Array }) => equalBytes(ours.der, der)
  return intermediates.some(has) || anchors.some(has)
}

/** Refuses an empty chain and one longer than anybody needs. */
export function checkChainLength(chain: OfferedChain): Denial | undefined {
  if (chain.length === 0) return deny('CREDENTIAL_MISSING', 'There is no certificate.')
  if (chain.length <= MAX_CHAIN_CERTIFICATES) return undefined
  return deny('CREDENTIAL_MALFORMED', `More than ${MAX_CHAIN_CERTIFICATES} certificates are offered.`)
}

/** Reads the certificates of a credential, {@link withoutOurs}; there is at least one. */
export function parseChain(chain: OfferedChain): ParsedChain | Denial {
  try {
    // A copy, because what is kept must not hold on to the message that it came in.
    const [leaf, ...intermediates] = chain.map((der) => parseCertificate(new Uint8Array(der)))
    return { leaf: leaf!, intermediates }
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error
    return deny('CERTIFICATE_MALFORMED', `A certificate cannot be read: ${error.message} (${error.defect}).`)
  }
}

/**
 * Finds and verifies a path from the leaf to an anchor for use as a client (RFC 5280 section 6), and reads what the leaf says.
 * Revocation is left to the {@link RevocationSource}.
 */
export async function verifyPath(
  parsed: ParsedChain,
  trust: TrustBundle,
  at: Date,
): Promise<VerifiedPath | Denial> {
  const result = await validatePath({
    leaf: parsed.leaf,
    // Ours first: what a client sends along must not take the place of what is on record.
    intermediates: [...trust.intermediates, ...parsed.intermediates],
    anchors: trust.anchors,
    crls: [],
    at,
    purpose: 'client',
    revocation: 'off',
    verifiedEdges: trust.verifiedEdges,
    maxSignatureChecks: MAX_OFFERED_SIGNATURE_CHECKS,
  })
  const failed = result.ok ? undefined : denyPath(result)
  const { leaf } = parsed
  const refused = firstDenial([failed, checkClientUse(leaf)].filter((denial) => denial !== undefined))
  if (refused) return refused
  if (!result.ok || result.path.length < 2)
    return deny('SUBJECT_INVALID', 'The certificate is that of a root authority.')
  return {
    trust,
    chain: parsed,
    key: checkChainKey(leaf.publicKey),
    publicKeySha256: sha256(leaf.publicKey.der),
    links: linkPath(result.path, trust),
    notBefore: new Date(Math.max(...result.path.map(({ notBefore }) => notBefore.getTime()))),
    notAfter: new Date(Math.min(...result.path.map(({ notAfter }) => notAfter.getTime()))),
    identity: readSubject(leaf, trust),
    scopes: readScopes(leaf, trust),
  }
}

function denyPath({ reason, detail }: PathFailure): Denial {
  return deny(reason, `The certificate has no good path to a trusted root: ${detail}.`)
}

/**
 * Our client certificates say in so many words what they are for. RFC 5280 takes a missing usage for any usage, which would make a client
 * of every certificate that was once issued under the root without one.
 */
function checkClientUse(leaf: Certificate): Denial | undefined {
  if (!leaf.extendedKeyUsage?.includes(OID.clientAuth)) {
    return deny(
      'KEY_USAGE_INVALID',
      'The certificate is not one for TLS clients: its extended key usage lacks clientAuth.',
    )
  }
  if (!leaf.keyUsage?.has('digitalSignature')) {
    return deny(
      'KEY_USAGE_INVALID',
      'The certificate is not one for signing: its key usage lacks digitalSignature.',
    )
  }
  return undefined
}

function linkPath(path: readonly Certificate[], trust: TrustBundle): readonly PathLink[] {
  return path.slice(0, -1).map((certificate, i) => {
    const issuer = path[i + 1]!
    return {
      certificate,
      issuer,
      authorityId: trust.authorityId(issuer),
      serialNumber: formatSerialNumber(certificate.serialNumber),
      sha256: sha256(certificate.der),
      isLeaf: i === 0,
    }
  })
}

function readSubject(leaf: Certificate, trust: TrustBundle): ClientIdentity | Denial {
  // An authority's own certificate is no client, whatever its names say.
  if (leaf.basicConstraints?.ca)
    return deny('SUBJECT_INVALID', 'The certificate is that of an authority, not of a client.')
  try {
    return clientIdentity(leaf, trust.trustDomain)
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error
    return deny(
      'SUBJECT_INVALID',
      `The subject is not a client of ${trust.trustDomain}: ${error.message} (${error.defect}).`,
    )
  }
}

function readScopes(leaf: Certificate, trust: TrustBundle): readonly string[] | Denial {
  try {
    return certificateScopes(leaf, trust.scopeExtensionOid)
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error
    return deny(
      'SCOPES_MALFORMED',
      `The scopes of the certificate cannot be read: ${error.message} (${error.defect}).`,
    )
  }
}
