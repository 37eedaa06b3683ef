import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class TokenRevocationStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TOKEN_REVOCATION_STATUS_UNSPECIFIED: _ClassVar[TokenRevocationStatus]
    TOKEN_REVOCATION_STATUS_REVOKED: _ClassVar[TokenRevocationStatus]
    TOKEN_REVOCATION_STATUS_ALREADY_REVOKED: _ClassVar[TokenRevocationStatus]
    TOKEN_REVOCATION_STATUS_EXPIRED: _ClassVar[TokenRevocationStatus]
TOKEN_REVOCATION_STATUS_UNSPECIFIED: TokenRevocationStatus
TOKEN_REVOCATION_STATUS_REVOKED: TokenRevocationStatus
TOKEN_REVOCATION_STATUS_ALREADY_REVOKED: TokenRevocationStatus
TOKEN_REVOCATION_STATUS_EXPIRED: TokenRevocationStatus

class IssueTokenRequest(_message.Message):
    __slots__ = ("client_id", "scopes", "audience", "validity", "unbound")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    SCOPES_FIELD_NUMBER: _ClassVar[int]
    AUDIENCE_FIELD_NUMBER: _ClassVar[int]
    VALIDITY_FIELD_NUMBER: _ClassVar[int]
    UNBOUND_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    scopes: _containers.RepeatedScalarFieldContainer[str]
    audience: str
    validity: _duration_pb2.Duration
    unbound: bool
    def __init__(self, client_id: _Optional[str] = ..., scopes: _Optional[_Iterable[str]] = ..., audience: _Optional[str] = ..., validity: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., unbound: bool = ...) -> None: ...

class IssueTokenResponse(_message.Message):
    __slots__ = ("token", "token_id", "expires_at", "granted_scopes", "bound_certificate_sha256", "warnings")
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    TOKEN_ID_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_FIELD_NUMBER: _ClassVar[int]
    GRANTED_SCOPES_FIELD_NUMBER: _ClassVar[int]
    BOUND_CERTIFICATE_SHA256_FIELD_NUMBER: _ClassVar[int]
    WARNINGS_FIELD_NUMBER: _ClassVar[int]
    token: str
    token_id: str
    expires_at: _timestamp_pb2.Timestamp
    granted_scopes: _containers.RepeatedScalarFieldContainer[str]
    bound_certificate_sha256: bytes
    warnings: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, token: _Optional[str] = ..., token_id: _Optional[str] = ..., expires_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., granted_scopes: _Optional[_Iterable[str]] = ..., bound_certificate_sha256: _Optional[bytes] = ..., warnings: _Optional[_Iterable[str]] = ...) -> None: ...

class RevokeTokenRequest(_message.Message):
    __slots__ = ("token", "token_id")
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    TOKEN_ID_FIELD_NUMBER: _ClassVar[int]
    token: str
    token_id: TokenId
    def __init__(self, token: _Optional[str] = ..., token_id: _Optional[_Union[TokenId, _Mapping]] = ...) -> None: ...

class TokenId(_message.Message):
    __slots__ = ("id", "expires_at")
    ID_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_FIELD_NUMBER: _ClassVar[int]
    id: str
    expires_at: _timestamp_pb2.Timestamp
    def __init__(self, id: _Optional[str] = ..., expires_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class RevokeTokenResponse(_message.Message):
    __slots__ = ("token_id", "status", "crl_number")
    TOKEN_ID_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    CRL_NUMBER_FIELD_NUMBER: _ClassVar[int]
    token_id: str
    status: TokenRevocationStatus
    crl_number: int
    def __init__(self, token_id: _Optional[str] = ..., status: _Optional[_Union[TokenRevocationStatus, str]] = ..., crl_number: _Optional[int] = ...) -> None: ...
