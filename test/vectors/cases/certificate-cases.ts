import type { KeyObject } from 'node:crypto'
import { OID } from '../../../src/core/asn1/oids.ts'
import {
  encodeBitString,
  encodeNull,
  encodeOid,
  encodeSequence,
  encodeTrue,
  encodeUtf8String,
} from '../../../src/core/asn1/writer.ts'
import type { DenyReason } from '../../../src/core/decision/deny-reason.ts'
import { type DecisionFixture, FIXTURE_NOW, FIXTURE_TRUST_DOMAIN } from '../../support/decision-fixture.ts'
import {
  type TestCertificateOptions,
  type TestExtension,
  authorityExtensions,
  clientExtensions,
  encodeScopes,
  encodeTestCertificate,
} from '../../support/encode-test-certificate.ts'
import { type VectorCase, denied, flip, presented, simple } from './vector-case.ts'

const HOUR_MS = 60 * 60 * 1000
const SPIFFE_ID = `spiffe://${FIXTURE_TRUST_DOMAIN}/client/alice`

export function certificateCases(fixture: DecisionFixture, weakKey: KeyObject): readonly VectorCase[] {
  return [
    ...malformed(fixture),
    ...critical(fixture),
    ...issuers(fixture),
    ...chains(fixture),
    ...weak(fixture, weakKey),
    ...usages(fixture),
    ...validity(fixture),
    ...subjects(fixture),
    ...scopes(fixture),
  ]
}

function bad(reason: DenyReason, flag: string) {
  return (id: string, comment: string, ...chain: readonly Uint8Array[]): VectorCase => ({
    id,
    comment,
    flags: [flag],
    offered: presented(...chain),
    expect: denied(reason),
  })
}

/** Extensions of a good client, with some replaced by OID or added. */
function withExtensions(
  fixture: DecisionFixture,
  ...changes: readonly TestExtension[]
): readonly TestExtension[] {
  const good = clientExtensions(fixture.keys.ed25519, fixture.keys.issuing, {
    uris: [SPIFFE_ID],
    scopes: ['bob.user.read', 'bob.user.write'],
  })
  return [...good.filter(({ oid }) => !changes.some((change) => change.oid === oid)), ...changes]
}

function without(fixture: DecisionFixture, oid: string): readonly TestExtension[] {
  return withExtensions(fixture).filter((extension) => extension.oid !== oid)
}

function malformed(fixture: DecisionFixture): VectorCase[] {
  const leaf = fixture.client('ed25519')
  const be = bad('CERTIFICATE_MALFORMED', 'MalformedCertificate')
  const duplicate = withExtensions(fixture)
  return [
    be('certificate-cut', 'the last octet is missing', leaf.subarray(0, -1)),
    be('certificate-trailing', 'one octet too many', Uint8Array.of(...leaf, 0)),
    be('certificate-empty', 'a certificate of no octets', new Uint8Array(0)),
    be(
      'certificate-indefinite',
      'an indefinite length',
      Uint8Array.of(0x30, 0x80, ...leaf.subarray(4), 0, 0),
    ),
    be('certificate-deep', 'sequences nested 64 deep', nested(64)),
    be('certificate-large', 'more than 16 KiB', new Uint8Array(16 * 1024 + 1)),
    be(
      'certificate-extension-twice',
      'an extension twice',
      fixture.client('ed25519', { extensions: [...duplicate, duplicate[0]!] }),
    ),
    be(
      'certificate-intermediate-cut',
      'a good leaf with a malformed certificate beside it',
      leaf,
      leaf.subarray(1),
    ),
  ]
}

function nested(depth: number): Uint8Array {
  let der = encodeNull()
  for (let i = 0; i < depth; i++) der = encodeSequence(der)
  return der
}

