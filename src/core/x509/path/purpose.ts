import { OID } from '../../asn1/oids.ts'
import type { Certificate, KeyUsage } from '../types.ts'
import { describe } from './certificate-identity.ts'
import { type PathFailure, failure } from './failure.ts'

/** What the target's key is to be used for. `any` asks nothing. */
export type Purpose = 'any' | 'client' | 'server'

const EXTENDED_KEY_USAGE = { client: OID.clientAuth, server: OID.serverAuth } as const

/** RFC 5280 section 4.2.1.12 names the key usages consistent with each; RSA key transport is for servers of TLS 1.2. */
const KEY_USAGE: Readonly<Record<'client' | 'server', readonly KeyUsage[]>> = {
  client: ['digitalSignature', 'keyAgreement'],
  server: ['digitalSignature', 'keyEncipherment', 'keyAgreement'],
}

/**
 * Checks that every certificate of a path, the anchor too, allows the purpose. RFC 5280 limits the target only; in practice
 * an extended key usage on a CA limits all below it.
 */
export function checkPurpose(path: readonly Certificate[], purpose: Purpose): PathFailure | undefined {
  if (purpose === 'any') return undefined
  const [target] = path
  const { keyUsage } = target!
  if (keyUsage !== undefined && !KEY_USAGE[purpose].some((usage) => keyUsage.has(usage))) {
    return failure(
      'KEY_USAGE_INVALID',
      `the key usage of ${describe(target!)} does not allow a TLS ${purpose}`,
    )
  }
  for (const certificate of path) {
    const usages = certificate.extendedKeyUsage
    if (usages === undefined || usages.includes(EXTENDED_KEY_USAGE[purpose])) continue
    if (usages.includes(OID.anyExtendedKeyUsage)) continue
    return failure(
      'KEY_USAGE_INVALID',
      `the extended key usage of ${describe(certificate)} does not allow a TLS ${purpose}`,
    )
  }
  return undefined
}
