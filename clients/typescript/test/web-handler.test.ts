import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  createDecisionContext,
  createDecisionFixture,
  FIXTURE_NOW,
} from '../../../test/support/decision-fixture.ts'
import { encodePem } from '../../../src/core/pem.ts'
import { openIdentity } from '../src/identity/client-identity.ts'
import { createRequestSigner } from '../src/signing/request-signer.ts'
import { createRequestVerifier } from '../src/verifier/request-verifier.ts'
import { createAuthorize } from '../src/web.ts'
import { knowingWorld } from './support/known-world.ts'
import { createStillPorts } from './support/still-ports.ts'

const fixture = createDecisionFixture()
const context = createDecisionContext(fixture)
const ports = createStillPorts(FIXTURE_NOW)
const verifier = createRequestVerifier({ mode: 'local', ...knowingWorld(() => ({ ...context })), ports })
const handle = createAuthorize(verifier)({ scopes: ['bob.user.read'] }, async (request, { principal }) =>
  Response.json({ client: principal.clientId, body: await request.text() }),
)

async function signed(url: string, body?: string): Promise<Request> {
  const certificate = encodePem('CERTIFICATE', [fixture.client('p256')])
  const identity = await openIdentity({ key: fixture.keys.p256, certificate })
  const signer = createRequestSigner({ identity, now: () => FIXTURE_NOW })
  const method = body === undefined ? 'GET' : 'POST'
  const { headers } = await signer.authorize({ method, url, body })
  return new Request(url, {
    method,
    headers: headers as [string, string][],
    ...(body !== undefined && { body }),
  })
}

describe('a handler of the web', () => {
  it('serves what was signed, with its body', async () => {
    const response = await handle(await signed('https://bob.example/users/7?full=1', 'hello'))
    assert.deepEqual([response.status, await response.json()], [200, { client: 'alice', body: 'hello' }])
  })

  it('serves by the certificate that its server says TLS proved, and by none that the request says', async () => {
    const chain = [fixture.client('p256')]
    const request = () => new Request('https://bob.example/', { headers: { 'client-cert': ':AA==:' } })
    assert.equal((await handle(request(), { chain })).status, 200)
    assert.equal((await handle(request())).status, 401)
  })

  it('refuses what was signed for another target, and a target that the parser of URLs wrote anew', async () => {
    const request = await signed('https://bob.example/users/7')
    assert.equal((await handle(new Request('https://bob.example/users/8', request))).status, 401)
    assert.equal((await handle(new Request('https://mallory.example/users/7', request))).status, 401)
  })
})
