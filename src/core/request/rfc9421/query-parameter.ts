import { decodeUtf8, encodeUtf8 } from '../../bytes.ts'
import { type Component, refuseComponent } from './component.ts'
import type { RequestMessage } from './http-message.ts'

/**
 * The value of `@query-param` (RFC 9421 section 2.2.8): the query read as a form, and the value written again with percent signs. A
 * parameter that is there twice has no value, and neither has one that is not UTF-8, whose reading would differ from reader to reader.
 *
 * @throws {@link MalformedError} `component.absent`, `component.query_param`
 */
export function queryParameter(component: Component, message: RequestMessage, query: string): string {
  const { identifier, parameterName } = component
  const [value, ...more] = readForm(component, message, query).get(parameterName ?? '') ?? []
  if (value === undefined) throw refuseComponent('absent', identifier, 'is not in the query')
  if (more.length > 0) throw refuseComponent('query_param', identifier, 'is in the query more than once')
  return encodeFormText(value, component)
}

/** Values as sent, by their names written with percent signs. */
type Form = ReadonlyMap<string, readonly string[]>

// A query is read once, however many of its parameters are covered.
const forms = new WeakMap<RequestMessage, Form>()

function readForm(component: Component, message: RequestMessage, query: string): Form {
  const known = forms.get(message)
  if (known) return known
  const form = new Map<string, string[]>()
  for (const part of query.split('&')) {
    if (part === '') continue
    const at = part.indexOf('=')
    const name = encodeFormText(at === -1 ? part : part.slice(0, at), component)
    const value = at === -1 ? '' : part.slice(at + 1)
    const values = form.get(name)
    if (values) values.push(value)
    else form.set(name, [value])
  }
  forms.set(message, form)
  return form
}

function encodeFormText(text: string, { identifier }: Component): string {
  // Most names and values stand for themselves.
  if (/^[A-Za-z0-9*._-]*$/.test(text)) return text
  const decoded = decodeUtf8(decodePercent(text.replaceAll('+', ' ')))
  if (decoded === undefined)
    throw refuseComponent('query_param', identifier, 'is in a query that is not UTF-8')
  let encoded = ''
  for (const octet of encodeUtf8(decoded)) {
    const character = String.fromCharCode(octet)
    // The percent-encode set of application/x-www-form-urlencoded.
    encoded += /[A-Za-z0-9*._-]/.test(character)
      ? character
      : `%${octet.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return encoded
}

/** A percent sign without two digits stands for itself, as in URLs. */
function decodePercent(text: string): Uint8Array {
  const octets: number[] = []
  for (let i = 0; i < text.length; i++) {
    const digits = text.slice(i + 1, i + 3)
    if (text[i] === '%' && /^[0-9A-Fa-f]{2}$/.test(digits)) {
      octets.push(Number.parseInt(digits, 16))
      i += 2
    } else octets.push(text.charCodeAt(i))
  }
  return Uint8Array.from(octets)
}
