import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { formatBase64, formatHex } from '../../../../../src/core/bytes.ts'
import { sha256 } from '../../../../../src/core/crypto.ts'
import {
  type ForwardedHeader,
  findForwardedHeader,
  parseForwardedCertificate,
} from '../../../../../src/core/request/forwarded-certificate/forwarded-certificate.ts'
import { assertDefect } from '../../../../support/defect.ts'
import { formatPem } from '../../../../../src/core/pem.ts'

// The parsers look no further than the octets: certificates are read by a later step.
const LEAF = Uint8Array.from({ length: 100 }, (_, i) => (i * 7) & 0xff)
const ISSUING = Uint8Array.from({ length: 96 }, (_, i) => (i * 11) & 0xff)

const escapeLikeNginx = (...chain: readonly Uint8Array[]) =>
  encodeURIComponent(chain.map((der) => formatPem('CERTIFICATE', der)).join(''))

function parse(header: ForwardedHeader, value: string, chainValue = '') {
  return parseForwardedCertificate({
    header,
    value: Buffer.from(value, 'latin1'),
    chainValue: Buffer.from(chainValue, 'latin1'),
  }).map((der) => formatHex(der))
}

const leaf = formatHex(LEAF)
const issuing = formatHex(ISSUING)
const bytes = (der: Uint8Array) => `:${formatBase64(der)}:`

describe('findForwardedHeader', () => {
  it('knows three headers in any case, and no other', () => {
    assert.equal(findForwardedHeader('Client-Cert'), 'client-cert')
    assert.equal(findForwardedHeader('X-FORWARDED-CLIENT-CERT'), 'x-forwarded-client-cert')
    assert.equal(findForwardedHeader('x-ssl-client-cert'), 'x-ssl-client-cert')
    for (const name of ['', 'X-Client-Cert', 'client-cert ', 'Client-Cert-Chain', 'toString']) {
      assert.equal(findForwardedHeader(name), undefined)
    }
  })
})

