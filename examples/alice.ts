/** Alice calls Bob and Carol. What she calls with is not her concern: a token while the authority answers, her certificate while it does not. */
import { chanceryFetch, connectAuthority, createCredentialSource, openIdentity } from '@chancery/client'

const bob = process.env['BOB'] ?? 'http://127.0.0.1:8585'
const carol = process.env['CAROL'] ?? 'http://127.0.0.1:8586'
const identity = await openIdentity(process.env['CHANCERY_IDENTITY'] ?? 'identity')
const authority = connectAuthority({ address: process.env['CHANCERY_ADDRESS'] ?? 'localhost:8443', identity })
const source = createCredentialSource({
  authority,
  resource: (url) => ({ audience: url.origin === new URL(carol).origin ? 'carol' : 'bob' }),
  // A program that has just been started rather waits for its first token than goes without. Requests of a service should not: the default is 250 ms.
  patienceMs: 10_000,
  deadlineMs: 10_000,
})
source.subscribe((event) => {
  if (event.kind === 'switched') console.log(`from now on with a ${event.to}`)
})
const call = chanceryFetch(source)

for (const [method, url] of [
  ['GET', `${bob}/token`],
  ['GET', `${bob}/cert`],
  ['GET', `${bob}/users/7`],
  ['PUT', `${bob}/users/7`],
  ['GET', `${carol}/orders/1`],
] as const) {
  const body =
    method === 'PUT' ? { body: '{"name":"Bobby"}', headers: { 'content-type': 'application/json' } } : {}
  const response = await call(url, { method, ...body })
  console.log(`${method} ${new URL(url).pathname}: ${response.status} ${await response.text()}`.trim())
}
source.close()
authority.close()
