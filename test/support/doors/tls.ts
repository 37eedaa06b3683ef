import { formatPem } from '../../../src/core/pem.ts'
import { makeThrowawayCa } from '../tls-material.ts'
import type { CallerName, DoorWorld } from './world.ts'

/** A server that its clients can trust by the real clock: the world's own certificates are of the world's time. */
export function makeServerIdentity() {
  const ca = makeThrowawayCa('doors')
  return {
    caPem: ca.certificatePem,
    keyAndChain: ca.issue({ commonName: 'localhost', extensions: 'subjectAltName=DNS:localhost' }),
  }
}

/** What a caller connects with: a certificate of the world's authority. */
export function callerKeys({ fixture, callers }: DoorWorld, name: CallerName) {
  const { key, chain } = callers[name]
  return {
    keyPem: fixture.keys[key].export({ format: 'pem', type: 'pkcs8' }).toString(),
    certificatePem: chain.map((der) => formatPem('CERTIFICATE', der)).join(''),
  }
}
