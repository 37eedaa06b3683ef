import fc from 'fast-check'
import { FORWARDED_HEADERS } from '../../../src/core/request/forwarded-certificate/forwarded-certificate.ts'
import { ALL_COMPONENTS } from '../message-fixture.ts'
import { MUTATIONS } from './mutations.ts'
import { CALLERS } from './world.ts'

/** Each value as often as its weight says. */
function weighted<const T>(...options: readonly (readonly [weight: number, value: T])[]): fc.Arbitrary<T> {
  return fc.oneof(...options.map(([weight, value]) => ({ weight, arbitrary: fc.constant(value) })))
}

/** The first value mostly, else any of the others. */
function mostly<const T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof(
    { weight: 92, arbitrary: fc.constant(usual) },
    { weight: 8, arbitrary: fc.constantFrom(...others) },
  )
}

const KINDS = weighted(
  [36, 'rfc9421'],
  [28, 'simple'],
  [12, 'forwarded'],
  [6, 'presented'],
  [4, 'detached'],
  [14, 'bearer'],
)
// Also what a proxy can ask about without a body, most of the time, so that every door is asked much.
const METHODS = weighted([60, 'GET'], [8, 'HEAD'], [8, 'DELETE'], [16, 'POST'], [8, 'PUT'])
const BODIES = weighted([68, 'absent'], [20, 'bytes'], [4, 'empty'], [8, 'sha256'])
const TARGETS = [
  '/users/7?full=1',
  '/',
  '/a?',
  '/users/%2e%2e/x?q=a%20b&q=2',
  `/${'x'.repeat(4000)}`,
  '/a//b;c=d',
] as const
const AUTHORITIES = ['bob.example', 'bob.example:8443', 'BOB.example:443', '[::1]:8443'] as const

/** What may be wrong with a token. */
const TOKENS = [
  'skewed',
  'issuer',
  'key',
  'algorithm',
  'stranger',
  'future',
  'expired',
  'audience',
  'withdrawn',
  'narrow',
  'scopes',
  'nobody',
  'locked',
  'type',
  'empty',
  'cut',
  'turned',
  'long',
  'two',
] as const

/** What no request is denied for. */
const harmless = {
  kind: KINDS,
  method: METHODS,
  target: fc.constantFrom(...TARGETS),
  authority: fc.constantFrom(...AUTHORITIES),
  scheme: weighted([80, undefined], [15, 'https'], [5, 'http']),
  body: BODIES,
  who: fc.nat(),
  /** Where in something a change goes. */
  at: fc.nat(),
  explain: weighted([95, false], [5, true]),
  header: fc.constantFrom(...FORWARDED_HEADERS),
  /** Whether doors accept tokens in place of what else is asked; `beside`: and one comes with the signature. */
  bearer: weighted([75, 'refuse'], [15, 'accept'], [10, 'beside']),
  /** What a token comes with. */
  beside: weighted([40, 'none'], [20, 'presented'], [40, 'forwarded']),
} as const

const plainPlan = fc.record({
  ...harmless,
  plain: fc.constant(true),
  standing: fc.constant('good' as const),
  caller: fc.constant('edge' as const),
  truncated: fc.constant(false),
  created: fc.constantFrom(0, -59, -60, 29, 30),
  lifetime: fc.constantFrom(61, 90, 3600),
  algorithm: fc.constant('default' as const),
  components: fc.constant('required' as const),
  parameter: fc.constant('none' as const),
  nonce: fc.constant('fresh' as const),
  profile: fc.constant('unspecified' as const),
  forwardedForm: fc.constant('good' as const),
  token: fc.constantFrom('good' as const, 'skewed' as const),
  bound: fc.constantFrom('not' as const, 'own' as const),
  mutation: fc.constant('none' as const),
  scopes: fc.constantFrom(['bob.user.read'] as readonly string[], []),
  match: fc.constantFrom('all' as const, 'any' as const),
  audience: fc.constantFrom('', 'bob', 'bob.user'),
  freshness: fc.constant('none' as const),
})

