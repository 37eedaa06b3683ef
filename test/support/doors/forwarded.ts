import { formatBase64 } from '../../../src/core/bytes.ts'
import { sha256 } from '../../../src/core/crypto.ts'
import { formatPem } from '../../../src/core/pem.ts'
import type { Plan } from './plan.ts'
import type { TestClientCertificate } from './world.ts'

/** A proxy's header about the client, good or not. */
export function forwarded({ header: name, forwardedForm, at }: Plan, { chain }: TestClientCertificate) {
  const [leaf, ...others] = chain
  const escaped = (ders: readonly Uint8Array[]) =>
    encodeURIComponent(ders.map((der) => formatPem('CERTIFICATE', der)).join(''))
  const sequences = (ders: readonly Uint8Array[]) => ders.map((der) => `:${formatBase64(der)}:`).join(', ')
  const good = {
    'client-cert': sequences([leaf!]),
    'x-forwarded-client-cert': `Hash=${Buffer.from(sha256(leaf!)).toString('hex')};Chain="${escaped(chain)}";URI=x`,
    'x-ssl-client-cert': escaped([leaf!]),
  }
  const forms = {
    good: good[name],
    empty: '',
    plain: formatBase64(leaf!),
    other: good[name === 'client-cert' ? 'x-ssl-client-cert' : 'client-cert'],
    several: `By=spiffe://x;URI="a,b;c",${good[name]}`,
    blanks: at % 2 ? `${good[name]},${good[name]}` : good[name].replace('%0A', '%0A%20'),
  }
  return {
    header: at % 2 ? name : name.toUpperCase(),
    value: Buffer.from(forms[forwardedForm], 'latin1'),
    chainValue: Buffer.from(name === 'client-cert' ? sequences(others) : ''),
  }
}
