import { formatBase64 } from '../../../src/core/bytes.ts'
import type { Credential } from '../../../src/core/request/credential.ts'
import type { ForwardedHeader } from '../../../src/core/request/forwarded-certificate/forwarded-certificate.ts'
import type { DecisionFixture } from '../../support/decision-fixture.ts'
import { formatPem } from '../../../src/core/pem.ts'
import { ALLOWED, type VectorCase, denied } from './vector-case.ts'

/** Certificates in the headers of proxies. That the proxy is trusted was asked before. */
export function forwardedCases(fixture: DecisionFixture): readonly VectorCase[] {
  const leaf = fixture.client('ed25519')
  const other = fixture.client('p256', { clientId: 'bob' })
  const sequence = `:${formatBase64(leaf)}:`
  const escaped = encodeURIComponent(formatPem('CERTIFICATE', leaf))
  const element = `Cert="${encodeURIComponent(formatPem('CERTIFICATE', other))}"`
  const good: readonly (readonly [id: string, comment: string, offered: Credential])[] = [
    ['client-cert', 'Client-Cert (RFC 9440)', forwarded('client-cert', sequence)],
    [
      'client-cert-chain',
      'Client-Cert-Chain with the issuing authority and the root',
      forwarded(
        'client-cert',
        sequence,
        `:${formatBase64(fixture.issuing)}:, :${formatBase64(fixture.root)}:`,
      ),
    ],
    ['nginx', 'percent-encoded PEM, as nginx forwards it', forwarded('x-ssl-client-cert', escaped)],
    [
      'xfcc-last',
      'the last element of X-Forwarded-Client-Cert counts',
      forwarded('x-forwarded-client-cert', `${element},By=spiffe://a/b;Cert="${escaped}";Subject="CN=alice"`),
    ],
  ]
  const bad: readonly (readonly [id: string, comment: string, offered: Credential])[] = [
    ['two', 'two Client-Cert lines, joined', forwarded('client-cert', `${sequence}, ${sequence}`)],
    ['parameter', 'a parameter on Client-Cert', forwarded('client-cert', `${sequence};a`)],
    ['base64', 'base64 without colons', forwarded('client-cert', formatBase64(leaf))],
    ['chain', 'an empty member in the chain', forwarded('client-cert', sequence, `${sequence},,`)],
    [
      'pem',
      'PEM that is not percent-encoded',
      forwarded('x-ssl-client-cert', formatPem('CERTIFICATE', leaf)),
    ],
    ['two-pem', 'two certificates in PEM', forwarded('x-ssl-client-cert', `${escaped}${escaped}`)],
    [
      'xfcc-quote',
      'a quote that the client left open before the proxy appended its element',
      forwarded('x-forwarded-client-cert', `By=",Cert="${escaped}"`),
    ],
    [
      'xfcc-hash',
      'a hash of another certificate',
      forwarded('x-forwarded-client-cert', `Hash=${'00'.repeat(32)};Cert="${escaped}"`),
    ],
  ]
  return [
    ...good.map(([id, comment, offered]) => ({
      id: `forwarded-${id}`,
      comment,
      flags: ['Good'],
      offered,
      expect: ALLOWED,
    })),
    ...bad.map(([id, comment, offered]) => ({
      id: `forwarded-malformed-${id}`,
      comment,
      flags: ['Malformed'],
      offered,
      expect: denied('CREDENTIAL_MALFORMED'),
    })),
    {
      id: 'forwarded-missing',
      comment: 'the proxy forwarded an empty header: its client showed no certificate',
      flags: ['Missing'],
      offered: forwarded('x-ssl-client-cert', ''),
      expect: denied('CREDENTIAL_MISSING'),
    },
    {
      id: 'forwarded-missing-xfcc',
      comment: 'the last element describes a certificate without holding it',
      flags: ['Missing'],
      offered: forwarded('x-forwarded-client-cert', `Cert="${escaped}",By=spiffe://a/b;Subject="CN=alice"`),
      expect: denied('CREDENTIAL_MISSING'),
    },
  ]
}

function forwarded(header: ForwardedHeader, value: string, chainValue = ''): Credential {
  return {
    kind: 'forwarded',
    header,
    value: Buffer.from(value, 'latin1'),
    chainValue: Buffer.from(chainValue, 'latin1'),
  }
}
