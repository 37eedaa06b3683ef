import { createServer } from 'node:net'
import { parseAddress } from '../rpc/address.ts'
import type { Finding } from './finding.ts'

/** Looks whether the addresses of the service are free. A port that is taken may well be the service itself. */
export async function examinePorts(addresses: Readonly<Record<string, string>>): Promise<readonly Finding[]> {
  return Promise.all(Object.entries(addresses).map(([name, address]) => examinePort(name, address)))
}

async function examinePort(name: string, address: string): Promise<Finding> {
  const check = `port ${name}`
  if (address.endsWith(':0')) return { check, verdict: 'ok', detail: `${address} is whatever is free` }
  const target = parseAddress(address)
  if (target === undefined) {
    return {
      check,
      verdict: 'bad',
      detail: `${address} is no address`,
      advice: 'Write HOST:PORT, such as 127.0.0.1:8443',
    }
  }
  const code = await tryListen(target)
  switch (code) {
    case undefined:
      return { check, verdict: 'ok', detail: `${address} is free` }
    case 'EADDRINUSE':
      return {
        check,
        verdict: 'note',
        detail: `${address} is in use`,
        advice: 'Fine if the service is running; else stop what holds it or choose another',
      }
    case 'EACCES':
      return {
        check,
        verdict: 'bad',
        detail: `this user may not listen on ${address}`,
        advice: 'Choose a port above 1023',
      }
    default:
      return {
        check,
        verdict: 'bad',
        detail: `${address}: ${code}`,
        advice: 'Choose an address of this machine',
      }
  }
}

function tryListen(target: { host: string; port: number }): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    server.listen({ ...target, exclusive: true }, () => server.close(() => resolve(undefined)))
  })
}
