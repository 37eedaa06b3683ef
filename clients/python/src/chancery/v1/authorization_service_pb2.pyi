import datetime

from chancery.v1 import error_reason_pb2 as _error_reason_pb2
from chancery.v1 import types_pb2 as _types_pb2
from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SignatureProfile(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SIGNATURE_PROFILE_UNSPECIFIED: _ClassVar[SignatureProfile]
    SIGNATURE_PROFILE_SIMPLE: _ClassVar[SignatureProfile]
    SIGNATURE_PROFILE_RFC9421: _ClassVar[SignatureProfile]

class SignatureAlgorithm(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SIGNATURE_ALGORITHM_UNSPECIFIED: _ClassVar[SignatureAlgorithm]
    SIGNATURE_ALGORITHM_ECDSA_P256_SHA256: _ClassVar[SignatureAlgorithm]
    SIGNATURE_ALGORITHM_ECDSA_P384_SHA384: _ClassVar[SignatureAlgorithm]
    SIGNATURE_ALGORITHM_ED25519: _ClassVar[SignatureAlgorithm]
    SIGNATURE_ALGORITHM_RSA_V1_5_SHA256: _ClassVar[SignatureAlgorithm]
    SIGNATURE_ALGORITHM_RSA_PSS_SHA512: _ClassVar[SignatureAlgorithm]

class Decision(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DECISION_UNSPECIFIED: _ClassVar[Decision]
    DECISION_ALLOW: _ClassVar[Decision]
    DECISION_DENY: _ClassVar[Decision]

class DenyReason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DENY_REASON_UNSPECIFIED: _ClassVar[DenyReason]
    DENY_REASON_CREDENTIAL_MISSING: _ClassVar[DenyReason]
    DENY_REASON_CREDENTIAL_MALFORMED: _ClassVar[DenyReason]
    DENY_REASON_TOKEN_MALFORMED: _ClassVar[DenyReason]
    DENY_REASON_TOKEN_ISSUER_UNKNOWN: _ClassVar[DenyReason]
    DENY_REASON_TOKEN_KEY_UNKNOWN: _ClassVar[DenyReason]
    DENY_REASON_TOKEN_ALGORITHM_INVALID: _ClassVar[DenyReason]
    DENY_REASON_TOKEN_SIGNATURE_INVALID: _ClassVar[DenyReason]
    DENY_REASON_TOKEN_NOT_YET_VALID: _ClassVar[DenyReason]
    DENY_REASON_TOKEN_EXPIRED: _ClassVar[DenyReason]
    DENY_REASON_TOKEN_BINDING_MISMATCH: _ClassVar[DenyReason]
    DENY_REASON_TOKEN_REVOKED: _ClassVar[DenyReason]
    DENY_REASON_CERTIFICATE_MALFORMED: _ClassVar[DenyReason]
    DENY_REASON_CRITICAL_EXTENSION_UNKNOWN: _ClassVar[DenyReason]
    DENY_REASON_ISSUER_UNKNOWN: _ClassVar[DenyReason]
    DENY_REASON_CERTIFICATE_SIGNATURE_INVALID: _ClassVar[DenyReason]
    DENY_REASON_CHAIN_INVALID: _ClassVar[DenyReason]
    DENY_REASON_PATH_TOO_COMPLEX: _ClassVar[DenyReason]
    DENY_REASON_ALGORITHM_WEAK: _ClassVar[DenyReason]
    DENY_REASON_KEY_USAGE_INVALID: _ClassVar[DenyReason]
    DENY_REASON_CERTIFICATE_NOT_YET_VALID: _ClassVar[DenyReason]
    DENY_REASON_CERTIFICATE_EXPIRED: _ClassVar[DenyReason]
    DENY_REASON_SUBJECT_INVALID: _ClassVar[DenyReason]
    DENY_REASON_CERTIFICATE_REVOKED: _ClassVar[DenyReason]
    DENY_REASON_CRL_INVALID: _ClassVar[DenyReason]
    DENY_REASON_REVOCATION_UNKNOWN: _ClassVar[DenyReason]
    DENY_REASON_CERTIFICATE_UNKNOWN: _ClassVar[DenyReason]
    DENY_REASON_CLIENT_LOCKED: _ClassVar[DenyReason]
    DENY_REASON_CLIENT_UNKNOWN: _ClassVar[DenyReason]
    DENY_REASON_SCOPES_MALFORMED: _ClassVar[DenyReason]
    DENY_REASON_FRESHNESS_UNMET: _ClassVar[DenyReason]
    DENY_REASON_COVERAGE_INSUFFICIENT: _ClassVar[DenyReason]
    DENY_REASON_SIGNATURE_ALGORITHM_INVALID: _ClassVar[DenyReason]
    DENY_REASON_SIGNATURE_EXPIRED: _ClassVar[DenyReason]
    DENY_REASON_SIGNATURE_NOT_YET_VALID: _ClassVar[DenyReason]
    DENY_REASON_NONCE_INVALID: _ClassVar[DenyReason]
    DENY_REASON_BODY_TRUNCATED: _ClassVar[DenyReason]
    DENY_REASON_DIGEST_MISMATCH: _ClassVar[DenyReason]
    DENY_REASON_SIGNATURE_INVALID: _ClassVar[DenyReason]
    DENY_REASON_AUDIENCE_MISMATCH: _ClassVar[DenyReason]
    DENY_REASON_SCOPE_INSUFFICIENT: _ClassVar[DenyReason]
    DENY_REASON_NONCE_REPLAYED: _ClassVar[DenyReason]

class CheckOutcome(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CHECK_OUTCOME_UNSPECIFIED: _ClassVar[CheckOutcome]
    CHECK_OUTCOME_PASSED: _ClassVar[CheckOutcome]
    CHECK_OUTCOME_FAILED: _ClassVar[CheckOutcome]
    CHECK_OUTCOME_SKIPPED: _ClassVar[CheckOutcome]

class RevocationStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REVOCATION_STATUS_UNSPECIFIED: _ClassVar[RevocationStatus]
    REVOCATION_STATUS_REVOKED: _ClassVar[RevocationStatus]
    REVOCATION_STATUS_ALREADY_REVOKED: _ClassVar[RevocationStatus]
    REVOCATION_STATUS_WOULD_BE_REVOKED: _ClassVar[RevocationStatus]

class StreamPayload(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    STREAM_PAYLOAD_UNSPECIFIED: _ClassVar[StreamPayload]
    STREAM_PAYLOAD_CRL: _ClassVar[StreamPayload]
    STREAM_PAYLOAD_NOTIFY: _ClassVar[StreamPayload]
    STREAM_PAYLOAD_COMPLETE: _ClassVar[StreamPayload]

class ResetReason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RESET_REASON_UNSPECIFIED: _ClassVar[ResetReason]
    RESET_REASON_TOO_OLD: _ClassVar[ResetReason]
    RESET_REASON_AHEAD: _ClassVar[ResetReason]
SIGNATURE_PROFILE_UNSPECIFIED: SignatureProfile
SIGNATURE_PROFILE_SIMPLE: SignatureProfile
SIGNATURE_PROFILE_RFC9421: SignatureProfile
SIGNATURE_ALGORITHM_UNSPECIFIED: SignatureAlgorithm
SIGNATURE_ALGORITHM_ECDSA_P256_SHA256: SignatureAlgorithm
SIGNATURE_ALGORITHM_ECDSA_P384_SHA384: SignatureAlgorithm
SIGNATURE_ALGORITHM_ED25519: SignatureAlgorithm
SIGNATURE_ALGORITHM_RSA_V1_5_SHA256: SignatureAlgorithm
SIGNATURE_ALGORITHM_RSA_PSS_SHA512: SignatureAlgorithm
DECISION_UNSPECIFIED: Decision
DECISION_ALLOW: Decision
DECISION_DENY: Decision
DENY_REASON_UNSPECIFIED: DenyReason
DENY_REASON_CREDENTIAL_MISSING: DenyReason
DENY_REASON_CREDENTIAL_MALFORMED: DenyReason
DENY_REASON_TOKEN_MALFORMED: DenyReason
DENY_REASON_TOKEN_ISSUER_UNKNOWN: DenyReason
DENY_REASON_TOKEN_KEY_UNKNOWN: DenyReason
DENY_REASON_TOKEN_ALGORITHM_INVALID: DenyReason
DENY_REASON_TOKEN_SIGNATURE_INVALID: DenyReason
DENY_REASON_TOKEN_NOT_YET_VALID: DenyReason
DENY_REASON_TOKEN_EXPIRED: DenyReason
DENY_REASON_TOKEN_BINDING_MISMATCH: DenyReason
DENY_REASON_TOKEN_REVOKED: DenyReason
DENY_REASON_CERTIFICATE_MALFORMED: DenyReason
DENY_REASON_CRITICAL_EXTENSION_UNKNOWN: DenyReason
DENY_REASON_ISSUER_UNKNOWN: DenyReason
DENY_REASON_CERTIFICATE_SIGNATURE_INVALID: DenyReason
DENY_REASON_CHAIN_INVALID: DenyReason
DENY_REASON_PATH_TOO_COMPLEX: DenyReason
DENY_REASON_ALGORITHM_WEAK: DenyReason
DENY_REASON_KEY_USAGE_INVALID: DenyReason
DENY_REASON_CERTIFICATE_NOT_YET_VALID: DenyReason
DENY_REASON_CERTIFICATE_EXPIRED: DenyReason
DENY_REASON_SUBJECT_INVALID: DenyReason
DENY_REASON_CERTIFICATE_REVOKED: DenyReason
DENY_REASON_CRL_INVALID: DenyReason
DENY_REASON_REVOCATION_UNKNOWN: DenyReason
DENY_REASON_CERTIFICATE_UNKNOWN: DenyReason
DENY_REASON_CLIENT_LOCKED: DenyReason
DENY_REASON_CLIENT_UNKNOWN: DenyReason
DENY_REASON_SCOPES_MALFORMED: DenyReason
DENY_REASON_FRESHNESS_UNMET: DenyReason
DENY_REASON_COVERAGE_INSUFFICIENT: DenyReason
DENY_REASON_SIGNATURE_ALGORITHM_INVALID: DenyReason
DENY_REASON_SIGNATURE_EXPIRED: DenyReason
DENY_REASON_SIGNATURE_NOT_YET_VALID: DenyReason
DENY_REASON_NONCE_INVALID: DenyReason
DENY_REASON_BODY_TRUNCATED: DenyReason
DENY_REASON_DIGEST_MISMATCH: DenyReason
DENY_REASON_SIGNATURE_INVALID: DenyReason
DENY_REASON_AUDIENCE_MISMATCH: DenyReason
DENY_REASON_SCOPE_INSUFFICIENT: DenyReason
DENY_REASON_NONCE_REPLAYED: DenyReason
CHECK_OUTCOME_UNSPECIFIED: CheckOutcome
CHECK_OUTCOME_PASSED: CheckOutcome
CHECK_OUTCOME_FAILED: CheckOutcome
CHECK_OUTCOME_SKIPPED: CheckOutcome
REVOCATION_STATUS_UNSPECIFIED: RevocationStatus
REVOCATION_STATUS_REVOKED: RevocationStatus
REVOCATION_STATUS_ALREADY_REVOKED: RevocationStatus
REVOCATION_STATUS_WOULD_BE_REVOKED: RevocationStatus
STREAM_PAYLOAD_UNSPECIFIED: StreamPayload
STREAM_PAYLOAD_CRL: StreamPayload
STREAM_PAYLOAD_NOTIFY: StreamPayload
STREAM_PAYLOAD_COMPLETE: StreamPayload
RESET_REASON_UNSPECIFIED: ResetReason
RESET_REASON_TOO_OLD: ResetReason
RESET_REASON_AHEAD: ResetReason

class IssueCertificateRequest(_message.Message):
    __slots__ = ("client_id", "csr_der", "public_key", "scopes", "profile", "validity", "idempotency_key", "replaces_serial_number", "dry_run")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    CSR_DER_FIELD_NUMBER: _ClassVar[int]
    PUBLIC_KEY_FIELD_NUMBER: _ClassVar[int]
    SCOPES_FIELD_NUMBER: _ClassVar[int]
    PROFILE_FIELD_NUMBER: _ClassVar[int]
    VALIDITY_FIELD_NUMBER: _ClassVar[int]
    IDEMPOTENCY_KEY_FIELD_NUMBER: _ClassVar[int]
    REPLACES_SERIAL_NUMBER_FIELD_NUMBER: _ClassVar[int]
    DRY_RUN_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    csr_der: bytes
    public_key: PublicKeyWithProof
    scopes: _containers.RepeatedScalarFieldContainer[str]
    profile: str
    validity: _duration_pb2.Duration
    idempotency_key: str
    replaces_serial_number: str
    dry_run: bool
    def __init__(self, client_id: _Optional[str] = ..., csr_der: _Optional[bytes] = ..., public_key: _Optional[_Union[PublicKeyWithProof, _Mapping]] = ..., scopes: _Optional[_Iterable[str]] = ..., profile: _Optional[str] = ..., validity: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., idempotency_key: _Optional[str] = ..., replaces_serial_number: _Optional[str] = ..., dry_run: bool = ...) -> None: ...

class PublicKeyWithProof(_message.Message):
    __slots__ = ("public_key_der", "proof")
    PUBLIC_KEY_DER_FIELD_NUMBER: _ClassVar[int]
    PROOF_FIELD_NUMBER: _ClassVar[int]
    public_key_der: bytes
    proof: bytes
    def __init__(self, public_key_der: _Optional[bytes] = ..., proof: _Optional[bytes] = ...) -> None: ...

class IssueCertificateResponse(_message.Message):
    __slots__ = ("certificate_der", "chain_der", "serial_number", "not_before", "not_after", "granted_scopes", "warnings", "renewal_window", "crl_number", "authority", "replayed")
    CERTIFICATE_DER_FIELD_NUMBER: _ClassVar[int]
    CHAIN_DER_FIELD_NUMBER: _ClassVar[int]
    SERIAL_NUMBER_FIELD_NUMBER: _ClassVar[int]
    NOT_BEFORE_FIELD_NUMBER: _ClassVar[int]
    NOT_AFTER_FIELD_NUMBER: _ClassVar[int]
    GRANTED_SCOPES_FIELD_NUMBER: _ClassVar[int]
    WARNINGS_FIELD_NUMBER: _ClassVar[int]
    RENEWAL_WINDOW_FIELD_NUMBER: _ClassVar[int]
    CRL_NUMBER_FIELD_NUMBER: _ClassVar[int]
    AUTHORITY_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    certificate_der: bytes
    chain_der: _containers.RepeatedScalarFieldContainer[bytes]
    serial_number: str
    not_before: _timestamp_pb2.Timestamp
    not_after: _timestamp_pb2.Timestamp
    granted_scopes: _containers.RepeatedScalarFieldContainer[str]
    warnings: _containers.RepeatedScalarFieldContainer[str]
    renewal_window: RenewalWindow
    crl_number: int
    authority: str
    replayed: bool
    def __init__(self, certificate_der: _Optional[bytes] = ..., chain_der: _Optional[_Iterable[bytes]] = ..., serial_number: _Optional[str] = ..., not_before: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., not_after: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., granted_scopes: _Optional[_Iterable[str]] = ..., warnings: _Optional[_Iterable[str]] = ..., renewal_window: _Optional[_Union[RenewalWindow, _Mapping]] = ..., crl_number: _Optional[int] = ..., authority: _Optional[str] = ..., replayed: bool = ...) -> None: ...

class RenewalWindow(_message.Message):
    __slots__ = ("start", "end")
    START_FIELD_NUMBER: _ClassVar[int]
    END_FIELD_NUMBER: _ClassVar[int]
    start: _timestamp_pb2.Timestamp
    end: _timestamp_pb2.Timestamp
    def __init__(self, start: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class VerifyRequestRequest(_message.Message):
    __slots__ = ("http_signature", "detached_signature", "presented_certificate", "bearer_token", "required_scopes", "match", "audience", "freshness", "explain")
    HTTP_SIGNATURE_FIELD_NUMBER: _ClassVar[int]
    DETACHED_SIGNATURE_FIELD_NUMBER: _ClassVar[int]
    PRESENTED_CERTIFICATE_FIELD_NUMBER: _ClassVar[int]
    BEARER_TOKEN_FIELD_NUMBER: _ClassVar[int]
    REQUIRED_SCOPES_FIELD_NUMBER: _ClassVar[int]
    MATCH_FIELD_NUMBER: _ClassVar[int]
    AUDIENCE_FIELD_NUMBER: _ClassVar[int]
    FRESHNESS_FIELD_NUMBER: _ClassVar[int]
    EXPLAIN_FIELD_NUMBER: _ClassVar[int]
    http_signature: HttpSignature
    detached_signature: DetachedSignature
    presented_certificate: PresentedCertificate
    bearer_token: BearerToken
    required_scopes: _containers.RepeatedScalarFieldContainer[str]
    match: _types_pb2.ScopeMatch
    audience: str
    freshness: Freshness
    explain: bool
    def __init__(self, http_signature: _Optional[_Union[HttpSignature, _Mapping]] = ..., detached_signature: _Optional[_Union[DetachedSignature, _Mapping]] = ..., presented_certificate: _Optional[_Union[PresentedCertificate, _Mapping]] = ..., bearer_token: _Optional[_Union[BearerToken, _Mapping]] = ..., required_scopes: _Optional[_Iterable[str]] = ..., match: _Optional[_Union[_types_pb2.ScopeMatch, str]] = ..., audience: _Optional[str] = ..., freshness: _Optional[_Union[Freshness, _Mapping]] = ..., explain: bool = ...) -> None: ...

class HttpSignature(_message.Message):
    __slots__ = ("method", "target", "authority", "scheme", "headers", "body_bytes", "body_sha256", "body_truncated", "profile")
    METHOD_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    AUTHORITY_FIELD_NUMBER: _ClassVar[int]
    SCHEME_FIELD_NUMBER: _ClassVar[int]
    HEADERS_FIELD_NUMBER: _ClassVar[int]
    BODY_BYTES_FIELD_NUMBER: _ClassVar[int]
    BODY_SHA256_FIELD_NUMBER: _ClassVar[int]
    BODY_TRUNCATED_FIELD_NUMBER: _ClassVar[int]
    PROFILE_FIELD_NUMBER: _ClassVar[int]
    method: str
    target: str
    authority: str
    scheme: str
    headers: _containers.RepeatedCompositeFieldContainer[HeaderField]
    body_bytes: bytes
    body_sha256: bytes
    body_truncated: bool
    profile: SignatureProfile
    def __init__(self, method: _Optional[str] = ..., target: _Optional[str] = ..., authority: _Optional[str] = ..., scheme: _Optional[str] = ..., headers: _Optional[_Iterable[_Union[HeaderField, _Mapping]]] = ..., body_bytes: _Optional[bytes] = ..., body_sha256: _Optional[bytes] = ..., body_truncated: bool = ..., profile: _Optional[_Union[SignatureProfile, str]] = ...) -> None: ...

class HeaderField(_message.Message):
    __slots__ = ("name", "value")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    name: str
    value: bytes
    def __init__(self, name: _Optional[str] = ..., value: _Optional[bytes] = ...) -> None: ...

class DetachedSignature(_message.Message):
    __slots__ = ("certificate_chain_der", "message", "digest", "signature", "algorithm", "nonce", "signed_at")
    CERTIFICATE_CHAIN_DER_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    SIGNATURE_FIELD_NUMBER: _ClassVar[int]
    ALGORITHM_FIELD_NUMBER: _ClassVar[int]
    NONCE_FIELD_NUMBER: _ClassVar[int]
    SIGNED_AT_FIELD_NUMBER: _ClassVar[int]
    certificate_chain_der: _containers.RepeatedScalarFieldContainer[bytes]
    message: bytes
    digest: bytes
    signature: bytes
    algorithm: SignatureAlgorithm
    nonce: str
    signed_at: _timestamp_pb2.Timestamp
    def __init__(self, certificate_chain_der: _Optional[_Iterable[bytes]] = ..., message: _Optional[bytes] = ..., digest: _Optional[bytes] = ..., signature: _Optional[bytes] = ..., algorithm: _Optional[_Union[SignatureAlgorithm, str]] = ..., nonce: _Optional[str] = ..., signed_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class PresentedCertificate(_message.Message):
    __slots__ = ("certificate_chain_der", "forwarded")
    CERTIFICATE_CHAIN_DER_FIELD_NUMBER: _ClassVar[int]
    FORWARDED_FIELD_NUMBER: _ClassVar[int]
    certificate_chain_der: _containers.RepeatedScalarFieldContainer[bytes]
    forwarded: ForwardedCertificate
    def __init__(self, certificate_chain_der: _Optional[_Iterable[bytes]] = ..., forwarded: _Optional[_Union[ForwardedCertificate, _Mapping]] = ...) -> None: ...

class ForwardedCertificate(_message.Message):
    __slots__ = ("header", "value", "chain_value")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    CHAIN_VALUE_FIELD_NUMBER: _ClassVar[int]
    header: str
    value: bytes
    chain_value: bytes
    def __init__(self, header: _Optional[str] = ..., value: _Optional[bytes] = ..., chain_value: _Optional[bytes] = ...) -> None: ...

class BearerToken(_message.Message):
    __slots__ = ("token", "presented_certificate")
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    PRESENTED_CERTIFICATE_FIELD_NUMBER: _ClassVar[int]
    token: str
    presented_certificate: PresentedCertificate
    def __init__(self, token: _Optional[str] = ..., presented_certificate: _Optional[_Union[PresentedCertificate, _Mapping]] = ...) -> None: ...

class Freshness(_message.Message):
    __slots__ = ("at_least_crl_number", "max_staleness")
    AT_LEAST_CRL_NUMBER_FIELD_NUMBER: _ClassVar[int]
    MAX_STALENESS_FIELD_NUMBER: _ClassVar[int]
    at_least_crl_number: int
    max_staleness: _duration_pb2.Duration
    def __init__(self, at_least_crl_number: _Optional[int] = ..., max_staleness: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class VerifyRequestResponse(_message.Message):
    __slots__ = ("decision", "deny_reason", "message", "principal", "granted_scopes", "missing_scopes", "valid_until", "evaluated_at", "checks")
    DECISION_FIELD_NUMBER: _ClassVar[int]
    DENY_REASON_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    PRINCIPAL_FIELD_NUMBER: _ClassVar[int]
    GRANTED_SCOPES_FIELD_NUMBER: _ClassVar[int]
    MISSING_SCOPES_FIELD_NUMBER: _ClassVar[int]
    VALID_UNTIL_FIELD_NUMBER: _ClassVar[int]
    EVALUATED_AT_FIELD_NUMBER: _ClassVar[int]
    CHECKS_FIELD_NUMBER: _ClassVar[int]
    decision: Decision
    deny_reason: DenyReason
    message: str
    principal: Principal
    granted_scopes: _containers.RepeatedScalarFieldContainer[str]
    missing_scopes: _containers.RepeatedScalarFieldContainer[str]
    valid_until: _timestamp_pb2.Timestamp
    evaluated_at: _types_pb2.CrlState
    checks: _containers.RepeatedCompositeFieldContainer[Check]
    def __init__(self, decision: _Optional[_Union[Decision, str]] = ..., deny_reason: _Optional[_Union[DenyReason, str]] = ..., message: _Optional[str] = ..., principal: _Optional[_Union[Principal, _Mapping]] = ..., granted_scopes: _Optional[_Iterable[str]] = ..., missing_scopes: _Optional[_Iterable[str]] = ..., valid_until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., evaluated_at: _Optional[_Union[_types_pb2.CrlState, _Mapping]] = ..., checks: _Optional[_Iterable[_Union[Check, _Mapping]]] = ...) -> None: ...

class Principal(_message.Message):
    __slots__ = ("client_id", "spiffe_id", "authority", "serial_number", "certificate_sha256", "not_after", "token_id")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    SPIFFE_ID_FIELD_NUMBER: _ClassVar[int]
    AUTHORITY_FIELD_NUMBER: _ClassVar[int]
    SERIAL_NUMBER_FIELD_NUMBER: _ClassVar[int]
    CERTIFICATE_SHA256_FIELD_NUMBER: _ClassVar[int]
    NOT_AFTER_FIELD_NUMBER: _ClassVar[int]
    TOKEN_ID_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    spiffe_id: str
    authority: str
    serial_number: str
    certificate_sha256: bytes
    not_after: _timestamp_pb2.Timestamp
    token_id: str
    def __init__(self, client_id: _Optional[str] = ..., spiffe_id: _Optional[str] = ..., authority: _Optional[str] = ..., serial_number: _Optional[str] = ..., certificate_sha256: _Optional[bytes] = ..., not_after: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., token_id: _Optional[str] = ...) -> None: ...

class Check(_message.Message):
    __slots__ = ("name", "outcome", "detail")
    NAME_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    name: str
    outcome: CheckOutcome
    detail: str
    def __init__(self, name: _Optional[str] = ..., outcome: _Optional[_Union[CheckOutcome, str]] = ..., detail: _Optional[str] = ...) -> None: ...

class VerifyRequestsRequest(_message.Message):
    __slots__ = ("id", "request")
    ID_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    id: int
    request: VerifyRequestRequest
    def __init__(self, id: _Optional[int] = ..., request: _Optional[_Union[VerifyRequestRequest, _Mapping]] = ...) -> None: ...

class VerifyRequestsResponse(_message.Message):
    __slots__ = ("id", "response", "error")
    ID_FIELD_NUMBER: _ClassVar[int]
    RESPONSE_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    id: int
    response: VerifyRequestResponse
    error: VerifyRequestError
    def __init__(self, id: _Optional[int] = ..., response: _Optional[_Union[VerifyRequestResponse, _Mapping]] = ..., error: _Optional[_Union[VerifyRequestError, _Mapping]] = ...) -> None: ...

class VerifyRequestError(_message.Message):
    __slots__ = ("code", "reason", "message", "metadata")
    class MetadataEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    CODE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    code: int
    reason: _error_reason_pb2.ErrorReason
    message: str
    metadata: _containers.ScalarMap[str, str]
    def __init__(self, code: _Optional[int] = ..., reason: _Optional[_Union[_error_reason_pb2.ErrorReason, str]] = ..., message: _Optional[str] = ..., metadata: _Optional[_Mapping[str, str]] = ...) -> None: ...

class RevokeCertificateRequest(_message.Message):
    __slots__ = ("serial", "certificate_der", "client_id", "scope", "public_key_sha256", "reason", "invalidity_date", "expected_count", "dry_run", "proof")
    SERIAL_FIELD_NUMBER: _ClassVar[int]
    CERTIFICATE_DER_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    SCOPE_FIELD_NUMBER: _ClassVar[int]
    PUBLIC_KEY_SHA256_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    INVALIDITY_DATE_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_COUNT_FIELD_NUMBER: _ClassVar[int]
    DRY_RUN_FIELD_NUMBER: _ClassVar[int]
    PROOF_FIELD_NUMBER: _ClassVar[int]
    serial: SerialTarget
    certificate_der: bytes
    client_id: str
    scope: str
    public_key_sha256: bytes
    reason: _types_pb2.RevocationReason
    invalidity_date: _timestamp_pb2.Timestamp
    expected_count: int
    dry_run: bool
    proof: RevocationProof
    def __init__(self, serial: _Optional[_Union[SerialTarget, _Mapping]] = ..., certificate_der: _Optional[bytes] = ..., client_id: _Optional[str] = ..., scope: _Optional[str] = ..., public_key_sha256: _Optional[bytes] = ..., reason: _Optional[_Union[_types_pb2.RevocationReason, str]] = ..., invalidity_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., expected_count: _Optional[int] = ..., dry_run: bool = ..., proof: _Optional[_Union[RevocationProof, _Mapping]] = ...) -> None: ...

class RevocationProof(_message.Message):
    __slots__ = ("signed_at", "signature")
    SIGNED_AT_FIELD_NUMBER: _ClassVar[int]
    SIGNATURE_FIELD_NUMBER: _ClassVar[int]
    signed_at: _timestamp_pb2.Timestamp
    signature: bytes
    def __init__(self, signed_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., signature: _Optional[bytes] = ...) -> None: ...

class SerialTarget(_message.Message):
    __slots__ = ("serial_number", "authority")
    SERIAL_NUMBER_FIELD_NUMBER: _ClassVar[int]
    AUTHORITY_FIELD_NUMBER: _ClassVar[int]
    serial_number: str
    authority: str
    def __init__(self, serial_number: _Optional[str] = ..., authority: _Optional[str] = ...) -> None: ...

class RevokeCertificateResponse(_message.Message):
    __slots__ = ("certificates", "crl_number", "revoked_count")
    CERTIFICATES_FIELD_NUMBER: _ClassVar[int]
    CRL_NUMBER_FIELD_NUMBER: _ClassVar[int]
    REVOKED_COUNT_FIELD_NUMBER: _ClassVar[int]
    certificates: _containers.RepeatedCompositeFieldContainer[RevokedCertificate]
    crl_number: int
    revoked_count: int
    def __init__(self, certificates: _Optional[_Iterable[_Union[RevokedCertificate, _Mapping]]] = ..., crl_number: _Optional[int] = ..., revoked_count: _Optional[int] = ...) -> None: ...

class RevokedCertificate(_message.Message):
    __slots__ = ("authority", "serial_number", "client_id", "status", "revoked_at", "crl_number", "reason")
    AUTHORITY_FIELD_NUMBER: _ClassVar[int]
    SERIAL_NUMBER_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    REVOKED_AT_FIELD_NUMBER: _ClassVar[int]
    CRL_NUMBER_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    authority: str
    serial_number: str
    client_id: str
    status: RevocationStatus
    revoked_at: _timestamp_pb2.Timestamp
    crl_number: int
    reason: _types_pb2.RevocationReason
    def __init__(self, authority: _Optional[str] = ..., serial_number: _Optional[str] = ..., client_id: _Optional[str] = ..., status: _Optional[_Union[RevocationStatus, str]] = ..., revoked_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., crl_number: _Optional[int] = ..., reason: _Optional[_Union[_types_pb2.RevocationReason, str]] = ...) -> None: ...

class UnrevokeCertificateRequest(_message.Message):
    __slots__ = ("serial", "certificate_der")
    SERIAL_FIELD_NUMBER: _ClassVar[int]
    CERTIFICATE_DER_FIELD_NUMBER: _ClassVar[int]
    serial: SerialTarget
    certificate_der: bytes
    def __init__(self, serial: _Optional[_Union[SerialTarget, _Mapping]] = ..., certificate_der: _Optional[bytes] = ...) -> None: ...

class UnrevokeCertificateResponse(_message.Message):
    __slots__ = ("authority", "serial_number", "client_id", "crl_number")
    AUTHORITY_FIELD_NUMBER: _ClassVar[int]
    SERIAL_NUMBER_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    CRL_NUMBER_FIELD_NUMBER: _ClassVar[int]
    authority: str
    serial_number: str
    client_id: str
    crl_number: int
    def __init__(self, authority: _Optional[str] = ..., serial_number: _Optional[str] = ..., client_id: _Optional[str] = ..., crl_number: _Optional[int] = ...) -> None: ...

class StreamCRLRequest(_message.Message):
    __slots__ = ("authorities", "resume", "payload", "max_chunk_bytes")
    AUTHORITIES_FIELD_NUMBER: _ClassVar[int]
    RESUME_FIELD_NUMBER: _ClassVar[int]
    PAYLOAD_FIELD_NUMBER: _ClassVar[int]
    MAX_CHUNK_BYTES_FIELD_NUMBER: _ClassVar[int]
    authorities: _containers.RepeatedScalarFieldContainer[str]
    resume: _containers.RepeatedCompositeFieldContainer[ResumePoint]
    payload: StreamPayload
    max_chunk_bytes: int
    def __init__(self, authorities: _Optional[_Iterable[str]] = ..., resume: _Optional[_Iterable[_Union[ResumePoint, _Mapping]]] = ..., payload: _Optional[_Union[StreamPayload, str]] = ..., max_chunk_bytes: _Optional[int] = ...) -> None: ...

class ResumePoint(_message.Message):
    __slots__ = ("authority", "crl_number")
    AUTHORITY_FIELD_NUMBER: _ClassVar[int]
    CRL_NUMBER_FIELD_NUMBER: _ClassVar[int]
    authority: str
    crl_number: int
    def __init__(self, authority: _Optional[str] = ..., crl_number: _Optional[int] = ...) -> None: ...

class StreamCRLResponse(_message.Message):
    __slots__ = ("authority", "snapshot_begin", "snapshot_chunk", "snapshot_end", "delta", "checkpoint", "reset")
    AUTHORITY_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_BEGIN_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_CHUNK_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_END_FIELD_NUMBER: _ClassVar[int]
    DELTA_FIELD_NUMBER: _ClassVar[int]
    CHECKPOINT_FIELD_NUMBER: _ClassVar[int]
    RESET_FIELD_NUMBER: _ClassVar[int]
    authority: str
    snapshot_begin: SnapshotBegin
    snapshot_chunk: SnapshotChunk
    snapshot_end: SnapshotEnd
    delta: Delta
    checkpoint: Checkpoint
    reset: Reset
    def __init__(self, authority: _Optional[str] = ..., snapshot_begin: _Optional[_Union[SnapshotBegin, _Mapping]] = ..., snapshot_chunk: _Optional[_Union[SnapshotChunk, _Mapping]] = ..., snapshot_end: _Optional[_Union[SnapshotEnd, _Mapping]] = ..., delta: _Optional[_Union[Delta, _Mapping]] = ..., checkpoint: _Optional[_Union[Checkpoint, _Mapping]] = ..., reset: _Optional[_Union[Reset, _Mapping]] = ...) -> None: ...

class SnapshotBegin(_message.Message):
    __slots__ = ("state", "total_bytes", "sha256", "entry_count")
    STATE_FIELD_NUMBER: _ClassVar[int]
    TOTAL_BYTES_FIELD_NUMBER: _ClassVar[int]
    SHA256_FIELD_NUMBER: _ClassVar[int]
    ENTRY_COUNT_FIELD_NUMBER: _ClassVar[int]
    state: _types_pb2.CrlState
    total_bytes: int
    sha256: bytes
    entry_count: int
    def __init__(self, state: _Optional[_Union[_types_pb2.CrlState, _Mapping]] = ..., total_bytes: _Optional[int] = ..., sha256: _Optional[bytes] = ..., entry_count: _Optional[int] = ...) -> None: ...

class SnapshotChunk(_message.Message):
    __slots__ = ("offset", "data")
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    offset: int
    data: bytes
    def __init__(self, offset: _Optional[int] = ..., data: _Optional[bytes] = ...) -> None: ...

class SnapshotEnd(_message.Message):
    __slots__ = ("crl_number",)
    CRL_NUMBER_FIELD_NUMBER: _ClassVar[int]
    crl_number: int
    def __init__(self, crl_number: _Optional[int] = ...) -> None: ...

class Delta(_message.Message):
    __slots__ = ("base_crl_number", "state", "delta_crl_der")
    BASE_CRL_NUMBER_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    DELTA_CRL_DER_FIELD_NUMBER: _ClassVar[int]
    base_crl_number: int
    state: _types_pb2.CrlState
    delta_crl_der: bytes
    def __init__(self, base_crl_number: _Optional[int] = ..., state: _Optional[_Union[_types_pb2.CrlState, _Mapping]] = ..., delta_crl_der: _Optional[bytes] = ...) -> None: ...

class Checkpoint(_message.Message):
    __slots__ = ("state", "sent_at", "signed_checkpoint_der")
    STATE_FIELD_NUMBER: _ClassVar[int]
    SENT_AT_FIELD_NUMBER: _ClassVar[int]
    SIGNED_CHECKPOINT_DER_FIELD_NUMBER: _ClassVar[int]
    state: _types_pb2.CrlState
    sent_at: _timestamp_pb2.Timestamp
    signed_checkpoint_der: bytes
    def __init__(self, state: _Optional[_Union[_types_pb2.CrlState, _Mapping]] = ..., sent_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., signed_checkpoint_der: _Optional[bytes] = ...) -> None: ...

class Reset(_message.Message):
    __slots__ = ("reason",)
    REASON_FIELD_NUMBER: _ClassVar[int]
    reason: ResetReason
    def __init__(self, reason: _Optional[_Union[ResetReason, str]] = ...) -> None: ...
