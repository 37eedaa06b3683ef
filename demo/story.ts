/**
 * `npm run demo`: the story of Chancery on real sockets, told while it happens. The authority runs in a process of its own, on a
 * new SQLite database. First Alice and Bob use the TypeScript client, and the authority is killed under their calls; then Bob is an HTTP server who asks it, over
 * mTLS, before he serves anything, and Alice signs her requests with nothing but her key. Every step is checked: the exit code is 0 only if all of them held.
 */
import { join } from 'node:path'
import { type Identity, loadIdentity } from '../src/identity/identity-folder.ts'
import { type RpcClient, connectRpc } from '../src/cli/rpc-client.ts'
import {
  AuthorizationServiceService,
  RevokeCertificateRequest,
} from '../src/gen/chancery/v1/authorization_service.ts'
import {
  ClientServiceService,
  CreateClientRequest,
  SetClientScopesRequest,
} from '../src/gen/chancery/v1/client_service.ts'
import { RevocationReason } from '../src/gen/chancery/v1/types.ts'
import { signAsAlice } from './alice.ts'
import { type AuthorityProcess, runChancery, startAuthority } from './authority-process.ts'
import { type Bob, startBob } from './bob.ts'
import { expectAnswer, expectListed, expectScopes } from './expect.ts'
import { findFreePort } from './free-port.ts'
import { createNarrator, formatMs, hold } from './narrator.ts'
import { type NewIdentity, newIdentity } from './new-identity.ts'
import { type RevocationWatch, watchRevocations } from './revocation-watch.ts'
import { tellOutage } from './outage.ts'
import { createStage } from './stage.ts'

const CALL_MS = 30_000
const READ = 'bob.user.read'
const WRITE = 'bob.user.write'

const { chapter, step, ...narrator } = createNarrator(process.stdout)
const stage = createStage('demo')

async function tell(): Promise<void> {
  process.stdout.write('Chancery: may this request be served?\n')
  const authority = await foundAuthority()
  const operator = connect(authority, await loadIdentity(join(stage.folder, 'identities', 'admin')))
  const { alice, bob: bobIdentity, bobRpc } = await certify(authority, operator)
  const restarted = await tellOutage({ chapter, step }, stage, authority, { alice, bob: bobIdentity })
  const bob = await startBob(bobRpc)
  stage.onClear(() => bob.close())
  await serveAndRefuse(bob, alice)
  const watch = await openWatch(bobRpc)
  const { renewed, revokedTokens } = await takeScope({ bob, operator, watch }, alice)
  await revoke({ bob, operator, watch }, renewed, revokedTokens)
  await leave(restarted, watch)
}

function connect({ port }: AuthorityProcess, identity: Identity): RpcClient {
  const rpc = connectRpc({ address: `localhost:${port}`, identity, timeoutMs: CALL_MS })
  stage.onClear(() => rpc.close())
  return rpc
}

async function foundAuthority(): Promise<AuthorityProcess> {
  chapter('The authority')
  await step('chancery init makes a root and an issuing authority, their keys, a database', async () => {
    const made = (await runChancery('init', '--data', stage.folder)) as { authorities: { role: string }[] }
    const roles = made.authorities.map(({ role }) => role).sort()
    hold(roles.join() === 'issuing,root', `init made ${roles.join(' and ')}`)
  })
  const port = await findFreePort()
  const authority = await step('chancery serve starts in a process of its own: gRPC over mTLS', () =>
    startAuthority({ dataDir: stage.folder, port }),
  )
  stage.onClear(() => authority.kill())
  return authority
}

async function certify(
  authority: AuthorityProcess,
  operator: RpcClient,
): Promise<{ alice: NewIdentity; bob: NewIdentity; bobRpc: RpcClient }> {
  chapter('Alice and Bob')
  await step(`The operator adds alice, who may ${READ} and ${WRITE}`, () =>
    addClient(operator, 'alice', [READ, WRITE]),
  )
  const bob = await step('and bob, who may ask about requests and follow revocations', async () => {
    await addClient(operator, 'bob', ['chancery.crl.read', 'chancery.requests.verify'])
    return newIdentity(operator, 'bob')
  })
  const alice = await step('Alice makes a key, sends a CSR, and gets a certificate with her scopes', () =>
    expectScopes(newIdentity(operator, 'alice'), [READ, WRITE]),
  )
  return { alice, bob, bobRpc: connect(authority, bob) }
}

async function addClient(operator: RpcClient, clientId: string, grantedScopes: string[]): Promise<void> {
  const request = CreateClientRequest.fromPartial({ clientId, grantedScopes })
  const { client } = await operator.call(ClientServiceService.createClient, request)
  hold(client?.grantedScopes.join() === grantedScopes.join(), 'the grant is another one')
}

