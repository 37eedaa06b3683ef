import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'
import { fieldInvalid } from '../authority/fields.ts'
import type { VerifiedItem, VerifyItem } from '../authority/verify-requests.ts'
import {
  VerifyRequestsRequest as WireItem,
  type VerifyRequestsResponse as WireAnswer,
} from '../gen/chancery/v1/authorization_service.ts'
import { ErrorReason } from '../gen/chancery/v1/error_reason.ts'
import { fromWireVerify, toWireDecision } from './convert-verify.ts'
import type { CallStatus } from './status.ts'

/**
 * Reads an item. If its request cannot be read but its id can, the error is that of this item: the strings in a request are those of a
 * stranger, and a caller that passes them on unchecked would else lose the stream to him.
 *
 * @throws an Error if there is not even an id to answer to
 */
export function readVerifyItem(input: BinaryReader | Uint8Array): VerifyItem {
  const reader = input instanceof BinaryReader ? input : new BinaryReader(input)
  const bytes = reader.len - reader.pos
  const { id, request } = decodeItem(reader)
  return {
    id,
    bytes,
    read: () => {
      if (request === undefined) throw fieldInvalid('request', 'request must be set, and be a valid message.')
      return fromWireVerify(request)
    },
  }
}

function decodeItem(reader: BinaryReader): Pick<WireItem, 'id' | 'request'> {
  const start = reader.pos
  try {
    const item = WireItem.decode(reader)
    if (reader.pos !== reader.len) throw new Error('The message ends before its octets do.')
    return item
  } catch {
    reader.pos = start
    return { id: decodeId(reader), request: undefined }
  }
}

/** Field 1 of the message; the last one counts, as everywhere in protobuf. Fields are skipped by their length and not looked into. */
function decodeId(reader: BinaryReader): bigint {
  let id = 0n
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag()
    if (field === 1 && type === WireType.Varint) id = BigInt(reader.uint64())
    else reader.skip(type, field)
  }
  return id
}

export function toWireVerifiedItem(
  { id, result }: VerifiedItem,
  statusOf: (error: unknown) => CallStatus,
): WireAnswer {
  if ('decision' in result)
    return { id, result: { $case: 'response', value: toWireDecision(result.decision) } }
  const { code, reason, details, reasonMetadata } = statusOf(result.error)
  return {
    id,
    result: {
      $case: 'error',
      value: {
        code,
        reason: ErrorReason[`ERROR_REASON_${reason ?? 'UNSPECIFIED'}`],
        message: details,
        metadata: { ...reasonMetadata },
      },
    },
  }
}
