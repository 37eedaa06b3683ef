import { join } from 'node:path'
import {
  type ClientIdentity,
  chanceryFetch,
  connectAuthority,
  createCredentialSource,
  createRequestVerifier,
  createRevocationFeed,
  createTrustBundleSource,
  openIdentity,
} from '../clients/typescript/src/index.ts'
import { type AuthorityProcess, startAuthority } from './authority-process.ts'
import { createCallLog } from './call-log.ts'
import { startLocalBob } from './local-bob.ts'
import { type Narrator, formatMs } from './narrator.ts'
import type { NewIdentity } from './new-identity.ts'
import type { Stage } from './stage.ts'

const TOKEN_SECONDS = 10
const CALLS_WHILE_DEAD = 40
const READY_MS = 30_000
const FIRST_TOKEN_MS = 5_000

type Telling = Pick<Narrator, 'chapter' | 'step'>

/**
 * Alice and Bob by the TypeScript client: she calls with tokens, he decides by himself, and the authority is killed under her calls and started again. Returns the new
 * process, which has the address of the old one.
 */
export async function tellOutage(
  { chapter, step }: Telling,
  stage: Stage,
  authority: AuthorityProcess,
  { alice, bob }: { readonly alice: NewIdentity; readonly bob: NewIdentity },
): Promise<AuthorityProcess> {
  const address = `localhost:${authority.port}`
  chapter('Alice calls Bob with a token, and Bob decides by himself')
  const origin = await step('Bob learns whom to trust and who is revoked, and keeps it on disk', () =>
    openBob(stage, address, bob),
  )
  const calls = createCallLog(await openAlice(stage, address, alice), origin)
  stage.onClear(() => calls.end())
  await step(`Alice proves her key, gets a token for ${TOKEN_SECONDS} seconds, and reads a user: 200`, () =>
    calls.one('GET', 'token'),
  )
  await step('Alice deletes one with it, for which she has no scope: 403', () => calls.one('DELETE', 'token'))

  chapter('The authority dies')
  calls.begin()
  const killedMs = await step(
    'While Alice calls without a pause, the authority is killed (SIGKILL)',
    async () => {
      await calls.reach('token', 5)
      const began = performance.now()
      await authority.kill()
      return began
    },
  )
  await step(
    'Her calls go on with the token, and when it ends with her certificate',
    () => calls.reach('certificate', 1),
    () => `${formatMs(performance.now() - killedMs)} after the kill`,
  )
  await step(`Bob answers ${CALLS_WHILE_DEAD} more, as her scopes say`, () =>
    calls.reach('certificate', CALLS_WHILE_DEAD),
  )
  const again = await step('The authority is started again, over the same data and on the same address', () =>
    startAuthority({ dataDir: stage.folder, port: authority.port }),
  )
  stage.onClear(() => again.kill())
  const servesMs = performance.now()
  await step(
    'Her calls go with tokens again',
    () => calls.reach('token', 1),
    () => `${formatMs(performance.now() - servesMs)} after it served`,
  )
  await step(
    'Not one call was lost, and none was answered otherwise than her scopes say',
    () => calls.end(),
    (count) => `${count} calls`,
  )
  return again
}

async function openBob(stage: Stage, address: string, bob: NewIdentity): Promise<string> {
  const connection = connectAuthority({ address, identity: await identityOf(bob) })
  const trust = createTrustBundleSource({ connection, directory: join(stage.folder, 'bob', 'trust') })
  const feed = createRevocationFeed({
    connection,
    trust,
    directory: join(stage.folder, 'bob', 'lists'),
    verifierId: false,
  })
  const verifier = createRequestVerifier({ mode: 'local', trust, feed })
  stage.onClear(async () => {
    await verifier.close()
    connection.close()
  })
  await verifier.start()
  await feed.ready(AbortSignal.timeout(READY_MS))
  const server = await startLocalBob(verifier)
  stage.onClear(() => server.close())
  return server.origin
}

async function openAlice(stage: Stage, address: string, alice: NewIdentity): Promise<typeof fetch> {
  const authority = connectAuthority({ address, identity: await identityOf(alice) })
  const source = createCredentialSource({
    authority,
    resource: () => ({ audience: 'bob' }),
    validitySeconds: TOKEN_SECONDS,
    // Only the very first call has to wait: on a busy machine for longer than a request would.
    patienceMs: FIRST_TOKEN_MS,
    deadlineMs: FIRST_TOKEN_MS,
  })
  stage.onClear(() => {
    source.close()
    authority.close()
  })
  return chanceryFetch(source)
}

function identityOf({ keyPem, certificatePem, caPem }: NewIdentity): Promise<ClientIdentity> {
  return openIdentity({ key: keyPem, certificate: certificatePem, ca: caPem })
}