describe('parseForwardedCertificate', () => {
  it('says that there is none when the header is empty', () => {
    for (const header of ['client-cert', 'x-forwarded-client-cert', 'x-ssl-client-cert'] as const) {
      for (const value of ['', ' \t']) assertDefect('forwarded.missing', () => parse(header, value))
    }
  })

  describe('of Client-Cert', () => {
    it('reads the leaf, and the chain after it', () => {
      assert.deepEqual(parse('client-cert', bytes(LEAF)), [leaf])
      assert.deepEqual(parse('client-cert', ` ${bytes(LEAF)}\t`, `${bytes(ISSUING)},\t${bytes(LEAF)} `), [
        leaf,
        issuing,
        leaf,
      ])
    })

    const malformed: Record<string, string> = {
      'no colons': formatBase64(LEAF),
      'an empty sequence': '::',
      'two certificates, as if two lines had been joined': `${bytes(LEAF)}, ${bytes(ISSUING)}`,
      'a parameter': `${bytes(LEAF)};a=1`,
      'base64 without padding': bytes(LEAF).replaceAll('=', ''),
      'base64 with unused bits': ':AB==:',
      'the URL alphabet': ':_-_-:',
      'a line feed': `:${formatBase64(LEAF)}\n:`,
      PEM: escapeLikeNginx(LEAF),
      'a string': '"AAEC"',
    }
    for (const [name, value] of Object.entries(malformed)) {
      it(`refuses ${name}`, () => {
        assertDefect('forwarded.client_cert', () => parse('client-cert', value))
        const chain = name.startsWith('two') ? `${bytes(LEAF)},,` : value
        assertDefect('forwarded.client_cert_chain', () => parse('client-cert', bytes(LEAF), chain))
      })
    }

    it('refuses a chain without end', () => {
      const chain = Array.from({ length: 9 }, () => bytes(ISSUING)).join(',')
      assertDefect('forwarded.client_cert_chain', () => parse('client-cert', bytes(LEAF), chain))
    })
  })

  describe('of nginx', () => {
    it('reads percent-encoded PEM, with hex digits in either case', () => {
      const text = escapeLikeNginx(LEAF)
      assert.deepEqual(parse('x-ssl-client-cert', text), [leaf])
      assert.deepEqual(
        parse(
          'x-ssl-client-cert',
          text.replaceAll(/%../g, (hex) => hex.toLowerCase()),
        ),
        [leaf],
      )
      assert.deepEqual(parse('x-ssl-client-cert', text.replace(/%0A$/, '')), [leaf])
    })

    const text = escapeLikeNginx(LEAF)
    const cases: readonly (readonly [string, string, string])[] = [
      ['PEM that is not encoded', formatPem('CERTIFICATE', LEAF), 'forwarded.escape'],
      ['the tabs of $ssl_client_cert', text.replaceAll('%0A', '\t'), 'forwarded.escape'],
      ['a bare plus', text.replace('CERTIFICATE', 'CERTIFICATE+'), 'forwarded.escape'],
      ['a cut escape', `${text}%0`, 'forwarded.escape'],
      ['an escape that is not hex', text.replace('%0A', '%0G'), 'forwarded.escape'],
      ['octets above ASCII', `${text}\xe9`, 'forwarded.escape'],
      ['two certificates', escapeLikeNginx(LEAF, ISSUING), 'forwarded.pem'],
      ['another label', text.replaceAll('CERTIFICATE', 'X509%20CRL'), 'forwarded.pem'],
      ['text before it', `a${text}`, 'forwarded.pem'],
      ['text after it', `${text}a`, 'forwarded.pem'],
      ['no end', text.slice(0, 60), 'forwarded.pem'],
      ['no lines', '-----BEGIN%20CERTIFICATE-----%0A-----END%20CERTIFICATE-----', 'forwarded.pem'],
      ['carriage returns', text.replaceAll('%0A', '%0D%0A'), 'forwarded.pem'],
      ['an escaped NUL', text.replace('%0A', '%00'), 'forwarded.pem'],
      ['a blank line', text.replace('%0A', '%0A%0A'), 'forwarded.pem'],
      ['a double encoding', text.replaceAll('%', '%25'), 'forwarded.pem'],
      ['a comma, as if two lines had been joined', `${text},${text}`, 'forwarded.escape'],
    ]
    for (const [name, value, defect] of cases) {
      it(`refuses ${name}`, () => {
        assertDefect(defect, () => parse('x-ssl-client-cert', value))
      })
    }
  })

  describe('of Envoy', () => {
    const hash = formatHex(sha256(LEAF))
    const cert = `Cert="${escapeLikeNginx(LEAF)}"`
    const element = `By=spiffe://a/b;Hash=${hash};${cert};Subject="CN=alice, O=\\"A;B\\"";URI=spiffe://a/client/alice;URI=x;DNS=`

    it('reads Cert, and Chain with the leaf in it', () => {
      assert.deepEqual(parse('x-forwarded-client-cert', element), [leaf])
      assert.deepEqual(parse('x-forwarded-client-cert', `Chain="${escapeLikeNginx(LEAF, ISSUING)}"`), [
        leaf,
        issuing,
      ])
      assert.deepEqual(
        parse('x-forwarded-client-cert', `${element};Chain="${escapeLikeNginx(LEAF, ISSUING)}"`),
        [leaf, issuing],
      )
      assert.deepEqual(parse('x-forwarded-client-cert', `cERT=${escapeLikeNginx(LEAF)};HASH=${hash}`), [leaf])
    })

    it('takes the last element, which the proxy next to the resource server wrote', () => {
      const first = `Cert="${escapeLikeNginx(ISSUING)}"`
      assert.deepEqual(parse('x-forwarded-client-cert', `${first},${element}`), [leaf])
      assert.deepEqual(parse('x-forwarded-client-cert', `${first},${first},${element}`), [leaf])
    })

    const cases: readonly (readonly [string, string, string])[] = [
      [
        'a last element without a certificate',
        `${element},By=spiffe://a/b;Hash=${hash}`,
        'forwarded.missing',
      ],
      [
        'a hash of another certificate',
        `Hash=${formatHex(sha256(ISSUING))};${cert}`,
        'forwarded.xfcc_mismatch',
      ],
      ['a hash that is not hex', `Hash=zz;${cert}`, 'forwarded.xfcc_mismatch'],
      ['an empty hash', `Hash=;${cert}`, 'forwarded.xfcc_mismatch'],
      ['a Chain of another leaf', `${cert};Chain="${escapeLikeNginx(ISSUING)}"`, 'forwarded.xfcc_mismatch'],
      ['two Certs', `${cert};cert="${escapeLikeNginx(ISSUING)}"`, 'forwarded.xfcc'],
      ['two certificates in Cert', `Cert="${escapeLikeNginx(LEAF, ISSUING)}"`, 'forwarded.pem'],
      ['an open quote before the proxy appended', `By=",${element}`, 'forwarded.xfcc'],
      ['an open quote that ends in a backslash', `By="\\,${element}`, 'forwarded.xfcc'],
      ['a whole element with an open quote after it', `${cert};Subject=",${element}`, 'forwarded.xfcc'],
      ['no pair', 'alice', 'forwarded.xfcc'],
      ['an empty element', `,${element}`, 'forwarded.xfcc'],
      ['a comma at the end', `${element},`, 'forwarded.xfcc'],
      ['a semicolon at the end', `${element};`, 'forwarded.xfcc'],
      ['white space between pairs', `Hash=${hash}; ${cert}`, 'forwarded.xfcc'],
      ['text after a quote', `${cert}a`, 'forwarded.xfcc'],
      ['more pairs than anybody sends', `${'By=;'.repeat(128)}${cert}`, 'forwarded.xfcc'],
      ['PEM that is not encoded', `Cert="${formatPem('CERTIFICATE', LEAF)}"`, 'forwarded.escape'],
    ]
    for (const [name, value, defect] of cases) {
      it(`refuses ${name}`, () => {
        assertDefect(defect, () => parse('x-forwarded-client-cert', value))
      })
    }
  })
})
