import {
  getCertificate,
  type InventoryDependencies,
  listCertificates,
} from '../authority/read-certificates.ts'
import { CertificateServiceService } from '../gen/chancery/v1/certificate_service.ts'
import { parseCertificateState, parseTime, toWireCertificate } from './convert.ts'
import { bindService, type BoundService } from './handler.ts'

/** `chancery.v1.CertificateService` over its use cases. */
export function createCertificateService(deps: InventoryDependencies): BoundService {
  return bindService(CertificateServiceService, {
    getCertificate: async (request, { caller }) => {
      const certificate = await getCertificate(deps, caller, request)
      return { certificate: toWireCertificate(certificate, deps.clock.now(), true) }
    },
    listCertificates: async (request, { caller }) => {
      const page = await listCertificates(deps, caller, {
        ...request,
        state: parseCertificateState(request.state),
        expiresBefore: parseTime(request.expiresBefore, 'expires_before'),
        expiresAtOrAfter: parseTime(request.expiresAfter, 'expires_after'),
      })
      const at = deps.clock.now()
      return {
        certificates: page.certificates.map((certificate) => toWireCertificate(certificate, at, false)),
        nextPageToken: page.nextPageToken,
      }
    },
  })
}
