import {
  CRL_COALESCE_MS,
  DEFAULT_AGE_WINDOW_SECONDS,
  DEFAULT_BACKDATE_SECONDS,
  DEFAULT_CERTIFICATES_PER_CLIENT,
  DEFAULT_CHECKPOINT_SECONDS,
  DEFAULT_CLOCK_SKEW_SECONDS,
  DEFAULT_CONNECTIONS_PER_ADDRESS,
  DEFAULT_CRL_COMPLETE_SECONDS,
  DEFAULT_CRL_DELTAS_PER_COMPLETE,
  DEFAULT_CRL_LIFETIME_SECONDS,
  DEFAULT_DECISION_CACHE_SECONDS,
  DEFAULT_OCSP_LIFETIME_SECONDS,
  DEFAULT_STREAM_MAX_AGE_SECONDS,
  MAX_CRL_SHARDS,
  MAX_HTTP_CONNECTIONS,
  MAX_STORED_NONCES,
} from '../core/limits.ts'
import { key } from './config-key.ts'
import { TOKEN_CONFIG_KEYS } from './token-config-keys.ts'
import {
  baseUrl,
  folder,
  hostNames,
  integer,
  listenAddress,
  oneOf,
  proxyNames,
  secret,
  socketPath,
  trustDomain,
} from './value-types.ts'

