"""Follows StreamCRL."""

import hashlib
import threading
from datetime import datetime, timezone
from types import TracebackType

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from chancery.v1 import authorization_service_pb2 as pb
from chancery.v1.authorization_service_pb2_grpc import AuthorizationServiceStub

# Four times the service's `checkpointSeconds`.
SILENCE_SECONDS = 40
LARGEST_LIST = 128 << 20


class ListRefused(ValueError):
    """A list, or a piece of one, is not what it must be."""


class Follower:
    """Holds one StreamCRL open for one authority.

    It shows what is to be checked of each list; a verifier that decides by them also keeps their entries, and comes back with a resume point when
    the stream ends ("Following the lists" in docs/protocol.md).
    """

    def __init__(self, service: AuthorizationServiceStub, issued: pb.IssueCertificateResponse) -> None:
        # The first certificate above the leaf is the authority that signs the lists. It is believed here because it came over mTLS, from the
        # service; verifiers have the trust bundle.
        self._issuer = x509.load_der_x509_certificate(issued.chain_der[0])
        key = self._issuer.public_key()
        if not isinstance(key, ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | rsa.RSAPublicKey):
            raise ListRefused("the authority has a key of a kind that no authority has")
        self._key = key
        # Number of the newest list taken.
        self.number = 0
        self._stream = service.StreamCRL(pb.StreamCRLRequest(authorities=[issued.authority]))

    def __enter__(self) -> "Follower":
        self._take(self._read_snapshot())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.cancel()

    def wait_for(self, number: int, serial_number: str) -> bool:
        """Reads on up to the list with this number, or one beyond it: does one of them name the certificate?"""
        named = False
        while self.number < number:
            message = self._next()
            # A checkpoint is a delta without entries.
            revocations = self._take(message.delta.delta_crl_der or message.checkpoint.signed_checkpoint_der)
            named = named or revocations.get_revoked_certificate_by_serial_number(int(serial_number, 16)) is not None
        return named

    def _read_snapshot(self) -> bytes:
        begin = self._next().snapshot_begin
        if not 0 < begin.total_bytes <= LARGEST_LIST:
            raise ListRefused("the stream does not begin with a complete list")
        der = bytearray()
        while not (message := self._next()).HasField("snapshot_end"):
            chunk = message.snapshot_chunk
            if not chunk.data or chunk.offset != len(der) or len(der) + len(chunk.data) > begin.total_bytes:
                raise ListRefused("the complete list comes in pieces that do not fit")
            der += chunk.data
        if hashlib.sha256(der).digest() != begin.sha256:
            raise ListRefused("the complete list is not the one that was announced")
        return bytes(der)

    def _take(self, der: bytes) -> x509.CertificateRevocationList:
        """Verifies a list, complete or delta, and moves on to its number.

        What stands beside a list in a message proves nothing; only what is signed counts.
        """
        revocations = x509.load_der_x509_crl(der)
        if revocations.issuer != self._issuer.subject or not revocations.is_signature_valid(self._key):
            raise ListRefused("the list is not signed by its authority")
        number = revocations.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
        base = base_of(revocations)
        expires = revocations.next_update_utc
        if base != self.number or number <= self.number or expires is None or expires < datetime.now(timezone.utc):
            raise ListRefused(f"list {number} on {base} does not follow list {self.number}, or has expired")
        self.number = number
        return revocations

    def _next(self) -> pb.StreamCRLResponse:
        """Waits for a message, but not for ever: a stream without even a checkpoint is frozen."""
        watchdog = threading.Timer(SILENCE_SECONDS, self._stream.cancel)
        watchdog.daemon = True
        watchdog.start()
        try:
            return next(self._stream)
        except StopIteration:
            raise ListRefused("the stream has ended") from None
        finally:
            watchdog.cancel()


def base_of(revocations: x509.CertificateRevocationList) -> int:
    """Number of the list that a delta changes (RFC 5280 section 5.2.4), 0 for a complete list."""
    try:
        return revocations.extensions.get_extension_for_class(x509.DeltaCRLIndicator).value.crl_number
    except x509.ExtensionNotFound:
        return 0
