import { OID } from '../core/asn1/oids.ts'
import { MalformedError } from '../core/errors.ts'
import { certificateScopes } from '../core/scope/scope-extension.ts'
import { parseCertificate } from '../core/x509/certificate.ts'
import { parseCrl } from '../core/x509/crl.ts'
import { formatName } from '../core/x509/name.ts'
import { validatePath } from '../core/x509/path/validate-path.ts'
import { type Case, readBytes, readBytesList, readFlag, readInstant, readWord } from './case-fields.ts'
import { type Verdict, accept, parsing, refuse } from './verdict.ts'

/**
 * `path.validate`: is the chain of this leaf good at that instant? What is sent along and cannot be read is of no use, but does
 * not spoil a path that does without it. A leaf that cannot be read, or no readable anchor, is refused.
 */
export async function runPathValidate(given: Case): Promise<Verdict> {
  const at = readInstant(given, 'at')
  const purpose = readWord(given, 'eku', ['any', 'client', 'server'], 'any')
  const revocation = readWord(given, 'revocation', ['hard', 'soft', 'off'], 'hard')
  const requireScopes = readFlag(given, 'require_scopes')
  const leafDer = readBytes(given, 'leaf')
  const anchors = readable(readBytesList(given, 'anchors'), parseCertificate)
  const intermediates = readable(readBytesList(given, 'intermediates'), parseCertificate)
  const crls = readable(readBytesList(given, 'crls'), parseCrl)

  const leaf = parsing('CERTIFICATE_MALFORMED', () => parseCertificate(leafDer))
  if ('refused' in leaf) return leaf.refused
  if (anchors.items.length === 0) {
    return refuse(
      anchors.defect === undefined ? 'ISSUER_UNKNOWN' : 'CERTIFICATE_MALFORMED',
      `no anchor can be read: ${anchors.defect ?? 'none is given'}`,
    )
  }
  const result = await validatePath({
    leaf: leaf.parsed,
    intermediates: intermediates.items,
    anchors: anchors.items,
    crls: crls.items,
    at,
    purpose,
    revocation,
  })
  if (!result.ok) return refuse(result.reason, result.detail)
  const path = result.path.map((certificate) => formatName(certificate.subject))
  if (!requireScopes) return accept({ path })
  const scopes = parsing('SCOPES_MALFORMED', () => certificateScopes(leaf.parsed, OID.scopeExtension))
  return 'refused' in scopes ? scopes.refused : accept({ path, scopes: scopes.parsed })
}

function readable<T>(
  encoded: readonly Uint8Array[],
  parse: (der: Uint8Array) => T,
): { items: T[]; defect: string | undefined } {
  const items: T[] = []
  let defect: string | undefined
  for (const der of encoded) {
    try {
      items.push(parse(der))
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error
      defect ??= error.defect
    }
  }
  return { items, defect }
}