function critical(fixture: DecisionFixture): VectorCase[] {
  const be = bad('CRITICAL_EXTENSION_UNKNOWN', 'CriticalExtension')
  const unknown = { oid: '1.3.6.1.4.1.32473.9.9', critical: true, value: encodeNull() }
  const odd = subordinate(fixture, {
    extensions: [...authorityExtensions(fixture.keys.stranger, fixture.keys.root), unknown],
  })
  return [
    be(
      'critical-unknown',
      'an unknown critical extension in the leaf',
      fixture.client('ed25519', { extensions: withExtensions(fixture, unknown) }),
    ),
    be(
      'critical-scopes',
      'the scope extension marked critical, which no standard verifier would accept',
      fixture.client('ed25519', {
        extensions: withExtensions(fixture, {
          oid: OID.scopeExtension,
          critical: true,
          value: encodeScopes(['bob.user.read']),
        }),
      }),
    ),
    be(
      'critical-intermediate',
      'an unknown critical extension in an intermediate',
      underSubordinate(fixture),
      odd,
    ),
  ]
}

/** An authority of our root that is not in the bundle, with the stranger's key. */
export function subordinate(
  fixture: DecisionFixture,
  change: Partial<TestCertificateOptions> = {},
): Uint8Array {
  const { keys } = fixture
  return encodeTestCertificate({
    serialNumber: Uint8Array.of(3),
    issuer: 'Root',
    subject: 'Other',
    notBefore: new Date(FIXTURE_NOW.getTime() - HOUR_MS),
    notAfter: new Date(FIXTURE_NOW.getTime() + HOUR_MS),
    publicKey: keys.stranger,
    signer: keys.root,
    extensions: authorityExtensions(keys.stranger, keys.root),
    ...change,
  })
}

/** A good client's certificate that `subordinate` issued. */
export function underSubordinate(fixture: DecisionFixture): Uint8Array {
  return fixture.client('ed25519', { issuer: 'Other', signer: fixture.keys.stranger })
}

function issuers(fixture: DecisionFixture): VectorCase[] {
  const { keys } = fixture
  const unknown = bad('ISSUER_UNKNOWN', 'Issuer')
  const invalid = bad('CERTIFICATE_SIGNATURE_INVALID', 'Issuer')
  const foreignRoot = subordinate(fixture, {
    issuer: 'Other',
    signer: keys.stranger,
    extensions: authorityExtensions(keys.stranger, keys.stranger),
  })
  const leaf = fixture.client('ed25519')
  const good = subordinate(fixture)
  return [
    unknown(
      'issuer-self',
      'a self-signed certificate',
      fixture.client('ed25519', { issuer: 'alice', signer: keys.ed25519 }),
    ),
    unknown('issuer-other-ca', 'a certificate of another CA', underSubordinate(fixture)),
    unknown(
      'issuer-other-ca-root',
      'a certificate of another CA with its root beside it',
      underSubordinate(fixture),
      foreignRoot,
    ),
    unknown('issuer-missing', 'the intermediate is not sent along', underSubordinate(fixture)),
    invalid('issuer-bit-flipped', "one bit of the certificate's signature", flip(leaf, -1)),
    invalid('issuer-subject-changed', 'the subject was changed: alicf', replaceText(leaf, 'alice', 'alicf')),
    invalid(
      'issuer-scope-changed',
      'a scope was changed',
      replaceText(leaf, 'bob.user.read', 'bob.root.read'),
    ),
    invalid(
      'issuer-intermediate-flipped',
      "one bit of the intermediate's signature",
      underSubordinate(fixture),
      flip(good, -1),
    ),
  ]
}

function replaceText(der: Uint8Array, from: string, to: string): Uint8Array {
  return Uint8Array.from(Buffer.from(Buffer.from(der).toString('latin1').replace(from, to), 'latin1'))
}

