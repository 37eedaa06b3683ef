import { OID } from '../asn1/oids.ts'
import { equalBytes } from '../bytes.ts'
import type { CertificateSigningRequest, GeneralName } from '../x509/types.ts'
import { formatSpiffeId } from './client-identity.ts'
import { type HostName, parseHostName } from './host-name.ts'
import type { Profile } from './profile.ts'
import { quoteSome } from './resolve-scopes.ts'

/** What is left of the names that a CSR asks for. */
export interface ResolvedNames {
  readonly hosts: readonly HostName[]
  readonly warnings: readonly string[]
}

interface NameRequest {
  readonly clientId: string
  readonly trustDomain: string
  readonly profile: Profile
  /** Host names that the client may carry. */
  readonly allowedNames: readonly string[]
  readonly csr: CertificateSigningRequest | undefined
}

/**
 * Settles which host names a certificate carries, and says what else the CSR asked for in vain. A name is copied only if the profile
 * carries host names and the client is allowed this very name; the rest of the CSR is never copied. A CSR that asks for no
 * host name gets all that the client is allowed.
 */
export function resolveNames(request: NameRequest): ResolvedNames {
  const { profile, allowedNames, csr } = request
  const allowed = profile.carriesHostNames ? allowedNames.map((name) => parseHostName(name)) : []
  const asked = csr?.requestedSubjectAltName ?? []
  const own = formatSpiffeId(request.trustDomain, request.clientId)
  const foreign = asked.filter((name) => !(name.type === 'uri' && name.value === own))
  const leftOut = foreign.filter((name) => !allowed.some((host) => sameName(host, name)))
  const hosts = asked.some(isHostName)
    ? allowed.filter((host) => asked.some((name) => sameName(host, name)))
    : allowed

  const warnings: string[] = []
  if (leftOut.length > 0) {
    warnings.push(
      `Names of the CSR that profile ${profile.name} or the client does not allow were left out: ${quoteNames(leftOut)}.`,
    )
  }
  if (profile.carriesHostNames && hosts.length === 0) {
    warnings.push(
      'The certificate carries no host name: TLS clients will refuse it. Allow the client a DNS name.',
    )
  }
  return { hosts, warnings: [...warnings, ...(csr ? unheeded(csr, request.clientId) : [])] }
}

/** Says which other parts of a CSR have no effect; their senders may have believed they had. */
function unheeded(csr: CertificateSigningRequest, clientId: string): string[] {
  const warnings: string[] = []
  const commonNames = csr.subject.rdns.flat()
  if (commonNames.some(({ oid, value }) => oid !== OID.commonName || value !== clientId)) {
    warnings.push('The subject of the CSR was left out: the subject is the client id.')
  }
  const extensions = [...csr.requestedExtensions.keys()].filter((oid) => oid !== OID.subjectAltName)
  if (extensions.length > 0) {
    warnings.push(
      `Extensions that the CSR asks for were left out: ${quoteSome(extensions.map(extensionName))}.`,
    )
  }
  return warnings
}

function isHostName(name: GeneralName): boolean {
  return name.type === 'dns' || name.type === 'ip'
}

function sameName(host: HostName, name: GeneralName): boolean {
  if (host.type === 'dns') return name.type === 'dns' && name.value.toLowerCase() === host.value
  return name.type === 'ip' && equalBytes(name.value, host.value)
}

function quoteNames(names: readonly GeneralName[]): string {
  return quoteSome(names.map((name) => (typeof name.value === 'string' ? name.value : `(${name.type} name)`)))
}

function extensionName(oid: string): string {
  return Object.entries(OID).find(([, value]) => value === oid)?.[0] ?? oid
}
