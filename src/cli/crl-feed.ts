import { AuthorityServiceService } from '../gen/chancery/v1/authority_service.ts'
import {
  AuthorizationServiceService,
  StreamCRLRequest,
  StreamPayload,
} from '../gen/chancery/v1/authorization_service.ts'
import { equalBytes } from '../core/bytes.ts'
import { sha256 } from '../core/crypto.ts'
import { MAX_CRL_BYTES } from '../core/limits.ts'
import { parseCertificate } from '../core/x509/certificate.ts'
import { parseCrl, verifyCrlSignature } from '../core/x509/crl.ts'
import { sameName } from '../core/x509/name.ts'
import type { Certificate, CertificateList } from '../core/x509/types.ts'
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
  const snapshots = new Map<string, Snapshot>()
  const payload = StreamPayload.STREAM_PAYLOAD_COMPLETE
  const request = StreamCRLRequest.fromPartial({ authorities: [...authorities], payload })
  for await (const { authority, event } of rpc.open(AuthorizationServiceService.streamCrl, request, signal)) {
    switch (event?.$case) {
      case 'snapshotBegin':
        snapshots.set(authority, beginSnapshot(event.value.totalBytes, event.value.sha256))
        break
      case 'snapshotChunk':
        addChunk(snapshots.get(authority), event.value.offset, event.value.data)
        break
      case 'snapshotEnd': {
        const der = finishSnapshot(snapshots.get(authority))
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

interface Snapshot {
  readonly data: Uint8Array
  readonly sha256: Uint8Array
  received: number
}

function beginSnapshot(totalBytes: bigint, digest: Uint8Array): Snapshot {
  if (totalBytes > BigInt(MAX_CRL_BYTES)) throw brokenStream(`a list of ${totalBytes} octets is announced`)
  return { data: new Uint8Array(Number(totalBytes)), sha256: digest, received: 0 }
}

function addChunk(snapshot: Snapshot | undefined, offset: bigint, data: Uint8Array): void {
  if (
    snapshot === undefined ||
    offset !== BigInt(snapshot.received) ||
    snapshot.received + data.length > snapshot.data.length
  ) {
    throw brokenStream('a piece of a list is not where it belongs')
  }
  snapshot.data.set(data, snapshot.received)
  snapshot.received += data.length
}

function finishSnapshot(snapshot: Snapshot | undefined): Uint8Array {
  if (snapshot?.received !== snapshot?.data.length || snapshot === undefined)
    throw brokenStream('a list is incomplete')
  if (!equalBytes(sha256(snapshot.data), snapshot.sha256)) throw brokenStream('a list was altered on its way')
  return snapshot.data
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
