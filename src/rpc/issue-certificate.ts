import { X509Certificate } from 'node:crypto'
import { AuthorityServiceService, GetTrustBundleRequest } from '../gen/chancery/v1/authority_service.ts'
import {
  AuthorizationServiceService,
  IssueCertificateRequest,
  type IssueCertificateResponse,
} from '../gen/chancery/v1/authorization_service.ts'
import { IdentityError } from '../identity/identity-error.ts'
import type { IdentityFiles } from '../identity/identity-folder.ts'
import { makeCsr } from '../identity/make-csr.ts'
import { type PrivateKey, formatPrivateKey } from '../identity/private-key.ts'
import { encodePem } from '../core/pem.ts'
import type { UnaryCaller } from './unary-caller.ts'

/** What to ask the authority for. Everything absent is the authority's default. */
export interface IssueOptions {
  readonly clientId: string
  /** Absent: every one that the grant names in full. Empty: none. */
  readonly scopes?: readonly string[] | undefined
  readonly profile?: string | undefined
  readonly validitySeconds?: number | undefined
  readonly idempotencyKey?: string | undefined
  readonly replacesSerialNumber?: string | undefined
  readonly dryRun?: boolean | undefined
}

/** Asks for a certificate over a request that is there already. */
export function issueForCsr(
  rpc: UnaryCaller,
  csrDer: Uint8Array,
  options: IssueOptions,
): Promise<IssueCertificateResponse> {
  return rpc.call(
    AuthorizationServiceService.issueCertificate,
    IssueCertificateRequest.fromPartial({
      clientId: options.clientId,
      key: { $case: 'csrDer', value: Buffer.from(csrDer) },
      scopes: [...(options.scopes ?? [])],
      // On the wire, an empty list alone means all.
      noScopes: options.scopes?.length === 0,
      profile: options.profile ?? '',
      ...(options.validitySeconds === undefined
        ? {}
        : { validity: { seconds: BigInt(options.validitySeconds), nanos: 0 } }),
      idempotencyKey: options.idempotencyKey ?? '',
      replacesSerialNumber: options.replacesSerialNumber ?? '',
      dryRun: options.dryRun ?? false,
    }),
  )
}

/** Asks for a certificate for a key of this machine. Only the signed request travels. */
export async function issueForKey(
  rpc: UnaryCaller,
  key: PrivateKey,
  options: IssueOptions,
): Promise<IssueCertificateResponse> {
  const response = await issueForCsr(rpc, await makeCsr(key, options.clientId), options)
  if (options.dryRun !== true) requireOwnKey(response, key)
  return response
}

/** @throws IdentityError `MISMATCHED` if the certificate is for another key */
export function requireOwnKey({ certificateDer }: IssueCertificateResponse, { key }: PrivateKey): void {
  if (new X509Certificate(certificateDer).checkPrivateKey(key)) return
  throw new IdentityError(
    'MISMATCHED',
    'The certificate that the service sent is for another key; nothing was written.',
    'Do not trust this service before you know why.',
  )
}

/** What to write for an issued certificate: the chain as issued, and the roots of the trust bundle. */
export async function toIdentityFiles(
  rpc: UnaryCaller,
  response: IssueCertificateResponse,
  key: PrivateKey | undefined,
): Promise<IdentityFiles> {
  const { rootsDer } = await rpc.call(AuthorityServiceService.getTrustBundle, GetTrustBundleRequest.create())
  return {
    keyPem: key && formatPrivateKey(key),
    certificatePem: encodePem('CERTIFICATE', [response.certificateDer, ...response.chainDer]),
    caPem: encodePem('CERTIFICATE', rootsDer),
  }
}
