/** Identifier octets of the types that X.509 uses (X.690 section 8.1.2, X.680). */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  numericString: 0x12,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  visibleString: 0x1a,
  universalString: 0x1c,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const

/** Context-specific primitive tag, as in `[n] IMPLICIT` of a primitive type. */
export function contextPrimitive(number: number): number {
  return 0x80 | number
}

/** Context-specific constructed tag, as in `[n] EXPLICIT`, or `[n] IMPLICIT` of a SEQUENCE or SET. */
export function contextConstructed(number: number): number {
  return 0xa0 | number
}

/** Name of a tag for messages. */
export function tagName(tag: number): string {
  for (const [name, value] of Object.entries(TAG)) if (value === tag) return name
  return `tag 0x${tag.toString(16).padStart(2, '0')}`
}
