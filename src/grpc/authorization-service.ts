import { type IssueDependencies, issueCertificate } from '../authority/issue-certificate.ts'
import { type RevokeDependencies, revokeCertificate } from '../authority/revoke-certificate.ts'
import { streamCrl, type StreamCrlDependencies } from '../authority/stream-crl.ts'
import { unrevokeCertificate } from '../authority/unrevoke-certificate.ts'
import { verifyRequests } from '../authority/verify-requests.ts'
import { verifyRequest, type VerifyDependencies } from '../authority/verify-request.ts'
import {
  AuthorizationServiceService,
  IssueCertificateResponse,
  VerifyRequestResponse,
  VerifyRequestsResponse,
} from '../gen/chancery/v1/authorization_service.ts'
import { fromWireIssue, toWireIssued } from './convert-issue.ts'
import { fromWireRevoke, fromWireUnrevoke, toWireRevoked, toWireUnrevoked } from './convert-revoke.ts'
import { fromWireStream, toWireCrlEvent } from './convert-stream.ts'
import { fromWireVerify, toWireDecision } from './convert-verify.ts'
import { readVerifyItem, toWireVerifiedItem } from './convert-verify-item.ts'
import { bindService, type BoundService } from './handler.ts'
import { createSerializer } from './serializer.ts'

const { issueCertificate: ISSUE, verifyRequest: UNARY, verifyRequests: STREAM } = AuthorizationServiceService
const DEFINITION = {
  ...AuthorizationServiceService,
  issueCertificate: { ...ISSUE, responseSerialize: createSerializer(IssueCertificateResponse) },
  verifyRequest: { ...UNARY, responseSerialize: createSerializer(VerifyRequestResponse) },
  verifyRequests: {
    ...STREAM,
    // Its own, because an item that cannot be read must not end the stream for the others.
    requestDeserialize: readVerifyItem,
    responseSerialize: createSerializer(VerifyRequestsResponse),
  },
} as const

/** `chancery.v1.AuthorizationService` over its use cases: the four calls that this product is about. */
export function createAuthorizationService(
  deps: IssueDependencies & RevokeDependencies & StreamCrlDependencies & VerifyDependencies,
): BoundService {
  return bindService(DEFINITION, {
    issueCertificate: async (request, { caller }) =>
      toWireIssued(await issueCertificate(deps, caller, fromWireIssue(request))),
    verifyRequest: async (request, { caller }) =>
      toWireDecision(await verifyRequest(deps, caller, fromWireVerify(request))),
    verifyRequests: async function* (requests, { caller, itemStatus }) {
      for await (const item of verifyRequests(deps, caller, requests))
        yield toWireVerifiedItem(item, itemStatus)
    },
    revokeCertificate: async (request, { caller }) =>
      toWireRevoked(await revokeCertificate(deps, caller, fromWireRevoke(request)), request.dryRun),
    unrevokeCertificate: async (request, { caller }) =>
      toWireUnrevoked(await unrevokeCertificate(deps, caller, fromWireUnrevoke(request))),
    streamCrl: async function* (request, { caller, signal }) {
      for await (const event of streamCrl(deps, caller, fromWireStream(request), signal))
        yield toWireCrlEvent(event)
    },
  })
}
