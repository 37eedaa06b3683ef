import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { formatHex } from '../../src/core/bytes.ts'
import { parseForwardedCertificate } from '../../src/core/request/forwarded-certificate/forwarded-certificate.ts'
import { parseCertificate } from '../../src/core/x509/certificate.ts'
import { assertDefect } from '../support/defect.ts'
import { readJson, withVectors } from '../support/open-vectors.ts'

interface Example {
  readonly certificates: readonly string[]
  readonly client_cert: string
  readonly client_cert_chain: string
}

withVectors('rfc9440-8705', (path) => {
  describe('RFC 9440 appendix A', () => {
    const example = readJson(join(path, 'rfc9440.json')) as Example
    const parse = (value: string, chain: string) =>
      parseForwardedCertificate({
        header: 'client-cert',
        value: Buffer.from(value),
        chainValue: Buffer.from(chain),
      })
    const printed = example.certificates.map((pem) =>
      Buffer.from(pem.replaceAll(/-----[^-]+-----/g, ''), 'base64').toString('hex'),
    )

    it('Client-Cert holds the certificate that is printed beside it', () => {
      assert.deepEqual(parse(example.client_cert, '').map(formatHex), printed.slice(0, 1))
    })

    it('Client-Cert-Chain holds those above it, in order, and each is a certificate', () => {
      const chain = parse(example.client_cert, example.client_cert_chain)
      assert.deepEqual(chain.map(formatHex), printed)
      for (const der of chain) assert.doesNotThrow(() => parseCertificate(der))
    })

    it('two Client-Cert lines are refused', () => {
      const { client_cert: one } = example
      assertDefect('forwarded.client_cert', () => parse(`${one}, ${one}`, ''))
    })
  })
})