function chains(fixture: DecisionFixture): VectorCase[] {
  const { keys } = fixture
  const be = bad('CHAIN_INVALID', 'Chain')
  const byClient = fixture.client('p256')
  const noCa = subordinate(fixture, {
    extensions: authorityExtensions(keys.stranger, keys.root).filter(
      ({ oid }) => oid !== OID.basicConstraints,
    ),
  })
  const noCertSign = subordinate(fixture, {
    extensions: authorityExtensions(keys.stranger, keys.root).map((extension) =>
      extension.oid === OID.keyUsage
        ? { ...extension, value: encodeBitString(Uint8Array.of(0x80), 7) }
        : extension,
    ),
  })
  const tooLong = subordinate(fixture, {
    issuer: 'Issuing',
    signer: keys.issuing,
    extensions: authorityExtensions(keys.stranger, keys.issuing),
  })
  return [
    be(
      'chain-by-client',
      'a certificate that a client issued with its own',
      fixture.client('ed25519', {
        issuer: 'alice',
        clientId: 'admin',
        signer: keys.p256,
        extensions: clientExtensions(keys.ed25519, keys.p256, {
          uris: [`spiffe://${FIXTURE_TRUST_DOMAIN}/client/admin`],
          scopes: ['bob.user.read'],
        }),
      }),
      byClient,
    ),
    be('chain-no-ca', 'the issuer is no CA: basic constraints are missing', underSubordinate(fixture), noCa),
    be(
      'chain-no-cert-sign',
      'the issuer may not sign certificates: keyCertSign is missing',
      underSubordinate(fixture),
      noCertSign,
    ),
    be(
      'chain-path-length',
      'one authority more than the path length of its issuer allows',
      underSubordinate(fixture),
      tooLong,
    ),
  ]
}

function weak(fixture: DecisionFixture, weakKey: KeyObject): VectorCase[] {
  const { keys } = fixture
  const be = bad('ALGORITHM_WEAK', 'Weak')
  const rsa = subordinate(fixture, {
    publicKey: keys.rsa2048,
    extensions: authorityExtensions(keys.rsa2048, keys.root),
  })
  const small = subordinate(fixture, {
    publicKey: weakKey,
    extensions: authorityExtensions(weakKey, keys.root),
  })
  const bySmall = fixture.client('ed25519', { issuer: 'Other', signer: weakKey })
  return [
    be(
      'weak-sha1',
      'a leaf signed with SHA-1',
      fixture.client('ed25519', { issuer: 'Other', signer: keys.rsa2048, hash: 'sha1' }),
      rsa,
    ),
    be('weak-rsa1024-issuer', 'an issuer with an RSA key of 1024 bits', bySmall, small),
    be(
      'weak-rsa1024-leaf',
      'a leaf with an RSA key of 1024 bits',
      fixture.client('ed25519', { publicKey: weakKey, extensions: withExtensions(fixture) }),
    ),
  ]
}

function usages(fixture: DecisionFixture): VectorCase[] {
  const be = bad('KEY_USAGE_INVALID', 'KeyUsage')
  const eku = (...oids: readonly string[]) =>
    fixture.client('ed25519', {
      extensions: withExtensions(fixture, {
        oid: OID.extKeyUsage,
        value: encodeSequence(...oids.map(encodeOid)),
      }),
    })
  const keyUsage = encodeBitString(Uint8Array.of(0x20), 5)
  return [
    be('usage-server', "a server's certificate", eku(OID.serverAuth)),
    be('usage-any', 'anyExtendedKeyUsage is not clientAuth', eku(OID.anyExtendedKeyUsage)),
    be(
      'usage-no-eku',
      'no extended key usage',
      fixture.client('ed25519', { extensions: without(fixture, OID.extKeyUsage) }),
    ),
    be(
      'usage-no-key-usage',
      'no key usage',
      fixture.client('ed25519', { extensions: without(fixture, OID.keyUsage) }),
    ),
    be(
      'usage-key-encipherment',
      'a key for encipherment only',
      fixture.client('ed25519', {
        extensions: withExtensions(fixture, { oid: OID.keyUsage, critical: true, value: keyUsage }),
      }),
    ),
    be('usage-root', "the root's own certificate", fixture.root),
    be('usage-issuing', "the issuing authority's own certificate", fixture.issuing),
  ]
}

