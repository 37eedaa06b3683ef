import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { readJson, withVectors } from '../support/open-vectors.ts'
import { runCases } from '../support/run-cases.ts'

interface VectorMessage {
  readonly method?: string
  readonly target?: string
  readonly status?: number
  readonly headers: readonly (readonly [string, string])[]
  readonly body?: string
}

interface SignatureVector {
  readonly id: string
  readonly message: VectorMessage
  readonly scheme: string
  readonly related_request: VectorMessage | null
  readonly label: string
  readonly keyid: string
  readonly signature_base: string
  readonly signature_base_computed?: string
  readonly expect_valid: boolean
}

interface ComponentVector {
  readonly section: string
  readonly message: VectorMessage
  readonly scheme: string
  readonly component: string
  readonly value: string | null
  readonly error: string | null
  readonly structured_field_types: Readonly<Record<string, string>> | null
}

// Within the validity of every one of them.
const AT = '2021-04-20T02:08:00Z'

describe('messages of RFC 9421 through the conformance driver', () => {
  withVectors('rfc9421', (path) => {
    const { keys, vectors } = readJson(join(path, 'rfc9421-signatures.json')) as {
      readonly keys: Readonly<Record<string, { readonly k?: string }>>
      readonly vectors: readonly SignatureVector[]
    }
    for (const vector of vectors) {
      const { id, label, message, scheme, expect_valid, related_request } = vector
      const given = {
        id,
        label,
        message: {
          ...message,
          scheme,
          ...(related_request && { request: { ...related_request, scheme } }),
        },
        body: Buffer.from(message.body ?? '').toString('base64'),
        at: AT,
        policy: 'none',
      }
      const key = keys[vector.keyid]!
      const secret = key.k === undefined ? undefined : Buffer.from(key.k, 'base64url').toString('base64')

      it(`${id}: ${expect_valid ? 'verifies' : 'does not verify'}`, async () => {
        const verify = { ...given, op: 'http_signature.verify', key: secret ? { secret } : { jwk: key } }
        const [verdict] = await runCases([verify])
        assert.equal(verdict?.error, undefined)
        assert.equal(verdict?.ok, expect_valid, verdict?.detail)
        if (!expect_valid) assert.equal(verdict.reason, 'SIGNATURE_INVALID')
      })

      it(`${id}: has the signature base of the RFC`, async () => {
        const base = vector.signature_base_computed ?? vector.signature_base
        const components = /^"@signature-params": (.*)$/m.exec(base)![1]
        const [verdict] = await runCases([{ ...given, op: 'http_signature.base', components }])
        assert.equal(verdict?.value?.['base'], base, verdict?.detail)
      })

      it(`${id}: is refused with one octet of its signature changed`, async () => {
        const changed = message.headers.map(([name, value]) =>
          name.toLowerCase() === 'signature' ? [name, change(value, label)] : [name, value],
        )
        const [verdict] = await runCases([
          {
            ...given,
            op: 'http_signature.verify',
            key: secret ? { secret } : { jwk: key },
            message: { ...given.message, headers: changed },
          },
        ])
        assert.equal(verdict?.reason, 'SIGNATURE_INVALID')
      })
    }

    const { cases } = readJson(join(path, 'rfc9421-components.json')) as {
      readonly cases: readonly ComponentVector[]
    }
    for (const [i, vector] of cases.entries()) {
      const { section, component, value, error, message, scheme, structured_field_types } = vector
      it(`component ${i} of section ${section}: ${component} is ${error ?? JSON.stringify(value)}`, async () => {
        const [verdict] = await runCases([
          {
            id: String(i),
            op: 'http_signature.base',
            message: { ...message, scheme, field_types: structured_field_types },
            components: `(${component})`,
          },
        ])
        assert.equal(verdict?.error, undefined)
        assert.equal(verdict?.ok, error === null, verdict?.detail)
        if (error !== null) return
        const base = `${component}: ${value ?? ''}\n"@signature-params": (${component})`
        assert.equal(verdict.value?.['base'], base)
      })
    }
  })
})

/** Turns one bit in the middle of the signature with this label. */
function change(value: string, label: string): string {
  return value.replace(new RegExp(`(^|, ?)${label}=:([^:]*):`), (_, before: string, base64: string) => {
    const octets = Buffer.from(base64, 'base64')
    octets[octets.length >> 1]! ^= 1
    return `${before}${label}=:${octets.toString('base64')}:`
  })
}
