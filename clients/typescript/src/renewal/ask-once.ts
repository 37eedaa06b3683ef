import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { IssueCertificateResponse } from '../../../../src/gen/chancery/v1/authorization_service.ts'
import {
  CertificateServiceService,
  GetCertificateRequest,
} from '../../../../src/gen/chancery/v1/certificate_service.ts'
import { CertificateState } from '../../../../src/gen/chancery/v1/types.ts'
import { makeCsr } from '../../../../src/identity/make-csr.ts'
import { type PrivateKey, generatePrivateKey } from '../../../../src/identity/private-key.ts'
import { type IssueOptions, issueForCsr, requireOwnKey } from '../../../../src/rpc/issue-certificate.ts'
import type { UnaryCaller } from '../../../../src/rpc/unary-caller.ts'
import type { ClientIdentity } from '../identity/client-identity.ts'

/** What was asked for and not had yet. All of it must be the same when it is asked for again: the service compares. */
interface Attempt {
  readonly wanted: IssueOptions
  readonly key: PrivateKey
  readonly csrDer: Uint8Array
  readonly idempotencyKey: string
}

/** A certificate, and the key that it is for. */
export interface Asked {
  readonly issued: IssueCertificateResponse
  readonly key: PrivateKey
  /** It is in force: the next time, another is asked for. */
  readonly done: () => void
}

const attempts = new WeakMap<ClientIdentity, Attempt>()

/**
 * Asks for a certificate for a new key, once: until {@link Asked.done}, whoever asks for the same again, because the answer was lost or could not be kept, gets the certificate
 * that was issued then. Otherwise an authority with a broken way back would issue one with every try.
 */
export async function askOnce(
  identity: ClientIdentity,
  authority: UnaryCaller,
  keyType: PrivateKey['type'],
  wanted: IssueOptions,
): Promise<Asked> {
  const known = attempts.get(identity)
  const isRepeated = known !== undefined && isDeepStrictEqual(known.wanted, wanted)
  const attempt = isRepeated ? known : await makeAttempt(keyType, wanted)
  attempts.set(identity, attempt)
  const { key, csrDer, idempotencyKey } = attempt
  const issued = await issueForCsr(authority, csrDer, { ...wanted, idempotencyKey })
  requireOwnKey(issued, key)
  const done = () => void attempts.delete(identity)
  if (!isRepeated || !issued.replayed || (await isActive(authority, issued))) return { issued, key, done }
  // Revoked since, or run out: of no use to anybody.
  done()
  return askOnce(identity, authority, keyType, wanted)
}

async function makeAttempt(keyType: PrivateKey['type'], wanted: IssueOptions): Promise<Attempt> {
  const key = await generatePrivateKey(keyType)
  const csrDer = await makeCsr(key, wanted.clientId)
  return { wanted, key, csrDer, idempotencyKey: randomUUID() }
}

async function isActive(
  authority: UnaryCaller,
  { serialNumber, authority: issuer }: IssueCertificateResponse,
): Promise<boolean> {
  const request = GetCertificateRequest.create({ serialNumber, authority: issuer })
  const { certificate } = await authority.call(CertificateServiceService.getCertificate, request)
  return certificate?.state === CertificateState.CERTIFICATE_STATE_ACTIVE
}