function validity(fixture: DecisionFixture): VectorCase[] {
  const at = (milliseconds: number) => new Date(FIXTURE_NOW.getTime() + milliseconds)
  const early = bad('CERTIFICATE_NOT_YET_VALID', 'Time')
  const late = bad('CERTIFICATE_EXPIRED', 'Time')
  const ended = subordinate(fixture, { notBefore: at(-2 * HOUR_MS), notAfter: at(-HOUR_MS) })
  const toCome = subordinate(fixture, { notBefore: at(HOUR_MS), notAfter: at(2 * HOUR_MS) })
  return [
    early('early-leaf', 'valid in one second', fixture.client('ed25519', { notBefore: at(1000) })),
    early(
      'early-leaf-year',
      'valid next year',
      fixture.client('ed25519', { notBefore: at(365 * 24 * HOUR_MS), notAfter: at(366 * 24 * HOUR_MS) }),
    ),
    early('early-intermediate', 'the intermediate is not valid yet', underSubordinate(fixture), toCome),
    late('late-leaf', 'expired a second ago', fixture.client('ed25519', { notAfter: at(-1000) })),
    late(
      'late-leaf-1970',
      'expired in 1970',
      fixture.client('ed25519', { notBefore: new Date(0), notAfter: new Date(1000) }),
    ),
    late('late-intermediate', 'the intermediate has expired', underSubordinate(fixture), ended),
    {
      id: 'late-signed',
      comment: 'a well-signed request with an expired certificate',
      flags: ['Time'],
      offered: simple(fixture, 'ed25519', { chain: [fixture.client('ed25519', { notAfter: at(-1000) })] }),
      expect: denied('CERTIFICATE_EXPIRED'),
    },
  ]
}

function subjects(fixture: DecisionFixture): VectorCase[] {
  const be = bad('SUBJECT_INVALID', 'Subject')
  const uris = (...names: readonly string[]) => fixture.client('ed25519', { uris: names })
  return [
    be(
      'subject-other-domain',
      'a client of another trust domain',
      uris('spiffe://other.example/client/alice'),
    ),
    be(
      'subject-domain-prefix',
      'a trust domain that ours is the start of',
      uris(`spiffe://${FIXTURE_TRUST_DOMAIN}.evil/client/alice`),
    ),
    be(
      'subject-mismatch',
      'common name and URI name differ',
      uris(`spiffe://${FIXTURE_TRUST_DOMAIN}/client/admin`),
    ),
    be('subject-two-uris', 'two URI names', uris(SPIFFE_ID, `spiffe://${FIXTURE_TRUST_DOMAIN}/client/admin`)),
    be(
      'subject-not-a-client',
      'a path that names no client',
      uris(`spiffe://${FIXTURE_TRUST_DOMAIN}/server/alice`),
    ),
    be('subject-longer-path', 'a longer path', uris(`${SPIFFE_ID}/admin`)),
    be(
      'subject-no-uri',
      'no URI name',
      fixture.client('ed25519', { extensions: without(fixture, OID.subjectAltName) }),
    ),
    be(
      'subject-common-name',
      'a common name that is no client id',
      fixture.client('ed25519', { subject: 'Alice', uris: [SPIFFE_ID] }),
    ),
  ]
}

function scopes(fixture: DecisionFixture): VectorCase[] {
  const be = bad('SCOPES_MALFORMED', 'Scopes')
  const value = (octets: Uint8Array) =>
    fixture.client('ed25519', {
      extensions: withExtensions(fixture, { oid: OID.scopeExtension, value: octets }),
    })
  const list = (...names: readonly string[]) => value(encodeScopes(names))
  return [
    be(
      'scopes-absent',
      'no scope extension',
      fixture.client('ed25519', { extensions: without(fixture, OID.scopeExtension) }),
    ),
    be('scopes-text', 'raw text in place of DER', value(Buffer.from('bob.user.read'))),
    be('scopes-unsorted', 'unsorted', list('bob.user.write', 'bob.user.read')),
    be('scopes-twice', 'a scope twice', list('bob.user.read', 'bob.user.read')),
    be('scopes-wildcard', 'a pattern: certificates carry concrete scopes', list('bob.**')),
    be('scopes-upper-case', 'upper case', list('Bob.user.read')),
    be('scopes-version', 'another version', value(encodeScopes(['bob.user.read'], 2))),
    be('scopes-trailing', 'an octet left over', value(Uint8Array.of(...encodeScopes(['bob.user.read']), 0))),
    be(
      'scopes-no-version',
      'the version is missing',
      value(encodeSequence(encodeSequence(encodeUtf8String('bob.user.read')))),
    ),
    be('scopes-boolean', 'a value of another type', value(encodeTrue())),
  ]
}
