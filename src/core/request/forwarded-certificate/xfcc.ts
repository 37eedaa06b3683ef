import { equalBytes, parseHex } from '../../bytes.ts'
import { sha256 } from '../../crypto.ts'
import { MalformedError } from '../../errors.ts'
import { MAX_XFCC_PAIRS } from '../../limits.ts'
import { parseEscapedCertificate, parseEscapedPem } from './escaped-pem.ts'

// `key=value`, ended by `;` (the next pair), `,` (the next element) or the end. Values with separators are quoted; a backslash takes the
// next character with it. Sticky: what does not begin here is malformed, so nothing is skipped.
const PAIR = /([A-Za-z]+)=(?:"([^"\\]*(?:\\.[^"\\]*)*)"|([^",;=\\]*))(,|;|$)/y

type Element = ReadonlyMap<string, string>

/**
 * Reads Envoy's `X-Forwarded-Client-Cert`: elements after commas, each the word of one proxy. The **last** one counts, which the proxy next
 * to the resource server appended; what comes before is somebody else's word, the client's if that proxy only appends. All of it must be
 * well-formed: an open quote in an earlier element would otherwise swallow the last.
 *
 * The element must hold the certificate: `Chain` (leaf first) or `Cert`; `Hash`, `Subject` and `URI` only describe it. What of them is
 * there must agree.
 *
 * @throws {@link MalformedError} `forwarded.missing` if the last element holds no certificate; `forwarded.xfcc`, `forwarded.xfcc_mismatch`,
 * `forwarded.escape`, `forwarded.pem`
 */
export function parseXfcc(text: string): readonly Uint8Array[] {
  const element = parseElements(text).at(-1)!
  const chain = readCertificates(element)
  const [leaf] = chain
  if (!leaf) throw new MalformedError('forwarded.missing', 'the last element holds no certificate')
  const hash = element.get('hash')
  if (hash !== undefined && !isDigestOf(hash, leaf)) {
    throw new MalformedError('forwarded.xfcc_mismatch', 'Hash is not the SHA-256 of the certificate')
  }
  return chain
}

function readCertificates(element: Element): readonly Uint8Array[] {
  const [cert, chain] = [element.get('cert') ?? '', element.get('chain') ?? '']
  const certificates = chain === '' ? [] : parseEscapedPem(chain)
  if (cert === '') return certificates
  const leaf = parseEscapedCertificate(cert)
  if (certificates[0] && !equalBytes(certificates[0], leaf)) {
    throw new MalformedError('forwarded.xfcc_mismatch', 'Chain does not begin with Cert')
  }
  return certificates.length > 0 ? certificates : [leaf]
}

function isDigestOf(hash: string, certificate: Uint8Array): boolean {
  const digest = parseHex(hash)
  return digest !== undefined && equalBytes(digest, sha256(certificate))
}

/** Keys in lower case: Envoy has them in any. A key that may be there several times (`URI`, `DNS`) keeps its first value. */
function parseElements(text: string): readonly Element[] {
  const elements: Element[] = []
  let element = new Map<string, string>()
  let at = 0
  for (let pairs = 1; ; pairs++) {
    PAIR.lastIndex = at
    const match = PAIR.exec(text)
    if (!match || pairs > MAX_XFCC_PAIRS) throw malformed()
    const key = match[1]!.toLowerCase()
    if (!element.has(key)) element.set(key, unquote(match[2]) ?? match[3]!)
    else if (SINGLE.has(key)) throw malformed()
    at += match[0].length
    if (match[4] === ';') continue
    elements.push(element)
    element = new Map()
    if (match[4] === '') return elements
  }
}

const SINGLE: ReadonlySet<string> = new Set(['cert', 'chain', 'hash'])

function unquote(quoted: string | undefined): string | undefined {
  return quoted?.replaceAll('\\"', '"')
}

function malformed(): MalformedError {
  return new MalformedError('forwarded.xfcc', 'X-Forwarded-Client-Cert is not elements of key=value pairs')
}
