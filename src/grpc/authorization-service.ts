import { type IssueDependencies, issueCertificate } from '../authority/issue-certificate.ts'
import { type RevokeDependencies, revokeCertificate } from '../authority/revoke-certificate.ts'
import { streamCrl, type StreamCrlDependencies } from '../authority/stream-crl.ts'
import { verifyRequest, type VerifyDependencies } from '../authority/verify-request.ts'
import { AuthorizationServiceService } from '../gen/chancery/v1/authorization_service.ts'
import { fromWireIssue, toWireIssued } from './convert-issue.ts'
import { fromWireRevoke, toWireRevoked } from './convert-revoke.ts'
import { fromWireStream, toWireCrlEvent } from './convert-stream.ts'
import { fromWireVerify, toWireDecision } from './convert-verify.ts'
import { bindService, type BoundService } from './handler.ts'

/** `chancery.v1.AuthorizationService` over its use cases: the four calls that this product is about. */
export function createAuthorizationService(
  deps: IssueDependencies & RevokeDependencies & StreamCrlDependencies & VerifyDependencies,
): BoundService {
  return bindService(AuthorizationServiceService, {
    issueCertificate: async (request, { caller }) =>
      toWireIssued(await issueCertificate(deps, caller, fromWireIssue(request))),
    verifyRequest: async (request, { caller }) =>
      toWireDecision(await verifyRequest(deps, caller, fromWireVerify(request))),
    revokeCertificate: async (request, { caller }) =>
      toWireRevoked(await revokeCertificate(deps, caller, fromWireRevoke(request)), request.dryRun),
    streamCrl: async function* (request, { caller, signal }) {
      for await (const event of streamCrl(deps, caller, fromWireStream(request), signal))
        yield toWireCrlEvent(event)
    },
  })
}
