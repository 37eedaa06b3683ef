package example.chancery.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Issues, verifies, revokes, and streams revocations. mTLS only; what a caller may do is what the scopes of its own
 * certificate say.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class AuthorizationServiceGrpc {

  private AuthorizationServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "chancery.v1.AuthorizationService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<example.chancery.v1.IssueCertificateRequest,
      example.chancery.v1.IssueCertificateResponse> getIssueCertificateMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "IssueCertificate",
      requestType = example.chancery.v1.IssueCertificateRequest.class,
      responseType = example.chancery.v1.IssueCertificateResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<example.chancery.v1.IssueCertificateRequest,
      example.chancery.v1.IssueCertificateResponse> getIssueCertificateMethod() {
    io.grpc.MethodDescriptor<example.chancery.v1.IssueCertificateRequest, example.chancery.v1.IssueCertificateResponse> getIssueCertificateMethod;
    if ((getIssueCertificateMethod = AuthorizationServiceGrpc.getIssueCertificateMethod) == null) {
      synchronized (AuthorizationServiceGrpc.class) {
        if ((getIssueCertificateMethod = AuthorizationServiceGrpc.getIssueCertificateMethod) == null) {
          AuthorizationServiceGrpc.getIssueCertificateMethod = getIssueCertificateMethod =
              io.grpc.MethodDescriptor.<example.chancery.v1.IssueCertificateRequest, example.chancery.v1.IssueCertificateResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "IssueCertificate"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  example.chancery.v1.IssueCertificateRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  example.chancery.v1.IssueCertificateResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AuthorizationServiceMethodDescriptorSupplier("IssueCertificate"))
              .build();
        }
      }
    }
    return getIssueCertificateMethod;
  }

  private static volatile io.grpc.MethodDescriptor<example.chancery.v1.VerifyRequestRequest,
      example.chancery.v1.VerifyRequestResponse> getVerifyRequestMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "VerifyRequest",
      requestType = example.chancery.v1.VerifyRequestRequest.class,
      responseType = example.chancery.v1.VerifyRequestResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<example.chancery.v1.VerifyRequestRequest,
      example.chancery.v1.VerifyRequestResponse> getVerifyRequestMethod() {
    io.grpc.MethodDescriptor<example.chancery.v1.VerifyRequestRequest, example.chancery.v1.VerifyRequestResponse> getVerifyRequestMethod;
    if ((getVerifyRequestMethod = AuthorizationServiceGrpc.getVerifyRequestMethod) == null) {
      synchronized (AuthorizationServiceGrpc.class) {
        if ((getVerifyRequestMethod = AuthorizationServiceGrpc.getVerifyRequestMethod) == null) {
          AuthorizationServiceGrpc.getVerifyRequestMethod = getVerifyRequestMethod =
              io.grpc.MethodDescriptor.<example.chancery.v1.VerifyRequestRequest, example.chancery.v1.VerifyRequestResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "VerifyRequest"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  example.chancery.v1.VerifyRequestRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  example.chancery.v1.VerifyRequestResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AuthorizationServiceMethodDescriptorSupplier("VerifyRequest"))
              .build();
        }
      }
    }
    return getVerifyRequestMethod;
  }

  private static volatile io.grpc.MethodDescriptor<example.chancery.v1.VerifyRequestsRequest,
      example.chancery.v1.VerifyRequestsResponse> getVerifyRequestsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "VerifyRequests",
      requestType = example.chancery.v1.VerifyRequestsRequest.class,
      responseType = example.chancery.v1.VerifyRequestsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.BIDI_STREAMING)
  public static io.grpc.MethodDescriptor<example.chancery.v1.VerifyRequestsRequest,
      example.chancery.v1.VerifyRequestsResponse> getVerifyRequestsMethod() {
    io.grpc.MethodDescriptor<example.chancery.v1.VerifyRequestsRequest, example.chancery.v1.VerifyRequestsResponse> getVerifyRequestsMethod;
    if ((getVerifyRequestsMethod = AuthorizationServiceGrpc.getVerifyRequestsMethod) == null) {
      synchronized (AuthorizationServiceGrpc.class) {
        if ((getVerifyRequestsMethod = AuthorizationServiceGrpc.getVerifyRequestsMethod) == null) {
          AuthorizationServiceGrpc.getVerifyRequestsMethod = getVerifyRequestsMethod =
              io.grpc.MethodDescriptor.<example.chancery.v1.VerifyRequestsRequest, example.chancery.v1.VerifyRequestsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.BIDI_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "VerifyRequests"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  example.chancery.v1.VerifyRequestsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  example.chancery.v1.VerifyRequestsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AuthorizationServiceMethodDescriptorSupplier("VerifyRequests"))
              .build();
        }
      }
    }
    return getVerifyRequestsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<example.chancery.v1.RevokeCertificateRequest,
      example.chancery.v1.RevokeCertificateResponse> getRevokeCertificateMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "RevokeCertificate",
      requestType = example.chancery.v1.RevokeCertificateRequest.class,
      responseType = example.chancery.v1.RevokeCertificateResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<example.chancery.v1.RevokeCertificateRequest,
      example.chancery.v1.RevokeCertificateResponse> getRevokeCertificateMethod() {
    io.grpc.MethodDescriptor<example.chancery.v1.RevokeCertificateRequest, example.chancery.v1.RevokeCertificateResponse> getRevokeCertificateMethod;
    if ((getRevokeCertificateMethod = AuthorizationServiceGrpc.getRevokeCertificateMethod) == null) {
      synchronized (AuthorizationServiceGrpc.class) {
        if ((getRevokeCertificateMethod = AuthorizationServiceGrpc.getRevokeCertificateMethod) == null) {
          AuthorizationServiceGrpc.getRevokeCertificateMethod = getRevokeCertificateMethod =
              io.grpc.MethodDescriptor.<example.chancery.v1.RevokeCertificateRequest, example.chancery.v1.RevokeCertificateResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "RevokeCertificate"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  example.chancery.v1.RevokeCertificateRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  example.chancery.v1.RevokeCertificateResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AuthorizationServiceMethodDescriptorSupplier("RevokeCertificate"))
              .build();
        }
      }
    }
    return getRevokeCertificateMethod;
  }

  private static volatile io.grpc.MethodDescriptor<example.chancery.v1.UnrevokeCertificateRequest,
      example.chancery.v1.UnrevokeCertificateResponse> getUnrevokeCertificateMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "UnrevokeCertificate",
      requestType = example.chancery.v1.UnrevokeCertificateRequest.class,
      responseType = example.chancery.v1.UnrevokeCertificateResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<example.chancery.v1.UnrevokeCertificateRequest,
      example.chancery.v1.UnrevokeCertificateResponse> getUnrevokeCertificateMethod() {
    io.grpc.MethodDescriptor<example.chancery.v1.UnrevokeCertificateRequest, example.chancery.v1.UnrevokeCertificateResponse> getUnrevokeCertificateMethod;
    if ((getUnrevokeCertificateMethod = AuthorizationServiceGrpc.getUnrevokeCertificateMethod) == null) {
      synchronized (AuthorizationServiceGrpc.class) {
        if ((getUnrevokeCertificateMethod = AuthorizationServiceGrpc.getUnrevokeCertificateMethod) == null) {
          AuthorizationServiceGrpc.getUnrevokeCertificateMethod = getUnrevokeCertificateMethod =
              io.grpc.MethodDescriptor.<example.chancery.v1.UnrevokeCertificateRequest, example.chancery.v1.UnrevokeCertificateResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "UnrevokeCertificate"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  example.chancery.v1.UnrevokeCertificateRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  example.chancery.v1.UnrevokeCertificateResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AuthorizationServiceMethodDescriptorSupplier("UnrevokeCertificate"))
              .build();
        }
      }
    }
    return getUnrevokeCertificateMethod;
  }

  private static volatile io.grpc.MethodDescriptor<example.chancery.v1.StreamCRLRequest,
      example.chancery.v1.StreamCRLResponse> getStreamCRLMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "StreamCRL",
      requestType = example.chancery.v1.StreamCRLRequest.class,
      responseType = example.chancery.v1.StreamCRLResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<example.chancery.v1.StreamCRLRequest,
      example.chancery.v1.StreamCRLResponse> getStreamCRLMethod() {
    io.grpc.MethodDescriptor<example.chancery.v1.StreamCRLRequest, example.chancery.v1.StreamCRLResponse> getStreamCRLMethod;
    if ((getStreamCRLMethod = AuthorizationServiceGrpc.getStreamCRLMethod) == null) {
      synchronized (AuthorizationServiceGrpc.class) {
        if ((getStreamCRLMethod = AuthorizationServiceGrpc.getStreamCRLMethod) == null) {
          AuthorizationServiceGrpc.getStreamCRLMethod = getStreamCRLMethod =
              io.grpc.MethodDescriptor.<example.chancery.v1.StreamCRLRequest, example.chancery.v1.StreamCRLResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "StreamCRL"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  example.chancery.v1.StreamCRLRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  example.chancery.v1.StreamCRLResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AuthorizationServiceMethodDescriptorSupplier("StreamCRL"))
              .build();
        }
      }
    }
    return getStreamCRLMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static AuthorizationServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<AuthorizationServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<AuthorizationServiceStub>() {
        @java.lang.Override
        public AuthorizationServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new AuthorizationServiceStub(channel, callOptions);
        }
      };
    return AuthorizationServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static AuthorizationServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<AuthorizationServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<AuthorizationServiceBlockingV2Stub>() {
        @java.lang.Override
        public AuthorizationServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new AuthorizationServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return AuthorizationServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static AuthorizationServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<AuthorizationServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<AuthorizationServiceBlockingStub>() {
        @java.lang.Override
        public AuthorizationServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new AuthorizationServiceBlockingStub(channel, callOptions);
        }
      };
    return AuthorizationServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static AuthorizationServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<AuthorizationServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<AuthorizationServiceFutureStub>() {
        @java.lang.Override
        public AuthorizationServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new AuthorizationServiceFutureStub(channel, callOptions);
        }
      };
    return AuthorizationServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Issues, verifies, revokes, and streams revocations. mTLS only; what a caller may do is what the scopes of its own
   * certificate say.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Issues a certificate for a client's key. Needs `chancery.certificates.issue`; a client may issue for itself (renewal)
     * with any certificate of its own that is still good. Durable before the answer.
     * </pre>
     */
    default void issueCertificate(example.chancery.v1.IssueCertificateRequest request,
        io.grpc.stub.StreamObserver<example.chancery.v1.IssueCertificateResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getIssueCertificateMethod(), responseObserver);
    }

    /**
     * <pre>
     * Decides whether a request may be served. Needs `chancery.requests.verify`. DENY is an OK response; an error means "no decision".
     * </pre>
     */
    default void verifyRequest(example.chancery.v1.VerifyRequestRequest request,
        io.grpc.stub.StreamObserver<example.chancery.v1.VerifyRequestResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getVerifyRequestMethod(), responseObserver);
    }

    /**
     * <pre>
     * The same for many requests over one stream, without waiting for each answer. Needs `chancery.requests.verify`. Answers come in the order in which
     * they are ready. An item that cannot be decided is answered by an error of its own, and the stream goes on.
     * </pre>
     */
    default io.grpc.stub.StreamObserver<example.chancery.v1.VerifyRequestsRequest> verifyRequests(
        io.grpc.stub.StreamObserver<example.chancery.v1.VerifyRequestsResponse> responseObserver) {
      return io.grpc.stub.ServerCalls.asyncUnimplementedStreamingCall(getVerifyRequestsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Revokes one or more certificates. Needs `chancery.certificates.revoke`; a client may revoke its own, and whoever holds a certificate's private key that certificate. Durable before the answer;
     * already revoked is success.
     * </pre>
     */
    default void revokeCertificate(example.chancery.v1.RevokeCertificateRequest request,
        io.grpc.stub.StreamObserver<example.chancery.v1.RevokeCertificateResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getRevokeCertificateMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lifts the certificateHold of one certificate. Needs `chancery.certificates.revoke`. Nothing else that revokes can be taken back: NOT_ON_HOLD. Durable before the answer.
     * </pre>
     */
    default void unrevokeCertificate(example.chancery.v1.UnrevokeCertificateRequest request,
        io.grpc.stub.StreamObserver<example.chancery.v1.UnrevokeCertificateResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getUnrevokeCertificateMethod(), responseObserver);
    }

    /**
     * <pre>
     * Sends the current CRL of each authority asked for, then what changes as it is signed. Needs `chancery.crl.read`. Ends with OK at its greatest age:
     * come back with a resume point.
     * </pre>
     */
    default void streamCRL(example.chancery.v1.StreamCRLRequest request,
        io.grpc.stub.StreamObserver<example.chancery.v1.StreamCRLResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getStreamCRLMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service AuthorizationService.
   * <pre>
   * Issues, verifies, revokes, and streams revocations. mTLS only; what a caller may do is what the scopes of its own
   * certificate say.
   * </pre>
   */
  public static abstract class AuthorizationServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return AuthorizationServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service AuthorizationService.
   * <pre>
   * Issues, verifies, revokes, and streams revocations. mTLS only; what a caller may do is what the scopes of its own
   * certificate say.
   * </pre>
   */
  public static final class AuthorizationServiceStub
      extends io.grpc.stub.AbstractAsyncStub<AuthorizationServiceStub> {
    private AuthorizationServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected AuthorizationServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new AuthorizationServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Issues a certificate for a client's key. Needs `chancery.certificates.issue`; a client may issue for itself (renewal)
     * with any certificate of its own that is still good. Durable before the answer.
     * </pre>
     */
    public void issueCertificate(example.chancery.v1.IssueCertificateRequest request,
        io.grpc.stub.StreamObserver<example.chancery.v1.IssueCertificateResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getIssueCertificateMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Decides whether a request may be served. Needs `chancery.requests.verify`. DENY is an OK response; an error means "no decision".
     * </pre>
     */
    public void verifyRequest(example.chancery.v1.VerifyRequestRequest request,
        io.grpc.stub.StreamObserver<example.chancery.v1.VerifyRequestResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getVerifyRequestMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * The same for many requests over one stream, without waiting for each answer. Needs `chancery.requests.verify`. Answers come in the order in which
     * they are ready. An item that cannot be decided is answered by an error of its own, and the stream goes on.
     * </pre>
     */
    public io.grpc.stub.StreamObserver<example.chancery.v1.VerifyRequestsRequest> verifyRequests(
        io.grpc.stub.StreamObserver<example.chancery.v1.VerifyRequestsResponse> responseObserver) {
      return io.grpc.stub.ClientCalls.asyncBidiStreamingCall(
          getChannel().newCall(getVerifyRequestsMethod(), getCallOptions()), responseObserver);
    }

    /**
     * <pre>
     * Revokes one or more certificates. Needs `chancery.certificates.revoke`; a client may revoke its own, and whoever holds a certificate's private key that certificate. Durable before the answer;
     * already revoked is success.
     * </pre>
     */
    public void revokeCertificate(example.chancery.v1.RevokeCertificateRequest request,
        io.grpc.stub.StreamObserver<example.chancery.v1.RevokeCertificateResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getRevokeCertificateMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lifts the certificateHold of one certificate. Needs `chancery.certificates.revoke`. Nothing else that revokes can be taken back: NOT_ON_HOLD. Durable before the answer.
     * </pre>
     */
    public void unrevokeCertificate(example.chancery.v1.UnrevokeCertificateRequest request,
        io.grpc.stub.StreamObserver<example.chancery.v1.UnrevokeCertificateResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getUnrevokeCertificateMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Sends the current CRL of each authority asked for, then what changes as it is signed. Needs `chancery.crl.read`. Ends with OK at its greatest age:
     * come back with a resume point.
     * </pre>
     */
    public void streamCRL(example.chancery.v1.StreamCRLRequest request,
        io.grpc.stub.StreamObserver<example.chancery.v1.StreamCRLResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getStreamCRLMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service AuthorizationService.
   * <pre>
   * Issues, verifies, revokes, and streams revocations. mTLS only; what a caller may do is what the scopes of its own
   * certificate say.
   * </pre>
   */
  public static final class AuthorizationServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<AuthorizationServiceBlockingV2Stub> {
    private AuthorizationServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected AuthorizationServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new AuthorizationServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Issues a certificate for a client's key. Needs `chancery.certificates.issue`; a client may issue for itself (renewal)
     * with any certificate of its own that is still good. Durable before the answer.
     * </pre>
     */
    public example.chancery.v1.IssueCertificateResponse issueCertificate(example.chancery.v1.IssueCertificateRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getIssueCertificateMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Decides whether a request may be served. Needs `chancery.requests.verify`. DENY is an OK response; an error means "no decision".
     * </pre>
     */
    public example.chancery.v1.VerifyRequestResponse verifyRequest(example.chancery.v1.VerifyRequestRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getVerifyRequestMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * The same for many requests over one stream, without waiting for each answer. Needs `chancery.requests.verify`. Answers come in the order in which
     * they are ready. An item that cannot be decided is answered by an error of its own, and the stream goes on.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<example.chancery.v1.VerifyRequestsRequest, example.chancery.v1.VerifyRequestsResponse>
        verifyRequests() {
      return io.grpc.stub.ClientCalls.blockingBidiStreamingCall(
          getChannel(), getVerifyRequestsMethod(), getCallOptions());
    }

    /**
     * <pre>
     * Revokes one or more certificates. Needs `chancery.certificates.revoke`; a client may revoke its own, and whoever holds a certificate's private key that certificate. Durable before the answer;
     * already revoked is success.
     * </pre>
     */
    public example.chancery.v1.RevokeCertificateResponse revokeCertificate(example.chancery.v1.RevokeCertificateRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getRevokeCertificateMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lifts the certificateHold of one certificate. Needs `chancery.certificates.revoke`. Nothing else that revokes can be taken back: NOT_ON_HOLD. Durable before the answer.
     * </pre>
     */
    public example.chancery.v1.UnrevokeCertificateResponse unrevokeCertificate(example.chancery.v1.UnrevokeCertificateRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getUnrevokeCertificateMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Sends the current CRL of each authority asked for, then what changes as it is signed. Needs `chancery.crl.read`. Ends with OK at its greatest age:
     * come back with a resume point.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, example.chancery.v1.StreamCRLResponse>
        streamCRL(example.chancery.v1.StreamCRLRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getStreamCRLMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service AuthorizationService.
   * <pre>
   * Issues, verifies, revokes, and streams revocations. mTLS only; what a caller may do is what the scopes of its own
   * certificate say.
   * </pre>
   */
  public static final class AuthorizationServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<AuthorizationServiceBlockingStub> {
    private AuthorizationServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected AuthorizationServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new AuthorizationServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Issues a certificate for a client's key. Needs `chancery.certificates.issue`; a client may issue for itself (renewal)
     * with any certificate of its own that is still good. Durable before the answer.
     * </pre>
     */
    public example.chancery.v1.IssueCertificateResponse issueCertificate(example.chancery.v1.IssueCertificateRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getIssueCertificateMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Decides whether a request may be served. Needs `chancery.requests.verify`. DENY is an OK response; an error means "no decision".
     * </pre>
     */
    public example.chancery.v1.VerifyRequestResponse verifyRequest(example.chancery.v1.VerifyRequestRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getVerifyRequestMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Revokes one or more certificates. Needs `chancery.certificates.revoke`; a client may revoke its own, and whoever holds a certificate's private key that certificate. Durable before the answer;
     * already revoked is success.
     * </pre>
     */
    public example.chancery.v1.RevokeCertificateResponse revokeCertificate(example.chancery.v1.RevokeCertificateRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getRevokeCertificateMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lifts the certificateHold of one certificate. Needs `chancery.certificates.revoke`. Nothing else that revokes can be taken back: NOT_ON_HOLD. Durable before the answer.
     * </pre>
     */
    public example.chancery.v1.UnrevokeCertificateResponse unrevokeCertificate(example.chancery.v1.UnrevokeCertificateRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getUnrevokeCertificateMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Sends the current CRL of each authority asked for, then what changes as it is signed. Needs `chancery.crl.read`. Ends with OK at its greatest age:
     * come back with a resume point.
     * </pre>
     */
    public java.util.Iterator<example.chancery.v1.StreamCRLResponse> streamCRL(
        example.chancery.v1.StreamCRLRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getStreamCRLMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service AuthorizationService.
   * <pre>
   * Issues, verifies, revokes, and streams revocations. mTLS only; what a caller may do is what the scopes of its own
   * certificate say.
   * </pre>
   */
  public static final class AuthorizationServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<AuthorizationServiceFutureStub> {
    private AuthorizationServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected AuthorizationServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new AuthorizationServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Issues a certificate for a client's key. Needs `chancery.certificates.issue`; a client may issue for itself (renewal)
     * with any certificate of its own that is still good. Durable before the answer.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<example.chancery.v1.IssueCertificateResponse> issueCertificate(
        example.chancery.v1.IssueCertificateRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getIssueCertificateMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Decides whether a request may be served. Needs `chancery.requests.verify`. DENY is an OK response; an error means "no decision".
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<example.chancery.v1.VerifyRequestResponse> verifyRequest(
        example.chancery.v1.VerifyRequestRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getVerifyRequestMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Revokes one or more certificates. Needs `chancery.certificates.revoke`; a client may revoke its own, and whoever holds a certificate's private key that certificate. Durable before the answer;
     * already revoked is success.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<example.chancery.v1.RevokeCertificateResponse> revokeCertificate(
        example.chancery.v1.RevokeCertificateRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getRevokeCertificateMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lifts the certificateHold of one certificate. Needs `chancery.certificates.revoke`. Nothing else that revokes can be taken back: NOT_ON_HOLD. Durable before the answer.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<example.chancery.v1.UnrevokeCertificateResponse> unrevokeCertificate(
        example.chancery.v1.UnrevokeCertificateRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getUnrevokeCertificateMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_ISSUE_CERTIFICATE = 0;
  private static final int METHODID_VERIFY_REQUEST = 1;
  private static final int METHODID_REVOKE_CERTIFICATE = 2;
  private static final int METHODID_UNREVOKE_CERTIFICATE = 3;
  private static final int METHODID_STREAM_CRL = 4;
  private static final int METHODID_VERIFY_REQUESTS = 5;

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
        case METHODID_ISSUE_CERTIFICATE:
          serviceImpl.issueCertificate((example.chancery.v1.IssueCertificateRequest) request,
              (io.grpc.stub.StreamObserver<example.chancery.v1.IssueCertificateResponse>) responseObserver);
          break;
        case METHODID_VERIFY_REQUEST:
          serviceImpl.verifyRequest((example.chancery.v1.VerifyRequestRequest) request,
              (io.grpc.stub.StreamObserver<example.chancery.v1.VerifyRequestResponse>) responseObserver);
          break;
        case METHODID_REVOKE_CERTIFICATE:
          serviceImpl.revokeCertificate((example.chancery.v1.RevokeCertificateRequest) request,
              (io.grpc.stub.StreamObserver<example.chancery.v1.RevokeCertificateResponse>) responseObserver);
          break;
        case METHODID_UNREVOKE_CERTIFICATE:
          serviceImpl.unrevokeCertificate((example.chancery.v1.UnrevokeCertificateRequest) request,
              (io.grpc.stub.StreamObserver<example.chancery.v1.UnrevokeCertificateResponse>) responseObserver);
          break;
        case METHODID_STREAM_CRL:
          serviceImpl.streamCRL((example.chancery.v1.StreamCRLRequest) request,
              (io.grpc.stub.StreamObserver<example.chancery.v1.StreamCRLResponse>) responseObserver);
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
        case METHODID_VERIFY_REQUESTS:
          return (io.grpc.stub.StreamObserver<Req>) serviceImpl.verifyRequests(
              (io.grpc.stub.StreamObserver<example.chancery.v1.VerifyRequestsResponse>) responseObserver);
        default:
          throw new AssertionError();
      }
    }
  }

  public static final io.grpc.ServerServiceDefinition bindService(AsyncService service) {
    return io.grpc.ServerServiceDefinition.builder(getServiceDescriptor())
        .addMethod(
          getIssueCertificateMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              example.chancery.v1.IssueCertificateRequest,
              example.chancery.v1.IssueCertificateResponse>(
                service, METHODID_ISSUE_CERTIFICATE)))
        .addMethod(
          getVerifyRequestMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              example.chancery.v1.VerifyRequestRequest,
              example.chancery.v1.VerifyRequestResponse>(
                service, METHODID_VERIFY_REQUEST)))
        .addMethod(
          getVerifyRequestsMethod(),
          io.grpc.stub.ServerCalls.asyncBidiStreamingCall(
            new MethodHandlers<
              example.chancery.v1.VerifyRequestsRequest,
              example.chancery.v1.VerifyRequestsResponse>(
                service, METHODID_VERIFY_REQUESTS)))
        .addMethod(
          getRevokeCertificateMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              example.chancery.v1.RevokeCertificateRequest,
              example.chancery.v1.RevokeCertificateResponse>(
                service, METHODID_REVOKE_CERTIFICATE)))
        .addMethod(
          getUnrevokeCertificateMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              example.chancery.v1.UnrevokeCertificateRequest,
              example.chancery.v1.UnrevokeCertificateResponse>(
                service, METHODID_UNREVOKE_CERTIFICATE)))
        .addMethod(
          getStreamCRLMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              example.chancery.v1.StreamCRLRequest,
              example.chancery.v1.StreamCRLResponse>(
                service, METHODID_STREAM_CRL)))
        .build();
  }

  private static abstract class AuthorizationServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    AuthorizationServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return example.chancery.v1.AuthorizationServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("AuthorizationService");
    }
  }

  private static final class AuthorizationServiceFileDescriptorSupplier
      extends AuthorizationServiceBaseDescriptorSupplier {
    AuthorizationServiceFileDescriptorSupplier() {}
  }

  private static final class AuthorizationServiceMethodDescriptorSupplier
      extends AuthorizationServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    AuthorizationServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (AuthorizationServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new AuthorizationServiceFileDescriptorSupplier())
              .addMethod(getIssueCertificateMethod())
              .addMethod(getVerifyRequestMethod())
              .addMethod(getVerifyRequestsMethod())
              .addMethod(getRevokeCertificateMethod())
              .addMethod(getUnrevokeCertificateMethod())
              .addMethod(getStreamCRLMethod())
              .build();
        }
      }
    }
    return result;
  }
}
