import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { clientEtag } from '../../../src/authority/clients.ts'
import { createClient, type CreateClientRequest } from '../../../src/authority/create-client.ts'
import { issueCertificate } from '../../../src/authority/issue-certificate.ts'
import { lockClient, unlockClient } from '../../../src/authority/lock-client.ts'
import { getClient, listClients } from '../../../src/authority/read-clients.ts'
import { removeClient } from '../../../src/authority/remove-client.ts'
import { setClientScopes } from '../../../src/authority/set-client-scopes.ts'
import { MAX_GRPC_MESSAGE_BYTES } from '../../../src/core/limits.ts'
import { MAX_TOKENS_WITHDRAWN } from '../../../src/core/token-limits.ts'
import { ListClientsResponse } from '../../../src/gen/chancery/v1/client_service.ts'
import { toWireClient } from '../../../src/grpc/convert.ts'
import { ADMIN, START, buildUseCases, callerOf, issueRequest } from '../../support/build-use-cases.ts'

function clientRequest(request: Partial<CreateClientRequest> = {}): CreateClientRequest {
  return {
    clientId: 'alice',
    displayName: '',
    grantedScopes: ['bob.user.*'],
    profiles: [],
    dnsNames: [],
    ...request,
  }
}

const everyClient = { pageSize: 0, pageToken: '', state: undefined, grantedScope: '' } as const

