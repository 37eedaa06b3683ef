"""What to make of a failed call."""

import grpc
from google.rpc.error_details_pb2 import ErrorInfo
from grpc_status import rpc_status

# What to do about a refusal, by its reason (docs/errors.md has them all), and where there is none by the status of the call.
ADVICE_BY_REASON = {
    "SCOPE_NOT_GRANTABLE": "have an operator grant it: chancery client set-scopes",
    "CLIENT_NOT_FOUND": "have an operator add it: chancery client add",
    "CALLER_NOT_ALLOWED": "use an identity whose certificate carries that scope",
    "CALLER_UNAUTHENTICATED": "use an identity that this authority issued",
    "CALLER_REVOKED": "use another identity; this one is revoked",
}
ADVICE_BY_STATUS = {
    grpc.StatusCode.UNAVAILABLE: "is the service running at that address, and is ca.pem its own? Try again",
    grpc.StatusCode.DEADLINE_EXCEEDED: "try again; the service is overloaded or cannot be reached",
}


def refusal_of(error: Exception) -> ErrorInfo | None:
    """Finds google.rpc.ErrorInfo among the details of a failed call."""
    status = rpc_status.from_call(error) if isinstance(error, grpc.Call) else None
    for detail in status.details if status is not None else []:
        info = ErrorInfo()
        if detail.Unpack(info) and info.domain == "chancery.v1":
            return info
    return None


def explain(error: Exception) -> str:
    """Says what failed, why, and what to do."""
    if not isinstance(error, grpc.Call):
        return str(error)
    refusal = refusal_of(error)
    if refusal is None:
        advice = ADVICE_BY_STATUS.get(error.code(), "")
        return f"{error.code().name}: {error.details()}{advice and ': ' + advice}"
    reason = refusal.reason.removeprefix("ERROR_REASON_")
    about = ", ".join(f"{name}={value}" for name, value in sorted(refusal.metadata.items()))
    return f"{reason} ({about}): {ADVICE_BY_REASON.get(reason, error.details())}"
