import { DomainError, type ErrorReason, MalformedError } from '../core/errors.ts'
import { verifyProofOfPossession } from '../core/issuance/proof-of-possession.ts'
import { MAX_SIGNATURE_BYTES } from '../core/limits.ts'
import { parseCsr, verifyCsr } from '../core/x509/csr.ts'
import { type AcceptedKey, checkPublicKey, decodeSubjectPublicKeyInfo } from '../core/x509/public-key.ts'
import type { CertificateSigningRequest, SubjectPublicKeyInfo } from '../core/x509/types.ts'
import { fieldInvalid } from './fields.ts'

/** A key that someone wants certified, with what proves that they hold it. */
export type KeyClaim =
  | { readonly kind: 'csr'; readonly der: Uint8Array }
  | { readonly kind: 'public_key'; readonly publicKeyDer: Uint8Array; readonly proof: Uint8Array }

/** A key whose holder asked, and what else the CSR asked for. */
export interface ProvenKey {
  readonly publicKey: SubjectPublicKeyInfo
  /** `undefined` if a bare public key was given. */
  readonly csr: CertificateSigningRequest | undefined
}

/**
 * Checks that the key is one we certify and that the requester holds it.
 *
 * @throws {@link DomainError} CSR_MALFORMED, PUBLIC_KEY_REJECTED, CSR_SIGNATURE_INVALID, FIELD_INVALID
 */
export async function proveKey(claim: KeyClaim, clientId: string): Promise<ProvenKey> {
  switch (claim.kind) {
    case 'csr': {
      const csr = refuseMalformed('CSR_MALFORMED', 'csr_der', () => parseCsr(claim.der))
      await refuseRejectedKey('csr_der', () => verifyCsr(csr))
      return { publicKey: csr.publicKey, csr }
    }
    case 'public_key': {
      const field = 'public_key.public_key_der'
      const publicKey = refuseMalformed('PUBLIC_KEY_REJECTED', field, () =>
        decodeSubjectPublicKeyInfo(claim.publicKeyDer),
      )
      const key = refuseMalformed('PUBLIC_KEY_REJECTED', field, () => checkPublicKey(publicKey))
      await requireProof(key, clientId, claim.proof)
      return { publicKey, csr: undefined }
    }
  }
}

async function requireProof(key: AcceptedKey, clientId: string, proof: Uint8Array): Promise<void> {
  if (proof.length === 0 || proof.length > MAX_SIGNATURE_BYTES) {
    throw fieldInvalid('public_key.proof', `public_key.proof must be 1 to ${MAX_SIGNATURE_BYTES} bytes.`)
  }
  if (!(await verifyProofOfPossession(clientId, key, proof))) {
    throw new DomainError(
      'CSR_SIGNATURE_INVALID',
      'public_key.proof is not a signature by that key over the proof-of-possession message for this client_id.',
      { field: 'public_key.proof' },
    )
  }
}

function refuseMalformed<T>(reason: ErrorReason, field: string, parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    throw malformedToDomain(error, reason, field)
  }
}

async function refuseRejectedKey(field: string, verify: () => Promise<unknown>): Promise<void> {
  try {
    await verify()
  } catch (error) {
    if (error instanceof DomainError)
      throw new DomainError(error.reason, error.message, { ...error.metadata, field })
    throw malformedToDomain(error, 'PUBLIC_KEY_REJECTED', field)
  }
}

/** Defects of a key inside a CSR are about the key, whatever was being parsed. */
function malformedToDomain(error: unknown, reason: ErrorReason, field: string): unknown {
  if (!(error instanceof MalformedError)) return error
  const keyDefect = error.defect.startsWith('public_key.')
  return new DomainError(keyDefect ? 'PUBLIC_KEY_REJECTED' : reason, `${field}: ${error.message}.`, {
    field,
    defect: error.defect,
  })
}
