"""Signed requests of the simple profile (docs/protocol.md)."""

import base64
import hashlib
import secrets
import time

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from chancery.v1 import authorization_service_pb2 as pb


class RequestSigner:
    """Signs HTTP requests with a certificate's key."""

    def __init__(self, key: ec.EllipticCurvePrivateKey, certificate_der: bytes) -> None:
        self._key = key
        self._certificate_der = certificate_der

    def sign(self, method: str, target: str, authority: str, body: bytes = b"") -> pb.HttpSignature:
        """Returns the request as the resource server would receive it, and pass it on to VerifyRequest."""
        timestamp = str(int(time.time()))
        nonce = secrets.token_hex(16)
        base = "\n".join([method, target, authority, hashlib.sha256(body).hexdigest(), timestamp, nonce])
        signature = self._key.sign(base.encode(), ec.ECDSA(hashes.SHA256()))
        headers = {
            "X-Client-Cert": base64.b64encode(self._certificate_der),
            "X-Timestamp": timestamp.encode(),
            "X-Nonce": nonce.encode(),
            "X-Signature": base64.b64encode(signature),
        }
        return pb.HttpSignature(
            method=method,
            target=target,
            authority=authority,
            scheme="https",
            headers=[pb.HeaderField(name=name, value=value) for name, value in headers.items()],
            body_bytes=body,
        )
