import { checkPublicKey, decodeSubjectPublicKeyInfo } from '../core/x509/public-key.ts'
import { type Case, readBytes } from './case-fields.ts'
import { type Verdict, accept, parsing } from './verdict.ts'

/** `public_key.check`: would a certificate be issued for this key? */
export function runPublicKeyCheck(given: Case): Verdict {
  const spki = readBytes(given, 'spki')
  const checked = parsing('PUBLIC_KEY_REJECTED', () => checkPublicKey(decodeSubjectPublicKeyInfo(spki)))
  if ('refused' in checked) return checked.refused
  return accept({ key_type: checked.parsed.type, key_bits: checked.parsed.bits })
}
