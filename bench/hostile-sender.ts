/**
 * Sends garbage, or what it is held against, at a fixed rate, from a process of its own so that it costs the good traffic's client nothing. Started by
 * `benchHostileLoad`.
 */
import type { Identity } from '../src/identity/identity-folder.ts'
import { Decision } from '../src/gen/chancery/v1/authorization_service.ts'
import { connectLean, frame } from './lean-client.ts'
import { measureRate } from './measure.ts'

export interface HostileOrder {
  readonly port: number
  readonly identity: Pick<Identity, 'caPem' | 'keyPem' | 'certificatePem'>
  /** The method to call. */
  readonly path: string
  readonly messages: readonly Uint8Array[]
  readonly total: number
  readonly perSecond: number
}

export interface HostileResult {
  readonly perSecond: number
  readonly allowed: number
}

process.once('message', (order: HostileOrder) => {
  void prepare(order).then((send) => {
    process.once('message', () => void send().then((result) => process.send!(result)))
    process.send!('ready')
  })
})

/** Connects, so that nothing but sending is left. */
async function prepare({
  port,
  identity,
  path,
  messages,
  total,
  perSecond,
}: HostileOrder): Promise<() => Promise<HostileResult>> {
  const { caPem, keyPem, certificatePem } = identity
  const client = await connectLean(port, {
    caPem: Buffer.from(caPem),
    keyPem: Buffer.from(keyPem),
    certificatePem: Buffer.from(certificatePem),
  })
  const framed = messages.map(frame)
  return async () => {
    let allowed = 0
    const load = await measureRate(total, perSecond, async (i) => {
      // An error is an answer too: it is how what cannot even be decided is refused.
      const answer = await client.call(path, framed[i % framed.length]!).catch(() => undefined)
      if (answer?.[0] === 0x08 && answer[1] === Decision.DECISION_ALLOW) allowed++
    })
    await client.close()
    return { perSecond: load.perSecond, allowed }
  }
}
