import { equalBytes } from '../../bytes.ts'
import { sameName } from '../name.ts'
import type { Certificate } from '../types.ts'
import { describe, isSelfIssued } from './certificate-identity.ts'
import { type PathFailure, failure } from './failure.ts'
import type { EdgeVerifier } from './verify-edge.ts'

/**
 * Refuses a self-signed anchor whose authority key identifier points to another key, or nowhere: such a certificate
 * contradicts itself. One that is self-issued under an older key (RFC 4210 section 4.4) rightly points elsewhere, so the
 * signature is looked at before the anchor is refused.
 */
export async function checkAnchorConsistency(
  anchor: Certificate,
  edges: EdgeVerifier,
): Promise<PathFailure | undefined> {
  if (!isSelfIssued(anchor) || pointsToItself(anchor)) return undefined
  if ((await edges.verify(anchor, anchor, () => describe(anchor))) !== undefined) return undefined
  return failure('CHAIN_INVALID', `${describe(anchor)} signed itself but names another authority key`)
}

function pointsToItself(anchor: Certificate): boolean {
  const { authorityKeyIdentifier: aki, subjectKeyIdentifier: ski } = anchor
  if (aki === undefined) return true
  if (aki.keyIdentifier === undefined && aki.serialNumber === undefined) return false
  if (aki.keyIdentifier !== undefined && ski !== undefined && !equalBytes(aki.keyIdentifier, ski))
    return false
  if (aki.serialNumber !== undefined && !equalBytes(aki.serialNumber, anchor.serialNumber)) return false
  return (
    aki.issuer === undefined ||
    aki.issuer.some((name) => name.type === 'directory' && sameName(name.value, anchor.issuer))
  )
}
