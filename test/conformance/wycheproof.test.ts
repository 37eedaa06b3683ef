import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { readJson, withVectors } from '../support/open-vectors.ts'
import { runCases } from '../support/run-cases.ts'

interface Group {
  readonly publicKeyDer: string
  readonly sha?: string
  readonly sLen?: number
  readonly tests: readonly {
    readonly tcId: number
    readonly comment: string
    readonly msg: string
    readonly sig: string
    readonly result: 'valid' | 'invalid' | 'acceptable'
  }[]
}

const FILES: readonly { readonly file: string; readonly algorithm: string; readonly encoding?: string }[] = [
  { file: 'ecdsa_secp256r1_sha256_test', algorithm: 'ecdsa-p256-sha256', encoding: 'der' },
  { file: 'ecdsa_secp256r1_sha256_p1363_test', algorithm: 'ecdsa-p256-sha256', encoding: 'p1363' },
  { file: 'ecdsa_secp384r1_sha384_test', algorithm: 'ecdsa-p384-sha384', encoding: 'der' },
  { file: 'ecdsa_secp384r1_sha384_p1363_test', algorithm: 'ecdsa-p384-sha384', encoding: 'p1363' },
  { file: 'ed25519_test', algorithm: 'ed25519' },
  { file: 'rsa_signature_2048_sha256_test', algorithm: 'rsa-v1_5-sha256' },
  { file: 'rsa_pss_2048_sha256_mgf1_32_test', algorithm: 'rsa-pss' },
  { file: 'rsa_pss_4096_sha512_mgf1_64_test', algorithm: 'rsa-pss-sha512' },
]

const fromHex = (text: string) => Buffer.from(text, 'hex').toString('base64')

// `acceptable` is left to the implementer: the one case is an RSA signature whose DigestInfo lacks its NULL.
describe('Wycheproof signatures through the conformance driver', () => {
  withVectors('wycheproof', (path) => {
    for (const { file, algorithm, encoding } of FILES) {
      const { testGroups, numberOfTests } = readJson(join(path, `${file}.json`)) as {
        readonly testGroups: readonly Group[]
        readonly numberOfTests: number
      }
      it(`${file}: agrees in all ${numberOfTests} cases`, async () => {
        const cases = testGroups.flatMap((group) =>
          group.tests.map((test) => ({
            id: `${file}-${test.tcId}`,
            op: 'signature.verify',
            spki: fromHex(group.publicKeyDer),
            algorithm,
            encoding,
            ...(algorithm === 'rsa-pss' ? { hash: group.sha, salt_length: group.sLen } : {}),
            message: fromHex(test.msg),
            signature: fromHex(test.sig),
            expect: test.result,
            expect_comment: test.comment,
          })),
        )
        const verdicts = await runCases(cases)
        assert.equal(verdicts.length, numberOfTests)
        const wrong = cases.filter((given, i) => {
          const { ok } = verdicts[i]!
          return ok === undefined || (given.expect !== 'acceptable' && ok !== (given.expect === 'valid'))
        })
        assert.deepEqual(
          wrong.map((given) => `${given.id}: ${given.expect}: ${given.expect_comment}`),
          [],
        )
      })
    }
  })
})
