import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { seedCertificates } from '../../bench/seed-certificates.ts'
import { ISSUING_ID } from '../../src/authority/initialize.ts'
import { artefactRoute } from '../../src/compose/artefact-route.ts'
import { putToWork } from '../../src/compose/authority-at-work.ts'
import { dataFolder } from '../../src/compose/data-folder.ts'
import { openAuthority } from '../../src/compose/open-authority.ts'
import { systemClock, systemRandom, systemTimers } from '../../src/compose/system-ports.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { formatHex } from '../../src/core/bytes.ts'
import { MAX_DELTA_ENTRIES } from '../../src/core/limits.ts'
import { parseCrl } from '../../src/core/x509/crl.ts'
import {
  AuthorizationServiceService as Authorization,
  DenyReason,
  RevokeCertificateRequest,
  StreamCRLRequest,
  VerifyRequestRequest,
} from '../../src/gen/chancery/v1/authorization_service.ts'
import { RevocationReason } from '../../src/gen/chancery/v1/types.ts'
import { createHttpListener } from '../../src/http/listener.ts'
import { listFolder } from '../../src/store/sqlite/list-file.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { silentLog } from '../support/fakes.ts'
import { call, open, type RunningService, startRunningService } from '../support/running-service.ts'

const SEEDED = MAX_DELTA_ENTRIES + 1000
const LOOPBACK = { host: '127.0.0.1', port: 0 }

type Enrolled = Awaited<ReturnType<RunningService['enrol']>>

/** The service over a data folder, whose long list is not made before `finish`; the rest is as in `serve`. */
async function startWithoutLists(dataDir: string) {
  const opened = await openAuthority(dataDir, undefined)
  const { crls } = opened.store
  const gate = Promise.withResolvers<undefined>()
  const store: typeof opened.store = {
    ...opened.store,
    crls: {
      ...crls,
      assemble: async (...asked) => {
        if (asked[0] === ISSUING_ID) await gate.promise
        return crls.assemble(...asked)
      },
    },
  }
  const undo: (() => unknown)[] = [() => opened.store.close()]
  const settings = await loadConfig({ options: { data: dataDir }, environment: {} })
  const surroundings = { clock: systemClock, timers: systemTimers, random: systemRandom, log: silentLog }
  const metrics = createMetrics(systemClock)
  const { deps, health, grpc } = await putToWork(
    { ...opened, store },
    { ...surroundings, metrics, settings, companions: () => [] },
    undo,
  )
  const http = createHttpListener(artefactRoute(deps), silentLog)
  undo.push(() => http.close(1000))
  const { port: httpPort } = await http.bind(LOOPBACK)
  const { port } = await grpc.bind(LOOPBACK)
  return {
    port,
    httpUrl: `http://127.0.0.1:${httpPort}`,
    health,
    deps,
    finish: () => {
      gate.resolve(undefined)
    },
    async close() {
      gate.resolve(undefined)
      for (const step of undo.splice(0).reverse()) await step()
    },
  }
}

describe('a service with many revoked certificates and no complete list', () => {
  let earlier: RunningService
  let bob: Enrolled
  let alice: Enrolled
  let eve: Enrolled
  let service: Awaited<ReturnType<typeof startWithoutLists>>

  before(async () => {
    earlier = await startRunningService()
    bob = await earlier.enrol('bob', ['chancery.requests.verify', 'chancery.crl.read'])
    alice = await earlier.enrol('alice', ['bob.user.read'])
    eve = await earlier.enrol('eve', ['bob.user.read'])
    await call(
      earlier,
      eve,
      Authorization.revokeCertificate,
      RevokeCertificateRequest.fromPartial({
        target: { $case: 'certificateDer', value: eve.issued.certificateDer },
        reason: RevocationReason.REVOCATION_REASON_SUPERSEDED,
      }),
    )
    await earlier.service.close()
    // As after a restore without the files beside the database.
    const { database } = dataFolder(earlier.dataDir)
    seedCertificates(database, [{ clientId: 'seeded', count: SEEDED, isRevoked: true }])
    rmSync(listFolder(database), { recursive: true })
    service = await startWithoutLists(earlier.dataDir)
  })
  after(async () => {
    await service.close()
    await earlier.close()
  })

  async function denyReasonOf({ issued }: Enrolled): Promise<DenyReason> {
    const request = VerifyRequestRequest.fromPartial({
      credential: {
        $case: 'presentedCertificate',
        value: { certificateChainDer: [issued.certificateDer] },
      },
      requiredScopes: ['bob.user.read'],
    })
    return (await call(service, bob, Authorization.verifyRequest, request)).denyReason
  }

  it('decides rightly at once, refuses the list by name and holds who streams it, until it is there', async () => {
    const { DENY_REASON_UNSPECIFIED, DENY_REASON_CERTIFICATE_REVOKED } = DenyReason
    const decisions = async () => [await denyReasonOf(alice), await denyReasonOf(eve)]
    assert.deepEqual(await decisions(), [DENY_REASON_UNSPECIFIED, DENY_REASON_CERTIFICATE_REVOKED])
    const { serving, checks } = service.health.state
    assert.deepEqual([serving, checks], [false, { store: true, signer: true, crl: false }])
    for (const path of [`/crl/${ISSUING_ID}.crl`, `/crl/${ISSUING_ID}.delta.crl`]) {
      const refused = await fetch(service.httpUrl + path)
      assert.deepEqual([refused.status, refused.headers.get('retry-after')], [503, '5'])
      assert.match(await refused.text(), /^CRL_NOT_READY: /)
    }
    const request = StreamCRLRequest.fromPartial({ authorities: [ISSUING_ID] })
    const stream = open(service, bob, Authorization.streamCrl, request)
    const first = stream.next()
    // What is revoked meanwhile is denied at once too.
    await call(
      service,
      alice,
      Authorization.revokeCertificate,
      RevokeCertificateRequest.fromPartial({
        target: { $case: 'certificateDer', value: alice.issued.certificateDer },
        reason: RevocationReason.REVOCATION_REASON_SUPERSEDED,
      }),
    )
    assert.equal(await denyReasonOf(alice), DENY_REASON_CERTIFICATE_REVOKED)
    assert.equal(stream.messages.length, 0)

    const recovered = new Promise<void>((resolve) => service.health.subscribe(resolve))
    service.finish()
    const chunks: Buffer[] = []
    for (let event = await first; event.event?.$case !== 'snapshotEnd'; event = await stream.next())
      if (event.event?.$case === 'snapshotChunk') chunks.push(event.event.value.data)
    const list = parseCrl(Buffer.concat(chunks))
    assert.ok(list.entryCount > SEEDED)
    assert.ok(
      [...list.entries()].some(({ serialNumber }) => formatHex(serialNumber) === eve.issued.serialNumber),
    )
    const fetched = await fetch(`${service.httpUrl}/crl/${ISSUING_ID}.crl`)
    assert.equal(fetched.status, 200)
    assert.ok(parseCrl(new Uint8Array(await fetched.arrayBuffer())).entryCount > SEEDED)
    await recovered
    assert.ok(service.health.state.serving)
    stream.close()
  })
})
