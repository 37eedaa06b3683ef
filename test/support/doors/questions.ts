import type { OfferedCredential } from '../../../src/core/decision/offered-credential.ts'
import type { VerifyRequestInput } from '../../../src/core/decision/read-query.ts'
import { sha256 } from '../../../src/core/crypto.ts'
import type { Freshness } from '../../../src/core/decision/decision.ts'
import { MalformedError } from '../../../src/core/errors.ts'
import type { HttpRequest, RequestBody } from '../../../src/core/request/http-request.ts'
import type { NamedAlgorithm } from '../../../src/core/x509/named-signature.ts'
import { FIXTURE_NOW, defaultAlgorithmOf, header, signAs, signSimpleRequest } from '../decision-fixture.ts'
import { MESSAGE_BODY, signMessage } from '../message-fixture.ts'
import { forwarded } from './forwarded.ts'
import { mutate, turnBit } from './mutations.ts'
import { type Plan, componentsOf } from './plan.ts'
import { tokenCredential, tokenOfErin } from './token-questions.ts'
import type { CallerName, DoorWorld, TestClientCertificate } from './world.ts'

const NOW_SECONDS = FIXTURE_NOW.getTime() / 1000

/** One call of VerifyRequest, whatever door it goes through. */
export interface Question {
  readonly plan: Plan
  readonly caller: CallerName
  readonly input: VerifyRequestInput
  /** Whether the doors that look for tokens are told to accept them. */
  readonly acceptsTokens: boolean
  /** The question whose nonce this one has: a door that did not carry that one has not seen the nonce. */
  readonly after: Question | undefined
  readonly client: TestClientCertificate
  readonly nonce: string
}

/**
 * Makes what a plan says. `earlier`: questions that were answered. The nonce of each may come again, once, and the question is then taken out: two
 * with one nonce at the same time would be answered as chance has it.
 */
export function buildQuestion(world: DoorWorld, plan: Plan, count: number, earlier: Question[]): Question {
  const isUsed = plan.nonce === 'repeated' || plan.nonce === 'taken'
  const after = isUsed ? earlier.splice(plan.who % Math.max(1, earlier.length), 1)[0] : undefined
  if (plan.nonce === 'repeated' && after) return repeat(after, plan)
  const clients = plan.standing === 'good' ? world.good : world.bad
  const client = after?.client ?? clients[plan.who % clients.length]!
  const nonce = after?.nonce ?? nonceOf(plan, count)
  return {
    plan,
    caller: plan.caller,
    input: { ...demandOf(plan), credential: credentialOf(world, plan, client, nonce) },
    acceptsTokens: plan.kind === 'bearer' || plan.bearer !== 'refuse',
    after,
    client,
    nonce,
  }
}

/** The same once more, but for what this plan changes of it on the way. */
function repeat(question: Question, plan: Plan): Question {
  const { credential } = question.input
  const again =
    credential?.kind === 'http_signature'
      ? { ...credential, request: mutate(credential.request, plan.mutation, plan.at) }
      : credential
  return { ...question, plan, input: { ...question.input, credential: again }, after: question }
}

function nonceOf({ nonce }: Plan, count: number): string {
  const fresh = `nonce-${String(count).padStart(10, '0')}`
  switch (nonce) {
    case 'short':
      return fresh.slice(-15)
    case 'long':
      return fresh.padEnd(129, 'x')
    case 'longest':
      return fresh.padEnd(128, '~')
    case 'spaced':
      return fresh.replace('-', ' ')
    default:
      return fresh
  }
}

const FRESHNESS: Readonly<Record<Plan['freshness'], Freshness | undefined>> = {
  none: undefined,
  past: { kind: 'at_least_crl_number', crlNumber: 1n },
  future: { kind: 'at_least_crl_number', crlNumber: 9_999n },
  now: { kind: 'max_staleness', milliseconds: 0 },
  minute: { kind: 'max_staleness', milliseconds: 60_000 },
  negative: { kind: 'max_staleness', milliseconds: -1000 },
}

function demandOf(plan: Plan): Omit<VerifyRequestInput, 'credential'> {
  const { scopes, match, audience, freshness, explain } = plan
  return { requiredScopes: scopes, match, audience, freshness: FRESHNESS[freshness], explain }
}

function credentialOf(
  world: DoorWorld,
  plan: Plan,
  client: TestClientCertificate,
  nonce: string,
): OfferedCredential {
  switch (plan.kind) {
    case 'rfc9421':
    case 'simple': {
      const signed = signedRequest(world, plan, client, nonce)
      const withToken =
        plan.bearer === 'beside'
          ? {
              ...signed,
              headers: [...signed.headers, header('Authorization', `Bearer ${tokenOfErin(world)}`)],
            }
          : signed
      const request = mutate(withToken, plan.mutation, plan.at)
      const { scheme, profile } = plan
      return {
        kind: 'http_signature',
        profile,
        request: { ...request, bodyTruncated: plan.truncated },
        ...(scheme && { scheme }),
      }
    }
    case 'detached':
      return detached(world, plan, client, nonce)
    case 'presented':
      return {
        kind: 'presented_certificate',
        chain: plan.forwardedForm === 'empty' ? [] : client.chain,
        forwarded: undefined,
      }
    case 'forwarded':
      return { kind: 'presented_certificate', chain: [], forwarded: forwarded(plan, client) }
    case 'bearer':
      return tokenCredential(world, plan, client)
  }
}

