import { AuthorityServiceService } from '../gen/chancery/v1/authority_service.ts'
import {
  AuthorizationServiceService,
  StreamCRLRequest,
  StreamPayload,
} from '../gen/chancery/v1/authorization_service.ts'
import { parseCertificate } from '../core/x509/certificate.ts'
import { parseCrl, verifyCrlSignature } from '../core/x509/crl.ts'
import { sameName } from '../core/x509/name.ts'
import type { Certificate, CertificateList } from '../core/x509/types.ts'
import { type SnapshotAssembly, beginSnapshot } from '../feed/snapshot-assembly.ts'
import type { StreamFault } from '../feed/stream-fault.ts'
import { CliError } from './cli-error.ts'
import type { RpcClient } from './rpc-client.ts'

/** One complete list as it came over the stream: parsed, and its signature checked against the trust bundle. */
export interface VerifiedList {
  readonly authority: string
  readonly list: CertificateList
}

/** Something that the stream said. */
export type FeedEvent =
  | ({ readonly kind: 'list' } & VerifiedList)
  | { readonly kind: 'checkpoint'; readonly authority: string; readonly crlNumber: bigint }
  | { readonly kind: 'reset'; readonly authority: string }

/**
 * Follows the lists of some authorities (all of them if none is named) until the signal or the service ends it. A list that is
 * incomplete, altered, not signed by its authority, or lower in number than one before it ends the feed with an error.
 */
export async function* followLists(
  rpc: RpcClient,
  authorities: readonly string[],
  signal: AbortSignal,
): AsyncIterable<FeedEvent> {
  const issuers = await readIssuers(rpc)
  const highest = new Map<string, bigint>()
  const snapshots = new Map<string, SnapshotAssembly>()
  const payload = StreamPayload.STREAM_PAYLOAD_COMPLETE
  const request = StreamCRLRequest.fromPartial({ authorities: [...authorities], payload })
  for await (const { authority, event } of rpc.open(AuthorizationServiceService.streamCrl, request, signal)) {
    switch (event?.$case) {
      case 'snapshotBegin':
        snapshots.set(authority, requireSound(beginSnapshot(event.value.totalBytes, event.value.sha256)))
        break
      case 'snapshotChunk': {
        const fault = requireSound(snapshots.get(authority)).add(event.value.offset, event.value.data)
        if (fault) throw brokenStream(fault.message)
        break
      }
      case 'snapshotEnd': {
        const der = requireSound(requireSound(snapshots.get(authority)).finish())
        snapshots.delete(authority)
        const list = await verifyList(authority, der, issuers)
        if (list.crlNumber! < (highest.get(authority) ?? 0n)) {
          throw brokenStream(
            `${authority} sent list ${list.crlNumber!} after list ${highest.get(authority)!}`,
          )
        }
        highest.set(authority, list.crlNumber!)
        yield { kind: 'list', authority, list }
        break
      }
      case 'checkpoint':
        yield { kind: 'checkpoint', authority, crlNumber: event.value.state?.crlNumber ?? 0n }
        break
      case 'reset':
        highest.delete(authority)
        snapshots.delete(authority)
        yield { kind: 'reset', authority }
        break
      case 'delta':
      case undefined:
        throw brokenStream('the service sent something that was not asked for')
    }
  }
}

/** What {@link beginSnapshot} and what follows it give, unless there is something wrong with the stream. */
function requireSound<T extends object>(result: T | StreamFault | undefined): T {
  if (result === undefined) throw brokenStream('a piece belongs to no list')
  if ('refused' in result) throw brokenStream(result.message)
  return result
}

async function readIssuers(rpc: RpcClient): Promise<readonly Certificate[]> {
  const bundle = await rpc.call(AuthorityServiceService.getTrustBundle, {})
  return [...bundle.rootsDer, ...bundle.intermediatesDer].map((der) => parseCertificate(der))
}

async function verifyList(
  authority: string,
  der: Uint8Array,
  issuers: readonly Certificate[],
): Promise<CertificateList> {
  const list = parseCrl(der)
  if (list.crlNumber === undefined) throw brokenStream(`the list of ${authority} has no number`)
  for (const issuer of issuers) {
    if (sameName(issuer.subject, list.issuer) && (await verifyCrlSignature(list, issuer))) return list
  }
  throw brokenStream(`the list of ${authority} is not signed by a CA of the trust bundle`)
}

function brokenStream(why: string): CliError {
  return new CliError(`The revocation stream cannot be trusted: ${why}.`, {
    advice: 'Keep the last good list and find out what is between you and the service.',
  })
}
