import { MalformedError } from '../../errors.ts'
import { MAX_SIGNATURE_BASE_LENGTH } from '../../limits.ts'
import { serializeMember } from '../structured-field/serialize.ts'
import type { InnerList } from '../structured-field/value.ts'
import { type Component, parseComponents, refuseComponent } from './component.ts'
import { derivedComponent } from './derived-component.ts'
import { type DictionaryCache, fieldComponent } from './field-component.ts'
import type { HttpMessage } from './http-message.ts'

/**
 * The ASCII text that a message signature is over (RFC 9421 section 2.5): a line for each component, and one for the list of components with
 * the parameters of the signature. No value holds a line feed, so that each line is what it says.
 *
 * @param params - the member of Signature-Input; it is written canonically, whatever white space it came with.
 * @throws {@link MalformedError} `component.*`, `structured_field.*`
 */
export function buildSignatureBase(params: InnerList, message: HttpMessage): string {
  const caches: Caches = { own: new Map(), request: new Map() }
  let base = ''
  for (const component of parseComponents(params)) {
    base += `${component.identifier}: ${componentValue(component, message, caches)}\n`
    if (base.length > MAX_SIGNATURE_BASE_LENGTH)
      throw new MalformedError(
        'component.too_long',
        `the components have more than ${MAX_SIGNATURE_BASE_LENGTH} octets`,
      )
  }
  return `${base}"@signature-params": ${serializeMember(params)}`
}

const ONE_LINE = /^[\t\x20-\x7e]*$/

interface Caches {
  readonly own: DictionaryCache
  readonly request: DictionaryCache
}

function componentValue(component: Component, message: HttpMessage, caches: Caches): string {
  const source = component.isOfRequest ? relatedRequest(component, message) : message
  const value = component.name.startsWith('@')
    ? derivedComponent(component, source)
    : fieldComponent(component, source, component.isOfRequest ? caches.request : caches.own)
  // Fields are held to this on their own; what the caller passes as method, target and authority is held to it here.
  if (!ONE_LINE.test(value))
    throw refuseComponent('value', component.identifier, 'has a value that is not ASCII, or not one line')
  return value
}

function relatedRequest(component: Component, message: HttpMessage): HttpMessage {
  // Section 2.4: only in a response, and only of the request that it answers.
  if (message.kind === 'request')
    throw refuseComponent('req', component.identifier, 'has `req`, which only a response can have')
  if (message.request === undefined)
    throw refuseComponent('req', component.identifier, 'is of a request that is not known')
  return message.request
}
