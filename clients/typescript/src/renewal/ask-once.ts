import { randomUUID } from 'node:crypto'
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
import { ChanceryError } from '../chancery-error.ts'
import type { ClientIdentity } from '../identity/client-identity.ts'
import { type PendingFault, type PendingRenewal, pendingStoreOf } from './pending-renewal.ts'

/** A certificate, and the key that it is for. */
export interface Asked {
  readonly issued: IssueCertificateResponse
  readonly key: PrivateKey
  /** It is in force: the next time, another is asked for. */
  readonly done: () => Promise<void>
}

/** Whose clock, and who is told. */
export interface AskOptions {
  readonly now: () => Date
  readonly onPendingRefused: (fault: PendingFault) => void
}

/** After these the same question is never answered. */
const FINAL_REFUSALS: ReadonlySet<string> = new Set(['IDEMPOTENCY_KEY_REUSED', 'PUBLIC_KEY_REJECTED'])

/**
 * Asks for a certificate for a new key, once: until {@link Asked.done}, whoever asks for the same again, because the answer was lost or could not be kept, or the process ended, gets the certificate
 * that was issued then. Otherwise an authority with a broken way back would issue one with every try. So what is asked is kept before it is asked.
 */
export async function askOnce(
  identity: ClientIdentity,
  authority: UnaryCaller,
  keyType: PrivateKey['type'],
  wanted: IssueOptions,
  options: AskOptions,
): Promise<Asked> {
  const store = pendingStoreOf(identity)
  const found = await store.read(options.now())
  if (typeof found === 'string') options.onPendingRefused(found)
  const known = typeof found === 'object' && isSame(found.wanted, wanted) ? found : undefined
  const pending = known ?? (await begin(keyType, wanted, options.now()))
  if (known === undefined) await store.write(pending)
  const issued = await ask(authority, pending).catch(async (error: unknown) => {
    if (error instanceof ChanceryError && FINAL_REFUSALS.has(error.reason)) await store.remove()
    throw error
  })
  requireOwnKey(issued, pending.key)
  const isOfUse = known === undefined || !issued.replayed || (await isActive(authority, issued))
  if (isOfUse) return { issued, key: pending.key, done: () => store.remove() }
  // Revoked since, or run out: of no use to anybody.
  await store.remove()
  return askOnce(identity, authority, keyType, wanted, options)
}

function ask(authority: UnaryCaller, { csrDer, wanted, idempotencyKey }: PendingRenewal) {
  return issueForCsr(authority, csrDer, { ...wanted, idempotencyKey })
}

/** As both are written: what is undefined is not there. */
function isSame(one: IssueOptions, other: IssueOptions): boolean {
  const text = ({ clientId, scopes, profile, validitySeconds, replacesSerialNumber }: IssueOptions) =>
    JSON.stringify([clientId, scopes, profile, validitySeconds, replacesSerialNumber])
  return text(one) === text(other)
}

async function begin(
  keyType: PrivateKey['type'],
  wanted: IssueOptions,
  begunAt: Date,
): Promise<PendingRenewal> {
  const key = await generatePrivateKey(keyType)
  const csrDer = await makeCsr(key, wanted.clientId)
  return { wanted, key, csrDer, idempotencyKey: randomUUID(), begunAt }
}

async function isActive(
  authority: UnaryCaller,
  { serialNumber, authority: issuer }: IssueCertificateResponse,
): Promise<boolean> {
  const request = GetCertificateRequest.create({ serialNumber, authority: issuer })
  const { certificate } = await authority.call(CertificateServiceService.getCertificate, request)
  return certificate?.state === CertificateState.CERTIFICATE_STATE_ACTIVE
}
