"""Connections over mTLS."""

from pathlib import Path

import grpc


def connect(address: str, identity: str) -> grpc.Channel:
    """Prepares a connection with an identity folder: key.pem and cert.pem say who we are, ca.pem whom we believe."""
    if identity == "":
        raise ValueError("no identity: give --identity DIR, or set CHANCERY_IDENTITY")
    folder = Path(identity)
    # The name of the server is taken from the address, and no other root but ours is believed. gRPC speaks TLS 1.2 and later only.
    credentials = grpc.ssl_channel_credentials(
        root_certificates=(folder / "ca.pem").read_bytes(),
        private_key=(folder / "key.pem").read_bytes(),
        certificate_chain=(folder / "cert.pem").read_bytes(),
    )
    # A host that lost its power closes nothing: without pings a stream would wait for it, and so would the next on the same connection.
    pings = [("grpc.keepalive_time_ms", 20_000), ("grpc.keepalive_timeout_ms", 5_000)]
    return grpc.secure_channel(address, credentials, options=pings)
