import {
  AuthorizationServiceService,
  RevokeCertificateRequest,
  RevokeCertificateResponse,
} from '../src/gen/chancery/v1/authorization_service.ts'
import { type LeanClient, frame } from './lean-client.ts'

const REVOKE = AuthorizationServiceService.revokeCertificate.path

/** Revokes, and returns the number of the list that shows it. */
export async function revoke(
  operator: LeanClient,
  request: Pick<RevokeCertificateRequest, 'target'> & { expectedCount?: number },
): Promise<bigint> {
  const message = RevokeCertificateRequest.encode(RevokeCertificateRequest.fromPartial(request)).finish()
  return RevokeCertificateResponse.decode(await operator.call(REVOKE, frame(message))).crlNumber
}

export function revokeSerial(operator: LeanClient, serialNumber: string): Promise<bigint> {
  return revoke(operator, { target: { $case: 'serial', value: { serialNumber, authority: '' } } })
}
