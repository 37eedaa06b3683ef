import { spawn } from 'node:child_process'
import { createHash, createPublicKey, sign } from 'node:crypto'
import { createInterface } from 'node:readline'
import { createSigner, createVerifier, httpbis } from 'http-message-signatures'

/** A request to sign or to verify; header names in any case. */
export interface SignableRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What our profile asks of a signature. */
export interface SignatureWish {
  readonly algorithm: string
  readonly keyPem: string
  readonly keyid: string
  readonly created: number
  readonly expires: number
  readonly nonce: string
  readonly components: readonly string[]
}

/** RFC 9421 as somebody else reads it. */
export interface SignatureImplementation {
  /** The request's headers and those of its signature, tagged `chancery`. */
  sign(request: SignableRequest, wish: SignatureWish): Promise<Readonly<Record<string, string>>>
  /** Whether the signature with our tag holds under the certificate's key. */
  verifies(request: SignableRequest, algorithm: string, certificatePem: string): Promise<boolean>
}

const TAG = 'chancery'

/** The npm package `http-message-signatures`. */
export const npmImplementation: SignatureImplementation = {
  async sign({ method, url, headers, body }, wish) {
    const { algorithm, keyPem, keyid, created, expires, nonce, components } = wish
    const digest = createHash('sha256').update(body).digest('base64')
    const signed = await httpbis.signMessage(
      {
        key: {
          ...createSigner(keyPem, algorithm),
          ...(algorithm === 'rsa-pss-sha512' && withSalt64(keyPem)),
        },
        name: 'npm',
        fields: [...components, ...(body === '' ? [] : ['content-digest'])],
        params: ['created', 'expires', 'nonce', 'keyid', 'alg', 'tag'],
        paramValues: { created: date(created), expires: date(expires), nonce, keyid, tag: TAG },
      },
      {
        method,
        url,
        headers: { ...headers, ...(body !== '' && { 'content-digest': `sha-256=:${digest}:` }) },
      },
    )
    return signed.headers
  },
  async verifies({ method, url, headers }, algorithm, certificatePem) {
    const verify = createVerifier(createPublicKey(certificatePem), algorithm)
    const keyLookup = () => Promise.resolve({ algs: [algorithm], verify })
    return (await httpbis.verifyMessage({ keyLookup }, { method, url, headers: { ...headers } })) === true
  },
}

/** The package makes as long a salt as fits; RFC 9421 section 3.3.1 has 64 octets. */
function withSalt64(key: string) {
  const options = { key, padding: 6, saltLength: 64 }
  return { sign: (data: Buffer) => Promise.resolve(sign('sha512', data, options)) }
}

function date(seconds: number): Date {
  return new Date(seconds * 1000)
}

/** The Python package `http-message-signatures`, in one process from the first question to `close`. */
export function pythonImplementation(command: string): SignatureImplementation & { close(): void } {
  const child = spawn(command, { stdio: ['pipe', 'pipe', 'inherit'] })
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const ask = async (question: object) => {
    child.stdin.write(`${JSON.stringify({ ...question, tag: TAG })}\n`)
    const { value } = await answers.next()
    return JSON.parse(String(value)) as { headers: Record<string, string>; components: string[] | null }
  }
  const wire = ({ body, ...request }: SignableRequest) => ({
    ...request,
    body: Buffer.from(body).toString('base64'),
  })
  return {
    async sign(request, { keyPem, ...wish }) {
      const { headers } = await ask({ op: 'sign', ...wire(request), ...wish, key: keyPem })
      return headers
    },
    async verifies(request, algorithm, certificatePem) {
      const key = createPublicKey(certificatePem).export({ type: 'spki', format: 'pem' })
      return (await ask({ op: 'verify', ...wire(request), algorithm, key })).components !== null
    },
    close: () => child.stdin.end(),
  }
}
