import { OID } from '../../../src/core/asn1/oids.ts'
import { contextConstructed, contextPrimitive } from '../../../src/core/asn1/tags.ts'
import { encodeElement, encodeSequence } from '../../../src/core/asn1/writer.ts'
import { encodeUtf8 } from '../../../src/core/bytes.ts'
import { type DecisionFixture, FIXTURE_TRUST_DOMAIN } from '../../support/decision-fixture.ts'
import {
  type TestExtension,
  authorityExtensions,
  clientExtensions,
  encodeTestCertificate,
} from '../../support/encode-test-certificate.ts'
import { hoursAfter } from '../../support/fixture-lists.ts'
import { type VectorCase, denied, presented } from './vector-case.ts'

const NAMES = 250
const AUTHORITIES = 5

/** Forms of GeneralName: their tag, and a name and a subtree that have nothing to do with each other. */
const FORMS = [
  ['dns', 'host names', 2, (i: number) => `a${i}.b`, (i: number) => `c${i}.d`],
  ['email', 'mail addresses', 1, (i: number) => `a${i}@b.c`, (i: number) => `d${i}.e`],
  ['uri', 'URIs', 6, (i: number) => `x://a${i}.b/`, (i: number) => `c${i}.d`],
] as const

/** Every name of the leaf would have to be compared with every name constraint of five authorities: more than anyone needs, less than a header holds. */
export function complexityCases(fixture: DecisionFixture): readonly VectorCase[] {
  return FORMS.map(([id, what, tag, name, subtree]) => {
    const encode = (text: string) => encodeElement(contextPrimitive(tag), encodeUtf8(text))
    const spiffeId = encodeElement(
      contextPrimitive(6),
      encodeUtf8(`spiffe://${FIXTURE_TRUST_DOMAIN}/client/alice`),
    )
    const names = Array.from({ length: NAMES }, (_, i) => encode(name(i)))
    const subtrees = Array.from({ length: NAMES }, (_, i) => encodeSequence(encode(subtree(i))))
    return {
      id: `complex-${id}`,
      comment: `${NAMES} ${what} under ${AUTHORITIES} authorities that exclude ${NAMES} each`,
      flags: ['Complex'],
      offered: presented(
        ...chain(
          fixture,
          { oid: OID.subjectAltName, value: encodeSequence(spiffeId, ...names) },
          {
            oid: OID.nameConstraints,
            critical: true,
            value: encodeSequence(encodeElement(contextConstructed(1), ...subtrees)),
          },
        ),
      ),
      expect: denied('PATH_TOO_COMPLEX'),
    }
  })
}

/** A leaf, and the authorities above it up to the root: all with the stranger's key, so that none but the lowest signs it. */
function chain(
  fixture: DecisionFixture,
  names: TestExtension,
  constraints: TestExtension,
): readonly Uint8Array[] {
  const { keys } = fixture
  const authorities = Array.from({ length: AUTHORITIES }, (_, i) => {
    const signer = i === 0 ? keys.root : keys.stranger
    return encodeTestCertificate({
      serialNumber: Uint8Array.of(0x20, i),
      issuer: i === 0 ? 'Root' : `Tower ${i - 1}`,
      subject: `Tower ${i}`,
      notBefore: hoursAfter(-1),
      notAfter: hoursAfter(24),
      publicKey: keys.stranger,
      signer,
      extensions: [...authorityExtensions(keys.stranger, signer), constraints],
    })
  })
  const good = clientExtensions(keys.ed25519, keys.stranger, { uris: [], scopes: ['bob.user.read'] })
  const leaf = fixture.client('ed25519', {
    issuer: `Tower ${AUTHORITIES - 1}`,
    signer: keys.stranger,
    extensions: [...good.filter(({ oid }) => oid !== OID.subjectAltName), names],
  })
  return [leaf, ...authorities.reverse()]
}
