"""Signs and verifies requests (RFC 9421) with the package http-message-signatures, for test/e2e/http-signatures.e2e.test.ts.

One JSON question per line on standard input, one JSON answer per line on standard output.
"""

import base64
import datetime
import json
import sys
from types import SimpleNamespace

from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    InvalidSignature,
    algorithms,
)

ALGORITHMS = {
    one.algorithm_id: one
    for one in (
        algorithms.ECDSA_P256_SHA256,
        algorithms.ECDSA_P384_SHA384,
        algorithms.ED25519,
        algorithms.RSA_V1_5_SHA256,
        algorithms.RSA_PSS_SHA512,
    )
}


class OneKey(HTTPSignatureKeyResolver):
    def __init__(self, pem):
        self.pem = pem.encode()

    def resolve_private_key(self, key_id):
        return self.pem

    def resolve_public_key(self, key_id):
        return self.pem


def instant(seconds):
    return datetime.datetime.fromtimestamp(seconds, tz=datetime.timezone.utc)


def message_of(question):
    return SimpleNamespace(method=question["method"], url=question["url"], headers=dict(question["headers"]))


def body_of(question):
    return base64.b64decode(question["body"]) or None


def sign(question):
    message = message_of(question)
    signer = HTTPMessageSigner(
        signature_algorithm=ALGORITHMS[question["algorithm"]], key_resolver=OneKey(question["key"])
    )
    signer.sign(
        message,
        key_id=question["keyid"],
        created=instant(question["created"]),
        expires=instant(question["expires"]),
        nonce=question["nonce"],
        tag=question["tag"],
        label="python",
        covered_component_ids=question["components"],
        # It makes the Content-Digest, and covers it.
        body=body_of(question),
    )
    return {"headers": message.headers}


def verify(question):
    verifier = HTTPMessageVerifier(
        signature_algorithm=ALGORITHMS[question["algorithm"]], key_resolver=OneKey(question["key"])
    )
    try:
        results = verifier.verify(message_of(question), expect_tag=question["tag"], body=body_of(question))
    except InvalidSignature:
        return {"components": None}
    return {"components": sorted(name for result in results for name in result.covered_components)}


for line in sys.stdin:
    asked = json.loads(line)
    print(json.dumps({"sign": sign, "verify": verify}[asked["op"]](asked)), flush=True)