const anyPlan = fc.record({
  ...harmless,
  plain: fc.constant<boolean>(false),
  standing: weighted([85, 'good' as const], [15, 'bad' as const]),
  caller: weighted([85, CALLERS[0]], [15, CALLERS[1]]),
  method: fc.oneof(
    { weight: 95, arbitrary: METHODS },
    { weight: 5, arbitrary: fc.constantFrom('get', 'QUERY', 'OPTIONS', 'GE T', '', 'X'.repeat(33)) },
  ),
  target: fc.oneof(
    { weight: 93, arbitrary: fc.constantFrom(...TARGETS) },
    {
      weight: 7,
      arbitrary: fc.constantFrom(
        '*',
        'https://bob.example/users',
        'https://mallory.example/users',
        'users',
        '/a b',
        '/\u00fc',
        '',
        `/${'x'.repeat(9000)}`,
      ),
    },
  ),
  authority: fc.oneof(
    { weight: 95, arbitrary: fc.constantFrom(...AUTHORITIES) },
    { weight: 5, arbitrary: fc.constantFrom('eve@bob.example', '', 'bob example', 'x'.repeat(256)) },
  ),
  truncated: mostly(false, true),
  created: mostly(0, -59, -60, -61, -3600, 29, 30, 31, 3600, 1e9),
  lifetime: mostly(90, 60, 1, 0, -1, 3600),
  algorithm: mostly('default', 'other', 'rsa-pss-sha512', 'hmac-sha256', 'rsa-v1_5-sha256'),
  components: mostly('required', 'more', 'fewer', 'twice', 'parameterized', 'unknown', 'none'),
  parameter: mostly('none', 'dropped', 'keyid', 'tag', 'quoted', 'more'),
  nonce: fc.oneof(
    { weight: 78, arbitrary: fc.constant('fresh' as const) },
    {
      weight: 22,
      arbitrary: fc.constantFrom(
        'repeated',
        'repeated',
        'taken',
        'taken',
        'short',
        'long',
        'spaced',
        'longest',
      ),
    },
  ),
  profile: mostly('unspecified', 'simple', 'rfc9421'),
  forwardedForm: mostly('good', 'empty', 'plain', 'other', 'several', 'blanks'),
  token: fc.oneof(
    { weight: 50, arbitrary: fc.constant('good' as const) },
    { weight: 50, arbitrary: fc.constantFrom(...TOKENS) },
  ),
  bound: weighted([45, 'not' as const], [40, 'own' as const], [15, 'other' as const]),
  mutation: fc.oneof(
    { weight: 65, arbitrary: fc.constant('none' as const) },
    { weight: 35, arbitrary: fc.constantFrom(...MUTATIONS) },
  ),
  scopes: mostly<readonly string[]>(
    ['bob.user.read'],
    [],
    ['bob.user.read', 'bob.user.write'],
    ['bob.user.read', 'bob.admin'],
    ['bob.admin', 'carol.read'],
    ['bob.*'],
    ['Bob'],
    [''],
    Array.from({ length: 65 }, (_, i) => `bob.s${i}`),
  ),
  match: weighted([80, 'all'], [20, 'any']),
  audience: mostly('', 'bob', 'bob.user', 'carol', 'bo', 'Bob!'),
  freshness: mostly('none', 'past', 'future', 'now', 'minute', 'negative'),
})

/** The choices that a request is made by. */
export type Plan = typeof anyPlan extends fc.Arbitrary<infer T> ? T : never

/** The same plans for the same seed. */
export function samplePlans(count: number, seed: number): readonly Plan[] {
  return fc.sample(fc.oneof({ weight: 1, arbitrary: plainPlan }, { weight: 4, arbitrary: anyPlan }), {
    numRuns: count,
    seed,
  }) as readonly Plan[]
}

/** Components of the plan's choice, as text. */
export function componentsOf({ components, at }: Plan, hasBody: boolean): string {
  const all = ALL_COMPONENTS.split(' ').filter((one) => hasBody || one !== '"content-digest"')
  switch (components) {
    case 'required':
      return all.join(' ')
    case 'more':
      return [...all, '"@target-uri"', '"content-type"', '"@scheme"', '"@request-target"'].join(' ')
    case 'fewer':
      return all.filter((_, i) => i !== at % all.length).join(' ')
    case 'twice':
      return [...all, all[at % all.length]].join(' ')
    case 'parameterized':
      return all.map((one, i) => (i === at % all.length ? `${one};${at % 2 ? 'req' : 'bs'}` : one)).join(' ')
    case 'unknown':
      return [...all, '"@unknown"'].join(' ')
    case 'none':
      return ''
  }
}
