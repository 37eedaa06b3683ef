import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { readJson, withVectors } from '../support/open-vectors.ts'
import { runCases } from '../support/run-cases.ts'

interface BotVector {
  readonly key: Readonly<Record<string, string>>
  readonly target_url: string
  readonly created_ms: number
  readonly expires_ms: number
  readonly label: string
  readonly signature: string
  readonly signature_input: string
  readonly signature_agent?: string
}

describe('Web Bot Auth through the conformance driver', () => {
  withVectors('web-bot-auth', (path) => {
    const vectors = readJson(join(path, 'web_bot_auth_architecture_v1.json')) as readonly BotVector[]
    for (const [i, vector] of vectors.entries()) {
      const { key, label, created_ms, expires_ms } = vector
      const url = new URL(vector.target_url)
      const given = (ms: number, authority = url.host) => ({
        id: String(i),
        op: 'http_signature.verify',
        message: {
          method: 'GET',
          target: url.pathname,
          authority,
          scheme: 'https',
          headers: [
            ['Signature-Input', vector.signature_input],
            ['Signature', vector.signature],
            ...(vector.signature_agent === undefined ? [] : [['Signature-Agent', vector.signature_agent]]),
          ],
        },
        key: { jwk: key },
        label,
        at: new Date(ms).toISOString(),
        policy: 'none',
      })
      it(`vector ${i} (${key['kty']}, ${label}): verifies from created to expires, and nowhere else`, async () => {
        const verdicts = await runCases([
          given(created_ms),
          given(expires_ms),
          given(expires_ms + 1000),
          given(created_ms - 31_000),
          given(created_ms, 'example.org'),
        ])
        assert.deepEqual(
          verdicts.map(({ ok, reason }) => reason ?? ok),
          [true, true, 'SIGNATURE_EXPIRED', 'SIGNATURE_NOT_YET_VALID', 'SIGNATURE_INVALID'],
        )
      })
    }
  })
})
