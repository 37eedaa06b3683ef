import { BinaryWriter } from '@bufbuild/protobuf/wire'

/** The part of a generated message type that encodes. */
export interface Encoder<Message> {
  encode(message: Message, writer: BinaryWriter): BinaryWriter
}

/**
 * Encodes messages of one type, as the generated serializer does, with one writer for all of them: to grow a buffer for each takes as long as
 * to encode into it. For answers that are sent thousands of times a second.
 */
export function createSerializer<Message>(type: Encoder<Message>): (message: Message) => Buffer {
  let writer = new BinaryWriter()
  return (message) => {
    try {
      const { buffer, byteOffset, byteLength } = type.encode(message, writer).finish()
      return Buffer.from(buffer, byteOffset, byteLength)
    } catch (error) {
      // What was written of this message would stand before the next one.
      writer = new BinaryWriter()
      throw error
    }
  }
}
