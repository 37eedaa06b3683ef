import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { listVectors, withVectors } from '../support/open-vectors.ts'
import { runLines } from '../support/run-cases.ts'

describe('PKITS through the conformance driver', () => {
  withVectors('pkits-sample', (path) => {
    for (const file of listVectors(path, '.jsonl')) {
      for (const line of readFileSync(join(path, file), 'utf8').trim().split('\n')) {
        const { id, expect_ok: expected } = JSON.parse(line) as { id: string; expect_ok: boolean }
        it(`${id}: ${expected ? 'good' : 'refused'}`, async () => {
          const [verdict] = await runLines([line])
          assert.equal(verdict?.id, id)
          assert.equal(verdict.ok, expected, verdict.detail)
          if (!expected) assert.ok(verdict.reason)
        })
      }
    }
  })
})