async function serveAndRefuse(bob: Bob, alice: NewIdentity): Promise<void> {
  chapter('Bob serves users, and asks the authority before each answer')
  const user = new URL('/users/7?full=1', bob.origin)
  const change = signAsAlice(alice, 'PUT', user, '{"name":"Robert"}')
  await step('Alice reads a user: 200', () => expectAnswer(bob, signAsAlice(alice, 'GET', user), 200))
  await step('Alice changes a user: 200', () => expectAnswer(bob, change, 200))
  await step('Alice deletes one, for which she has no scope: 403, SCOPE_INSUFFICIENT', () =>
    expectAnswer(bob, signAsAlice(alice, 'DELETE', user), 403, 'SCOPE_INSUFFICIENT'),
  )
  await step("Mallory changes the body of Alice's request on its way: 401, SIGNATURE_INVALID", () => {
    const request = signAsAlice(alice, 'PUT', user, '{"name":"Robert"}')
    return expectAnswer(bob, { ...request, body: '{"name":"Mallory"}' }, 401, 'SIGNATURE_INVALID')
  })
  await step('Mallory sends what was served before once more: 401, NONCE_REPLAYED', () =>
    expectAnswer(bob, change, 401, 'NONCE_REPLAYED'),
  )
  await step('Mallory asks without a signature: 401, CREDENTIAL_MISSING', () =>
    expectAnswer(bob, { ...change, headers: {} }, 401, 'CREDENTIAL_MISSING'),
  )
}

async function openWatch(bobRpc: RpcClient): Promise<RevocationWatch> {
  chapter('A scope is taken from Alice')
  const watch = watchRevocations(bobRpc)
  stage.onClear(() => watch.close())
  await step('Bob opens a stream of revocations: both lists come, signed and empty', async () => {
    const root = await watch.reaches('root', 0n)
    const issuing = await watch.reaches('issuing-1', 0n)
    for (const list of [root, issuing]) expectListed(list, undefined, 0, 0)
  })
  return watch
}

interface Cast {
  readonly bob: Bob
  readonly operator: RpcClient
  readonly watch: RevocationWatch
}

async function takeScope({ bob, operator, watch }: Cast, alice: NewIdentity) {
  const user = new URL('/users/7', bob.origin)
  const beganMs = performance.now()
  const { crlNumber, revokedTokenCount } = await step(
    `The operator takes ${WRITE}: her certificate is revoked along with it`,
    async () => {
      const request = SetClientScopesRequest.fromPartial({ clientId: 'alice', grantedScopes: [READ] })
      const response = await operator.call(ClientServiceService.setClientScopes, request)
      const revoked = response.revokedSerialNumbers.join(', ')
      hold(revoked === alice.serialNumber, `it revoked ${revoked || 'nothing'}`)
      return response
    },
  )
  await step(
    'The new list names it and is pushed to the open stream',
    async () =>
      expectListed(await watch.reaches('issuing-1', crlNumber), alice.serialNumber, 1, revokedTokenCount),
    (pushed) => `${formatMs(pushed.arrivedMs - beganMs)} after the call began`,
  )
  await step('Alice reads a user with it: 401, CERTIFICATE_REVOKED', () =>
    expectAnswer(bob, signAsAlice(alice, 'GET', user), 401, 'CERTIFICATE_REVOKED'),
  )
  const renewed = await step('Alice gets a new certificate, with the scope that is left', () =>
    expectScopes(newIdentity(operator, 'alice'), [READ]),
  )
  await step('Alice reads a user with the new one: 200', () =>
    expectAnswer(bob, signAsAlice(renewed, 'GET', user), 200),
  )
  await step('Alice changes a user with the new one: 403, SCOPE_INSUFFICIENT', () =>
    expectAnswer(bob, signAsAlice(renewed, 'PUT', user, '{}'), 403, 'SCOPE_INSUFFICIENT'),
  )
  return { renewed, revokedTokens: revokedTokenCount }
}

async function revoke(
  { bob, operator, watch }: Cast,
  lost: NewIdentity,
  revokedTokens: number,
): Promise<void> {
  chapter("Alice's key is lost")
  const beganMs = performance.now()
  const { crlNumber } = await step('The operator revokes the certificate by its serial number', async () => {
    const response = await operator.call(
      AuthorizationServiceService.revokeCertificate,
      RevokeCertificateRequest.fromPartial({
        target: { $case: 'serial', value: { serialNumber: lost.serialNumber, authority: '' } },
        reason: RevocationReason.REVOCATION_REASON_KEY_COMPROMISE,
      }),
    )
    hold(response.revokedCount === 1, `it revoked ${response.revokedCount} certificates`)
    return response
  })
  await step(
    'The new list names it as well and is pushed to the open stream',
    async () =>
      expectListed(await watch.reaches('issuing-1', crlNumber), lost.serialNumber, 2, revokedTokens),
    (pushed) => `${formatMs(pushed.arrivedMs - beganMs)} after the call began`,
  )
  await step('Alice reads a user with it: 401, CERTIFICATE_REVOKED', () =>
    expectAnswer(bob, signAsAlice(lost, 'GET', new URL('/users/7', bob.origin)), 401, 'CERTIFICATE_REVOKED'),
  )
}

async function leave(authority: AuthorityProcess, watch: RevocationWatch): Promise<void> {
  chapter('The end')
  await step('The service is asked to stop: it ends the stream and leaves with exit code 0', async () => {
    const code = await authority.stop()
    hold(code === 0, `it left with ${code}: ${authority.log()}`)
    await watch.ended
  })
}

try {
  await tell()
  narrator.end()
} catch (error) {
  narrator.fail(error)
  process.exitCode = 1
} finally {
  await stage.clear()
}
