import datetime

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

class AuthorityRole(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    AUTHORITY_ROLE_UNSPECIFIED: _ClassVar[AuthorityRole]
    AUTHORITY_ROLE_ROOT: _ClassVar[AuthorityRole]
    AUTHORITY_ROLE_ISSUING: _ClassVar[AuthorityRole]
AUTHORITY_ROLE_UNSPECIFIED: AuthorityRole
AUTHORITY_ROLE_ROOT: AuthorityRole
AUTHORITY_ROLE_ISSUING: AuthorityRole

class Authority(_message.Message):
    __slots__ = ("id", "role", "certificate_der", "subject", "serial_number", "not_before", "not_after", "crl", "crl_entry_count", "crl_url", "certificate_sha256")
    ID_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    CERTIFICATE_DER_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    SERIAL_NUMBER_FIELD_NUMBER: _ClassVar[int]
    NOT_BEFORE_FIELD_NUMBER: _ClassVar[int]
    NOT_AFTER_FIELD_NUMBER: _ClassVar[int]
    CRL_FIELD_NUMBER: _ClassVar[int]
    CRL_ENTRY_COUNT_FIELD_NUMBER: _ClassVar[int]
    CRL_URL_FIELD_NUMBER: _ClassVar[int]
    CERTIFICATE_SHA256_FIELD_NUMBER: _ClassVar[int]
    id: str
    role: AuthorityRole
    certificate_der: bytes
    subject: str
    serial_number: str
    not_before: _timestamp_pb2.Timestamp
    not_after: _timestamp_pb2.Timestamp
    crl: _types_pb2.CrlState
    crl_entry_count: int
    crl_url: str
    certificate_sha256: bytes
    def __init__(self, id: _Optional[str] = ..., role: _Optional[_Union[AuthorityRole, str]] = ..., certificate_der: _Optional[bytes] = ..., subject: _Optional[str] = ..., serial_number: _Optional[str] = ..., not_before: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., not_after: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., crl: _Optional[_Union[_types_pb2.CrlState, _Mapping]] = ..., crl_entry_count: _Optional[int] = ..., crl_url: _Optional[str] = ..., certificate_sha256: _Optional[bytes] = ...) -> None: ...

class GetTrustBundleRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetTrustBundleResponse(_message.Message):
    __slots__ = ("trust_domain", "sequence", "refresh_hint", "roots_der", "intermediates_der", "scope_extension_oid")
    TRUST_DOMAIN_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    REFRESH_HINT_FIELD_NUMBER: _ClassVar[int]
    ROOTS_DER_FIELD_NUMBER: _ClassVar[int]
    INTERMEDIATES_DER_FIELD_NUMBER: _ClassVar[int]
    SCOPE_EXTENSION_OID_FIELD_NUMBER: _ClassVar[int]
    trust_domain: str
    sequence: int
    refresh_hint: _duration_pb2.Duration
    roots_der: _containers.RepeatedScalarFieldContainer[bytes]
    intermediates_der: _containers.RepeatedScalarFieldContainer[bytes]
    scope_extension_oid: str
    def __init__(self, trust_domain: _Optional[str] = ..., sequence: _Optional[int] = ..., refresh_hint: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., roots_der: _Optional[_Iterable[bytes]] = ..., intermediates_der: _Optional[_Iterable[bytes]] = ..., scope_extension_oid: _Optional[str] = ...) -> None: ...

class ListAuthoritiesRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListAuthoritiesResponse(_message.Message):
    __slots__ = ("authorities",)
    AUTHORITIES_FIELD_NUMBER: _ClassVar[int]
    authorities: _containers.RepeatedCompositeFieldContainer[Authority]
    def __init__(self, authorities: _Optional[_Iterable[_Union[Authority, _Mapping]]] = ...) -> None: ...

class CreateAuthorityRequest(_message.Message):
    __slots__ = ("id",)
    ID_FIELD_NUMBER: _ClassVar[int]
    id: str
    def __init__(self, id: _Optional[str] = ...) -> None: ...

class CreateAuthorityResponse(_message.Message):
    __slots__ = ("authority",)
    AUTHORITY_FIELD_NUMBER: _ClassVar[int]
    authority: Authority
    def __init__(self, authority: _Optional[_Union[Authority, _Mapping]] = ...) -> None: ...

class RotateAuthorityRequest(_message.Message):
    __slots__ = ("id",)
    ID_FIELD_NUMBER: _ClassVar[int]
    id: str
    def __init__(self, id: _Optional[str] = ...) -> None: ...

class RotateAuthorityResponse(_message.Message):
    __slots__ = ("authority",)
    AUTHORITY_FIELD_NUMBER: _ClassVar[int]
    authority: Authority
    def __init__(self, authority: _Optional[_Union[Authority, _Mapping]] = ...) -> None: ...

class ReportVerifierStatusRequest(_message.Message):
    __slots__ = ("verifier_id", "positions")
    VERIFIER_ID_FIELD_NUMBER: _ClassVar[int]
    POSITIONS_FIELD_NUMBER: _ClassVar[int]
    verifier_id: str
    positions: _containers.RepeatedCompositeFieldContainer[CrlPosition]
    def __init__(self, verifier_id: _Optional[str] = ..., positions: _Optional[_Iterable[_Union[CrlPosition, _Mapping]]] = ...) -> None: ...

class CrlPosition(_message.Message):
    __slots__ = ("authority", "crl_number")
    AUTHORITY_FIELD_NUMBER: _ClassVar[int]
    CRL_NUMBER_FIELD_NUMBER: _ClassVar[int]
    authority: str
    crl_number: int
    def __init__(self, authority: _Optional[str] = ..., crl_number: _Optional[int] = ...) -> None: ...

class ReportVerifierStatusResponse(_message.Message):
    __slots__ = ("current", "report_after")
    CURRENT_FIELD_NUMBER: _ClassVar[int]
    REPORT_AFTER_FIELD_NUMBER: _ClassVar[int]
    current: _containers.RepeatedCompositeFieldContainer[CrlPosition]
    report_after: _duration_pb2.Duration
    def __init__(self, current: _Optional[_Iterable[_Union[CrlPosition, _Mapping]]] = ..., report_after: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class ListVerifiersRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListVerifiersResponse(_message.Message):
    __slots__ = ("verifiers",)
    VERIFIERS_FIELD_NUMBER: _ClassVar[int]
    verifiers: _containers.RepeatedCompositeFieldContainer[Verifier]
    def __init__(self, verifiers: _Optional[_Iterable[_Union[Verifier, _Mapping]]] = ...) -> None: ...

class Verifier(_message.Message):
    __slots__ = ("client_id", "verifier_id", "last_seen", "positions")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    VERIFIER_ID_FIELD_NUMBER: _ClassVar[int]
    LAST_SEEN_FIELD_NUMBER: _ClassVar[int]
    POSITIONS_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    verifier_id: str
    last_seen: _timestamp_pb2.Timestamp
    positions: _containers.RepeatedCompositeFieldContainer[VerifierLag]
    def __init__(self, client_id: _Optional[str] = ..., verifier_id: _Optional[str] = ..., last_seen: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., positions: _Optional[_Iterable[_Union[VerifierLag, _Mapping]]] = ...) -> None: ...

class VerifierLag(_message.Message):
    __slots__ = ("authority", "crl_number", "lag")
    AUTHORITY_FIELD_NUMBER: _ClassVar[int]
    CRL_NUMBER_FIELD_NUMBER: _ClassVar[int]
    LAG_FIELD_NUMBER: _ClassVar[int]
    authority: str
    crl_number: int
    lag: int
    def __init__(self, authority: _Optional[str] = ..., crl_number: _Optional[int] = ..., lag: _Optional[int] = ...) -> None: ...
