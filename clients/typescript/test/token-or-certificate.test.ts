import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { IssueTokenRequest, TokenServiceService } from '../../../src/gen/chancery/v1/token_service.ts'
import {
  type AuthorityClient,
  type RequestSigner,
  type RequestVerifier,
  type Verification,
  connectAuthority,
  createRequestSigner,
  openIdentity,
} from '../src/index.ts'
import { type TestAuthority, startTestAuthority } from '../src/testing/index.ts'
import { createSeededRandom } from './support/seeded-random.ts'
import { startLocalVerifier } from './support/local-verifier.ts'

const QUESTIONS = 10_000
const CLIENTS = 24
const IN_FLIGHT = 32

const SERVICES = ['bob', 'bob.eu', 'carol']
const SCOPES = SERVICES.flatMap((service) =>
  ['user', 'order'].flatMap((noun) =>
    ['read', 'write', 'delete'].map((verb) => `${service}.${noun}.${verb}`),
  ),
)
const METHODS = ['GET', 'POST', 'PUT', 'DELETE']

/** A client with both of its credentials. */
interface Caller {
  readonly scopes: readonly string[]
  readonly signer: RequestSigner
  readonly token: string
}

describe('token and certificate of one client', () => {
  const random = createSeededRandom(1)
  const pick = <T>(items: readonly T[]): T => items[random.below(items.length)]!
  const some = (most: number): string[] =>
    Array.from({ length: random.below(most + 1) }, () => pick(SCOPES)).filter(
      (one, i, all) => all.indexOf(one) === i,
    )
  let authority: TestAuthority
  let verifier: RequestVerifier
  const callers: Caller[] = []
  const closers: (() => unknown)[] = []

  before(async () => {
    authority = await startTestAuthority()
    const local = await startLocalVerifier(authority)
    verifier = local.verifier
    closers.push(() => local.close())
    for (let i = 0; i < CLIENTS; i++) callers.push(await enrol(`client-${i}`, some(8)))
  })
  after(async () => {
    for (const close of closers.reverse()) await close()
    await authority.close()
  })

  async function enrol(clientId: string, scopes: readonly string[]): Promise<Caller> {
    await authority.createClient(clientId, scopes)
    const identity = await openIdentity(await authority.issueIdentity(clientId))
    const connection: AuthorityClient = connectAuthority({ address: authority.address, identity })
    const request = IssueTokenRequest.fromPartial({ unbound: true })
    const { token } = await connection.call(TokenServiceService.issueToken, request)
    connection.close()
    return { scopes, token, signer: createRequestSigner({ identity, now: () => authority.ports.now() }) }
  }

  /** What both decisions have in common if they are the same one. */
  function essence({ decision, reason, missingScopes, principal }: Verification) {
    return { decision, reason, missingScopes, clientId: principal?.clientId, scopes: principal?.scopes }
  }

  async function ask(index: number): Promise<Verification['decision']> {
    const { signer, token } = pick(callers)
    const demand = {
      requiredScopes: some(3),
      match: pick(['all', 'any'] as const),
      audience: pick(['', ...SERVICES]),
    }
    const request = {
      method: pick(METHODS),
      target: `/${pick(['users', 'orders'])}/${index}?full=${random.below(2)}`,
    }
    const { headers } = await signer.authorize({
      method: request.method,
      url: `https://bob.example${request.target}`,
    })
    const signed = await verifier.verify({
      ...demand,
      credential: {
        kind: 'http_signature',
        profile: 'unspecified',
        scheme: 'https',
        request: {
          ...request,
          authority: 'bob.example',
          headers: headers.map(([name, value]) => ({ name, value: Buffer.from(value, 'latin1') })),
          body: { kind: 'absent' },
          bodyTruncated: false,
        },
      },
    })
    const borne = await verifier.verify({
      ...demand,
      credential: { kind: 'bearer_token', token, certificate: undefined },
    })
    assert.deepEqual(essence(borne), essence(signed), JSON.stringify(demand))
    return signed.decision
  }

  it('are decided alike on 10,000 generated routes and scopes', async () => {
    const decisions = { ALLOW: 0, DENY: 0 }
    let next = 0
    const work = async () => {
      while (next < QUESTIONS) decisions[await ask(next++)]++
    }
    await Promise.all(Array.from({ length: IN_FLIGHT }, work))
    // Neither kind is so rare that nothing was compared.
    assert.equal(decisions.ALLOW + decisions.DENY, QUESTIONS)
    assert.ok(decisions.ALLOW > QUESTIONS / 20 && decisions.DENY > QUESTIONS / 20, JSON.stringify(decisions))
  })
})
