import type { CrlEvent, StreamCrlRequest } from '../authority/stream-crl.ts'
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
  const authority = event.kind === 'reset' ? event.authorityId : event.crl.authorityId
  return { authority, event: toWireEvent(event) }
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
    case 'snapshot_chunk': {
      const { buffer, byteOffset, byteLength } = event.data
      // A view, not a copy: all streams share the one list.
      const data = Buffer.from(buffer, byteOffset, byteLength)
      return { $case: 'snapshotChunk', value: { offset: BigInt(event.offset), data } }
    }
    case 'snapshot_end':
      return { $case: 'snapshotEnd', value: { crlNumber: event.crl.crlNumber } }
    case 'checkpoint':
      return {
        $case: 'checkpoint',
        value: {
          state: toWireCrlState(event.crl),
          sentAt: event.sentAt,
          signedCheckpointDer: Buffer.alloc(0),
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
