import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, it } from 'node:test'
import {
  Decision,
  DenyReason,
  RevokeCertificateResponse,
  type SnapshotBegin,
} from '../../../src/gen/chancery/v1/authorization_service.ts'
import { EXAMPLE_LANGUAGES, runExample, makeIdentity } from '../../support/client-example.ts'
import { describeWithTool } from '../../support/external-tool.ts'
import { type Lies, startLyingRelay } from '../../support/lying-relay.ts'
import { type RunningService, startRunningService } from '../../support/running-service.ts'

/** A copy whose last octet, one of the signature's, is another. */
function spoil(der: Buffer): Buffer {
  const spoilt = Buffer.from(der)
  spoilt[spoilt.length - 1]! ^= 1
  return spoilt
}

type Retell = NonNullable<Lies['stream']>

/** Changes the complete list, which is one chunk here, and announces the hash of the changed one. */
function spoilSnapshot(): Retell {
  let begin: SnapshotBegin | undefined
  return ({ authority, event }) => {
    if (event?.$case === 'snapshotBegin') {
      begin = event.value
      return []
    }
    if (event?.$case !== 'snapshotChunk' || begin === undefined) return [{ authority, event }]
    const data = spoil(event.value.data)
    const sha256 = createHash('sha256').update(data).digest()
    return [
      { authority, event: { $case: 'snapshotBegin', value: { ...begin, sha256 } } },
      { authority, event: { $case: 'snapshotChunk', value: { offset: 0n, data } } },
    ]
  }
}

/** Changes every delta and checkpoint after the complete list. */
function changeLater(change: (der: Buffer) => Buffer): Retell {
  return ({ authority, event }) => {
    if (event?.$case === 'delta') {
      const value = { ...event.value, deltaCrlDer: change(event.value.deltaCrlDer) }
      return [{ authority, event: { $case: 'delta', value } }]
    }
    if (event?.$case === 'checkpoint') {
      const value = { ...event.value, signedCheckpointDer: change(event.value.signedCheckpointDer) }
      return [{ authority, event: { $case: 'checkpoint', value } }]
    }
    return [{ authority, event }]
  }
}

/** Sends the complete list once more in place of what is later. */
function repeatSnapshot(): Retell {
  let complete: Buffer = Buffer.alloc(0)
  const repeat = changeLater(() => complete)
  return (message) => {
    if (message.event?.$case === 'snapshotChunk') complete = message.event.value.data
    return repeat(message)
  }
}

const LIES: Readonly<Record<string, () => { readonly lies: Lies; readonly noticedAfter: string }>> = {
  'issues a scope that nobody was granted': () => ({
    lies: { issue: (request) => ({ ...request, scopes: ['bob.user.read'] }) },
    noticedAfter: 'issued',
  }),
  'spoils the complete list': () => ({ lies: { stream: spoilSnapshot() }, noticedAfter: 'refused' }),
  'denies what is allowed': () => ({
    lies: {
      verify: (answer) => ({
        ...answer,
        decision: Decision.DECISION_DENY,
        denyReason: DenyReason.DENY_REASON_CLIENT_LOCKED,
      }),
    },
    noticedAfter: 'following',
  }),
  'allows everything': () => ({
    lies: {
      verify: (answer) => ({
        ...answer,
        decision: Decision.DECISION_ALLOW,
        denyReason: DenyReason.DENY_REASON_UNSPECIFIED,
      }),
    },
    noticedAfter: 'allowed',
  }),
  'says that it revoked, and did not': () => ({
    lies: { revoke: () => RevokeCertificateResponse.fromPartial({ crlNumber: 1n, revokedCount: 1 }) },
    noticedAfter: 'revoked',
  }),
  'spoils what comes after the complete list': () => ({
    lies: { stream: changeLater(spoil) },
    noticedAfter: 'revoked',
  }),
  'sends the complete list in place of a delta': () => ({
    lies: { stream: repeatSnapshot() },
    noticedAfter: 'revoked',
  }),
}

for (const language of EXAMPLE_LANGUAGES) {
  describeWithTool(
    `example-${language}`,
    `the example of clients/${language} and a relay that lies`,
    (path) => {
      let running: RunningService
      before(async () => {
        running = await startRunningService()
        await running.enrol('alice', ['bob.user.read'])
      })
      after(() => running.close())

      async function runThrough(lies: Lies) {
        const relay = await startLyingRelay(running, lies)
        try {
          const name = createHash('sha256').update(relay.caPem).digest('hex')
          const folder = await makeIdentity(running, name, running.admin, relay.caPem)
          return await runExample(path, relay.port, folder)
        } finally {
          relay.close()
        }
      }

      it('goes through a relay that tells the truth', async () => {
        const { exitCode, errors } = await runThrough({})
        assert.equal(errors, '')
        assert.equal(exitCode, 0)
      })

      for (const [lie, tell] of Object.entries(LIES)) {
        it(`fails when the relay ${lie}`, async () => {
          const { lies, noticedAfter } = tell()
          const { exitCode, output, errors } = await runThrough(lies)
          assert.equal(exitCode, 1, output)
          assert.equal(output.trimEnd().split('\n').at(-1)?.split(' ')[0], noticedAfter)
          assert.match(errors, /^fourcalls: ./)
        })
      }
    },
  )
}
