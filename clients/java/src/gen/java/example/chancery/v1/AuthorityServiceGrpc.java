package example.chancery.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Publishes what verifiers must trust. Reading needs any valid certificate, changing needs `chancery.authorities.write`.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class AuthorityServiceGrpc {

  private AuthorityServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "chancery.v1.AuthorityService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<example.chancery.v1.GetTrustBundleRequest,
      example.chancery.v1.GetTrustBundleResponse> getGetTrustBundleMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetTrustBundle",
      requestType = example.chancery.v1.GetTrustBundleRequest.class,
      responseType = example.chancery.v1.GetTrustBundleResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<example.chancery.v1.GetTrustBundleRequest,
      example.chancery.v1.GetTrustBundleResponse> getGetTrustBundleMethod() {
    io.grpc.MethodDescriptor<example.chancery.v1.GetTrustBundleRequest, example.chancery.v1.GetTrustBundleResponse> getGetTrustBundleMethod;
    if ((getGetTrustBundleMethod = AuthorityServiceGrpc.getGetTrustBundleMethod) == null) {
      synchronized (AuthorityServiceGrpc.class) {
        if ((getGetTrustBundleMethod = AuthorityServiceGrpc.getGetTrustBundleMethod) == null) {
          AuthorityServiceGrpc.getGetTrustBundleMethod = getGetTrustBundleMethod =
              io.grpc.MethodDescriptor.<example.chancery.v1.GetTrustBundleRequest, example.chancery.v1.GetTrustBundleResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetTrustBundle"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  example.chancery.v1.GetTrustBundleRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  example.chancery.v1.GetTrustBundleResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AuthorityServiceMethodDescriptorSupplier("GetTrustBundle"))
              .build();
        }
      }
    }
    return getGetTrustBundleMethod;
  }

  private static volatile io.grpc.MethodDescriptor<example.chancery.v1.ListAuthoritiesRequest,
      example.chancery.v1.ListAuthoritiesResponse> getListAuthoritiesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListAuthorities",
      requestType = example.chancery.v1.ListAuthoritiesRequest.class,
      responseType = example.chancery.v1.ListAuthoritiesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<example.chancery.v1.ListAuthoritiesRequest,
      example.chancery.v1.ListAuthoritiesResponse> getListAuthoritiesMethod() {
    io.grpc.MethodDescriptor<example.chancery.v1.ListAuthoritiesRequest, example.chancery.v1.ListAuthoritiesResponse> getListAuthoritiesMethod;
    if ((getListAuthoritiesMethod = AuthorityServiceGrpc.getListAuthoritiesMethod) == null) {
      synchronized (AuthorityServiceGrpc.class) {
        if ((getListAuthoritiesMethod = AuthorityServiceGrpc.getListAuthoritiesMethod) == null) {
          AuthorityServiceGrpc.getListAuthoritiesMethod = getListAuthoritiesMethod =
              io.grpc.MethodDescriptor.<example.chancery.v1.ListAuthoritiesRequest, example.chancery.v1.ListAuthoritiesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListAuthorities"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  example.chancery.v1.ListAuthoritiesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  example.chancery.v1.ListAuthoritiesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AuthorityServiceMethodDescriptorSupplier("ListAuthorities"))
              .build();
        }
      }
    }
    return getListAuthoritiesMethod;
  }

  private static volatile io.grpc.MethodDescriptor<example.chancery.v1.ReportVerifierStatusRequest,
      example.chancery.v1.ReportVerifierStatusResponse> getReportVerifierStatusMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ReportVerifierStatus",
      requestType = example.chancery.v1.ReportVerifierStatusRequest.class,
      responseType = example.chancery.v1.ReportVerifierStatusResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<example.chancery.v1.ReportVerifierStatusRequest,
      example.chancery.v1.ReportVerifierStatusResponse> getReportVerifierStatusMethod() {
    io.grpc.MethodDescriptor<example.chancery.v1.ReportVerifierStatusRequest, example.chancery.v1.ReportVerifierStatusResponse> getReportVerifierStatusMethod;
    if ((getReportVerifierStatusMethod = AuthorityServiceGrpc.getReportVerifierStatusMethod) == null) {
      synchronized (AuthorityServiceGrpc.class) {
        if ((getReportVerifierStatusMethod = AuthorityServiceGrpc.getReportVerifierStatusMethod) == null) {
          AuthorityServiceGrpc.getReportVerifierStatusMethod = getReportVerifierStatusMethod =
              io.grpc.MethodDescriptor.<example.chancery.v1.ReportVerifierStatusRequest, example.chancery.v1.ReportVerifierStatusResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ReportVerifierStatus"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  example.chancery.v1.ReportVerifierStatusRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  example.chancery.v1.ReportVerifierStatusResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AuthorityServiceMethodDescriptorSupplier("ReportVerifierStatus"))
              .build();
        }
      }
    }
    return getReportVerifierStatusMethod;
  }

  private static volatile io.grpc.MethodDescriptor<example.chancery.v1.ListVerifiersRequest,
      example.chancery.v1.ListVerifiersResponse> getListVerifiersMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListVerifiers",
      requestType = example.chancery.v1.ListVerifiersRequest.class,
      responseType = example.chancery.v1.ListVerifiersResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<example.chancery.v1.ListVerifiersRequest,
      example.chancery.v1.ListVerifiersResponse> getListVerifiersMethod() {
    io.grpc.MethodDescriptor<example.chancery.v1.ListVerifiersRequest, example.chancery.v1.ListVerifiersResponse> getListVerifiersMethod;
    if ((getListVerifiersMethod = AuthorityServiceGrpc.getListVerifiersMethod) == null) {
      synchronized (AuthorityServiceGrpc.class) {
        if ((getListVerifiersMethod = AuthorityServiceGrpc.getListVerifiersMethod) == null) {
          AuthorityServiceGrpc.getListVerifiersMethod = getListVerifiersMethod =
              io.grpc.MethodDescriptor.<example.chancery.v1.ListVerifiersRequest, example.chancery.v1.ListVerifiersResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListVerifiers"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  example.chancery.v1.ListVerifiersRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  example.chancery.v1.ListVerifiersResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AuthorityServiceMethodDescriptorSupplier("ListVerifiers"))
              .build();
        }
      }
    }
    return getListVerifiersMethod;
  }

  private static volatile io.grpc.MethodDescriptor<example.chancery.v1.CreateAuthorityRequest,
      example.chancery.v1.CreateAuthorityResponse> getCreateAuthorityMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateAuthority",
      requestType = example.chancery.v1.CreateAuthorityRequest.class,
      responseType = example.chancery.v1.CreateAuthorityResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<example.chancery.v1.CreateAuthorityRequest,
      example.chancery.v1.CreateAuthorityResponse> getCreateAuthorityMethod() {
    io.grpc.MethodDescriptor<example.chancery.v1.CreateAuthorityRequest, example.chancery.v1.CreateAuthorityResponse> getCreateAuthorityMethod;
    if ((getCreateAuthorityMethod = AuthorityServiceGrpc.getCreateAuthorityMethod) == null) {
      synchronized (AuthorityServiceGrpc.class) {
        if ((getCreateAuthorityMethod = AuthorityServiceGrpc.getCreateAuthorityMethod) == null) {
          AuthorityServiceGrpc.getCreateAuthorityMethod = getCreateAuthorityMethod =
              io.grpc.MethodDescriptor.<example.chancery.v1.CreateAuthorityRequest, example.chancery.v1.CreateAuthorityResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateAuthority"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  example.chancery.v1.CreateAuthorityRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  example.chancery.v1.CreateAuthorityResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AuthorityServiceMethodDescriptorSupplier("CreateAuthority"))
              .build();
        }
      }
    }
    return getCreateAuthorityMethod;
  }

  private static volatile io.grpc.MethodDescriptor<example.chancery.v1.RotateAuthorityRequest,
      example.chancery.v1.RotateAuthorityResponse> getRotateAuthorityMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "RotateAuthority",
      requestType = example.chancery.v1.RotateAuthorityRequest.class,
      responseType = example.chancery.v1.RotateAuthorityResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<example.chancery.v1.RotateAuthorityRequest,
      example.chancery.v1.RotateAuthorityResponse> getRotateAuthorityMethod() {
    io.grpc.MethodDescriptor<example.chancery.v1.RotateAuthorityRequest, example.chancery.v1.RotateAuthorityResponse> getRotateAuthorityMethod;
    if ((getRotateAuthorityMethod = AuthorityServiceGrpc.getRotateAuthorityMethod) == null) {
      synchronized (AuthorityServiceGrpc.class) {
        if ((getRotateAuthorityMethod = AuthorityServiceGrpc.getRotateAuthorityMethod) == null) {
          AuthorityServiceGrpc.getRotateAuthorityMethod = getRotateAuthorityMethod =
              io.grpc.MethodDescriptor.<example.chancery.v1.RotateAuthorityRequest, example.chancery.v1.RotateAuthorityResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "RotateAuthority"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  example.chancery.v1.RotateAuthorityRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  example.chancery.v1.RotateAuthorityResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AuthorityServiceMethodDescriptorSupplier("RotateAuthority"))
              .build();
        }
      }
    }
    return getRotateAuthorityMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static AuthorityServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<AuthorityServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<AuthorityServiceStub>() {
        @java.lang.Override
        public AuthorityServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new AuthorityServiceStub(channel, callOptions);
        }
      };
    return AuthorityServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static AuthorityServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<AuthorityServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<AuthorityServiceBlockingV2Stub>() {
        @java.lang.Override
        public AuthorityServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new AuthorityServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return AuthorityServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static AuthorityServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<AuthorityServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<AuthorityServiceBlockingStub>() {
        @java.lang.Override
        public AuthorityServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new AuthorityServiceBlockingStub(channel, callOptions);
        }
      };
    return AuthorityServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static AuthorityServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<AuthorityServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<AuthorityServiceFutureStub>() {
        @java.lang.Override
        public AuthorityServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new AuthorityServiceFutureStub(channel, callOptions);
        }
      };
    return AuthorityServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Publishes what verifiers must trust. Reading needs any valid certificate, changing needs `chancery.authorities.write`.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Returns the trust bundle.
     * </pre>
     */
    default void getTrustBundle(example.chancery.v1.GetTrustBundleRequest request,
        io.grpc.stub.StreamObserver<example.chancery.v1.GetTrustBundleResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetTrustBundleMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists the authorities, root first.
     * </pre>
     */
    default void listAuthorities(example.chancery.v1.ListAuthoritiesRequest request,
        io.grpc.stub.StreamObserver<example.chancery.v1.ListAuthoritiesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListAuthoritiesMethod(), responseObserver);
    }

    /**
     * <pre>
     * Tells which numbers a verifier has applied, every half minute or after each list. Needs `chancery.crl.read`.
     * </pre>
     */
    default void reportVerifierStatus(example.chancery.v1.ReportVerifierStatusRequest request,
        io.grpc.stub.StreamObserver<example.chancery.v1.ReportVerifierStatusResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getReportVerifierStatusMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists the verifiers that reported within the last hour, and how far each is behind. Needs `chancery.clients.read`.
     * </pre>
     */
    default void listVerifiers(example.chancery.v1.ListVerifiersRequest request,
        io.grpc.stub.StreamObserver<example.chancery.v1.ListVerifiersResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListVerifiersMethod(), responseObserver);
    }

    /**
     * <pre>
     * Creates another authority. Refused with UNIMPLEMENTED in this release.
     * </pre>
     */
    default void createAuthority(example.chancery.v1.CreateAuthorityRequest request,
        io.grpc.stub.StreamObserver<example.chancery.v1.CreateAuthorityResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateAuthorityMethod(), responseObserver);
    }

    /**
     * <pre>
     * Replaces the issuing authority's key. Refused with UNIMPLEMENTED in this release.
     * </pre>
     */
    default void rotateAuthority(example.chancery.v1.RotateAuthorityRequest request,
        io.grpc.stub.StreamObserver<example.chancery.v1.RotateAuthorityResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getRotateAuthorityMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service AuthorityService.
   * <pre>
   * Publishes what verifiers must trust. Reading needs any valid certificate, changing needs `chancery.authorities.write`.
   * </pre>
   */
  public static abstract class AuthorityServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return AuthorityServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service AuthorityService.
   * <pre>
   * Publishes what verifiers must trust. Reading needs any valid certificate, changing needs `chancery.authorities.write`.
   * </pre>
   */
  public static final class AuthorityServiceStub
      extends io.grpc.stub.AbstractAsyncStub<AuthorityServiceStub> {
    private AuthorityServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected AuthorityServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new AuthorityServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Returns the trust bundle.
     * </pre>
     */
    public void getTrustBundle(example.chancery.v1.GetTrustBundleRequest request,
        io.grpc.stub.StreamObserver<example.chancery.v1.GetTrustBundleResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetTrustBundleMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists the authorities, root first.
     * </pre>
     */
    public void listAuthorities(example.chancery.v1.ListAuthoritiesRequest request,
        io.grpc.stub.StreamObserver<example.chancery.v1.ListAuthoritiesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListAuthoritiesMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Tells which numbers a verifier has applied, every half minute or after each list. Needs `chancery.crl.read`.
     * </pre>
     */
    public void reportVerifierStatus(example.chancery.v1.ReportVerifierStatusRequest request,
        io.grpc.stub.StreamObserver<example.chancery.v1.ReportVerifierStatusResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getReportVerifierStatusMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists the verifiers that reported within the last hour, and how far each is behind. Needs `chancery.clients.read`.
     * </pre>
     */
    public void listVerifiers(example.chancery.v1.ListVerifiersRequest request,
        io.grpc.stub.StreamObserver<example.chancery.v1.ListVerifiersResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListVerifiersMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Creates another authority. Refused with UNIMPLEMENTED in this release.
     * </pre>
     */
    public void createAuthority(example.chancery.v1.CreateAuthorityRequest request,
        io.grpc.stub.StreamObserver<example.chancery.v1.CreateAuthorityResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateAuthorityMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Replaces the issuing authority's key. Refused with UNIMPLEMENTED in this release.
     * </pre>
     */
    public void rotateAuthority(example.chancery.v1.RotateAuthorityRequest request,
        io.grpc.stub.StreamObserver<example.chancery.v1.RotateAuthorityResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getRotateAuthorityMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service AuthorityService.
   * <pre>
   * Publishes what verifiers must trust. Reading needs any valid certificate, changing needs `chancery.authorities.write`.
   * </pre>
   */
  public static final class AuthorityServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<AuthorityServiceBlockingV2Stub> {
    private AuthorityServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected AuthorityServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new AuthorityServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Returns the trust bundle.
     * </pre>
     */
    public example.chancery.v1.GetTrustBundleResponse getTrustBundle(example.chancery.v1.GetTrustBundleRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetTrustBundleMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the authorities, root first.
     * </pre>
     */
    public example.chancery.v1.ListAuthoritiesResponse listAuthorities(example.chancery.v1.ListAuthoritiesRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListAuthoritiesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Tells which numbers a verifier has applied, every half minute or after each list. Needs `chancery.crl.read`.
     * </pre>
     */
    public example.chancery.v1.ReportVerifierStatusResponse reportVerifierStatus(example.chancery.v1.ReportVerifierStatusRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getReportVerifierStatusMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the verifiers that reported within the last hour, and how far each is behind. Needs `chancery.clients.read`.
     * </pre>
     */
    public example.chancery.v1.ListVerifiersResponse listVerifiers(example.chancery.v1.ListVerifiersRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListVerifiersMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Creates another authority. Refused with UNIMPLEMENTED in this release.
     * </pre>
     */
    public example.chancery.v1.CreateAuthorityResponse createAuthority(example.chancery.v1.CreateAuthorityRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateAuthorityMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Replaces the issuing authority's key. Refused with UNIMPLEMENTED in this release.
     * </pre>
     */
    public example.chancery.v1.RotateAuthorityResponse rotateAuthority(example.chancery.v1.RotateAuthorityRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getRotateAuthorityMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service AuthorityService.
   * <pre>
   * Publishes what verifiers must trust. Reading needs any valid certificate, changing needs `chancery.authorities.write`.
   * </pre>
   */
  public static final class AuthorityServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<AuthorityServiceBlockingStub> {
    private AuthorityServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected AuthorityServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new AuthorityServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Returns the trust bundle.
     * </pre>
     */
    public example.chancery.v1.GetTrustBundleResponse getTrustBundle(example.chancery.v1.GetTrustBundleRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetTrustBundleMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the authorities, root first.
     * </pre>
     */
    public example.chancery.v1.ListAuthoritiesResponse listAuthorities(example.chancery.v1.ListAuthoritiesRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListAuthoritiesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Tells which numbers a verifier has applied, every half minute or after each list. Needs `chancery.crl.read`.
     * </pre>
     */
    public example.chancery.v1.ReportVerifierStatusResponse reportVerifierStatus(example.chancery.v1.ReportVerifierStatusRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getReportVerifierStatusMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the verifiers that reported within the last hour, and how far each is behind. Needs `chancery.clients.read`.
     * </pre>
     */
    public example.chancery.v1.ListVerifiersResponse listVerifiers(example.chancery.v1.ListVerifiersRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListVerifiersMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Creates another authority. Refused with UNIMPLEMENTED in this release.
     * </pre>
     */
    public example.chancery.v1.CreateAuthorityResponse createAuthority(example.chancery.v1.CreateAuthorityRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateAuthorityMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Replaces the issuing authority's key. Refused with UNIMPLEMENTED in this release.
     * </pre>
     */
    public example.chancery.v1.RotateAuthorityResponse rotateAuthority(example.chancery.v1.RotateAuthorityRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getRotateAuthorityMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service AuthorityService.
   * <pre>
   * Publishes what verifiers must trust. Reading needs any valid certificate, changing needs `chancery.authorities.write`.
   * </pre>
   */
  public static final class AuthorityServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<AuthorityServiceFutureStub> {
    private AuthorityServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected AuthorityServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new AuthorityServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Returns the trust bundle.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<example.chancery.v1.GetTrustBundleResponse> getTrustBundle(
        example.chancery.v1.GetTrustBundleRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetTrustBundleMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists the authorities, root first.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<example.chancery.v1.ListAuthoritiesResponse> listAuthorities(
        example.chancery.v1.ListAuthoritiesRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListAuthoritiesMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Tells which numbers a verifier has applied, every half minute or after each list. Needs `chancery.crl.read`.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<example.chancery.v1.ReportVerifierStatusResponse> reportVerifierStatus(
        example.chancery.v1.ReportVerifierStatusRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getReportVerifierStatusMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists the verifiers that reported within the last hour, and how far each is behind. Needs `chancery.clients.read`.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<example.chancery.v1.ListVerifiersResponse> listVerifiers(
        example.chancery.v1.ListVerifiersRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListVerifiersMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Creates another authority. Refused with UNIMPLEMENTED in this release.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<example.chancery.v1.CreateAuthorityResponse> createAuthority(
        example.chancery.v1.CreateAuthorityRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateAuthorityMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Replaces the issuing authority's key. Refused with UNIMPLEMENTED in this release.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<example.chancery.v1.RotateAuthorityResponse> rotateAuthority(
        example.chancery.v1.RotateAuthorityRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getRotateAuthorityMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_GET_TRUST_BUNDLE = 0;
  private static final int METHODID_LIST_AUTHORITIES = 1;
  private static final int METHODID_REPORT_VERIFIER_STATUS = 2;
  private static final int METHODID_LIST_VERIFIERS = 3;
  private static final int METHODID_CREATE_AUTHORITY = 4;
  private static final int METHODID_ROTATE_AUTHORITY = 5;

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
        case METHODID_GET_TRUST_BUNDLE:
          serviceImpl.getTrustBundle((example.chancery.v1.GetTrustBundleRequest) request,
              (io.grpc.stub.StreamObserver<example.chancery.v1.GetTrustBundleResponse>) responseObserver);
          break;
        case METHODID_LIST_AUTHORITIES:
          serviceImpl.listAuthorities((example.chancery.v1.ListAuthoritiesRequest) request,
              (io.grpc.stub.StreamObserver<example.chancery.v1.ListAuthoritiesResponse>) responseObserver);
          break;
        case METHODID_REPORT_VERIFIER_STATUS:
          serviceImpl.reportVerifierStatus((example.chancery.v1.ReportVerifierStatusRequest) request,
              (io.grpc.stub.StreamObserver<example.chancery.v1.ReportVerifierStatusResponse>) responseObserver);
          break;
        case METHODID_LIST_VERIFIERS:
          serviceImpl.listVerifiers((example.chancery.v1.ListVerifiersRequest) request,
              (io.grpc.stub.StreamObserver<example.chancery.v1.ListVerifiersResponse>) responseObserver);
          break;
        case METHODID_CREATE_AUTHORITY:
          serviceImpl.createAuthority((example.chancery.v1.CreateAuthorityRequest) request,
              (io.grpc.stub.StreamObserver<example.chancery.v1.CreateAuthorityResponse>) responseObserver);
          break;
        case METHODID_ROTATE_AUTHORITY:
          serviceImpl.rotateAuthority((example.chancery.v1.RotateAuthorityRequest) request,
              (io.grpc.stub.StreamObserver<example.chancery.v1.RotateAuthorityResponse>) responseObserver);
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
          getGetTrustBundleMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              example.chancery.v1.GetTrustBundleRequest,
              example.chancery.v1.GetTrustBundleResponse>(
                service, METHODID_GET_TRUST_BUNDLE)))
        .addMethod(
          getListAuthoritiesMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              example.chancery.v1.ListAuthoritiesRequest,
              example.chancery.v1.ListAuthoritiesResponse>(
                service, METHODID_LIST_AUTHORITIES)))
        .addMethod(
          getReportVerifierStatusMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              example.chancery.v1.ReportVerifierStatusRequest,
              example.chancery.v1.ReportVerifierStatusResponse>(
                service, METHODID_REPORT_VERIFIER_STATUS)))
        .addMethod(
          getListVerifiersMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              example.chancery.v1.ListVerifiersRequest,
              example.chancery.v1.ListVerifiersResponse>(
                service, METHODID_LIST_VERIFIERS)))
        .addMethod(
          getCreateAuthorityMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              example.chancery.v1.CreateAuthorityRequest,
              example.chancery.v1.CreateAuthorityResponse>(
                service, METHODID_CREATE_AUTHORITY)))
        .addMethod(
          getRotateAuthorityMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              example.chancery.v1.RotateAuthorityRequest,
              example.chancery.v1.RotateAuthorityResponse>(
                service, METHODID_ROTATE_AUTHORITY)))
        .build();
  }

  private static abstract class AuthorityServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    AuthorityServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return example.chancery.v1.AuthorityServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("AuthorityService");
    }
  }

  private static final class AuthorityServiceFileDescriptorSupplier
      extends AuthorityServiceBaseDescriptorSupplier {
    AuthorityServiceFileDescriptorSupplier() {}
  }

  private static final class AuthorityServiceMethodDescriptorSupplier
      extends AuthorityServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    AuthorityServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (AuthorityServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new AuthorityServiceFileDescriptorSupplier())
              .addMethod(getGetTrustBundleMethod())
              .addMethod(getListAuthoritiesMethod())
              .addMethod(getReportVerifierStatusMethod())
              .addMethod(getListVerifiersMethod())
              .addMethod(getCreateAuthorityMethod())
              .addMethod(getRotateAuthorityMethod())
              .build();
        }
      }
    }
    return result;
  }
}
