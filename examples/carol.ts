/** Carol keeps orders, on Fastify. She is guarded like Bob, and a caller like Alice: each order has the name of a user of Bob's. */
import fastify from 'fastify'
import { chanceryFetch, createCredentialSource } from '@chancery/client'
import { chancery } from '@chancery/client/fastify'
import { openResourceServer } from './resource-server.ts'

const bob = process.env['BOB'] ?? 'http://127.0.0.1:8585'
const { verifier, authority } = await openResourceServer()
const callBob = chanceryFetch(createCredentialSource({ authority, resource: () => ({ audience: 'bob' }) }))

const app = fastify()
await app.register(chancery, { verifier, audience: 'carol' })

app.get('/orders/:id', app.authorize({ scopes: ['carol.order.read'] }), async (request, reply) => {
  const answer = await callBob(`${bob}/users/7`)
  if (!answer.ok) return reply.code(502).send({ title: `Bob answered ${answer.status}.` })
  const { name } = (await answer.json()) as { name: string }
  return { order: (request.params as { id: string }).id, for: name }
})

const address = await app.listen({ host: '127.0.0.1', port: Number(process.env['PORT'] ?? 8586) })
console.log(`carol listens on ${address}`)
