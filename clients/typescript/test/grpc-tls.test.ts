import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import {
  type MethodDefinition,
  type ServerUnaryCall,
  Client,
  Metadata,
  Server,
  ServerCredentials,
  credentials,
  status,
} from '@grpc/grpc-js'
import { IssueTokenRequest, TokenServiceService } from '../../../src/gen/chancery/v1/token_service.ts'
import { callerOf, createGrpcGuard, guardedService } from '../src/grpc.ts'
import { connectAuthority, createRequestSigner, grpcInterceptor, openIdentity } from '../src/index.ts'
import {
  type TestAuthority,
  type TestIdentity,
  type TestIdentityOptions,
  startTestAuthority,
} from '../src/testing/index.ts'
import { type LocalVerifier, startLocalVerifier } from './support/local-verifier.ts'
import { PATIENCE_MS } from '../../../test/support/patience.ts'

const method = (name: string): MethodDefinition<string, string> => ({
  path: `/bob.v1.Users/${name}`,
  requestStream: false,
  responseStream: false,
  requestSerialize: (value) => Buffer.from(value),
  requestDeserialize: (octets) => octets.toString(),
  responseSerialize: (value) => Buffer.from(value),
  responseDeserialize: (octets) => octets.toString(),
})
const Users = { get: method('Get'), admin: method('Admin') }

describe('a gRPC server with TLS client authentication, behind the guard', () => {
  let authority: TestAuthority
  let local: LocalVerifier
  let server: Server
  let port: number
  const open: Client[] = []

  before(async () => {
    authority = await startTestAuthority()
    await authority.createClient('alice', ['bob.user.read'])
    await authority.createClient('carol', ['bob.user.read', 'bob.admin.all'])
    local = await startLocalVerifier(authority)
    await authority.createClient('bob-tls', [])
    const own = await authority.issueIdentity('bob-tls', { profile: 'server' })
    const guard = createGrpcGuard(local.verifier, {
      audience: 'bob',
      methods: {
        [Users.get.path]: { scopes: ['bob.user.read'] },
        [Users.admin.path]: { scopes: ['bob.admin.all'] },
      },
    })
    server = new Server({ interceptors: [guard] })
    const answer = (call: ServerUnaryCall<string, string>, done: (error: null, value: string) => void) => {
      done(null, `${callerOf(call)?.principal.clientId}`)
    }
    server.addService(guardedService(Users), { get: answer, admin: answer })
    const pair = { private_key: Buffer.from(own.key), cert_chain: Buffer.from(own.certificate) }
    const tls = ServerCredentials.createSsl(Buffer.from(own.ca), [pair], true)
    port = await new Promise((resolve, reject) => {
      server.bindAsync('127.0.0.1:0', tls, (error, bound) => {
        if (error) reject(error)
        else resolve(bound)
      })
    })
  })
  after(async () => {
    for (const client of open) client.close()
    server.forceShutdown()
    await local.close()
    await authority.close()
  })

  /** A connection that shows this certificate. */
  function connect({ key, certificate }: TestIdentity): Client {
    const own = [Buffer.from(authority.caPem), Buffer.from(key), Buffer.from(certificate)] as const
    const client = new Client(`localhost:${port}`, credentials.createSsl(...own), {
      // Every connection its own: channels of one address would share one.
      'grpc.use_local_subchannel_pool': 1,
    })
    open.push(client)
    return client
  }

  async function connectAs(clientId: string, options: TestIdentityOptions = {}) {
    const identity = await authority.issueIdentity(clientId, options)
    return { identity, client: connect(identity) }
  }

  function call(
    client: Client,
    { path, requestSerialize, responseDeserialize }: MethodDefinition<string, string>,
    options: { token?: string; interceptors?: ReturnType<typeof grpcInterceptor>[] } = {},
  ): Promise<string> {
    const metadata = new Metadata()
    if (options.token !== undefined) metadata.set('authorization', `Bearer ${options.token}`)
    const { interceptors = [] } = options
    return new Promise((resolve) => {
      client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        '7',
        metadata,
        { interceptors, deadline: Date.now() + PATIENCE_MS },
        (error, value) => {
          resolve(error ? `${status[error.code]} ${error.details}` : value!)
        },
      )
    })
  }

  async function boundToken(identity: TestIdentity): Promise<string> {
    const connection = connectAuthority({
      address: authority.address,
      identity: await openIdentity(identity),
    })
    const { token } = await connection.call(TokenServiceService.issueToken, IssueTokenRequest.create())
    connection.close()
    return token
  }

  it('serves whom TLS proved, by the scopes of the certificate', async () => {
    const { client } = await connectAs('alice')
    assert.equal(await call(client, Users.get), 'alice')
    assert.equal(await call(client, Users.admin), 'PERMISSION_DENIED SCOPE_INSUFFICIENT')
    const narrow = await connectAs('carol', { scopes: ['bob.admin.all'] })
    assert.equal(await call(narrow.client, Users.admin), 'carol')
    assert.equal(await call(narrow.client, Users.get), 'PERMISSION_DENIED SCOPE_INSUFFICIENT')
  })

  it('serves a token that is bound to the certificate of the connection, and on no other connection', async () => {
    const alice = await connectAs('alice')
    const carol = await connectAs('carol')
    const token = await boundToken(alice.identity)
    assert.equal(await call(alice.client, Users.get, { token }), 'alice')
    assert.equal(await call(carol.client, Users.get, { token }), 'UNAUTHENTICATED CREDENTIAL_REFUSED')
  })

  it('goes by the signature of a call where there is one, whoever made the connection', async () => {
    const { client } = await connectAs('carol')
    const signer = createRequestSigner({
      identity: await openIdentity(await authority.issueIdentity('alice')),
    })
    const interceptors = [grpcInterceptor(signer, { authority: `localhost:${port}` })]
    assert.equal(await call(client, Users.get, { interceptors }), 'alice')
    assert.equal(
      await call(client, Users.admin, { interceptors }),
      'PERMISSION_DENIED SCOPE_INSUFFICIENT',
      'the certificate of the connection, which may, does not make up for it',
    )
  })

  it('stops serving a connection that stays open when its certificate is revoked, or its client locked', async () => {
    const revoked = await connectAs('alice')
    const locked = await connectAs('carol')
    assert.equal(await call(revoked.client, Users.get), 'alice')
    assert.equal(await call(locked.client, Users.get), 'carol')
    await authority.revoke(revoked.identity, 'keyCompromise')
    await authority.lock('carol')
    for (const { client } of [revoked, locked]) {
      let answer = await call(client, Users.get)
      for (let i = 0; i < 200 && !answer.startsWith('UNAUTHENTICATED'); i++)
        answer = await call(client, Users.get)
      assert.equal(answer, 'UNAUTHENTICATED CREDENTIAL_REFUSED')
    }
    await authority.unlock('carol')
  })

  it('has no connection with a certificate of somebody else, or none', async () => {
    const elsewhere = await startTestAuthority()
    await elsewhere.createClient('alice', ['bob.user.read'])
    const stranger = connect(await elsewhere.issueIdentity('alice'))
    await elsewhere.close()
    assert.match(await call(stranger, Users.get), /^UNAVAILABLE /)
    const nobody = new Client(`localhost:${port}`, credentials.createSsl(Buffer.from(authority.caPem)), {
      'grpc.use_local_subchannel_pool': 1,
    })
    open.push(nobody)
    assert.match(await call(nobody, Users.get), /^UNAVAILABLE /)
  })
})
