"""Checks an access token with PyJWT: see ../README.md."""

import json
import sys

import jwt


def main(jwks_file: str, issuer: str, audience: str) -> int:
    with open(jwks_file, encoding="utf-8") as file:
        keys = jwt.PyJWKSet.from_dict(json.load(file))
    token = sys.stdin.read().strip()
    try:
        key = keys[jwt.get_unverified_header(token)["kid"]]
        claims = jwt.decode(
            token,
            key,
            algorithms=["ES256"],
            issuer=issuer,
            audience=audience,
            options={"require": ["iss", "sub", "aud", "exp", "iat", "jti"]},
        )
    except (KeyError, jwt.PyJWTError) as error:
        print(error, file=sys.stderr)
        return 1
    print(claims["client_id"])
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) if len(sys.argv) == 4 else 2)