describe('clients', () => {
  it('are created once, with a sorted grant', async () => {
    const deps = await buildUseCases()
    const client = await createClient(deps, ADMIN, clientRequest({ grantedScopes: ['b.c', 'a.b', 'b.c'] }))
    assert.deepEqual(client.grantedScopes, ['a.b', 'b.c'])
    await assert.rejects(createClient(deps, ADMIN, clientRequest()), { reason: 'CLIENT_EXISTS' })
  })

  it('are refused with a bad id, scope, profile, name or text', async () => {
    const deps = await buildUseCases()
    const refused: [Partial<CreateClientRequest>, string][] = [
      [{ clientId: '' }, 'FIELD_INVALID'],
      [{ clientId: '../etc' }, 'FIELD_INVALID'],
      [{ clientId: 'A' }, 'FIELD_INVALID'],
      [{ clientId: 'a'.repeat(65) }, 'FIELD_INVALID'],
      [{ grantedScopes: ['Bob.read'] }, 'SCOPE_MALFORMED'],
      [{ grantedScopes: Array.from({ length: 257 }, (_, i) => `s.${i}`) }, 'FIELD_INVALID'],
      [{ profiles: ['nope'] }, 'PROFILE_UNKNOWN'],
      [{ profiles: Array.from({ length: 17 }, () => 'client') }, 'FIELD_INVALID'],
      [{ dnsNames: ['*.example'] }, 'FIELD_INVALID'],
      [{ dnsNames: Array.from({ length: 33 }, (_, i) => `h${i}.example`) }, 'FIELD_INVALID'],
      [{ displayName: 'a\nb' }, 'FIELD_INVALID'],
      [{ displayName: 'a'.repeat(257) }, 'FIELD_INVALID'],
    ]
    for (const [request, reason] of refused) {
      await assert.rejects(createClient(deps, ADMIN, clientRequest(request)), { reason })
    }
  })

  it('are changed only by those who may', async () => {
    const deps = await buildUseCases()
    await createClient(deps, ADMIN, clientRequest())
    const alice = callerOf('alice')
    const attempts = [
      createClient(deps, alice, clientRequest({ clientId: 'eve' })),
      setClientScopes(deps, alice, { clientId: 'alice', grantedScopes: ['**'], etag: '', dryRun: false }),
      lockClient(deps, alice, { clientId: 'alice', message: '' }),
      unlockClient(deps, alice, { clientId: 'alice' }),
      listClients(deps, alice, everyClient),
      getClient(deps, alice, 'admin'),
    ]
    for (const attempt of attempts) await assert.rejects(attempt, { reason: 'CALLER_NOT_ALLOWED' })
    assert.equal((await getClient(deps, alice, 'alice')).clientId, 'alice')
  })

  it('are listed by id, page by page, filtered by state and by scope', async () => {
    const deps = await buildUseCases()
    for (const clientId of ['c1', 'c2', 'c3']) await createClient(deps, ADMIN, clientRequest({ clientId }))
    await lockClient(deps, ADMIN, { clientId: 'c2', message: '' })
    const ids: string[] = []
    let pageToken = ''
    for (let page = 0; page < 10; page++) {
      const answer = await listClients(deps, ADMIN, { ...everyClient, pageSize: 2, pageToken })
      ids.push(...answer.clients.map(({ clientId }) => clientId))
      pageToken = answer.nextPageToken
      if (pageToken === '') break
    }
    assert.deepEqual(ids, ['admin', 'c1', 'c2', 'c3', 'chancery'])
    const locked = await listClients(deps, ADMIN, { ...everyClient, state: 'locked' })
    assert.deepEqual(
      locked.clients.map(({ clientId }) => clientId),
      ['c2'],
    )
    const covered = await listClients(deps, ADMIN, { ...everyClient, grantedScope: 'bob.user.read' })
    assert.deepEqual(
      covered.clients.map(({ clientId }) => clientId),
      ['c1', 'c2', 'c3'],
    )
  })

  it('refuse a page token of another question, a forged one, and a page too large', async () => {
    const deps = await buildUseCases()
    await createClient(deps, ADMIN, clientRequest())
    const { nextPageToken } = await listClients(deps, ADMIN, { ...everyClient, pageSize: 1 })
    assert.notEqual(nextPageToken, '')
    for (const pageToken of [nextPageToken, 'AAAA', 'not base64!', 'A'.repeat(300)]) {
      await assert.rejects(listClients(deps, ADMIN, { ...everyClient, state: 'active', pageToken }), {
        reason: 'PAGE_TOKEN_INVALID',
      })
    }
    await assert.rejects(listClients(deps, ADMIN, { ...everyClient, pageSize: 1001 }), {
      reason: 'FIELD_INVALID',
    })
  })

  it('lose what carries a scope that is taken away, in the same step', async () => {
    const deps = await buildUseCases()
    await createClient(deps, ADMIN, clientRequest({ grantedScopes: ['a.read', 'a.write'] }))
    const both = await issueCertificate(deps, ADMIN, issueRequest())
    const reading = await issueCertificate(deps, ADMIN, issueRequest({ scopes: ['a.read'] }))
    const change = { clientId: 'alice', grantedScopes: ['a.*'], etag: '', dryRun: false }
    const widened = await setClientScopes(deps, ADMIN, change)
    assert.equal(widened.revoked.length, 0)
    const preview = await setClientScopes(deps, ADMIN, { ...change, grantedScopes: ['a.read'], dryRun: true })
    assert.equal(preview.revoked.length, 1)
    assert.equal(preview.crlNumber, 0n)
    const narrowed = await setClientScopes(deps, ADMIN, { ...change, grantedScopes: ['a.read'] })
    assert.deepEqual(
      narrowed.revoked.map(({ serialNumber, revocation }) => [serialNumber, revocation?.reason]),
      [[both.certificate!.serialNumber, 'privilegeWithdrawn']],
    )
    const kept = await deps.store.certificates.get('issuing-1', reading.certificate!.serialNumber)
    assert.equal(kept?.revocation, undefined)
    assert.ok(narrowed.crlNumber > 0n)
  })

  it('lose the tokens that carry a scope which is taken away, however many, and every list is renewed', async () => {
    const notified: string[] = []
    const built = await buildUseCases()
    const deps = { ...built, feed: { ...built.feed, notify: (id: string) => void notified.push(id) } }
    await createClient(deps, ADMIN, clientRequest({ grantedScopes: ['a.read', 'a.write'] }))
    const record = (tokenId: string, scopes: string[]) => {
      const token = { tokenId, clientId: 'alice', scopes, expiresAt: new Date(START.getTime() + 300_000) }
      const entry = { at: START, actor: 'alice', action: 'token.issue', subject: 'alice', details: {} }
      return deps.store.tokens.record(token, 1, entry)
    }
    for (let i = 0; i < MAX_TOKENS_WITHDRAWN + 3; i++) await record(`t${i}`, ['a.read', 'a.write'])
    await record('reads', ['a.read'])
    const change = { clientId: 'alice', grantedScopes: ['a.read'], etag: '', dryRun: true }
    const preview = await setClientScopes(deps, ADMIN, change)
    assert.deepEqual([preview.revokedTokens, preview.crlNumber], [MAX_TOKENS_WITHDRAWN, 0n])
    assert.deepEqual(notified, [])
    const { revokedTokens, crlNumber, client } = await setClientScopes(deps, ADMIN, {
      ...change,
      dryRun: false,
    })
    assert.deepEqual([revokedTokens, client.version], [MAX_TOKENS_WITHDRAWN + 3, 2])
    assert.ok(crlNumber > 0n)
    assert.deepEqual(new Set(notified), new Set(['issuing-1']))
    assert.equal(deps.store.tokens.isRevoked(`t${MAX_TOKENS_WITHDRAWN + 2}`), true)
    assert.equal(deps.store.tokens.isRevoked('reads'), false)
  })

  it('are listed in pages that one message can hold, however long their grants are', async () => {
    const deps = await buildUseCases()
    const segment = 'x'.repeat(60)
    const grantedScopes = Array.from(
      { length: 256 },
      (_, i) => `s${i}.${segment}.${segment}.${segment}.${segment}`,
    )
    for (let i = 0; i < 80; i++) {
      const client = { displayName: '', profiles: [], dnsNames: [], grantedScopes }
      await createClient(deps, ADMIN, { ...client, clientId: `big${i}` })
    }
    const ids: string[] = []
    let pageToken = ''
    for (let page = 0; page < 10; page++) {
      const answer = await listClients(deps, ADMIN, { ...everyClient, pageToken })
      const message = ListClientsResponse.create({ clients: answer.clients.map(toWireClient) })
      assert.ok(ListClientsResponse.encode(message).finish().length < MAX_GRPC_MESSAGE_BYTES)
      ids.push(...answer.clients.map(({ clientId }) => clientId))
      pageToken = answer.nextPageToken
      if (pageToken === '') break
    }
    assert.equal(new Set(ids).size, 82)
    assert.equal(ids.length, 82)
  })

  it('are locked whoever they are, but for the service itself, which could not start again', async () => {
    const deps = await buildUseCases()
    await assert.rejects(lockClient(deps, ADMIN, { clientId: 'chancery', message: '' }), {
      reason: 'FIELD_INVALID',
    })
    assert.equal((await deps.store.clients.get('chancery'))?.state, 'active')
    await lockClient(deps, ADMIN, { clientId: 'admin', message: '' })
  })

  it('refuse a change that rests on old knowledge', async () => {
    const deps = await buildUseCases()
    const client = await createClient(deps, ADMIN, clientRequest())
    const change = { clientId: 'alice', grantedScopes: ['a.b'], etag: clientEtag(client), dryRun: false }
    await setClientScopes(deps, ADMIN, change)
    await assert.rejects(setClientScopes(deps, ADMIN, change), { reason: 'CLIENT_CHANGED' })
    await assert.rejects(setClientScopes(deps, ADMIN, { ...change, etag: 'latest' }), {
      reason: 'FIELD_INVALID',
    })
    await assert.rejects(setClientScopes(deps, ADMIN, { ...change, clientId: 'nobody', etag: '' }), {
      reason: 'CLIENT_NOT_FOUND',
    })
  })

  it('are locked with a message and unlocked without one, and the lock is announced', async () => {
    const deps = await buildUseCases()
    await createClient(deps, ADMIN, clientRequest())
    const locked = await lockClient(deps, ADMIN, { clientId: 'alice', message: 'stolen laptop' })
    assert.equal(locked.client.state, 'locked')
    assert.equal(locked.client.lockMessage, 'stolen laptop')
    assert.deepEqual(deps.published, [{ kind: 'client', clientId: 'alice' }])
    const unlocked = await unlockClient(deps, ADMIN, { clientId: 'alice' })
    assert.equal(unlocked.client.state, 'active')
    assert.equal(unlocked.client.lockMessage, '')
    await assert.rejects(lockClient(deps, ADMIN, { clientId: 'nobody', message: '' }), {
      reason: 'CLIENT_NOT_FOUND',
    })
  })

  it('that are locked are in the next list on hold with their certificates, and out of it when they are unlocked', async () => {
    const deps = await buildUseCases()
    await createClient(deps, ADMIN, clientRequest())
    await issueCertificate(deps, ADMIN, issueRequest())
    const listed = async () => {
      await deps.time.advance(100)
      const { crlNumber, entryCount } = deps.feed.complete('issuing-1')!
      return { crlNumber, entryCount }
    }
    const locked = await lockClient(deps, ADMIN, { clientId: 'alice', message: '' })
    assert.equal(locked.affected.length, 1)
    assert.deepEqual(await listed(), { crlNumber: locked.crlNumber, entryCount: 2 })
    assert.deepEqual(
      deps.published.map(({ kind }) => kind),
      ['client', 'certificates'],
    )
    const unlocked = await unlockClient(deps, ADMIN, { clientId: 'alice' })
    assert.equal(unlocked.affected.length, 1)
    assert.deepEqual(await listed(), { crlNumber: unlocked.crlNumber, entryCount: 0 })
  })
})

