import { MAX_CONFORMANCE_LINE_LENGTH } from '../core/limits.ts'
import { type Case, CaseError } from './case-fields.ts'
import { runCertificateParse } from './certificate-parse.ts'
import { runCrlParse } from './crl-parse.ts'
import { runCsrParse } from './csr-parse.ts'
import { runDecide } from './decide.ts'
import { runHttpSignatureBase, runHttpSignatureVerify } from './http-signature.ts'
import { runJwsVerify } from './jws-verify.ts'
import { runPathValidate } from './path-validate.ts'
import { runPublicKeyCheck } from './public-key-check.ts'
import { runScopeMatch } from './scope-match.ts'
import { runSignatureVerify } from './signature-verify.ts'
import { type Line, splitLines } from './split-lines.ts'
import { runStructuredFieldParse } from './structured-field-parse.ts'
import type { JsonValue, Verdict } from './verdict.ts'

type Operation = (given: Case) => Verdict | Promise<Verdict>

const OPERATIONS: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ['certificate.parse', runCertificateParse],
  ['csr.parse', runCsrParse],
  ['public_key.check', runPublicKeyCheck],
  ['crl.parse', runCrlParse],
  ['path.validate', runPathValidate],
  ['signature.verify', runSignatureVerify],
  ['scope.match', runScopeMatch],
  ['http_signature.base', runHttpSignatureBase],
  ['http_signature.verify', runHttpSignatureVerify],
  ['structured_field.parse', runStructuredFieldParse],
  ['jws.verify', runJwsVerify],
  ['decide', runDecide],
])

/**
 * Answers one JSON case a line with one JSON verdict a line, in order, each before the next is read. It calls the functions
 * that the service calls, and has no store, network or clock. Never rejects on account of a case.
 *
 * @param write - takes a line with its line end; awaited, so that a slow reader holds the driver back.
 */
export async function runConformance(
  lines: AsyncIterable<Line> | Iterable<Line>,
  write: (line: string) => void | Promise<void>,
): Promise<void> {
  for await (const line of lines) {
    if (line?.trim() === '') continue
    await write(`${JSON.stringify(await answer(line))}\n`)
  }
}

/** The driver over a pair of streams: what `chancery conformance` runs. Resolves when the input ends. */
export async function conformanceMain(
  stdin: NodeJS.ReadableStream,
  stdout: NodeJS.WritableStream,
): Promise<void> {
  stdin.setEncoding('utf8')
  await runConformance(splitLines(stdin as AsyncIterable<string>, MAX_CONFORMANCE_LINE_LENGTH), (line) =>
    stdout.write(line) ? undefined : new Promise<void>((resolve) => stdout.once('drain', () => resolve())),
  )
}

type Answer = { readonly id: JsonValue } & (Verdict | { readonly error: string })

async function answer(line: Line): Promise<Answer> {
  const given = parseCase(line)
  if (typeof given === 'string') return { id: null, error: given }
  const id = readId(given)
  const { op } = given
  if (typeof op !== 'string') return { id, error: 'op: expected a string' }
  const operation = OPERATIONS.get(op)
  if (operation === undefined) return { id, error: `op: ${op.slice(0, 64)} is not known` }
  try {
    return { id, ...(await operation(given)) }
  } catch (error) {
    if (error instanceof CaseError) return { id, error: error.message }
    // A defect of ours: said, and never taken for an answer.
    return { id, error: `internal: ${error instanceof Error ? error.message : 'unknown'}` }
  }
}

function parseCase(line: Line): Case | string {
  if (line === undefined) return `a line is longer than ${MAX_CONFORMANCE_LINE_LENGTH} characters`
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return 'a line is not JSON'
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return 'a line is not a JSON object'
  return value as Case
}

function readId({ id }: Case): JsonValue {
  return typeof id === 'string' || typeof id === 'number' ? id : null
}
