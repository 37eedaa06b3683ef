import { followLists } from '../src/cli/crl-feed.ts'
import type { RpcClient } from '../src/cli/rpc-client.ts'
import { standInKind } from '../src/core/revocation/stand-in-serial.ts'
import { formatSerialNumber } from '../src/core/x509/serial-number.ts'
import type { CertificateList } from '../src/core/x509/types.ts'

const PUSH_MS = 30_000

/** A list as it came over the open stream, its signature checked. */
export interface PushedList {
  readonly list: CertificateList
  /** Milliseconds of `performance.now()`. */
  readonly arrivedMs: number
}

/** Bob's open StreamCRL. */
export interface RevocationWatch {
  /** Resolves once the newest list of the authority is this one or a later one. */
  reaches(authority: string, crlNumber: bigint): Promise<PushedList>
  /** Resolves when the stream has ended, however it did. */
  readonly ended: Promise<void>
  close(): Promise<void>
}

/** Opens the stream and keeps the newest list of each authority. */
export function watchRevocations(rpc: RpcClient): RevocationWatch {
  const ending = new AbortController()
  const newest = new Map<string, PushedList>()
  let changed = Promise.withResolvers<undefined>()
  const ended = (async () => {
    for await (const event of followLists(rpc, [], ending.signal)) {
      if (event.kind !== 'list') continue
      newest.set(event.authority, { list: event.list, arrivedMs: performance.now() })
      changed.resolve(undefined)
      changed = Promise.withResolvers()
    }
  })()
  const settled = ended.catch(() => undefined)

  return {
    ended: settled,
    async reaches(authority, crlNumber) {
      const late = Promise.withResolvers<never>()
      const timer = setTimeout(() => {
        late.reject(new Error(`list ${crlNumber} of ${authority} did not come in ${PUSH_MS} ms`))
      }, PUSH_MS)
      try {
        for (;;) {
          const found = newest.get(authority)
          if (found !== undefined && found.list.crlNumber! >= crlNumber) return found
          await Promise.race([changed.promise, late.promise, ended.then(failEnded)])
        }
      } finally {
        clearTimeout(timer)
      }
    },
    async close() {
      ending.abort()
      await settled
    },
  }
}

function failEnded(): never {
  throw new Error('the stream has ended')
}

/** What the list names: certificates by their serial numbers, lower-case hex, and how many tokens or clients. */
export function listedIn({ list }: PushedList): { readonly certificates: string[]; readonly others: number } {
  const named = Array.from(list.entries(), ({ serialNumber }) => serialNumber)
  const certificates = named.filter((serialNumber) => standInKind(serialNumber) === undefined)
  return {
    certificates: certificates.map((serialNumber) => formatSerialNumber(serialNumber)),
    others: named.length - certificates.length,
  }
}
