import { connect } from 'node:tls'
import { isIP } from 'node:net'
import { parseAddress } from '../rpc/address.ts'
import { CliError } from './cli-error.ts'
import { EXIT } from './exit-code.ts'
import type { Identity } from '../identity/identity-folder.ts'

/** How long the service may take to refuse our certificate after a TLS 1.3 handshake, which the client sees as complete. */
const REFUSAL_WAIT_MS = 1_000

const CAUSES: Readonly<Record<string, readonly [why: string, advice: string]>> = {
  ECONNREFUSED: [
    'nothing listens there',
    'Is the service running? Start it with `chancery serve --data DIR` or `chancery dev`, or name another with --address.',
  ],
  ENOTFOUND: ['the host name does not resolve', 'Check --address.'],
  EAI_AGAIN: ['the host name does not resolve at the moment', 'Check --address and the name server.'],
  ETIMEDOUT: ['nothing answers there', 'Check --address and the firewall.'],
  EHOSTUNREACH: ['the host cannot be reached', 'Check --address and the network.'],
  ERR_TLS_CERT_ALTNAME_INVALID: [
    "the service's certificate is for other names",
    'Connect by a name that the certificate holds, or have the operator put this one among the server names (CHANCERY_SERVER_NAMES).',
  ],
  CERT_HAS_EXPIRED: [
    "the service's certificate has expired",
    "Check the clocks of both machines, and the service's log.",
  ],
  CERT_NOT_YET_VALID: ["the service's certificate is not valid yet", 'Check the clocks of both machines.'],
  SELF_SIGNED_CERT_IN_CHAIN: [
    "the service's certificate comes from another authority than ca.pem of this identity",
    'Use the identity that belongs to this service, with --identity, or check --address.',
  ],
  EPROTO: [
    'what listens there does not speak TLS',
    'Check --address: it names the gRPC port, 8443 by default.',
  ],
  ERR_SSL_WRONG_VERSION_NUMBER: [
    'what listens there does not speak TLS',
    'Check --address: it names the gRPC port, 8443 by default.',
  ],
  ERR_SSL_PACKET_LENGTH_TOO_LONG: [
    'what listens there does not speak TLS',
    'Check --address: it names the gRPC port, 8443 by default.',
  ],
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: [
    'the service does not know the authority of this certificate',
    'Use an identity that this service issued: --identity DIR.',
  ],
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: [
    'the certificate of this identity has expired',
    'Have a new one issued with `chancery cert issue`, by someone whose certificate is good.',
  ],
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN: [
    'the service does not accept the certificate of this identity',
    'Use an identity that this service issued: --identity DIR.',
  ],
}

const UNKNOWN_ISSUER_CODES = [
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_SIGNATURE_FAILURE',
]

/**
 * Finds out why no call comes through, by one TLS handshake of our own: gRPC says only that it is unavailable.
 * `undefined` if the handshake succeeds, so that the cause is elsewhere.
 */
export async function explainConnection(address: string, identity: Identity): Promise<CliError | undefined> {
  const target = parseAddress(address)
  if (target === undefined) return undefined
  const code = await tryHandshake(target, identity)
  if (code === undefined) return undefined
  const [why, advice] = (UNKNOWN_ISSUER_CODES.includes(code)
    ? CAUSES['SELF_SIGNED_CERT_IN_CHAIN']
    : CAUSES[code]) ?? [`the connection failed with ${code}`, 'Check --address and --identity.']
  const refused = code.startsWith('ERR_SSL_') && code.includes('_ALERT_')
  return new CliError(`The service at ${address} cannot be called: ${why}.`, {
    exitCode: refused ? EXIT.notAllowed : EXIT.unavailable,
    advice,
  })
}

function tryHandshake(
  target: { host: string; port: number },
  identity: Identity,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({
      ...target,
      ...(isIP(target.host) === 0 ? { servername: target.host } : {}),
      ca: identity.caPem,
      cert: identity.certificatePem,
      key: identity.keyPem,
      ALPNProtocols: ['h2'],
      timeout: REFUSAL_WAIT_MS,
    })
    const finish = (code: string | undefined) => {
      socket.destroy()
      resolve(code)
    }
    socket.on('error', (error: NodeJS.ErrnoException) => finish(error.code ?? error.message))
    socket.on('timeout', () => finish(socket.authorized ? undefined : 'ETIMEDOUT'))
    socket.on('close', () => finish('ECONNRESET'))
    // The server speaks first in HTTP/2, with its settings, and only after it accepted our certificate.
    socket.on('data', () => finish(undefined))
  })
}
