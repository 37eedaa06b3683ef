import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { OID } from '../core/asn1/oids.ts'
import { type TrustedAuthority, type TrustBundle, createTrustBundle } from '../core/decision/trust-bundle.ts'
import { MAX_CERTIFICATE_BYTES } from '../core/limits.ts'
import { parseCertificate } from '../core/x509/certificate.ts'
import { formatName, sameName } from '../core/x509/name.ts'
import type { Certificate } from '../core/x509/types.ts'
import { CliError, usageError } from './cli-error.ts'
import { readPemOrDer } from './read-input.ts'

/** A trust bundle from files, and the authorities in it. */
export interface FileBundle {
  readonly trust: TrustBundle
  readonly authorities: readonly TrustedAuthority[]
}

/**
 * Reads whom to trust: a file of CA certificates as `authority export` writes it, or an identity folder, whose roots are in ca.pem and whose intermediates follow
 * the leaf in cert.pem. Self-issued certificates are the roots.
 *
 * @param trustDomain - absent: what the roots have as their organization, which is the trust domain in those that `init` makes
 */
export async function readBundle(path: string, trustDomain: string | undefined): Promise<FileBundle> {
  const certificates = (await stat(path)).isDirectory()
    ? [...(await readCertificates(join(path, 'ca.pem'))), ...(await readIntermediates(path))]
    : await readCertificates(path)
  const authorities = certificates.map((certificate): TrustedAuthority => {
    const role = sameName(certificate.subject, certificate.issuer) ? 'root' : 'issuing'
    return { id: authorityId(certificate), role, certificate }
  })
  const root = authorities.find(({ role }) => role === 'root')
  if (!root) {
    throw new CliError(`There is no root certificate in ${path}.`, {
      advice: 'Write one with `chancery authority export --out bundle.pem`, or name an identity folder.',
    })
  }
  const domain = trustDomain ?? attribute(root.certificate, OID.organizationName)
  if (domain === undefined)
    throw usageError('The bundle does not say its trust domain.', 'Give --trust-domain.')
  const scopeExtensionOid = OID.scopeExtension
  return { trust: createTrustBundle({ trustDomain: domain, scopeExtensionOid, authorities }), authorities }
}

async function readCertificates(path: string): Promise<readonly Certificate[]> {
  const bytes = await readFile(path)
  if (bytes.length > 64 * MAX_CERTIFICATE_BYTES) throw usageError(`${path} is too large for a bundle.`)
  return readPemOrDer(bytes, 'CERTIFICATE', path).map((der) => parseCertificate(der))
}

async function readIntermediates(folder: string): Promise<readonly Certificate[]> {
  return (await readCertificates(join(folder, 'cert.pem'))).slice(1)
}

/** `init` names an authority by its id at the end of the common name. */
function authorityId({ subject }: Certificate): string {
  const name = attribute({ subject }, OID.commonName)
  return /^Chancery (?:Root|Issuing) CA (\S+)$/.exec(name ?? '')?.[1] ?? name ?? formatName(subject)
}

function attribute({ subject }: Pick<Certificate, 'subject'>, oid: string): string | undefined {
  return subject.rdns.flat().find((one) => one.oid === oid)?.value
}
