import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { certificateKeyId } from '../../src/core/request/rfc9421/message-profile.ts'
import { readJson, withVectors } from '../support/open-vectors.ts'

describe('the thumbprint of RFC 8705, by which keyid names a certificate', () => {
  withVectors('rfc9440-8705', (path) => {
    it('is that of the certificate in appendix A', () => {
      const { certificate, cnf } = readJson(join(path, 'rfc8705.json')) as {
        readonly certificate: string
        readonly cnf: Readonly<Record<string, string>>
      }
      const body = /-----BEGIN CERTIFICATE-----([^-]+)-----END/.exec(certificate)![1]!
      assert.equal(certificateKeyId(Buffer.from(body, 'base64')), cnf['x5t#S256'])
    })
  })
})
