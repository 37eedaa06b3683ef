import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ClientState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CLIENT_STATE_UNSPECIFIED: _ClassVar[ClientState]
    CLIENT_STATE_ACTIVE: _ClassVar[ClientState]
    CLIENT_STATE_LOCKED: _ClassVar[ClientState]
CLIENT_STATE_UNSPECIFIED: ClientState
CLIENT_STATE_ACTIVE: ClientState
CLIENT_STATE_LOCKED: ClientState

class Client(_message.Message):
    __slots__ = ("client_id", "display_name", "granted_scopes", "profiles", "state", "lock_message", "created_at", "updated_at", "etag", "dns_names")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    GRANTED_SCOPES_FIELD_NUMBER: _ClassVar[int]
    PROFILES_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    LOCK_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    UPDATED_AT_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    DNS_NAMES_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    display_name: str
    granted_scopes: _containers.RepeatedScalarFieldContainer[str]
    profiles: _containers.RepeatedScalarFieldContainer[str]
    state: ClientState
    lock_message: str
    created_at: _timestamp_pb2.Timestamp
    updated_at: _timestamp_pb2.Timestamp
    etag: str
    dns_names: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, client_id: _Optional[str] = ..., display_name: _Optional[str] = ..., granted_scopes: _Optional[_Iterable[str]] = ..., profiles: _Optional[_Iterable[str]] = ..., state: _Optional[_Union[ClientState, str]] = ..., lock_message: _Optional[str] = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., updated_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., etag: _Optional[str] = ..., dns_names: _Optional[_Iterable[str]] = ...) -> None: ...

class CreateClientRequest(_message.Message):
    __slots__ = ("client_id", "display_name", "granted_scopes", "profiles", "dns_names")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    GRANTED_SCOPES_FIELD_NUMBER: _ClassVar[int]
    PROFILES_FIELD_NUMBER: _ClassVar[int]
    DNS_NAMES_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    display_name: str
    granted_scopes: _containers.RepeatedScalarFieldContainer[str]
    profiles: _containers.RepeatedScalarFieldContainer[str]
    dns_names: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, client_id: _Optional[str] = ..., display_name: _Optional[str] = ..., granted_scopes: _Optional[_Iterable[str]] = ..., profiles: _Optional[_Iterable[str]] = ..., dns_names: _Optional[_Iterable[str]] = ...) -> None: ...

class CreateClientResponse(_message.Message):
    __slots__ = ("client",)
    CLIENT_FIELD_NUMBER: _ClassVar[int]
    client: Client
    def __init__(self, client: _Optional[_Union[Client, _Mapping]] = ...) -> None: ...

class GetClientRequest(_message.Message):
    __slots__ = ("client_id",)
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    def __init__(self, client_id: _Optional[str] = ...) -> None: ...

class GetClientResponse(_message.Message):
    __slots__ = ("client",)
    CLIENT_FIELD_NUMBER: _ClassVar[int]
    client: Client
    def __init__(self, client: _Optional[_Union[Client, _Mapping]] = ...) -> None: ...

class ListClientsRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "state", "granted_scope")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    GRANTED_SCOPE_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    state: ClientState
    granted_scope: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., state: _Optional[_Union[ClientState, str]] = ..., granted_scope: _Optional[str] = ...) -> None: ...

class ListClientsResponse(_message.Message):
    __slots__ = ("clients", "next_page_token")
    CLIENTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    clients: _containers.RepeatedCompositeFieldContainer[Client]
    next_page_token: str
    def __init__(self, clients: _Optional[_Iterable[_Union[Client, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class SetClientScopesRequest(_message.Message):
    __slots__ = ("client_id", "granted_scopes", "etag", "dry_run")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    GRANTED_SCOPES_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    DRY_RUN_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    granted_scopes: _containers.RepeatedScalarFieldContainer[str]
    etag: str
    dry_run: bool
    def __init__(self, client_id: _Optional[str] = ..., granted_scopes: _Optional[_Iterable[str]] = ..., etag: _Optional[str] = ..., dry_run: bool = ...) -> None: ...

class SetClientScopesResponse(_message.Message):
    __slots__ = ("client", "revoked_serial_numbers", "crl_number")
    CLIENT_FIELD_NUMBER: _ClassVar[int]
    REVOKED_SERIAL_NUMBERS_FIELD_NUMBER: _ClassVar[int]
    CRL_NUMBER_FIELD_NUMBER: _ClassVar[int]
    client: Client
    revoked_serial_numbers: _containers.RepeatedScalarFieldContainer[str]
    crl_number: int
    def __init__(self, client: _Optional[_Union[Client, _Mapping]] = ..., revoked_serial_numbers: _Optional[_Iterable[str]] = ..., crl_number: _Optional[int] = ...) -> None: ...

class LockClientRequest(_message.Message):
    __slots__ = ("client_id", "message")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    message: str
    def __init__(self, client_id: _Optional[str] = ..., message: _Optional[str] = ...) -> None: ...

class LockClientResponse(_message.Message):
    __slots__ = ("client", "held_count", "crl_number")
    CLIENT_FIELD_NUMBER: _ClassVar[int]
    HELD_COUNT_FIELD_NUMBER: _ClassVar[int]
    CRL_NUMBER_FIELD_NUMBER: _ClassVar[int]
    client: Client
    held_count: int
    crl_number: int
    def __init__(self, client: _Optional[_Union[Client, _Mapping]] = ..., held_count: _Optional[int] = ..., crl_number: _Optional[int] = ...) -> None: ...

class UnlockClientRequest(_message.Message):
    __slots__ = ("client_id",)
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    def __init__(self, client_id: _Optional[str] = ...) -> None: ...

class UnlockClientResponse(_message.Message):
    __slots__ = ("client", "released_count", "crl_number")
    CLIENT_FIELD_NUMBER: _ClassVar[int]
    RELEASED_COUNT_FIELD_NUMBER: _ClassVar[int]
    CRL_NUMBER_FIELD_NUMBER: _ClassVar[int]
    client: Client
    released_count: int
    crl_number: int
    def __init__(self, client: _Optional[_Union[Client, _Mapping]] = ..., released_count: _Optional[int] = ..., crl_number: _Optional[int] = ...) -> None: ...

class RemoveClientRequest(_message.Message):
    __slots__ = ("client_id", "etag", "dry_run")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    DRY_RUN_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    etag: str
    dry_run: bool
    def __init__(self, client_id: _Optional[str] = ..., etag: _Optional[str] = ..., dry_run: bool = ...) -> None: ...

class RemoveClientResponse(_message.Message):
    __slots__ = ("client", "revoked_serial_numbers", "crl_number")
    CLIENT_FIELD_NUMBER: _ClassVar[int]
    REVOKED_SERIAL_NUMBERS_FIELD_NUMBER: _ClassVar[int]
    CRL_NUMBER_FIELD_NUMBER: _ClassVar[int]
    client: Client
    revoked_serial_numbers: _containers.RepeatedScalarFieldContainer[str]
    crl_number: int
    def __init__(self, client: _Optional[_Union[Client, _Mapping]] = ..., revoked_serial_numbers: _Optional[_Iterable[str]] = ..., crl_number: _Optional[int] = ...) -> None: ...
