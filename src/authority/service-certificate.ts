import { ADMIN_CLIENT_ID, SERVICE_CLIENT_ID } from './first-clients.ts'
import { type IssueDependencies, issueCertificate, type IssuedCertificate } from './issue-certificate.ts'
import type { Caller, Clock, Log, Random, Timers } from './ports.ts'
import type { NamedCertificate, RevocationEvents } from './revocation-events.ts'

const RETRY_MS = 60_000
/** Node's timers overflow at 2^31 ms; a long wait is made of several. */
const LONGEST_WAIT_MS = 24 * 60 * 60 * 1000

/** Issues the service's own TLS certificate. */
export function issueServiceCertificate(
  deps: IssueDependencies,
  csrDer: Uint8Array,
): Promise<IssuedCertificate> {
  return issueToSelf(deps, SERVICE_CLIENT_ID, 'server', csrDer)
}

/** Issues a certificate to the admin without a call: at `init`, and when the last one was lost or ran out. */
export function issueAdminCertificate(
  deps: IssueDependencies,
  csrDer: Uint8Array,
): Promise<IssuedCertificate> {
  return issueToSelf(deps, ADMIN_CLIENT_ID, 'client', csrDer)
}

/**
 * Whoever runs this process holds the authority's keys; it acts as that client, which may issue for itself and nobody else. However many certificates it has: who
 * made them without end must not lock the operator out, nor keep the service from starting.
 */
function issueToSelf(
  { settings, ...deps }: IssueDependencies,
  clientId: string,
  profile: string,
  csrDer: Uint8Array,
): Promise<IssuedCertificate> {
  const caller: Caller = { clientId, scopes: [], authorityId: '', serialNumber: '' }
  const unbounded = { ...deps, settings: { ...settings, maxCertificatesPerClient: Infinity } }
  return issueCertificate(unbounded, caller, {
    clientId,
    key: { kind: 'csr', der: csrDer },
    scopes: [],
    profile,
    validitySeconds: undefined,
    idempotencyKey: '',
    replacesSerialNumber: '',
    dryRun: false,
  })
}

/** What of a certificate decides when it is renewed. */
export type KeptCertificate = Pick<
  IssuedCertificate,
  'authorityId' | 'certificate' | 'notAfter' | 'renewalWindow'
>

/**
 * Renews a certificate of the service at a random instant of its renewal window, and again a minute later if that fails; at once
 * when it is revoked, because callers that look at the list would refuse the service until it is started anew. `renew` makes a new key, has it certified and puts both in use; it returns what was issued.
 *
 * @param what - Names the certificate in the log.
 * @param issued - What is in use; `undefined` if the first one could not be had: then `renew` is tried in a minute.
 * @returns a function that stops the renewals
 */
export function keepCertificate(
  deps: {
    clock: Clock
    random: Random
    timers: Timers
    log: Log
    events: Pick<RevocationEvents, 'subscribe'>
  },
  what: string,
  issued: KeptCertificate | undefined,
  renew: () => Promise<KeptCertificate>,
): () => void {
  let current = issued
  let due = issued === undefined ? deps.clock.now().getTime() + RETRY_MS : renewalInstant(deps, issued)
  let renewing = false
  let stopped = false
  let cancel: () => void = () => undefined

  function wait(milliseconds: number): void {
    if (!stopped) cancel = deps.timers.after(Math.min(Math.max(0, milliseconds), LONGEST_WAIT_MS), check)
  }

  function check(): void {
    const left = due - deps.clock.now().getTime()
    if (left > 0) {
      wait(left)
      return
    }
    renewing = true
    renew().then(
      (renewed) => {
        renewing = false
        current = renewed
        due = renewalInstant(deps, renewed)
        deps.log.info(
          { certificate: what, not_after: renewed.notAfter },
          'renewed a certificate of this service',
        )
        wait(due - deps.clock.now().getTime())
      },
      (err: unknown) => {
        renewing = false
        deps.log.error(
          { certificate: what, err },
          'could not renew a certificate of this service; trying again',
        )
        wait(RETRY_MS)
      },
    )
  }

  wait(due - deps.clock.now().getTime())
  const unsubscribe = deps.events.subscribe(
    (event) => {
      const isRevoked =
        event.kind === 'certificates' && event.certificates.some((one) => isSame(one, current))
      if (!isRevoked || renewing) return
      cancel()
      due = deps.clock.now().getTime()
      check()
    },
    () => namesOf(current),
  )
  return () => {
    stopped = true
    unsubscribe()
    cancel()
  }
}

function isSame(one: NamedCertificate, kept: KeptCertificate | undefined): boolean {
  return namesOf(kept).some(
    ({ authorityId, serialNumber }) => one.authorityId === authorityId && one.serialNumber === serialNumber,
  )
}

function namesOf(kept: KeptCertificate | undefined): readonly NamedCertificate[] {
  if (kept?.certificate === undefined) return []
  return [{ authorityId: kept.authorityId, serialNumber: kept.certificate.serialNumber }]
}

function renewalInstant(
  deps: { random: Random },
  { renewalWindow: { start, end } }: Pick<KeptCertificate, 'renewalWindow'>,
): number {
  const [octet = 0] = deps.random.bytes(1)
  return start.getTime() + ((end.getTime() - start.getTime()) * octet) / 256
}
