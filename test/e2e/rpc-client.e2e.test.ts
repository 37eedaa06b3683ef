import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, it } from 'node:test'
import { status } from '@grpc/grpc-js'
import { connectRpc } from '../../src/cli/rpc-client.ts'
import {
  AuthorizationServiceService as Authorization,
  StreamCRLRequest,
} from '../../src/gen/chancery/v1/authorization_service.ts'
import { loadIdentity } from '../../src/identity/identity-folder.ts'
import { type RunningService, startRunningService } from '../support/running-service.ts'
import { type SilentRelay, startSilentRelay } from '../support/silent-relay.ts'

let running: RunningService
let relay: SilentRelay

before(async () => {
  running = await startRunningService()
  relay = await startSilentRelay(running.port)
})
after(async () => {
  relay.close()
  await running.close()
})

it('ends a stream whose connection died without a word, and opens the next one on a new connection', async () => {
  const client = connectRpc({
    address: `localhost:${relay.port}`,
    identity: await loadIdentity(join(running.dataDir, 'identities', 'admin')),
    timeoutMs: 20_000,
    keepAlive: { everyMs: 50, timeoutMs: 500 },
  })
  const open = () =>
    client.open(Authorization.streamCrl, StreamCRLRequest.create(), AbortSignal.timeout(60_000))
  try {
    await assert.rejects(
      async () => {
        for await (const message of open()) if (message.event) relay.fallSilent()
      },
      { code: status.UNAVAILABLE },
    )
    assert.ok((await firstOf(open()))?.event)
  } finally {
    client.close()
  }
})

async function firstOf<T>(items: AsyncIterable<T>): Promise<T | undefined> {
  for await (const item of items) return item
  return undefined
}
