import { DomainError, MalformedError } from '../errors.ts'
import { parseCertificate } from '../x509/certificate.ts'
import type { Certificate } from '../x509/types.ts'
import { assembleCertificate } from './assemble.ts'
import type { SigningAlgorithm } from './signing-algorithm.ts'

/** What must hold of a certificate before the real key signs it; each rule by its name. */
export type LintRules<Context> = Readonly<
  Record<string, (certificate: Certificate, context: Context) => boolean>
>

/** Stands in for the signature that does not exist yet; only its place counts. */
const NO_SIGNATURE = new Uint8Array(64)

/**
 * Reads the encoded bytes back, with the parser that verifiers use, and holds them against every rule. What a rule compares with is the
 * policy, not the code that made the bytes: a mistake in planning or encoding is found here, before a signature makes it last.
 *
 * @throws {@link DomainError} LINT_FAILED with the first rule that does not hold
 */
export function lintTbs<Context>(
  tbs: Uint8Array,
  algorithm: SigningAlgorithm,
  rules: LintRules<Context>,
  context: Context,
): void {
  const certificate = readBack(tbs, algorithm)
  for (const rule in rules) if (!holds(rules[rule]!, certificate, context)) throw lintFailed(rule)
}

function readBack(tbs: Uint8Array, algorithm: SigningAlgorithm): Certificate {
  try {
    return parseCertificate(assembleCertificate(tbs, algorithm, NO_SIGNATURE))
  } catch (error) {
    throw error instanceof MalformedError ? lintFailed(error.defect, error) : error
  }
}

/** A part that cannot be read does not satisfy the rule that reads it. */
function holds<Context>(
  rule: LintRules<Context>[string],
  certificate: Certificate,
  context: Context,
): boolean {
  try {
    return rule(certificate, context)
  } catch (error) {
    if (error instanceof MalformedError) return false
    throw error
  }
}

function lintFailed(rule: string, cause?: unknown): DomainError {
  const message = `the certificate would break the rule ${rule}; nothing was signed. This is a bug in Chancery`
  return new DomainError('LINT_FAILED', message, { rule }, { cause })
}
