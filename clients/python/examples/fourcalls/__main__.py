"""Takes one certificate through its life by the four calls of chancery.v1.

It is issued, a request that is signed with its key is allowed, it is revoked, the news arrives on a stream that is held open, and the next request is
denied. Ends with 0 if all of that held.
"""

from __future__ import annotations

import argparse
import os
import secrets
import sys

import grpc
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from chancery.v1 import authorization_service_pb2 as pb
from chancery.v1 import types_pb2 as types
from chancery.v1.authorization_service_pb2_grpc import AuthorizationServiceStub
from connect import connect
from follow import Follower
from refusal import explain, refusal_of
from sign import RequestSigner

# How many seconds an answer may take. Every call has a deadline but the stream.
PATIENCE = 30


class Broken(Exception):
    """Something is not as it must be."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="fourcalls", description=__doc__)
    parser.add_argument("--address", default=os.environ.get("CHANCERY_ADDRESS", "localhost:8443"), help="host:port of the service")
    parser.add_argument("--identity", default=os.environ.get("CHANCERY_IDENTITY", ""), help="folder with key.pem, cert.pem and ca.pem")
    parser.add_argument("--client", default="alice", help="client that gets the certificate")
    parser.add_argument("--scope", default="bob.user.read", help="scope that is granted to it")
    options = parser.parse_args()
    try:
        with connect(options.address, options.identity) as channel:
            run(AuthorizationServiceStub(channel), options.client, options.scope)
    except (grpc.RpcError, OSError, ValueError, Broken) as error:
        print("fourcalls:", explain(error), file=sys.stderr)
        return 1
    return 0


def run(service: AuthorizationServiceStub, client: str, scope: str) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    issued = issue(service, key, client, scope)
    say("issued", f"{issued.serial_number} to {client} with {' '.join(issued.granted_scopes)}")

    # What the service refuses is an error with a reason, and its metadata say what it is about.
    try:
        issue(service, key, client, "not.granted.to.anyone")
    except grpc.RpcError as error:
        refusal = refusal_of(error)
        if refusal is None or refusal.reason != "ERROR_REASON_SCOPE_NOT_GRANTABLE":
            raise
        say("refused", explain(error))
    else:
        raise Broken("a scope that nobody was granted was issued")

    # Opened before anything is revoked, so that the delta with the news comes on this stream.
    with Follower(service, issued) as lists:
        say("following", f"{issued.authority} from list {lists.number}")

        signer = RequestSigner(key, issued.certificate_der)
        expect(service, signer, scope, pb.DENY_REASON_UNSPECIFIED)
        # A denial is no error: it is an answer, with one reason.
        expect(service, signer, f"{scope}.more", pb.DENY_REASON_SCOPE_INSUFFICIENT)

        revoked = service.RevokeCertificate(
            pb.RevokeCertificateRequest(
                certificate_der=issued.certificate_der,
                reason=types.REVOCATION_REASON_CESSATION_OF_OPERATION,
            ),
            timeout=PATIENCE,
        )
        say("revoked", f"{issued.serial_number}, in every list from {revoked.crl_number} on")
        if not lists.wait_for(revoked.crl_number, issued.serial_number):
            raise Broken(f"the lists up to {lists.number} do not name {issued.serial_number}")
        say("learnt", f"from list {lists.number} that {issued.serial_number} is revoked")
        expect(service, signer, scope, pb.DENY_REASON_CERTIFICATE_REVOKED)


def issue(
    service: AuthorizationServiceStub, key: ec.EllipticCurvePrivateKey, client: str, scope: str
) -> pb.IssueCertificateResponse:
    """Sends a certificate signing request. The private key stays here."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, client)])
    csr = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
    return service.IssueCertificate(
        pb.IssueCertificateRequest(
            client_id=client,
            csr_der=csr.public_bytes(serialization.Encoding.DER),
            scopes=[scope],
            # A retry under the same key gets the same certificate, not a second one.
            idempotency_key=secrets.token_hex(16),
        ),
        timeout=PATIENCE,
    )


def expect(service: AuthorizationServiceStub, signer: RequestSigner, scope: str, want: pb.DenyReason.ValueType) -> None:
    """Signs a request, asks what a resource server would ask, and holds the answer against what it must be; no reason means ALLOW."""
    answer = service.VerifyRequest(
        pb.VerifyRequestRequest(
            http_signature=signer.sign("GET", "/users/7", "bob.example"),
            required_scopes=[scope],
        ),
        timeout=PATIENCE,
    )
    allowed = answer.decision == pb.DECISION_ALLOW
    reason = pb.DenyReason.Name(answer.deny_reason)
    if allowed != (want == pb.DENY_REASON_UNSPECIFIED) or answer.deny_reason != want:
        raise Broken(f"a request for {scope} is answered {pb.Decision.Name(answer.decision)} {reason}")
    if allowed:
        say("allowed", f"{answer.principal.client_id} for {scope}")
    else:
        say("denied", f"{reason.removeprefix('DENY_REASON_')} for {scope}")


def say(what: str, text: str) -> None:
    print(f"{what:<10} {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
