import { type DerReader, enterDer } from '../asn1/reader.ts'
import { TAG, contextConstructed } from '../asn1/tags.ts'
import { MalformedError } from '../errors.ts'
import { MAX_GENERAL_NAMES } from '../limits.ts'
import { decodeGeneralName } from './general-name.ts'
import type { GeneralName, NameConstraints } from './types.ts'

/** Decodes name constraints (RFC 5280 section 4.2.1.10): permitted or excluded subtrees, or both, each not empty. */
export function decodeNameConstraints(value: Uint8Array): NameConstraints {
  const reader = enterDer(value, TAG.sequence)
  const permitted = reader.enterOptional(contextConstructed(0))
  const excluded = reader.enterOptional(contextConstructed(1))
  reader.end()
  if (permitted === undefined && excluded === undefined) {
    throw new MalformedError('name_constraints.empty', 'name constraints that constrain nothing')
  }
  return {
    permitted: permitted === undefined ? [] : decodeSubtrees(permitted),
    excluded: excluded === undefined ? [] : decodeSubtrees(excluded),
  }
}

function decodeSubtrees(reader: DerReader): GeneralName[] {
  const subtrees: GeneralName[] = []
  do {
    if (subtrees.length === MAX_GENERAL_NAMES) {
      throw new MalformedError('name_constraints.too_many', `more than ${MAX_GENERAL_NAMES} subtrees`)
    }
    const subtree = reader.enter(TAG.sequence)
    const base = decodeGeneralName(subtree.readAny(), 'constraint')
    // RFC 5280: minimum MUST be 0, which DER leaves out, and maximum MUST be absent.
    if (!subtree.done)
      throw new MalformedError('name_constraints.minimum', 'a subtree has a minimum or maximum')
    subtrees.push(base)
  } while (!reader.done)
  return subtrees
}
