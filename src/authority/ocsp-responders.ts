import { formatHex } from '../core/bytes.ts'
import { hash, sha256 } from '../core/crypto.ts'
import { DomainError } from '../core/errors.ts'
import { SERIAL_BYTES } from '../core/issuance/plan.ts'
import { renewalWindow } from '../core/issuance/renewal-window.ts'
import { planResponderCertificate } from '../core/issuance/responder-certificate.ts'
import { decodeSubjectPublicKeyInfo } from '../core/x509/public-key.ts'
import { formatSerialNumber } from '../core/x509/serial-number.ts'
import type { KeyStore, Signer } from '../signer/signer.ts'
import type { CertificateRecord, Meta, Store } from '../store/store.ts'
import { requireActiveClient } from './clients.ts'
import { SERVICE_CLIENT_ID } from './first-clients.ts'
import type { IssuingAuthority } from './issuing-authority.ts'
import type { Clock, Log, Random, Timers } from './ports.ts'
import type { RevocationEvents } from './revocation-events.ts'
import { type KeptCertificate, keepCertificate } from './service-certificate.ts'
import { signResponderCertificate } from './sign-certificate.ts'

/** A key that may sign OCSP answers for one authority, and the certificate that says so. */
export interface OcspResponder {
  readonly signer: Signer
  readonly certificateDer: Uint8Array
  /** SHA-1 of the key bits: how an answer names it. */
  readonly keyHash: Uint8Array
  readonly notAfter: Date
}

/** The responder of each authority, always with a certificate that has some life left. */
export interface OcspResponders {
  /** Certifies a responder for each authority. One that cannot be had is tried again; the others answer meanwhile. */
  start(): Promise<void>
  /** `undefined` if there is none whose certificate is valid now. */
  current(authorityId: string): OcspResponder | undefined
  stop(): void
}

export interface OcspRespondersDependencies {
  readonly store: Pick<Store, 'clients' | 'certificates'>
  readonly authorities: readonly IssuingAuthority[]
  /** Keys that end with the process: who restarts the service, has new ones. */
  readonly keys: Pick<KeyStore, 'create'>
  readonly meta: Pick<Meta, 'trustDomain'>
  readonly clock: Clock
  readonly random: Random
  readonly timers: Timers
  readonly log: Log
  readonly events: Pick<RevocationEvents, 'subscribe'>
}

/** Name that a responder's certificate has in the inventory where others have their profile. */
const RESPONDER_PROFILE = 'ocsp'

export function createOcspResponders(deps: OcspRespondersDependencies): OcspResponders {
  const responders = new Map<string, OcspResponder>()
  const stops: (() => void)[] = []

  async function renew(authority: IssuingAuthority): Promise<KeptCertificate> {
    const { responder, kept } = await certifyResponder(deps, authority)
    responders.set(authority.id, responder)
    return kept
  }

  async function keep(authority: IssuingAuthority): Promise<void> {
    const what = `OCSP ${authority.id}`
    const first = await renew(authority).catch((err: unknown) => {
      deps.log.error({ certificate: what, err }, 'could not certify an OCSP responder; trying again')
      return undefined
    })
    stops.push(keepCertificate(deps, what, first, () => renew(authority)))
  }

  return {
    async start() {
      await Promise.all(deps.authorities.map(keep))
    },
    current(authorityId) {
      const responder = responders.get(authorityId)
      return responder !== undefined && responder.notAfter > deps.clock.now() ? responder : undefined
    },
    stop() {
      for (const stop of stops.splice(0)) stop()
    },
  }
}

/** A new key for every certificate. It stands in the inventory like the service's others, and can be revoked like them. */
async function certifyResponder(
  deps: OcspRespondersDependencies,
  authority: IssuingAuthority,
): Promise<{ responder: OcspResponder; kept: KeptCertificate }> {
  const now = deps.clock.now()
  const serialOctets = deps.random.bytes(SERIAL_BYTES)
  const signer = await deps.keys.create(`ocsp-${formatHex(serialOctets)}`, 'p256')
  const publicKey = decodeSubjectPublicKeyInfo(signer.publicKeyDer)
  const plan = planResponderCertificate({
    authorityId: authority.id,
    issuer: authority.certificate,
    trustDomain: deps.meta.trustDomain,
    publicKey,
    now,
    serialOctets,
  })
  const certificateDer = await signResponderCertificate(plan, authority)
  const { notBefore, notAfter } = plan
  const serialNumber = formatSerialNumber(plan.serialNumber)
  await record(deps, {
    authorityId: authority.id,
    serialNumber,
    clientId: SERVICE_CLIENT_ID,
    profile: RESPONDER_PROFILE,
    scopes: [],
    notBefore,
    notAfter,
    der: certificateDer,
    certificateSha256: sha256(certificateDer),
    publicKeySha256: sha256(signer.publicKeyDer),
    issuedAt: now,
    replacesSerialNumber: undefined,
    revocation: undefined,
  })
  return {
    responder: { signer, certificateDer, keyHash: hash('sha1', publicKey.keyBytes), notAfter },
    kept: {
      authorityId: authority.id,
      certificate: { der: certificateDer, serialNumber },
      notAfter,
      renewalWindow: renewalWindow(now, notAfter),
    },
  }
}

async function record(
  { store }: Pick<OcspRespondersDependencies, 'store'>,
  certificate: CertificateRecord,
): Promise<void> {
  const client = await requireActiveClient(store, SERVICE_CLIENT_ID)
  const { outcome } = await store.certificates.insert(
    certificate,
    { clientVersion: client.version },
    {
      at: certificate.issuedAt,
      actor: SERVICE_CLIENT_ID,
      action: 'certificate.issue',
      subject: certificate.serialNumber,
      details: {
        client_id: certificate.clientId,
        authority: certificate.authorityId,
        profile: certificate.profile,
        scopes: certificate.scopes,
        not_after: certificate.notAfter.toISOString(),
        certificate_sha256: formatHex(certificate.certificateSha256),
      },
    },
  )
  if (outcome !== 'inserted')
    throw new DomainError('CLIENT_CHANGED', `Client ${SERVICE_CLIENT_ID} changed. Try again.`, {
      client_id: SERVICE_CLIENT_ID,
    })
}
