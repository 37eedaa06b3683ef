import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { contextPrimitive } from '../../../../src/core/asn1/tags.ts'
import { OID } from '../../../../src/core/asn1/oids.ts'
import {
  encodeElement,
  encodeSequence,
  encodeOid,
  encodeUtf8String,
} from '../../../../src/core/asn1/writer.ts'
import { concatBytes, encodeUtf8 } from '../../../../src/core/bytes.ts'
import { assembleCertificate } from '../../../../src/core/issuance/assemble.ts'
import {
  clientIdentity,
  isClientId,
  parseClientId,
  parseTrustDomain,
} from '../../../../src/core/issuance/client-identity.ts'
import { encodeTbs } from '../../../../src/core/issuance/encode-certificate.ts'
import {
  END_ENTITY_KEY_USAGE,
  encodeExtension,
  encodeSubjectAltName,
} from '../../../../src/core/issuance/encode-extension.ts'
import { encodeName } from '../../../../src/core/issuance/encode-name.ts'
import { parseCertificate } from '../../../../src/core/x509/certificate.ts'
import type { Certificate } from '../../../../src/core/x509/types.ts'
import {
  TEST_NOW,
  TEST_TRUST_DOMAIN,
  buildAuthority,
  buildKey,
  buildLeaf,
} from '../../../support/build-authority.ts'

const { publicKeyDer } = await buildKey()

function certificateWith(subjectNameDer: Uint8Array, ...extensions: Uint8Array[]): Certificate {
  const tbs = encodeTbs(
    {
      serialNumber: Uint8Array.of(1),
      issuerNameDer: encodeName({ commonName: 'an issuer' }),
      notBefore: TEST_NOW,
      notAfter: new Date(TEST_NOW.getTime() + 1000),
      subjectNameDer,
      publicKeyDer,
      extensions,
    },
    'ed25519',
  )
  return parseCertificate(assembleCertificate(tbs, 'ed25519', new Uint8Array(64)))
}

const alice = encodeName({ commonName: 'alice' })
const uri = (text: string) => encodeElement(contextPrimitive(6), encodeUtf8(text))
const names = (...encoded: Uint8Array[]) =>
  encodeExtension(OID.subjectAltName, false, encodeSequence(...encoded))
const rdn = (oid: string, value: string) =>
  encodeElement(0x31, encodeSequence(encodeOid(oid), encodeUtf8String(value)))
const aliceUri = `spiffe://${TEST_TRUST_DOMAIN}/client/alice`

describe('client ids', () => {
  for (const id of ['a', '0', 'alice', 'a.b-c_d', 'a'.repeat(64)]) {
    it(`may be ${id}`, () => assert.equal(parseClientId(id), id))
  }
  for (const id of [
    '',
    '.',
    '..',
    '-rf',
    '_a',
    'Alice',
    'al ice',
    'alice\n',
    'a/b',
    'alic\u00e9',
    'a'.repeat(65),
    '*',
  ]) {
    it(`may not be ${JSON.stringify(id)}`, () => {
      assert.equal(isClientId(id), false)
      assert.throws(() => parseClientId(id), { reason: 'FIELD_INVALID', metadata: { field: 'client_id' } })
    })
  }
})

describe('trust domains', () => {
  const longest = ['d'.repeat(127), 'd'.repeat(127)].join('.')
  it('follow SPIFFE and are host names', () => {
    for (const domain of ['chancery.example', 'a.b', '0.under_score', longest])
      assert.equal(parseTrustDomain(domain), domain)
  })
  const bad = [
    ...[
      '',
      '.',
      'chancery',
      '.example',
      'example.',
      'a..b',
      'Upper.example',
      'a.b/c',
      'a.b:443',
      'user@a.b',
      'a .b',
      'a%20.b',
      'a.b\n',
    ],
    `${longest}d`,
  ]
  for (const domain of bad) {
    it(`may not be ${JSON.stringify(domain.slice(0, 20))} of ${domain.length} characters`, () => {
      assert.throws(() => parseTrustDomain(domain), { reason: 'FIELD_INVALID' })
    })
  }
})

describe('clientIdentity', () => {
  it('reads what was issued', async () => {
    const { certificate } = await buildLeaf(await buildAuthority({ parent: await buildAuthority({}) }))
    assert.deepEqual(clientIdentity(certificate, TEST_TRUST_DOMAIN), {
      clientId: 'alice',
      spiffeId: aliceUri,
    })
  })

  const refused: readonly [what: string, certificate: Certificate, defect: string][] = [
    [
      'no common name',
      certificateWith(encodeSequence(rdn(OID.organizationName, 'alice')), names(uri(aliceUri))),
      'subject.common_name',
    ],
    [
      'two common names',
      certificateWith(
        encodeSequence(rdn(OID.commonName, 'alice'), rdn(OID.commonName, 'bob')),
        names(uri(aliceUri)),
      ),
      'subject.common_name',
    ],
    [
      'a common name that is no id',
      certificateWith(encodeName({ commonName: 'Alice' }), names(uri(aliceUri))),
      'subject.common_name',
    ],
    ['no alternative name', certificateWith(alice, END_ENTITY_KEY_USAGE), 'subject.uri'],
    [
      'no URI',
      certificateWith(alice, encodeSubjectAltName(undefined, [{ type: 'dns', value: 'alice' }])),
      'subject.uri',
    ],
    [
      'two URIs',
      certificateWith(alice, names(uri(aliceUri), uri(`spiffe://${TEST_TRUST_DOMAIN}/client/bob`))),
      'subject.uri',
    ],
    ['the same URI twice', certificateWith(alice, names(uri(aliceUri), uri(aliceUri))), 'subject.uri'],
    [
      'another trust domain',
      certificateWith(alice, names(uri('spiffe://evil.example/client/alice'))),
      'subject.trust_domain',
    ],
    [
      'a longer trust domain',
      certificateWith(alice, names(uri(`spiffe://${TEST_TRUST_DOMAIN}.evil/client/alice`))),
      'subject.trust_domain',
    ],
    [
      'another scheme',
      certificateWith(alice, names(uri(`https://${TEST_TRUST_DOMAIN}/client/alice`))),
      'subject.trust_domain',
    ],
    [
      'another kind of workload',
      certificateWith(alice, names(uri(`spiffe://${TEST_TRUST_DOMAIN}/server/alice`))),
      'subject.trust_domain',
    ],
    [
      'another client in the URI',
      certificateWith(alice, names(uri(`spiffe://${TEST_TRUST_DOMAIN}/client/bob`))),
      'subject.mismatch',
    ],
    ['a longer path in the URI', certificateWith(alice, names(uri(`${aliceUri}/x`))), 'subject.mismatch'],
    ['a query in the URI', certificateWith(alice, names(uri(`${aliceUri}?a=b`))), 'subject.mismatch'],
  ]
  for (const [what, certificate, defect] of refused) {
    it(`refuses ${what}`, () => {
      assert.throws(() => clientIdentity(certificate, TEST_TRUST_DOMAIN), { name: 'MalformedError', defect })
    })
  }
  it('is not fooled by one name that goes on in another', () => {
    const two = concatBytes([uri(aliceUri), uri('spiffe://evil.example/')])
    assert.throws(() => clientIdentity(certificateWith(alice, names(two)), TEST_TRUST_DOMAIN), {
      defect: 'subject.uri',
    })
  })
})