/** Lines and components that cannot be signed, such as those with blanks, are put in after signing. */
function signedRequest(
  world: DoorWorld,
  plan: Plan,
  client: TestClientCertificate,
  nonce: string,
): HttpRequest {
  const { method, target, authority } = plan
  try {
    return signLine(world, plan, client, nonce, { method, target, authority })
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error
    const line = { method: 'GET', target: '/', authority: 'bob.example' }
    const { headers, ...signed } = signLine(world, { ...plan, components: 'required' }, client, nonce, line)
    const components = componentsOf(plan, hasContent(plan))
    const claimed = headers.map((field) =>
      field.name === 'Signature-Input'
        ? header(
            field.name,
            Buffer.from(field.value)
              .toString()
              .replace(/\([^)]*\)/, `(${components})`),
          )
        : field,
    )
    return { ...signed, headers: claimed, method, target, authority }
  }
}

function hasContent({ body }: Plan): boolean {
  return body === 'bytes' || body === 'sha256'
}

function signLine(
  { fixture }: DoorWorld,
  plan: Plan,
  { key, chain }: TestClientCertificate,
  nonce: string,
  line: Pick<HttpRequest, 'method' | 'target' | 'authority'>,
): HttpRequest {
  const body = bodyOf(plan)
  const created = NOW_SECONDS + plan.created
  if (plan.kind === 'simple') {
    return signSimpleRequest(fixture, key, { ...line, chain, nonce, body, timestamp: String(created) })
  }
  const hasBody = hasContent(plan)
  return signMessage(fixture, key, {
    ...line,
    chain,
    body,
    ...(plan.scheme && { scheme: plan.scheme }),
    ...(hasBody ? {} : { contentDigest: '' }),
    components: componentsOf(plan, hasBody),
    parameters: {
      created: String(created),
      expires: String(created + plan.lifetime),
      nonce: `"${nonce}"`,
      ...changedParameters(plan),
    },
    ...(plan.algorithm === 'rsa-pss-sha512' && key === 'rsa2048' && { algorithm: plan.algorithm }),
  }).request
}

function changedParameters(plan: Plan): Readonly<Record<string, string>> {
  const { at, parameter, algorithm } = plan
  const names = ['created', 'expires', 'nonce', 'keyid', 'alg', 'tag'] as const
  const alg = algorithm === 'default' ? {} : { alg: `"${algorithm}"` }
  switch (parameter) {
    case 'none':
      return alg
    case 'dropped':
      return { [names[at % names.length]!]: '' }
    case 'keyid':
      return { keyid: '"AAAA"' }
    case 'tag':
      return { tag: '"other"' }
    case 'quoted':
      return { created: `"${NOW_SECONDS}"` }
    case 'more':
      return { ...alg, more: '?1' }
  }
}

function bodyOf({ body }: Plan): RequestBody {
  switch (body) {
    case 'absent':
      return { kind: 'absent' }
    case 'empty':
      return { kind: 'bytes', bytes: new Uint8Array(0) }
    case 'bytes':
      return { kind: 'bytes', bytes: MESSAGE_BODY }
    case 'sha256':
      return { kind: 'sha256', digest: sha256(MESSAGE_BODY) }
  }
}

function detached(
  { fixture }: DoorWorld,
  plan: Plan,
  { key, chain }: TestClientCertificate,
  nonce: string,
): OfferedCredential {
  const message = Buffer.from(`transfer 7 to bob, ${nonce}`)
  const algorithm: NamedAlgorithm =
    plan.algorithm === 'rsa-pss-sha512' && key === 'rsa2048' ? plan.algorithm : defaultAlgorithmOf(key)
  const signature = signAs(fixture.keys[key], algorithm, message)
  const named = plan.algorithm === 'rsa-v1_5-sha256' ? plan.algorithm : algorithm
  return {
    kind: 'detached_signature',
    chain,
    signed:
      plan.body === 'sha256'
        ? { kind: 'sha256', digest: sha256(message) }
        : { kind: 'message', bytes: message },
    signature: plan.mutation === 'none' ? signature : turnBit(signature, plan.at),
    algorithm: plan.algorithm === 'default' ? undefined : named,
    nonce: plan.who % 3 === 0 ? '' : nonce,
    signedAt: new Date((NOW_SECONDS + plan.created) * 1000),
  }
}