/** Every key, in the order of the documentation. */
export const CONFIG_KEYS = {
  dataDir: key({
    type: folder(),
    fallback: '.chancery',
    meaning: 'Folder of the database, the keys, the identities and `chancery.yaml`. Made with mode 0700.',
    why: 'beside where the service is started, hidden from listings',
    flag: '--data',
    notInFile: true,
  }),
  listen: key({
    type: listenAddress(),
    fallback: '127.0.0.1:8443',
    meaning: 'Where gRPC over mTLS listens.',
    why: 'nothing is reachable from other machines until somebody says so',
    flag: '--listen',
  }),
  http: key({
    type: listenAddress(),
    fallback: '127.0.0.1:8080',
    meaning:
      'Where CRLs, CA certificates and the trust bundle are served over plain HTTP. They are public and signed.',
    why: 'as for `listen`',
    flag: '--http',
  }),
  admin: key({
    type: listenAddress(),
    fallback: '127.0.0.1:9090',
    meaning: 'Where probes and metrics are served. It does not ask who is calling: keep it inside.',
    why: 'as for `listen`',
    flag: '--admin',
  }),
  auth: key({
    type: listenAddress(),
    fallback: undefined,
    meaning:
      'Where proxies ask before they serve a request (nginx `auth_request`, forward-auth of Traefik and Caddy), over mTLS. Their certificate needs `chancery.requests.verify`.',
    why: 'nobody needs it who asks over gRPC',
  }),
  authSocket: key({
    type: socketPath(),
    fallback: undefined,
    meaning: 'The same on a Unix socket, without TLS: whoever may open the file may ask.',
    why: 'as for `auth`',
  }),
  authSocketMode: key({
    type: oneOf('0600', '0660'),
    fallback: '0600',
    meaning:
      'Who may open `authSocket`: the user that the service runs as, or the group of the file as well.',
    why: 'nobody else until somebody says so',
  }),
  ...TOKEN_CONFIG_KEYS,
  connectionsPerAddress: key({
    type: integer(1, MAX_HTTP_CONNECTIONS),
    fallback: DEFAULT_CONNECTIONS_PER_ADDRESS,
    meaning: `Connections that one IPv4 address, or one /64 of IPv6, may have open to \`http\`, and as many to \`oauth\`, of ${MAX_HTTP_CONNECTIONS} each. More are closed as they come. Behind a proxy or a NAT, where all come from one address, set it to ${MAX_HTTP_CONNECTIONS} and bound clients there.`,
    unit: 'connections',
    why: 'a stranger needs four addresses to hold all; one machine seldom has that many clients',
  }),
  publicUrl: key({
    type: baseUrl(),
    fallback: undefined,
    meaning:
      'How the outside reaches `http`. Goes into certificates as CRL distribution point and CA issuers URL; without it they carry neither.',
    why: 'a URL that nobody can reach makes some verifiers refuse the certificate',
    flag: '--public-url',
  }),
  ocspInCertificates: key({
    type: oneOf('on', 'off'),
    fallback: 'on',
    meaning:
      'Whether certificates name the OCSP responder under `publicUrl` (access method id-ad-ocsp). It answers either way.',
    why: 'consumers that know nothing but OCSP find it by themselves; switch it off if yours would ask about every connection',
  }),
  trustDomain: key({
    type: trustDomain(),
    fallback: 'chancery.local',
    meaning:
      'Trust domain of the names in certificates, `spiffe://<trustDomain>/client/<id>`. Read by `init` only, fixed ever after.',
    why: 'a name that nobody owns; choose your own before `init`',
  }),
  serverNames: key({
    type: hostNames(32),
    fallback: ['localhost', '127.0.0.1'],
    meaning: "DNS names and IP addresses in the service's own certificate: what clients dial.",
    why: 'fits the default of `listen`',
  }),
  crlLifetimeSeconds: key({
    type: integer(60, 31 * 86_400),
    fallback: DEFAULT_CRL_LIFETIME_SECONDS,
    meaning:
      'From `thisUpdate` to `nextUpdate` of a CRL: how long verifiers go on while the authority is down.',
    unit: 'seconds',
    why: 'a day is enough to repair the service, and not so long that a withheld list goes unnoticed',
  }),
  ocspLifetimeSeconds: key({
    type: integer(60, 86_400),
    fallback: DEFAULT_OCSP_LIFETIME_SECONDS,
    meaning:
      'From `thisUpdate` to `nextUpdate` of an OCSP answer: how long whoever keeps one may not learn of a revocation.',
    unit: 'seconds',
    why: 'the service itself answers from the store at once; an hour is what a client may go on with while the service is down',
  }),
  crlCoalesceMs: key({
    type: integer(0, 1000),
    fallback: CRL_COALESCE_MS,
    meaning: 'Revocations within this span share one new CRL.',
    unit: 'milliseconds',
    why: 'a storm of revocations costs twenty signatures a second instead of thousands, and nobody notices the delay',
  }),
  crlCompleteSeconds: key({
    type: integer(0, 3600),
    fallback: DEFAULT_CRL_COMPLETE_SECONDS,
    meaning:
      'How soon after a change a complete CRL of more than 1 MiB is made anew. Deltas have the change at once; smaller lists are always made at once.',
    unit: 'seconds',
    why: 'a million entries take a third of a second of one core and 40 MB of disk each time, and only those who read no deltas wait for it',
  }),
  crlDeltasPerComplete: key({
    type: integer(1, 100_000),
    fallback: DEFAULT_CRL_DELTAS_PER_COMPLETE,
    meaning: 'Such a list is made anew before that if so many deltas with changes were signed since.',
    unit: 'deltas',
    why: 'five seconds of the densest storm, so that a raised `crlCompleteSeconds` does not let deltas grow without end',
  }),
  crlShards: key({
    type: integer(0, MAX_CRL_SHARDS),
    fallback: 0,
    meaning:
      'Split the complete CRL, beside the whole one, into this many: a power of two. A new certificate then names the part that its serial number belongs to as its distribution point, for its whole life. Needs `publicUrl`. 0: certificates name the whole list.',
    unit: 'lists',
    why: 'lists of some thousand entries are short, and one list has no parts that can be mixed up',
  }),
  streamMaxAgeSeconds: key({
    type: integer(10, 31 * 86_400),
    fallback: DEFAULT_STREAM_MAX_AGE_SECONDS,
    meaning:
      'How long a revocation stream lives, a tenth more or less. It then ends with OK, and its reader resumes where it was.',
    unit: 'seconds',
    why: 'streams move to other instances after a deployment, and not all at once',
  }),
  checkpointSeconds: key({
    type: integer(1, 3600),
    fallback: DEFAULT_CHECKPOINT_SECONDS,
    meaning: 'How often an idle revocation stream proves that nothing has changed.',
    unit: 'seconds',
    why: 'below the idle timeouts of common proxies, and a broken stream is noticed soon',
  }),
  ageWindowSeconds: key({
    type: integer(1, 3600),
    fallback: DEFAULT_AGE_WINDOW_SECONDS,
    meaning: 'How old a signed request may be. Nonces are remembered for as long.',
    unit: 'seconds',
    why: 'long enough for a slow network and a retry, short enough to keep the nonce store small',
  }),
  clockSkewSeconds: key({
    type: integer(0, 300),
    fallback: DEFAULT_CLOCK_SKEW_SECONDS,
    meaning: 'How far the clock of a signer may be ahead of or behind ours.',
    unit: 'seconds',
    why: 'machines without time synchronization drift by seconds, not minutes',
  }),
  decisionCacheSeconds: key({
    type: integer(0, 86_400),
    fallback: DEFAULT_DECISION_CACHE_SECONDS,
    meaning:
      'How far `valid_until` of an ALLOW lies ahead at most: for so long a resource server may reuse the answer for a presented certificate without asking again. 0: not at all.',
    unit: 'seconds',
    why: 'a cache that does not follow revocations outlives one by a minute at most',
  }),
  backdateSeconds: key({
    type: integer(0, 3600),
    fallback: DEFAULT_BACKDATE_SECONDS,
    meaning: 'How far before the present `notBefore` of a new certificate lies.',
    unit: 'seconds',
    why: 'a verifier whose clock lags accepts a certificate at once',
  }),
  maxCertificatesPerClient: key({
    type: integer(1, 100_000),
    fallback: DEFAULT_CERTIFICATES_PER_CLIENT,
    meaning:
      'Certificates that one client may have at once, neither expired nor revoked for good. No more are issued to it then (`CERTIFICATE_LIMIT_REACHED`). What `serve` and `init` issue to themselves is not refused.',
    unit: 'certificates',
    why: 'as many as one revocation may touch: thousands of instances of one client fit, and whatever it has can be locked or revoked in one step',
  }),
  maxStoredNonces: key({
    type: integer(1000, 100_000_000),
    fallback: MAX_STORED_NONCES,
    meaning:
      'Nonces kept at once. When the store is full, requests that carry one are refused until older ones have run out and were removed, every few seconds.',
    unit: 'nonces',
    why: 'about 80,000 requests a second at the default age window, and a bounded disk',
  }),
  trustedProxies: key({
    type: proxyNames(64),
    fallback: [],
    meaning:
      "Clients whose word for a certificate in a proxy's header (`Client-Cert`, `X-Forwarded-Client-Cert`, `X-SSL-Client-Cert`) counts: proxies that call for themselves, and resource servers that nobody but such a proxy can reach. From anyone else it is refused with `PROXY_NOT_TRUSTED`.",
    why: 'whoever is named here can pass for any client, because certificates are public',
  }),
  drainSeconds: key({
    type: integer(0, 300),
    fallback: 10,
    meaning: 'How long calls in progress may take to finish when the service stops.',
    unit: 'seconds',
    why: 'within the 30 s that orchestrators commonly allow',
  }),
  logLevel: key({
    type: oneOf('error', 'warn', 'info', 'silent'),
    fallback: 'info',
    meaning: 'What is logged, to standard error. `info` has one line per call.',
    why: 'the log answers who called what',
  }),
  logFormat: key({
    type: oneOf('json', 'text'),
    fallback: 'json',
    meaning: 'How log lines look: for collectors or for people.',
    why: 'a service is read by machines first',
  }),
  keyPassphrase: key({
    type: secret(8),
    fallback: undefined,
    meaning: "Encrypts the authorities' private keys at rest. Needed again at every start.",
    why: 'without it the keys are protected by file modes alone',
    notInFile: true,
    notAsFlag: true,
    secret: true,
  }),
} as const

export type ConfigKeyName = keyof typeof CONFIG_KEYS
