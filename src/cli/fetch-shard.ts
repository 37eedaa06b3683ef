import { MalformedError } from '../core/errors.ts'
import { MAX_CRL_BYTES } from '../core/limits.ts'
import { parseCertificate } from '../core/x509/certificate.ts'
import { parseCrl, verifyCrlSignature } from '../core/x509/crl.ts'
import { sameName } from '../core/x509/name.ts'
import { ALL_REASONS, coveredReasons } from '../core/x509/path/crl-scope.ts'
import { checkChainKey } from '../core/x509/public-key.ts'
import { verifyCertificateSignature } from '../core/x509/signature-scheme.ts'
import type { Certificate, CertificateList } from '../core/x509/types.ts'
import { AuthorityServiceService } from '../gen/chancery/v1/authority_service.ts'
import { CliError } from './cli-error.ts'
import type { VerifiedList } from './crl-feed.ts'
import { EXIT } from './exit-code.ts'
import type { RpcClient } from './rpc-client.ts'

/**
 * Fetches the list that a certificate names as its distribution point, over HTTP, and takes it only if it speaks of that certificate: signed by its issuer,
 * in force, with a scope that fits (RFC 5280 section 6.3.3). Nothing is fetched for a certificate that no authority of the service issued: its URL may be anybody's.
 *
 * @throws {@link CliError}
 */
export async function fetchShard(
  rpc: RpcClient,
  certificate: Certificate,
  now: Date,
  signal: AbortSignal,
): Promise<VerifiedList> {
  const { authorities } = await rpc.call(AuthorityServiceService.listAuthorities, {})
  for (const { id, certificateDer } of authorities) {
    const issuer = parseCertificate(certificateDer)
    if (!(await isIssuedBy(certificate, issuer))) continue
    const list = readList(await download(namedUrl(certificate), signal))
    if (!(await verifyCrlSignature(list, issuer)))
      throw refused('it is not signed by the issuer of the certificate')
    if (coveredReasons(certificate, list).size < ALL_REASONS.size)
      throw refused('it is the list of other certificates: its issuing distribution point names another URL')
    if (list.crlNumber === undefined || !(list.nextUpdate !== undefined && list.nextUpdate > now))
      throw refused('it has run out, or does not say until when it is good')
    return { authority: id, list }
  }
  throw new CliError('No authority of the service issued this certificate.', { exitCode: EXIT.notFound })
}

function readList(der: Uint8Array): CertificateList {
  try {
    return parseCrl(der)
  } catch (error) {
    if (error instanceof MalformedError) throw refused(`it cannot be read: ${error.message}`)
    throw error
  }
}

async function isIssuedBy(certificate: Certificate, issuer: Certificate): Promise<boolean> {
  if (!sameName(certificate.issuer, issuer.subject)) return false
  try {
    const { signatureAlgorithm, tbsDer, signature } = certificate
    return await verifyCertificateSignature(
      checkChainKey(issuer.publicKey),
      signatureAlgorithm,
      tbsDer,
      signature,
    )
  } catch (error) {
    if (error instanceof MalformedError) return false
    throw error
  }
}

function namedUrl({ crlDistributionPoints = [] }: Certificate): string {
  const names = crlDistributionPoints.flatMap(({ name }) => (name?.type === 'full' ? name.names : []))
  const url = names.find((name) => name.type === 'uri' && /^https?:/.test(name.value))
  if (url?.type === 'uri') return url.value
  throw new CliError('The certificate names no list that can be fetched.', {
    exitCode: EXIT.notFound,
    advice: 'Certificates name one if the service has a publicUrl.',
  })
}

async function download(url: string, signal: AbortSignal): Promise<Uint8Array> {
  try {
    const { status, body } = await fetch(url, { signal, redirect: 'error' })
    if (status !== 200 || body === null) throw new Error(`the answer is ${status}`)
    const chunks: Uint8Array[] = []
    let length = 0
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      length += chunk.length
      if (length > MAX_CRL_BYTES) throw new Error(`it is larger than ${MAX_CRL_BYTES} octets`)
      chunks.push(chunk)
    }
    return Buffer.concat(chunks)
  } catch (error) {
    const { message, cause } = error as Error
    const why = cause instanceof Error ? `${message}: ${cause.message}` : message
    throw new CliError(`${url} could not be fetched: ${why}.`, { exitCode: EXIT.unavailable })
  }
}

function refused(why: string): CliError {
  return new CliError(`The list cannot be used: ${why}.`, {
    exitCode: EXIT.no,
    advice: 'Find out what is between you and the service; the whole list speaks of every certificate.',
  })
}
