import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { listVectors, readDer, withVectors } from '../support/open-vectors.ts'
import { runCases } from '../support/run-cases.ts'

/** The files that are refused, by defect. zlint judges what a CA should write; we judge what may be relied upon. */
const REFUSED: Readonly<Record<string, string>> = {
  // RFC 5280 section 5.1.2.6: no revokedCertificates field when nothing is revoked.
  'crlEntrustNoRevokedCerts01.pem': 'crl.entries_empty',
  'crlEntrustNoRevokedCerts02.pem': 'crl.entries_empty',
  'crlWithRevokedCertificatesContainerButNoActualRevokedCerts-CBonnell.pem': 'crl.entries_empty',
  'crlWithRevokedCertificatesContainerButNoActualRevokedCerts-ReallyReallyBroken.pem': 'crl.entries_empty',
  'crl_empty_revoked_certificates_ko.pem': 'crl.entries_empty',
  // Sections 5.1.2.4 and 5.1.2.5: Zulu time; these say +0100.
  'crlWithAuthKeyID.pem': 'der.time',
  'crlWithDuplicatesInCRLEntryExtensions.pem': 'der.time',
  'crlWithMissingAuthKeyID.pem': 'der.time',
  'crlWithNoDuplicateInCRLEntryExtensions.pem': 'der.time',
  'crl_no_duplicate_ext.pem': 'der.time',
  'crl_with_duplicate_ext.pem': 'der.time',
  // Section 4.2.1.1: authorityCertIssuer is constructed, and comes with the serial number.
  'crlWithAuthKeyIDContainsAuthorityCertIssuer.pem': 'der.trailing_data',
  'crlWithAutkeyIDMissingKeyID.pem': 'der.trailing_data',
  'crlWithAuthKeyIDContainsAuthorityCertSerialNumber.pem': 'authority_key_identifier.unpaired',
  'crlWithDuplicatesInRevokedCertificateList.pem': 'crl.duplicate_serial',
  'crlWithReasonCode7.pem': 'crl.reason',
  'crl_number_negative.pem': 'der.integer_negative',
  'crl_number_too_large.pem': 'der.integer_too_large',
  'crl_with_discouraged_extensions.pem': 'crl.criticality',
  'crl_with_wrong_critical_for_authkey_id.pem': 'crl.criticality',
  'crl_with_wrong_critical_for_crl_number.pem': 'crl.criticality',
}

describe('CRLs of zlint', () => {
  withVectors('crl', (path) => {
    const files = listVectors(path, '.pem')
    it('has every file that is written down as refused', () => {
      assert.deepEqual(
        Object.keys(REFUSED).filter((file) => !files.includes(file)),
        [],
      )
    })
    for (const file of files) {
      const defect = REFUSED[file]
      it(`${file}: ${defect ?? 'ok'}`, async () => {
        const der = Buffer.from(readDer(join(path, file))).toString('base64')
        const [verdict] = await runCases([{ id: file, op: 'crl.parse', der }])
        if (defect === undefined) assert.equal(verdict?.ok, true, verdict?.detail)
        else {
          assert.equal(verdict?.reason, 'CRL_INVALID')
          assert.equal(verdict.detail?.split(':')[0], defect)
        }
      })
    }
  })
})
