import { type Socket, isIP } from 'node:net'
import { type ConnectionOptions, connect, createSecureContext } from 'node:tls'
import { type ChannelCredentials, credentials } from '@grpc/grpc-js'

/** What a side of mTLS shows and trusts, PEM. */
interface TlsMaterial {
  /** Absent: the roots that Node comes with. */
  readonly caPem: Buffer | undefined
  readonly keyPem: Buffer
  readonly certificatePem: Buffer
}

/**
 * Credentials for mTLS to a host. grpc-js names the host to the server whatever it is; an address is no server name (RFC 6066 section 3), and Node warns of one on
 * the standard error of whoever calls (DEP0123). So with an address the handshake is ours: without a name, and with the certificate held against the address.
 */
export function createChannelCredentials(
  host: string,
  { caPem, keyPem, certificatePem }: TlsMaterial,
): ChannelCredentials {
  if (isIP(host) === 0) return credentials.createSsl(caPem ?? null, keyPem, certificatePem)
  const secureContext = createSecureContext({ ca: caPem, key: keyPem, cert: certificatePem })
  const ssl = credentials.createFromSecureContext(secureContext)
  const createConnector = ssl._createSecureConnector.bind(ssl)
  ssl._createSecureConnector = (...target) => {
    const connector = createConnector(...target)
    return {
      connect: (socket) => shakeHands({ socket, host, secureContext, ALPNProtocols: ['h2'] }),
      waitForReady: () => connector.waitForReady(),
      getCallCredentials: () => connector.getCallCredentials(),
      destroy: () => connector.destroy(),
    }
  }
  return ssl
}

function shakeHands(options: ConnectionOptions): Promise<{ socket: Socket; secure: boolean }> {
  return new Promise((resolve, reject) => {
    const socket = connect(options, () => {
      resolve({ socket, secure: true })
    })
    socket.on('error', reject)
  })
}
