package example.chancery.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Keeps the clients. Reading needs `chancery.clients.read`, changing needs `chancery.clients.write`.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class ClientServiceGrpc {

  private ClientServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "chancery.v1.ClientService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<example.chancery.v1.CreateClientRequest,
      example.chancery.v1.CreateClientResponse> getCreateClientMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateClient",
      requestType = example.chancery.v1.CreateClientRequest.class,
      responseType = example.chancery.v1.CreateClientResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<example.chancery.v1.CreateClientRequest,
      example.chancery.v1.CreateClientResponse> getCreateClientMethod() {
    io.grpc.MethodDescriptor<example.chancery.v1.CreateClientRequest, example.chancery.v1.CreateClientResponse> getCreateClientMethod;
    if ((getCreateClientMethod = ClientServiceGrpc.getCreateClientMethod) == null) {
      synchronized (ClientServiceGrpc.class) {
        if ((getCreateClientMethod = ClientServiceGrpc.getCreateClientMethod) == null) {
          ClientServiceGrpc.getCreateClientMethod = getCreateClientMethod =
              io.grpc.MethodDescriptor.<example.chancery.v1.CreateClientRequest, example.chancery.v1.CreateClientResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateClient"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  example.chancery.v1.CreateClientRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  example.chancery.v1.CreateClientResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ClientServiceMethodDescriptorSupplier("CreateClient"))
              .build();
        }
      }
    }
    return getCreateClientMethod;
  }

  private static volatile io.grpc.MethodDescriptor<example.chancery.v1.GetClientRequest,
      example.chancery.v1.GetClientResponse> getGetClientMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetClient",
      requestType = example.chancery.v1.GetClientRequest.class,
      responseType = example.chancery.v1.GetClientResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<example.chancery.v1.GetClientRequest,
      example.chancery.v1.GetClientResponse> getGetClientMethod() {
    io.grpc.MethodDescriptor<example.chancery.v1.GetClientRequest, example.chancery.v1.GetClientResponse> getGetClientMethod;
    if ((getGetClientMethod = ClientServiceGrpc.getGetClientMethod) == null) {
      synchronized (ClientServiceGrpc.class) {
        if ((getGetClientMethod = ClientServiceGrpc.getGetClientMethod) == null) {
          ClientServiceGrpc.getGetClientMethod = getGetClientMethod =
              io.grpc.MethodDescriptor.<example.chancery.v1.GetClientRequest, example.chancery.v1.GetClientResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetClient"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  example.chancery.v1.GetClientRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  example.chancery.v1.GetClientResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ClientServiceMethodDescriptorSupplier("GetClient"))
              .build();
        }
      }
    }
    return getGetClientMethod;
  }

  private static volatile io.grpc.MethodDescriptor<example.chancery.v1.ListClientsRequest,
      example.chancery.v1.ListClientsResponse> getListClientsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListClients",
      requestType = example.chancery.v1.ListClientsRequest.class,
      responseType = example.chancery.v1.ListClientsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<example.chancery.v1.ListClientsRequest,
      example.chancery.v1.ListClientsResponse> getListClientsMethod() {
    io.grpc.MethodDescriptor<example.chancery.v1.ListClientsRequest, example.chancery.v1.ListClientsResponse> getListClientsMethod;
    if ((getListClientsMethod = ClientServiceGrpc.getListClientsMethod) == null) {
      synchronized (ClientServiceGrpc.class) {
        if ((getListClientsMethod = ClientServiceGrpc.getListClientsMethod) == null) {
          ClientServiceGrpc.getListClientsMethod = getListClientsMethod =
              io.grpc.MethodDescriptor.<example.chancery.v1.ListClientsRequest, example.chancery.v1.ListClientsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListClients"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  example.chancery.v1.ListClientsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  example.chancery.v1.ListClientsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ClientServiceMethodDescriptorSupplier("ListClients"))
              .build();
        }
      }
    }
    return getListClientsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<example.chancery.v1.SetClientScopesRequest,
      example.chancery.v1.SetClientScopesResponse> getSetClientScopesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "SetClientScopes",
      requestType = example.chancery.v1.SetClientScopesRequest.class,
      responseType = example.chancery.v1.SetClientScopesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<example.chancery.v1.SetClientScopesRequest,
      example.chancery.v1.SetClientScopesResponse> getSetClientScopesMethod() {
    io.grpc.MethodDescriptor<example.chancery.v1.SetClientScopesRequest, example.chancery.v1.SetClientScopesResponse> getSetClientScopesMethod;
    if ((getSetClientScopesMethod = ClientServiceGrpc.getSetClientScopesMethod) == null) {
      synchronized (ClientServiceGrpc.class) {
        if ((getSetClientScopesMethod = ClientServiceGrpc.getSetClientScopesMethod) == null) {
          ClientServiceGrpc.getSetClientScopesMethod = getSetClientScopesMethod =
              io.grpc.MethodDescriptor.<example.chancery.v1.SetClientScopesRequest, example.chancery.v1.SetClientScopesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "SetClientScopes"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  example.chancery.v1.SetClientScopesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  example.chancery.v1.SetClientScopesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ClientServiceMethodDescriptorSupplier("SetClientScopes"))
              .build();
        }
      }
    }
    return getSetClientScopesMethod;
  }

  private static volatile io.grpc.MethodDescriptor<example.chancery.v1.LockClientRequest,
      example.chancery.v1.LockClientResponse> getLockClientMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "LockClient",
      requestType = example.chancery.v1.LockClientRequest.class,
      responseType = example.chancery.v1.LockClientResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<example.chancery.v1.LockClientRequest,
      example.chancery.v1.LockClientResponse> getLockClientMethod() {
    io.grpc.MethodDescriptor<example.chancery.v1.LockClientRequest, example.chancery.v1.LockClientResponse> getLockClientMethod;
    if ((getLockClientMethod = ClientServiceGrpc.getLockClientMethod) == null) {
      synchronized (ClientServiceGrpc.class) {
        if ((getLockClientMethod = ClientServiceGrpc.getLockClientMethod) == null) {
          ClientServiceGrpc.getLockClientMethod = getLockClientMethod =
              io.grpc.MethodDescriptor.<example.chancery.v1.LockClientRequest, example.chancery.v1.LockClientResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "LockClient"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  example.chancery.v1.LockClientRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  example.chancery.v1.LockClientResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ClientServiceMethodDescriptorSupplier("LockClient"))
              .build();
        }
      }
    }
    return getLockClientMethod;
  }

  private static volatile io.grpc.MethodDescriptor<example.chancery.v1.UnlockClientRequest,
      example.chancery.v1.UnlockClientResponse> getUnlockClientMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "UnlockClient",
      requestType = example.chancery.v1.UnlockClientRequest.class,
      responseType = example.chancery.v1.UnlockClientResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<example.chancery.v1.UnlockClientRequest,
      example.chancery.v1.UnlockClientResponse> getUnlockClientMethod() {
    io.grpc.MethodDescriptor<example.chancery.v1.UnlockClientRequest, example.chancery.v1.UnlockClientResponse> getUnlockClientMethod;
    if ((getUnlockClientMethod = ClientServiceGrpc.getUnlockClientMethod) == null) {
      synchronized (ClientServiceGrpc.class) {
        if ((getUnlockClientMethod = ClientServiceGrpc.getUnlockClientMethod) == null) {
          ClientServiceGrpc.getUnlockClientMethod = getUnlockClientMethod =
              io.grpc.MethodDescriptor.<example.chancery.v1.UnlockClientRequest, example.chancery.v1.UnlockClientResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "UnlockClient"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  example.chancery.v1.UnlockClientRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  example.chancery.v1.UnlockClientResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ClientServiceMethodDescriptorSupplier("UnlockClient"))
              .build();
        }
      }
    }
    return getUnlockClientMethod;
  }

  private static volatile io.grpc.MethodDescriptor<example.chancery.v1.RemoveClientRequest,
      example.chancery.v1.RemoveClientResponse> getRemoveClientMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "RemoveClient",
      requestType = example.chancery.v1.RemoveClientRequest.class,
      responseType = example.chancery.v1.RemoveClientResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<example.chancery.v1.RemoveClientRequest,
      example.chancery.v1.RemoveClientResponse> getRemoveClientMethod() {
    io.grpc.MethodDescriptor<example.chancery.v1.RemoveClientRequest, example.chancery.v1.RemoveClientResponse> getRemoveClientMethod;
    if ((getRemoveClientMethod = ClientServiceGrpc.getRemoveClientMethod) == null) {
      synchronized (ClientServiceGrpc.class) {
        if ((getRemoveClientMethod = ClientServiceGrpc.getRemoveClientMethod) == null) {
          ClientServiceGrpc.getRemoveClientMethod = getRemoveClientMethod =
              io.grpc.MethodDescriptor.<example.chancery.v1.RemoveClientRequest, example.chancery.v1.RemoveClientResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "RemoveClient"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  example.chancery.v1.RemoveClientRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  example.chancery.v1.RemoveClientResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ClientServiceMethodDescriptorSupplier("RemoveClient"))
              .build();
        }
      }
    }
    return getRemoveClientMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static ClientServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ClientServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ClientServiceStub>() {
        @java.lang.Override
        public ClientServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ClientServiceStub(channel, callOptions);
        }
      };
    return ClientServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static ClientServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ClientServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ClientServiceBlockingV2Stub>() {
        @java.lang.Override
        public ClientServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ClientServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return ClientServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static ClientServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ClientServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ClientServiceBlockingStub>() {
        @java.lang.Override
        public ClientServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ClientServiceBlockingStub(channel, callOptions);
        }
      };
    return ClientServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static ClientServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ClientServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ClientServiceFutureStub>() {
        @java.lang.Override
        public ClientServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ClientServiceFutureStub(channel, callOptions);
        }
      };
    return ClientServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Keeps the clients. Reading needs `chancery.clients.read`, changing needs `chancery.clients.write`.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Adds a client.
     * </pre>
     */
    default void createClient(example.chancery.v1.CreateClientRequest request,
        io.grpc.stub.StreamObserver<example.chancery.v1.CreateClientResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateClientMethod(), responseObserver);
    }

    /**
     * <pre>
     * Returns one client. A client may always read itself.
     * </pre>
     */
    default void getClient(example.chancery.v1.GetClientRequest request,
        io.grpc.stub.StreamObserver<example.chancery.v1.GetClientResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetClientMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists clients by id.
     * </pre>
     */
    default void listClients(example.chancery.v1.ListClientsRequest request,
        io.grpc.stub.StreamObserver<example.chancery.v1.ListClientsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListClientsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Replaces a client's grant. Certificates that carry a scope no longer covered are revoked with privilegeWithdrawn in the same transaction.
     * </pre>
     */
    default void setClientScopes(example.chancery.v1.SetClientScopesRequest request,
        io.grpc.stub.StreamObserver<example.chancery.v1.SetClientScopesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getSetClientScopesMethod(), responseObserver);
    }

    /**
     * <pre>
     * Refuses all that the client holds, at once, until unlocked. Its live certificates are put on certificateHold in the same transaction.
     * </pre>
     */
    default void lockClient(example.chancery.v1.LockClientRequest request,
        io.grpc.stub.StreamObserver<example.chancery.v1.LockClientResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getLockClientMethod(), responseObserver);
    }

    /**
     * <pre>
     * Takes a lock back and lifts the holds that it put on: not those of others, nor that of a key which was found compromised since.
     * </pre>
     */
    default void unlockClient(example.chancery.v1.UnlockClientRequest request,
        io.grpc.stub.StreamObserver<example.chancery.v1.UnlockClientResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getUnlockClientMethod(), responseObserver);
    }

    /**
     * <pre>
     * Removes a client for good. Its live certificates are revoked with cessationOfOperation in the same transaction. Its id is never given again: CLIENT_REMOVED.
     * </pre>
     */
    default void removeClient(example.chancery.v1.RemoveClientRequest request,
        io.grpc.stub.StreamObserver<example.chancery.v1.RemoveClientResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getRemoveClientMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service ClientService.
   * <pre>
   * Keeps the clients. Reading needs `chancery.clients.read`, changing needs `chancery.clients.write`.
   * </pre>
   */
  public static abstract class ClientServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return ClientServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service ClientService.
   * <pre>
   * Keeps the clients. Reading needs `chancery.clients.read`, changing needs `chancery.clients.write`.
   * </pre>
   */
  public static final class ClientServiceStub
      extends io.grpc.stub.AbstractAsyncStub<ClientServiceStub> {
    private ClientServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ClientServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ClientServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Adds a client.
     * </pre>
     */
    public void createClient(example.chancery.v1.CreateClientRequest request,
        io.grpc.stub.StreamObserver<example.chancery.v1.CreateClientResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateClientMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Returns one client. A client may always read itself.
     * </pre>
     */
    public void getClient(example.chancery.v1.GetClientRequest request,
        io.grpc.stub.StreamObserver<example.chancery.v1.GetClientResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetClientMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists clients by id.
     * </pre>
     */
    public void listClients(example.chancery.v1.ListClientsRequest request,
        io.grpc.stub.StreamObserver<example.chancery.v1.ListClientsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListClientsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Replaces a client's grant. Certificates that carry a scope no longer covered are revoked with privilegeWithdrawn in the same transaction.
     * </pre>
     */
    public void setClientScopes(example.chancery.v1.SetClientScopesRequest request,
        io.grpc.stub.StreamObserver<example.chancery.v1.SetClientScopesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getSetClientScopesMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Refuses all that the client holds, at once, until unlocked. Its live certificates are put on certificateHold in the same transaction.
     * </pre>
     */
    public void lockClient(example.chancery.v1.LockClientRequest request,
        io.grpc.stub.StreamObserver<example.chancery.v1.LockClientResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getLockClientMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Takes a lock back and lifts the holds that it put on: not those of others, nor that of a key which was found compromised since.
     * </pre>
     */
    public void unlockClient(example.chancery.v1.UnlockClientRequest request,
        io.grpc.stub.StreamObserver<example.chancery.v1.UnlockClientResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getUnlockClientMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Removes a client for good. Its live certificates are revoked with cessationOfOperation in the same transaction. Its id is never given again: CLIENT_REMOVED.
     * </pre>
     */
    public void removeClient(example.chancery.v1.RemoveClientRequest request,
        io.grpc.stub.StreamObserver<example.chancery.v1.RemoveClientResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getRemoveClientMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service ClientService.
   * <pre>
   * Keeps the clients. Reading needs `chancery.clients.read`, changing needs `chancery.clients.write`.
   * </pre>
   */
  public static final class ClientServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<ClientServiceBlockingV2Stub> {
    private ClientServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ClientServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ClientServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Adds a client.
     * </pre>
     */
    public example.chancery.v1.CreateClientResponse createClient(example.chancery.v1.CreateClientRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateClientMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns one client. A client may always read itself.
     * </pre>
     */
    public example.chancery.v1.GetClientResponse getClient(example.chancery.v1.GetClientRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetClientMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists clients by id.
     * </pre>
     */
    public example.chancery.v1.ListClientsResponse listClients(example.chancery.v1.ListClientsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListClientsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Replaces a client's grant. Certificates that carry a scope no longer covered are revoked with privilegeWithdrawn in the same transaction.
     * </pre>
     */
    public example.chancery.v1.SetClientScopesResponse setClientScopes(example.chancery.v1.SetClientScopesRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getSetClientScopesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Refuses all that the client holds, at once, until unlocked. Its live certificates are put on certificateHold in the same transaction.
     * </pre>
     */
    public example.chancery.v1.LockClientResponse lockClient(example.chancery.v1.LockClientRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getLockClientMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Takes a lock back and lifts the holds that it put on: not those of others, nor that of a key which was found compromised since.
     * </pre>
     */
    public example.chancery.v1.UnlockClientResponse unlockClient(example.chancery.v1.UnlockClientRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getUnlockClientMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Removes a client for good. Its live certificates are revoked with cessationOfOperation in the same transaction. Its id is never given again: CLIENT_REMOVED.
     * </pre>
     */
    public example.chancery.v1.RemoveClientResponse removeClient(example.chancery.v1.RemoveClientRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getRemoveClientMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service ClientService.
   * <pre>
   * Keeps the clients. Reading needs `chancery.clients.read`, changing needs `chancery.clients.write`.
   * </pre>
   */
  public static final class ClientServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<ClientServiceBlockingStub> {
    private ClientServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ClientServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ClientServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Adds a client.
     * </pre>
     */
    public example.chancery.v1.CreateClientResponse createClient(example.chancery.v1.CreateClientRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateClientMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns one client. A client may always read itself.
     * </pre>
     */
    public example.chancery.v1.GetClientResponse getClient(example.chancery.v1.GetClientRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetClientMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists clients by id.
     * </pre>
     */
    public example.chancery.v1.ListClientsResponse listClients(example.chancery.v1.ListClientsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListClientsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Replaces a client's grant. Certificates that carry a scope no longer covered are revoked with privilegeWithdrawn in the same transaction.
     * </pre>
     */
    public example.chancery.v1.SetClientScopesResponse setClientScopes(example.chancery.v1.SetClientScopesRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getSetClientScopesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Refuses all that the client holds, at once, until unlocked. Its live certificates are put on certificateHold in the same transaction.
     * </pre>
     */
    public example.chancery.v1.LockClientResponse lockClient(example.chancery.v1.LockClientRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getLockClientMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Takes a lock back and lifts the holds that it put on: not those of others, nor that of a key which was found compromised since.
     * </pre>
     */
    public example.chancery.v1.UnlockClientResponse unlockClient(example.chancery.v1.UnlockClientRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getUnlockClientMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Removes a client for good. Its live certificates are revoked with cessationOfOperation in the same transaction. Its id is never given again: CLIENT_REMOVED.
     * </pre>
     */
    public example.chancery.v1.RemoveClientResponse removeClient(example.chancery.v1.RemoveClientRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getRemoveClientMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service ClientService.
   * <pre>
   * Keeps the clients. Reading needs `chancery.clients.read`, changing needs `chancery.clients.write`.
   * </pre>
   */
  public static final class ClientServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<ClientServiceFutureStub> {
    private ClientServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ClientServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ClientServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Adds a client.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<example.chancery.v1.CreateClientResponse> createClient(
        example.chancery.v1.CreateClientRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateClientMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Returns one client. A client may always read itself.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<example.chancery.v1.GetClientResponse> getClient(
        example.chancery.v1.GetClientRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetClientMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists clients by id.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<example.chancery.v1.ListClientsResponse> listClients(
        example.chancery.v1.ListClientsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListClientsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Replaces a client's grant. Certificates that carry a scope no longer covered are revoked with privilegeWithdrawn in the same transaction.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<example.chancery.v1.SetClientScopesResponse> setClientScopes(
        example.chancery.v1.SetClientScopesRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getSetClientScopesMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Refuses all that the client holds, at once, until unlocked. Its live certificates are put on certificateHold in the same transaction.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<example.chancery.v1.LockClientResponse> lockClient(
        example.chancery.v1.LockClientRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getLockClientMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Takes a lock back and lifts the holds that it put on: not those of others, nor that of a key which was found compromised since.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<example.chancery.v1.UnlockClientResponse> unlockClient(
        example.chancery.v1.UnlockClientRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getUnlockClientMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Removes a client for good. Its live certificates are revoked with cessationOfOperation in the same transaction. Its id is never given again: CLIENT_REMOVED.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<example.chancery.v1.RemoveClientResponse> removeClient(
        example.chancery.v1.RemoveClientRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getRemoveClientMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_CREATE_CLIENT = 0;
  private static final int METHODID_GET_CLIENT = 1;
  private static final int METHODID_LIST_CLIENTS = 2;
  private static final int METHODID_SET_CLIENT_SCOPES = 3;
  private static final int METHODID_LOCK_CLIENT = 4;
  private static final int METHODID_UNLOCK_CLIENT = 5;
  private static final int METHODID_REMOVE_CLIENT = 6;

  private static final class MethodHandlers<Req, Resp> implements
      io.grpc.stub.ServerCalls.UnaryMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.ServerStreamingMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.ClientStreamingMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.BidiStreamingMethod<Req, Resp> {
    private final AsyncService serviceImpl;
    private final int methodId;

    MethodHandlers(AsyncService serviceImpl, int methodId) {
      this.serviceImpl = serviceImpl;
      this.methodId = methodId;
    }

    @java.lang.Override
    @java.lang.SuppressWarnings("unchecked")
    public void invoke(Req request, io.grpc.stub.StreamObserver<Resp> responseObserver) {
      switch (methodId) {
        case METHODID_CREATE_CLIENT:
          serviceImpl.createClient((example.chancery.v1.CreateClientRequest) request,
              (io.grpc.stub.StreamObserver<example.chancery.v1.CreateClientResponse>) responseObserver);
          break;
        case METHODID_GET_CLIENT:
          serviceImpl.getClient((example.chancery.v1.GetClientRequest) request,
              (io.grpc.stub.StreamObserver<example.chancery.v1.GetClientResponse>) responseObserver);
          break;
        case METHODID_LIST_CLIENTS:
          serviceImpl.listClients((example.chancery.v1.ListClientsRequest) request,
              (io.grpc.stub.StreamObserver<example.chancery.v1.ListClientsResponse>) responseObserver);
          break;
        case METHODID_SET_CLIENT_SCOPES:
          serviceImpl.setClientScopes((example.chancery.v1.SetClientScopesRequest) request,
              (io.grpc.stub.StreamObserver<example.chancery.v1.SetClientScopesResponse>) responseObserver);
          break;
        case METHODID_LOCK_CLIENT:
          serviceImpl.lockClient((example.chancery.v1.LockClientRequest) request,
              (io.grpc.stub.StreamObserver<example.chancery.v1.LockClientResponse>) responseObserver);
          break;
        case METHODID_UNLOCK_CLIENT:
          serviceImpl.unlockClient((example.chancery.v1.UnlockClientRequest) request,
              (io.grpc.stub.StreamObserver<example.chancery.v1.UnlockClientResponse>) responseObserver);
          break;
        case METHODID_REMOVE_CLIENT:
          serviceImpl.removeClient((example.chancery.v1.RemoveClientRequest) request,
              (io.grpc.stub.StreamObserver<example.chancery.v1.RemoveClientResponse>) responseObserver);
          break;
        default:
          throw new AssertionError();
      }
    }

    @java.lang.Override
    @java.lang.SuppressWarnings("unchecked")
    public io.grpc.stub.StreamObserver<Req> invoke(
        io.grpc.stub.StreamObserver<Resp> responseObserver) {
      switch (methodId) {
        default:
          throw new AssertionError();
      }
    }
  }

  public static final io.grpc.ServerServiceDefinition bindService(AsyncService service) {
    return io.grpc.ServerServiceDefinition.builder(getServiceDescriptor())
        .addMethod(
          getCreateClientMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              example.chancery.v1.CreateClientRequest,
              example.chancery.v1.CreateClientResponse>(
                service, METHODID_CREATE_CLIENT)))
        .addMethod(
          getGetClientMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              example.chancery.v1.GetClientRequest,
              example.chancery.v1.GetClientResponse>(
                service, METHODID_GET_CLIENT)))
        .addMethod(
          getListClientsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              example.chancery.v1.ListClientsRequest,
              example.chancery.v1.ListClientsResponse>(
                service, METHODID_LIST_CLIENTS)))
        .addMethod(
          getSetClientScopesMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              example.chancery.v1.SetClientScopesRequest,
              example.chancery.v1.SetClientScopesResponse>(
                service, METHODID_SET_CLIENT_SCOPES)))
        .addMethod(
          getLockClientMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              example.chancery.v1.LockClientRequest,
              example.chancery.v1.LockClientResponse>(
                service, METHODID_LOCK_CLIENT)))
        .addMethod(
          getUnlockClientMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              example.chancery.v1.UnlockClientRequest,
              example.chancery.v1.UnlockClientResponse>(
                service, METHODID_UNLOCK_CLIENT)))
        .addMethod(
          getRemoveClientMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              example.chancery.v1.RemoveClientRequest,
              example.chancery.v1.RemoveClientResponse>(
                service, METHODID_REMOVE_CLIENT)))
        .build();
  }

  private static abstract class ClientServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    ClientServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return example.chancery.v1.ClientServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("ClientService");
    }
  }

  private static final class ClientServiceFileDescriptorSupplier
      extends ClientServiceBaseDescriptorSupplier {
    ClientServiceFileDescriptorSupplier() {}
  }

  private static final class ClientServiceMethodDescriptorSupplier
      extends ClientServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    ClientServiceMethodDescriptorSupplier(java.lang.String methodName) {
      this.methodName = methodName;
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.MethodDescriptor getMethodDescriptor() {
      return getServiceDescriptor().findMethodByName(methodName);
    }
  }

  private static volatile io.grpc.ServiceDescriptor serviceDescriptor;

  public static io.grpc.ServiceDescriptor getServiceDescriptor() {
    io.grpc.ServiceDescriptor result = serviceDescriptor;
    if (result == null) {
      synchronized (ClientServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new ClientServiceFileDescriptorSupplier())
              .addMethod(getCreateClientMethod())
              .addMethod(getGetClientMethod())
              .addMethod(getListClientsMethod())
              .addMethod(getSetClientScopesMethod())
              .addMethod(getLockClientMethod())
              .addMethod(getUnlockClientMethod())
              .addMethod(getRemoveClientMethod())
              .build();
        }
      }
    }
    return result;
  }
}