describe('removeClient', () => {
  const removal = { clientId: 'alice', etag: '', dryRun: false }

  async function withAlice() {
    const deps = await buildUseCases()
    await createClient(deps, ADMIN, clientRequest())
    const issued = await issueCertificate(deps, ADMIN, issueRequest())
    return { ...deps, serialNumber: issued.certificate!.serialNumber }
  }

  it('revokes all that the client holds, ends its streams, and never gives the id again', async () => {
    const deps = await withAlice()
    const planned = await removeClient(deps, ADMIN, { ...removal, dryRun: true })
    assert.equal(planned.crlNumber, 0n)
    assert.deepEqual(deps.published, [])
    const { client, revoked, crlNumber } = await removeClient(deps, ADMIN, removal)
    assert.equal(client.clientId, 'alice')
    assert.deepEqual(
      revoked.map(({ serialNumber, revocation }) => [serialNumber, revocation?.reason]),
      [[deps.serialNumber, 'cessationOfOperation']],
    )
    assert.deepEqual(deps.published[0], { kind: 'client', clientId: 'alice' })
    await deps.time.advance(100)
    assert.equal(deps.feed.current('issuing-1')!.crlNumber, crlNumber)
    assert.equal(deps.feed.complete('issuing-1')!.entryCount, 2)
    await assert.rejects(createClient(deps, ADMIN, clientRequest()), { reason: 'CLIENT_REMOVED' })
    await assert.rejects(issueCertificate(deps, ADMIN, issueRequest()), { reason: 'CLIENT_NOT_FOUND' })
    await assert.rejects(removeClient(deps, ADMIN, removal), { reason: 'CLIENT_NOT_FOUND' })
  })

  it('is refused without the right, on old knowledge, and for what runs the authority', async () => {
    const deps = await withAlice()
    await assert.rejects(removeClient(deps, callerOf('alice'), removal), { reason: 'CALLER_NOT_ALLOWED' })
    await assert.rejects(removeClient(deps, ADMIN, { ...removal, etag: 'v9' }), { reason: 'CLIENT_CHANGED' })
    await assert.rejects(removeClient(deps, ADMIN, { ...removal, etag: '9' }), { reason: 'FIELD_INVALID' })
    for (const clientId of ['admin', 'chancery', 'Alice!'])
      await assert.rejects(removeClient(deps, ADMIN, { ...removal, clientId }), { reason: 'FIELD_INVALID' })
    assert.equal((await deps.store.clients.get('alice'))?.clientId, 'alice')
  })
})
