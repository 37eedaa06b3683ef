"""Reads revocation lists and OCSP answers with Python's `cryptography`: see ../README.md."""

import hashlib
import struct
import sys
from datetime import datetime, timezone
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ocsp

# RFC 5280 section 5.3.1
REASONS = {
    x509.ReasonFlags.unspecified: 0,
    x509.ReasonFlags.key_compromise: 1,
    x509.ReasonFlags.ca_compromise: 2,
    x509.ReasonFlags.affiliation_changed: 3,
    x509.ReasonFlags.superseded: 4,
    x509.ReasonFlags.cessation_of_operation: 5,
    x509.ReasonFlags.certificate_hold: 6,
    x509.ReasonFlags.remove_from_crl: 8,
    x509.ReasonFlags.privilege_withdrawn: 9,
    x509.ReasonFlags.aa_compromise: 10,
}

# Looking up one serial number walks through the list; every serial number is compared by walking once instead.
LOOK_UPS = 50


def main(folder: Path) -> None:
    issuer = x509.load_der_x509_certificate((folder / "issuer.der").read_bytes())
    root = x509.load_der_x509_certificate((folder / "root.der").read_bytes())
    issuer.verify_directly_issued_by(root)
    at = datetime.fromtimestamp(int((folder / "at").read_text()), timezone.utc)
    certificates = [x509.load_der_x509_certificate(der) for der in split(folder / "certificates.bin")]
    serials = [certificate.serial_number for certificate in certificates]
    lines = []
    for name in ("complete", "base", "delta"):
        lines += read_list(name, (folder / f"{name}.crl").read_bytes(), issuer, serials, at)
    # All answers carry one responder certificate or a few: each is checked once.
    trusted = {}
    for serial, der in zip(serials, split(folder / "answers.bin"), strict=True):
        lines.append(f"ocsp {hexadecimal(serial)} {read_answer(der, serial, issuer, at, trusted)}")
    sys.stdout.write("".join(f"{line}\n" for line in lines))


def read_list(name, der, issuer, serials, at):
    crl = x509.load_der_x509_crl(der)
    require(crl.is_signature_valid(issuer.public_key()), f"signature of {name}")
    require(crl.issuer == issuer.subject, f"issuer of {name}")
    require(crl.last_update_utc <= at < crl.next_update_utc, f"times of {name}")
    number = crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
    base = "-"
    for extension in crl.extensions:
        if isinstance(extension.value, x509.DeltaCRLIndicator):
            require(extension.critical, "criticality of the delta indicator")
            base = extension.value.crl_number
    reasons = {entry.serial_number: reason_of(entry) for entry in crl}
    for serial in serials[:LOOK_UPS]:
        entry = crl.get_revoked_certificate_by_serial_number(serial)
        require((entry and reason_of(entry)) == reasons.get(serial), f"entry of {serial} in {name}")
    yield f"list {name} {number} {base}"
    for serial in serials:
        yield f"{name} {hexadecimal(serial)} {reasons.get(serial, 'good')}"


def reason_of(entry):
    for extension in entry.extensions:
        if isinstance(extension.value, x509.CRLReason):
            return REASONS[extension.value.reason]
    return 0


def read_answer(der, serial, issuer, at, trusted):
    answer = ocsp.load_der_ocsp_response(der)
    require(answer.response_status == ocsp.OCSPResponseStatus.SUCCESSFUL, "status")
    require(answer.serial_number == serial, "serial number")
    (responder,) = answer.certificates
    if responder not in trusted:
        trusted[responder] = check_responder(responder, issuer, at)
    require(answer.responder_key_hash == trusted[responder], "responder id")
    responder.public_key().verify(
        answer.signature, answer.tbs_response_bytes, ec.ECDSA(answer.signature_hash_algorithm)
    )
    require(answer.this_update_utc <= at < answer.next_update_utc, "times")
    require(answer.next_update_utc <= responder.not_valid_after_utc, "end of the responder's certificate")
    if answer.certificate_status == ocsp.OCSPCertStatus.REVOKED:
        return 0 if answer.revocation_reason is None else REASONS[answer.revocation_reason]
    return answer.certificate_status.name.lower()


def check_responder(responder, issuer, at):
    responder.verify_directly_issued_by(issuer)
    require(responder.not_valid_before_utc <= at <= responder.not_valid_after_utc, "validity of the responder")
    usage = responder.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    require(list(usage) == [x509.ExtendedKeyUsageOID.OCSP_SIGNING], "purpose of the responder")
    responder.extensions.get_extension_for_class(x509.OCSPNoCheck)
    point = responder.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return hashlib.sha1(point).digest()


def split(path):
    joined = path.read_bytes()
    while joined:
        (length,) = struct.unpack_from(">I", joined)
        yield joined[4 : 4 + length]
        joined = joined[4 + length :]


def hexadecimal(serial):
    text = f"{serial:x}"
    return text.rjust(len(text) + len(text) % 2, "0")


def require(holds, what):
    if not holds:
        sys.exit(f"{what}: does not hold")


main(Path(sys.argv[1]))
