import type { CrlEvent } from '../authority/stream-crl.ts'
import type { StreamCrlRequest } from '../authority/stream-request.ts'
import {
  ResetReason,
  StreamPayload,
  type StreamCRLRequest as WireRequest,
  type StreamCRLResponse as WireResponse,
} from '../gen/chancery/v1/authorization_service.ts'
import { requireKnown, toWireCrlState } from './convert.ts'

const PAYLOADS = new Map<StreamPayload, StreamCrlRequest['payload']>([
  [StreamPayload.STREAM_PAYLOAD_UNSPECIFIED, 'crl'],
  [StreamPayload.STREAM_PAYLOAD_CRL, 'crl'],
  [StreamPayload.STREAM_PAYLOAD_NOTIFY, 'notify'],
  [StreamPayload.STREAM_PAYLOAD_COMPLETE, 'complete'],
])

/** @throws DomainError FIELD_INVALID */
export function fromWireStream(request: WireRequest): StreamCrlRequest {
  return {
    authorities: request.authorities,
    resume: request.resume,
    payload: requireKnown(PAYLOADS.get(request.payload), 'payload', request.payload),
    maxChunkBytes: request.maxChunkBytes,
  }
}

export function toWireCrlEvent(event: CrlEvent): WireResponse {
  return { authority: authorityOf(event), event: toWireEvent(event) }
}

function authorityOf(event: CrlEvent): string {
  switch (event.kind) {
    case 'reset':
      return event.authorityId
    case 'checkpoint':
      return event.state.authorityId
    case 'delta':
      return event.delta.state.authorityId
    default:
      return event.crl.authorityId
  }
}

function toWireEvent(event: CrlEvent): NonNullable<WireResponse['event']> {
  switch (event.kind) {
    case 'snapshot_begin': {
      const { crl } = event
      return {
        $case: 'snapshotBegin',
        value: {
          state: toWireCrlState(crl),
          totalBytes: BigInt(crl.der.length),
          sha256: Buffer.from(crl.sha256),
          entryCount: BigInt(crl.entryCount),
        },
      }
    }
    case 'snapshot_chunk':
      return { $case: 'snapshotChunk', value: { offset: BigInt(event.offset), data: viewOf(event.data) } }
    case 'snapshot_end':
      return { $case: 'snapshotEnd', value: { crlNumber: event.crl.crlNumber } }
    case 'delta': {
      const { baseCrlNumber, state, der } = event.delta
      return {
        $case: 'delta',
        value: { baseCrlNumber, state: toWireCrlState(state), deltaCrlDer: viewOf(der) },
      }
    }
    case 'checkpoint':
      return {
        $case: 'checkpoint',
        value: {
          state: toWireCrlState(event.state),
          sentAt: event.sentAt,
          signedCheckpointDer: event.signedDer === undefined ? Buffer.alloc(0) : viewOf(event.signedDer),
        },
      }
    case 'reset':
      return {
        $case: 'reset',
        value: {
          reason:
            event.reason === 'ahead' ? ResetReason.RESET_REASON_AHEAD : ResetReason.RESET_REASON_TOO_OLD,
        },
      }
  }
}

/** Not a copy: all streams share each list. */
function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength)
}
