import { once } from 'node:events'
import { createServer } from 'node:net'
import { listenSomewhere } from '../clients/typescript/src/testing/relay.ts'

/** A port of the loopback interface that is free, and that no system gives away by itself: it is still free a moment later, and again after who listens there was killed. */
export async function findFreePort(): Promise<number> {
  const server = createServer()
  const port = await listenSomewhere(server)
  server.close()
  await once(server, 'close')
  return port
}
