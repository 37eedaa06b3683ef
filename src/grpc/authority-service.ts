import { requireRight } from '../authority/access.ts'
import { fieldNotImplemented } from '../authority/fields.ts'
import {
  type AuthorityStatus,
  getTrustBundle,
  listAuthorities,
  type TrustBundleDependencies,
} from '../authority/read-authorities.ts'
import { VERIFIER_REPORT_SECONDS } from '../authority/verifier-registry.ts'
import {
  listVerifiers,
  reportVerifierStatus,
  type VerifierStatus,
  type VerifierStatusDependencies,
} from '../authority/verifier-status.ts'
import { sha256 } from '../core/crypto.ts'
import { formatName } from '../core/x509/name.ts'
import { formatSerialNumber } from '../core/x509/serial-number.ts'
import {
  type Authority,
  AuthorityRole,
  AuthorityServiceService,
  type Verifier,
} from '../gen/chancery/v1/authority_service.ts'
import { toWireCrlState } from './convert.ts'
import { bindService, type BoundService } from './handler.ts'

type AuthorityServiceDependencies = TrustBundleDependencies &
  Parameters<typeof listAuthorities>[0] &
  VerifierStatusDependencies

/** `chancery.v1.AuthorityService` over its use cases. */
export function createAuthorityService(deps: AuthorityServiceDependencies): BoundService {
  return bindService(AuthorityServiceService, {
    getTrustBundle: async () => {
      const bundle = await getTrustBundle(deps)
      return {
        trustDomain: bundle.trustDomain,
        sequence: bundle.sequence,
        refreshHint: { seconds: BigInt(bundle.refreshSeconds), nanos: 0 },
        rootsDer: bundle.roots.map(({ certificate }) => Buffer.from(certificate.der)),
        rootIds: bundle.roots.map(({ id }) => id),
        intermediatesDer: bundle.intermediates.map(({ certificate }) => Buffer.from(certificate.der)),
        intermediateIds: bundle.intermediates.map(({ id }) => id),
        checkpointInterval: { seconds: BigInt(bundle.checkpointSeconds), nanos: 0 },
        scopeExtensionOid: bundle.scopeExtensionOid,
        tokenIssuers: bundle.tokenIssuers.map(({ issuer, audience, jwks, authorityId }) => ({
          issuer,
          audience,
          jwks: Buffer.from(jwks),
          authority: authorityId ?? '',
        })),
      }
    },
    listAuthorities: () => Promise.resolve({ authorities: listAuthorities(deps).map(toWireAuthority) }),
    reportVerifierStatus: (request, { caller }) => {
      const current = reportVerifierStatus(deps, caller, request)
      return Promise.resolve({
        current: current.map(({ authorityId, crlNumber }) => ({ authority: authorityId, crlNumber })),
        reportAfter: { seconds: BigInt(VERIFIER_REPORT_SECONDS), nanos: 0 },
      })
    },
    listVerifiers: (_request, { caller }) =>
      Promise.resolve({ verifiers: listVerifiers(deps, caller).map(toWireVerifier) }),
    createAuthority: (_request, { caller }) => {
      requireRight(caller, 'chancery.authorities.write')
      throw fieldNotImplemented('id', 'Further authorities cannot be created in this release.')
    },
    rotateAuthority: (_request, { caller }) => {
      requireRight(caller, 'chancery.authorities.write')
      throw fieldNotImplemented('id', 'An authority cannot be given a new key in this release.')
    },
  })
}

function toWireVerifier({ clientId, verifierId, lastSeen, positions }: VerifierStatus): Verifier {
  return {
    clientId,
    verifierId,
    lastSeen,
    positions: positions.map(({ authorityId, crlNumber, lag }) => ({
      authority: authorityId,
      crlNumber,
      lag,
    })),
  }
}

function toWireAuthority({ authority, crl, crlEntryCount, crlUrl }: AuthorityStatus): Authority {
  const { certificate } = authority
  return {
    id: authority.id,
    role:
      authority.role === 'root' ? AuthorityRole.AUTHORITY_ROLE_ROOT : AuthorityRole.AUTHORITY_ROLE_ISSUING,
    certificateDer: Buffer.from(certificate.der),
    subject: formatName(certificate.subject),
    serialNumber: formatSerialNumber(certificate.serialNumber),
    notBefore: certificate.notBefore,
    notAfter: certificate.notAfter,
    crl: crl && toWireCrlState(crl),
    crlEntryCount: BigInt(crlEntryCount),
    crlUrl: crlUrl ?? '',
    certificateSha256: Buffer.from(sha256(certificate.der)),
  }
}
