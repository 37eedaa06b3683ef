import type { DenyReason } from '../../../src/core/decision/deny-reason.ts'
import { type PathRequest, validatePath } from '../../../src/core/x509/path/validate-path.ts'
import { NOW, type TestEntity } from './certificates.ts'

/** A `PathRequest` in test entities; at `NOW`, for any purpose, without revocation unless it says otherwise. */
export type ValidationCase = Partial<Omit<PathRequest, 'leaf' | 'intermediates' | 'anchors'>> & {
  readonly leaf: TestEntity
  readonly via?: readonly TestEntity[]
  readonly anchors: readonly TestEntity[]
}

/** Validates, and returns the names on the path, leaf first, or the reason of the refusal. */
export async function validate(given: ValidationCase): Promise<readonly string[] | DenyReason> {
  const { leaf, via = [], anchors, ...rest } = given
  const entities = [leaf, ...via, ...anchors]
  const result = await validatePath({
    crls: [],
    at: NOW,
    purpose: 'any',
    revocation: rest.crls === undefined ? 'off' : 'hard',
    ...rest,
    leaf: leaf.certificate,
    intermediates: via.map(({ certificate }) => certificate),
    anchors: anchors.map(({ certificate }) => certificate),
  })
  if (!result.ok) return result.reason
  return result.path.map((found) => entities.find(({ certificate }) => certificate === found)?.name ?? '?')
}

/** Like {@link validate}, for tests that only ask whether a path is good: `ok` or the reason. */
export async function verdict(given: ValidationCase): Promise<'ok' | DenyReason> {
  const found = await validate(given)
  return typeof found === 'string' ? found : 'ok'
}
