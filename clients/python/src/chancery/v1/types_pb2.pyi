import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class RevocationReason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REVOCATION_REASON_UNSPECIFIED: _ClassVar[RevocationReason]
    REVOCATION_REASON_UNSPECIFIED_BY_CALLER: _ClassVar[RevocationReason]
    REVOCATION_REASON_KEY_COMPROMISE: _ClassVar[RevocationReason]
    REVOCATION_REASON_CA_COMPROMISE: _ClassVar[RevocationReason]
    REVOCATION_REASON_AFFILIATION_CHANGED: _ClassVar[RevocationReason]
    REVOCATION_REASON_SUPERSEDED: _ClassVar[RevocationReason]
    REVOCATION_REASON_CESSATION_OF_OPERATION: _ClassVar[RevocationReason]
    REVOCATION_REASON_CERTIFICATE_HOLD: _ClassVar[RevocationReason]
    REVOCATION_REASON_PRIVILEGE_WITHDRAWN: _ClassVar[RevocationReason]

class ScopeMatch(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SCOPE_MATCH_UNSPECIFIED: _ClassVar[ScopeMatch]
    SCOPE_MATCH_ALL: _ClassVar[ScopeMatch]
    SCOPE_MATCH_ANY: _ClassVar[ScopeMatch]

class CertificateState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CERTIFICATE_STATE_UNSPECIFIED: _ClassVar[CertificateState]
    CERTIFICATE_STATE_ACTIVE: _ClassVar[CertificateState]
    CERTIFICATE_STATE_REVOKED: _ClassVar[CertificateState]
    CERTIFICATE_STATE_EXPIRED: _ClassVar[CertificateState]
REVOCATION_REASON_UNSPECIFIED: RevocationReason
REVOCATION_REASON_UNSPECIFIED_BY_CALLER: RevocationReason
REVOCATION_REASON_KEY_COMPROMISE: RevocationReason
REVOCATION_REASON_CA_COMPROMISE: RevocationReason
REVOCATION_REASON_AFFILIATION_CHANGED: RevocationReason
REVOCATION_REASON_SUPERSEDED: RevocationReason
REVOCATION_REASON_CESSATION_OF_OPERATION: RevocationReason
REVOCATION_REASON_CERTIFICATE_HOLD: RevocationReason
REVOCATION_REASON_PRIVILEGE_WITHDRAWN: RevocationReason
SCOPE_MATCH_UNSPECIFIED: ScopeMatch
SCOPE_MATCH_ALL: ScopeMatch
SCOPE_MATCH_ANY: ScopeMatch
CERTIFICATE_STATE_UNSPECIFIED: CertificateState
CERTIFICATE_STATE_ACTIVE: CertificateState
CERTIFICATE_STATE_REVOKED: CertificateState
CERTIFICATE_STATE_EXPIRED: CertificateState

class Certificate(_message.Message):
    __slots__ = ("authority", "serial_number", "client_id", "scopes", "profile", "not_before", "not_after", "state", "revoked_at", "revocation_reason", "invalidity_date", "certificate_sha256", "public_key_sha256", "replaces_serial_number", "certificate_der", "crl_number")
    AUTHORITY_FIELD_NUMBER: _ClassVar[int]
    SERIAL_NUMBER_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    SCOPES_FIELD_NUMBER: _ClassVar[int]
    PROFILE_FIELD_NUMBER: _ClassVar[int]
    NOT_BEFORE_FIELD_NUMBER: _ClassVar[int]
    NOT_AFTER_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    REVOKED_AT_FIELD_NUMBER: _ClassVar[int]
    REVOCATION_REASON_FIELD_NUMBER: _ClassVar[int]
    INVALIDITY_DATE_FIELD_NUMBER: _ClassVar[int]
    CERTIFICATE_SHA256_FIELD_NUMBER: _ClassVar[int]
    PUBLIC_KEY_SHA256_FIELD_NUMBER: _ClassVar[int]
    REPLACES_SERIAL_NUMBER_FIELD_NUMBER: _ClassVar[int]
    CERTIFICATE_DER_FIELD_NUMBER: _ClassVar[int]
    CRL_NUMBER_FIELD_NUMBER: _ClassVar[int]
    authority: str
    serial_number: str
    client_id: str
    scopes: _containers.RepeatedScalarFieldContainer[str]
    profile: str
    not_before: _timestamp_pb2.Timestamp
    not_after: _timestamp_pb2.Timestamp
    state: CertificateState
    revoked_at: _timestamp_pb2.Timestamp
    revocation_reason: RevocationReason
    invalidity_date: _timestamp_pb2.Timestamp
    certificate_sha256: bytes
    public_key_sha256: bytes
    replaces_serial_number: str
    certificate_der: bytes
    crl_number: int
    def __init__(self, authority: _Optional[str] = ..., serial_number: _Optional[str] = ..., client_id: _Optional[str] = ..., scopes: _Optional[_Iterable[str]] = ..., profile: _Optional[str] = ..., not_before: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., not_after: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., state: _Optional[_Union[CertificateState, str]] = ..., revoked_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., revocation_reason: _Optional[_Union[RevocationReason, str]] = ..., invalidity_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., certificate_sha256: _Optional[bytes] = ..., public_key_sha256: _Optional[bytes] = ..., replaces_serial_number: _Optional[str] = ..., certificate_der: _Optional[bytes] = ..., crl_number: _Optional[int] = ...) -> None: ...

class CrlState(_message.Message):
    __slots__ = ("authority", "crl_number", "this_update", "next_update")
    AUTHORITY_FIELD_NUMBER: _ClassVar[int]
    CRL_NUMBER_FIELD_NUMBER: _ClassVar[int]
    THIS_UPDATE_FIELD_NUMBER: _ClassVar[int]
    NEXT_UPDATE_FIELD_NUMBER: _ClassVar[int]
    authority: str
    crl_number: int
    this_update: _timestamp_pb2.Timestamp
    next_update: _timestamp_pb2.Timestamp
    def __init__(self, authority: _Optional[str] = ..., crl_number: _Optional[int] = ..., this_update: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., next_update: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...
