import { decodeUtf8 } from '../../core/bytes.ts'
import { MalformedError } from '../../core/errors.ts'
import { MAX_OAUTH_PARAMETERS } from '../../core/token-limits.ts'

/** Parameters of a request; those that came without a value are left out (RFC 6749 section 3.2). */
export type Form = ReadonlyMap<string, string>

/**
 * Reads `application/x-www-form-urlencoded` strictly: each name once (RFC 6749 section 3.2), nothing that two readers could read in two ways. Unknown names are
 * passed over by whoever reads the form.
 *
 * @throws {@link MalformedError} `form.*`
 */
export function parseForm(body: Uint8Array): Form {
  const text = decodeUtf8(body)
  // What is not ASCII has to be escaped (RFC 6749 appendix B).
  if (text === undefined || !/^[\x21-\x7e]*$/.test(text))
    throw new MalformedError('form.characters', 'the body has characters that must be percent-encoded')
  const pairs = text === '' ? [] : text.split('&')
  if (pairs.length > MAX_OAUTH_PARAMETERS)
    throw new MalformedError('form.too_many', `there are more than ${MAX_OAUTH_PARAMETERS} parameters`)
  const form = new Map<string, string>()
  for (const pair of pairs) {
    const [name = '', value, ...more] = pair.split('=').map(decode)
    if (name === '' || value === undefined || more.length > 0)
      throw new MalformedError('form.pair', 'a parameter is not a name and a value')
    if (form.has(name)) throw new MalformedError('form.duplicate', 'a parameter is there twice')
    form.set(name, value)
  }
  return new Map([...form].filter(([, value]) => value !== ''))
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw new MalformedError('form.escape', 'a percent sign is not followed by octets of UTF-8')
  }
}
