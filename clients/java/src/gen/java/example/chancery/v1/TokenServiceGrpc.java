package example.chancery.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Issues access tokens (RFC 9068), which resource servers check with the keys in `/.well-known/jwks.json` or by VerifyRequest.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class TokenServiceGrpc {

  private TokenServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "chancery.v1.TokenService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<example.chancery.v1.IssueTokenRequest,
      example.chancery.v1.IssueTokenResponse> getIssueTokenMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "IssueToken",
      requestType = example.chancery.v1.IssueTokenRequest.class,
      responseType = example.chancery.v1.IssueTokenResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<example.chancery.v1.IssueTokenRequest,
      example.chancery.v1.IssueTokenResponse> getIssueTokenMethod() {
    io.grpc.MethodDescriptor<example.chancery.v1.IssueTokenRequest, example.chancery.v1.IssueTokenResponse> getIssueTokenMethod;
    if ((getIssueTokenMethod = TokenServiceGrpc.getIssueTokenMethod) == null) {
      synchronized (TokenServiceGrpc.class) {
        if ((getIssueTokenMethod = TokenServiceGrpc.getIssueTokenMethod) == null) {
          TokenServiceGrpc.getIssueTokenMethod = getIssueTokenMethod =
              io.grpc.MethodDescriptor.<example.chancery.v1.IssueTokenRequest, example.chancery.v1.IssueTokenResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "IssueToken"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  example.chancery.v1.IssueTokenRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  example.chancery.v1.IssueTokenResponse.getDefaultInstance()))
              .setSchemaDescriptor(new TokenServiceMethodDescriptorSupplier("IssueToken"))
              .build();
        }
      }
    }
    return getIssueTokenMethod;
  }

  private static volatile io.grpc.MethodDescriptor<example.chancery.v1.RevokeTokenRequest,
      example.chancery.v1.RevokeTokenResponse> getRevokeTokenMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "RevokeToken",
      requestType = example.chancery.v1.RevokeTokenRequest.class,
      responseType = example.chancery.v1.RevokeTokenResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<example.chancery.v1.RevokeTokenRequest,
      example.chancery.v1.RevokeTokenResponse> getRevokeTokenMethod() {
    io.grpc.MethodDescriptor<example.chancery.v1.RevokeTokenRequest, example.chancery.v1.RevokeTokenResponse> getRevokeTokenMethod;
    if ((getRevokeTokenMethod = TokenServiceGrpc.getRevokeTokenMethod) == null) {
      synchronized (TokenServiceGrpc.class) {
        if ((getRevokeTokenMethod = TokenServiceGrpc.getRevokeTokenMethod) == null) {
          TokenServiceGrpc.getRevokeTokenMethod = getRevokeTokenMethod =
              io.grpc.MethodDescriptor.<example.chancery.v1.RevokeTokenRequest, example.chancery.v1.RevokeTokenResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "RevokeToken"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  example.chancery.v1.RevokeTokenRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  example.chancery.v1.RevokeTokenResponse.getDefaultInstance()))
              .setSchemaDescriptor(new TokenServiceMethodDescriptorSupplier("RevokeToken"))
              .build();
        }
      }
    }
    return getRevokeTokenMethod;
  }

  private static volatile io.grpc.MethodDescriptor<example.chancery.v1.RotateTokenKeyRequest,
      example.chancery.v1.RotateTokenKeyResponse> getRotateTokenKeyMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "RotateTokenKey",
      requestType = example.chancery.v1.RotateTokenKeyRequest.class,
      responseType = example.chancery.v1.RotateTokenKeyResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<example.chancery.v1.RotateTokenKeyRequest,
      example.chancery.v1.RotateTokenKeyResponse> getRotateTokenKeyMethod() {
    io.grpc.MethodDescriptor<example.chancery.v1.RotateTokenKeyRequest, example.chancery.v1.RotateTokenKeyResponse> getRotateTokenKeyMethod;
    if ((getRotateTokenKeyMethod = TokenServiceGrpc.getRotateTokenKeyMethod) == null) {
      synchronized (TokenServiceGrpc.class) {
        if ((getRotateTokenKeyMethod = TokenServiceGrpc.getRotateTokenKeyMethod) == null) {
          TokenServiceGrpc.getRotateTokenKeyMethod = getRotateTokenKeyMethod =
              io.grpc.MethodDescriptor.<example.chancery.v1.RotateTokenKeyRequest, example.chancery.v1.RotateTokenKeyResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "RotateTokenKey"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  example.chancery.v1.RotateTokenKeyRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  example.chancery.v1.RotateTokenKeyResponse.getDefaultInstance()))
              .setSchemaDescriptor(new TokenServiceMethodDescriptorSupplier("RotateTokenKey"))
              .build();
        }
      }
    }
    return getRotateTokenKeyMethod;
  }

  private static volatile io.grpc.MethodDescriptor<example.chancery.v1.ListTokenKeysRequest,
      example.chancery.v1.ListTokenKeysResponse> getListTokenKeysMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListTokenKeys",
      requestType = example.chancery.v1.ListTokenKeysRequest.class,
      responseType = example.chancery.v1.ListTokenKeysResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<example.chancery.v1.ListTokenKeysRequest,
      example.chancery.v1.ListTokenKeysResponse> getListTokenKeysMethod() {
    io.grpc.MethodDescriptor<example.chancery.v1.ListTokenKeysRequest, example.chancery.v1.ListTokenKeysResponse> getListTokenKeysMethod;
    if ((getListTokenKeysMethod = TokenServiceGrpc.getListTokenKeysMethod) == null) {
      synchronized (TokenServiceGrpc.class) {
        if ((getListTokenKeysMethod = TokenServiceGrpc.getListTokenKeysMethod) == null) {
          TokenServiceGrpc.getListTokenKeysMethod = getListTokenKeysMethod =
              io.grpc.MethodDescriptor.<example.chancery.v1.ListTokenKeysRequest, example.chancery.v1.ListTokenKeysResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListTokenKeys"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  example.chancery.v1.ListTokenKeysRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  example.chancery.v1.ListTokenKeysResponse.getDefaultInstance()))
              .setSchemaDescriptor(new TokenServiceMethodDescriptorSupplier("ListTokenKeys"))
              .build();
        }
      }
    }
    return getListTokenKeysMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static TokenServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<TokenServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<TokenServiceStub>() {
        @java.lang.Override
        public TokenServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new TokenServiceStub(channel, callOptions);
        }
      };
    return TokenServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static TokenServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<TokenServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<TokenServiceBlockingV2Stub>() {
        @java.lang.Override
        public TokenServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new TokenServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return TokenServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static TokenServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<TokenServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<TokenServiceBlockingStub>() {
        @java.lang.Override
        public TokenServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new TokenServiceBlockingStub(channel, callOptions);
        }
      };
    return TokenServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static TokenServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<TokenServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<TokenServiceFutureStub>() {
        @java.lang.Override
        public TokenServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new TokenServiceFutureStub(channel, callOptions);
        }
      };
    return TokenServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Issues access tokens (RFC 9068), which resource servers check with the keys in `/.well-known/jwks.json` or by VerifyRequest.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Issues a token. A client may always get one for itself, with no more scopes than the certificate that it calls with;
     * one for another client needs `chancery.tokens.issue`.
     * </pre>
     */
    default void issueToken(example.chancery.v1.IssueTokenRequest request,
        io.grpc.stub.StreamObserver<example.chancery.v1.IssueTokenResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getIssueTokenMethod(), responseObserver);
    }

    /**
     * <pre>
     * Revokes a token before it expires: VerifyRequest denies it from then on with TOKEN_REVOKED, and so does, within a second, who follows StreamCRL. A client
     * may revoke its own tokens by showing them; `chancery.tokens.revoke` is needed for those of others, and to revoke by id. A token that is expired
     * or revoked already is success.
     * </pre>
     */
    default void revokeToken(example.chancery.v1.RevokeTokenRequest request,
        io.grpc.stub.StreamObserver<example.chancery.v1.RevokeTokenResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getRevokeTokenMethod(), responseObserver);
    }

    /**
     * <pre>
     * Brings in the next key that tokens are signed with; `chancery.authorities.write`. The service does so by itself every `tokenKeySeconds`.
     * </pre>
     */
    default void rotateTokenKey(example.chancery.v1.RotateTokenKeyRequest request,
        io.grpc.stub.StreamObserver<example.chancery.v1.RotateTokenKeyResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getRotateTokenKeyMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists the keys in `/.well-known/jwks.json`. Any caller may.
     * </pre>
     */
    default void listTokenKeys(example.chancery.v1.ListTokenKeysRequest request,
        io.grpc.stub.StreamObserver<example.chancery.v1.ListTokenKeysResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListTokenKeysMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service TokenService.
   * <pre>
   * Issues access tokens (RFC 9068), which resource servers check with the keys in `/.well-known/jwks.json` or by VerifyRequest.
   * </pre>
   */
  public static abstract class TokenServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return TokenServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service TokenService.
   * <pre>
   * Issues access tokens (RFC 9068), which resource servers check with the keys in `/.well-known/jwks.json` or by VerifyRequest.
   * </pre>
   */
  public static final class TokenServiceStub
      extends io.grpc.stub.AbstractAsyncStub<TokenServiceStub> {
    private TokenServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected TokenServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new TokenServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Issues a token. A client may always get one for itself, with no more scopes than the certificate that it calls with;
     * one for another client needs `chancery.tokens.issue`.
     * </pre>
     */
    public void issueToken(example.chancery.v1.IssueTokenRequest request,
        io.grpc.stub.StreamObserver<example.chancery.v1.IssueTokenResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getIssueTokenMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Revokes a token before it expires: VerifyRequest denies it from then on with TOKEN_REVOKED, and so does, within a second, who follows StreamCRL. A client
     * may revoke its own tokens by showing them; `chancery.tokens.revoke` is needed for those of others, and to revoke by id. A token that is expired
     * or revoked already is success.
     * </pre>
     */
    public void revokeToken(example.chancery.v1.RevokeTokenRequest request,
        io.grpc.stub.StreamObserver<example.chancery.v1.RevokeTokenResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getRevokeTokenMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Brings in the next key that tokens are signed with; `chancery.authorities.write`. The service does so by itself every `tokenKeySeconds`.
     * </pre>
     */
    public void rotateTokenKey(example.chancery.v1.RotateTokenKeyRequest request,
        io.grpc.stub.StreamObserver<example.chancery.v1.RotateTokenKeyResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getRotateTokenKeyMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists the keys in `/.well-known/jwks.json`. Any caller may.
     * </pre>
     */
    public void listTokenKeys(example.chancery.v1.ListTokenKeysRequest request,
        io.grpc.stub.StreamObserver<example.chancery.v1.ListTokenKeysResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListTokenKeysMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service TokenService.
   * <pre>
   * Issues access tokens (RFC 9068), which resource servers check with the keys in `/.well-known/jwks.json` or by VerifyRequest.
   * </pre>
   */
  public static final class TokenServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<TokenServiceBlockingV2Stub> {
    private TokenServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected TokenServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new TokenServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Issues a token. A client may always get one for itself, with no more scopes than the certificate that it calls with;
     * one for another client needs `chancery.tokens.issue`.
     * </pre>
     */
    public example.chancery.v1.IssueTokenResponse issueToken(example.chancery.v1.IssueTokenRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getIssueTokenMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Revokes a token before it expires: VerifyRequest denies it from then on with TOKEN_REVOKED, and so does, within a second, who follows StreamCRL. A client
     * may revoke its own tokens by showing them; `chancery.tokens.revoke` is needed for those of others, and to revoke by id. A token that is expired
     * or revoked already is success.
     * </pre>
     */
    public example.chancery.v1.RevokeTokenResponse revokeToken(example.chancery.v1.RevokeTokenRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getRevokeTokenMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Brings in the next key that tokens are signed with; `chancery.authorities.write`. The service does so by itself every `tokenKeySeconds`.
     * </pre>
     */
    public example.chancery.v1.RotateTokenKeyResponse rotateTokenKey(example.chancery.v1.RotateTokenKeyRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getRotateTokenKeyMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the keys in `/.well-known/jwks.json`. Any caller may.
     * </pre>
     */
    public example.chancery.v1.ListTokenKeysResponse listTokenKeys(example.chancery.v1.ListTokenKeysRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListTokenKeysMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service TokenService.
   * <pre>
   * Issues access tokens (RFC 9068), which resource servers check with the keys in `/.well-known/jwks.json` or by VerifyRequest.
   * </pre>
   */
  public static final class TokenServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<TokenServiceBlockingStub> {
    private TokenServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected TokenServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new TokenServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Issues a token. A client may always get one for itself, with no more scopes than the certificate that it calls with;
     * one for another client needs `chancery.tokens.issue`.
     * </pre>
     */
    public example.chancery.v1.IssueTokenResponse issueToken(example.chancery.v1.IssueTokenRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getIssueTokenMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Revokes a token before it expires: VerifyRequest denies it from then on with TOKEN_REVOKED, and so does, within a second, who follows StreamCRL. A client
     * may revoke its own tokens by showing them; `chancery.tokens.revoke` is needed for those of others, and to revoke by id. A token that is expired
     * or revoked already is success.
     * </pre>
     */
    public example.chancery.v1.RevokeTokenResponse revokeToken(example.chancery.v1.RevokeTokenRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getRevokeTokenMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Brings in the next key that tokens are signed with; `chancery.authorities.write`. The service does so by itself every `tokenKeySeconds`.
     * </pre>
     */
    public example.chancery.v1.RotateTokenKeyResponse rotateTokenKey(example.chancery.v1.RotateTokenKeyRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getRotateTokenKeyMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the keys in `/.well-known/jwks.json`. Any caller may.
     * </pre>
     */
    public example.chancery.v1.ListTokenKeysResponse listTokenKeys(example.chancery.v1.ListTokenKeysRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListTokenKeysMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service TokenService.
   * <pre>
   * Issues access tokens (RFC 9068), which resource servers check with the keys in `/.well-known/jwks.json` or by VerifyRequest.
   * </pre>
   */
  public static final class TokenServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<TokenServiceFutureStub> {
    private TokenServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected TokenServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new TokenServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Issues a token. A client may always get one for itself, with no more scopes than the certificate that it calls with;
     * one for another client needs `chancery.tokens.issue`.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<example.chancery.v1.IssueTokenResponse> issueToken(
        example.chancery.v1.IssueTokenRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getIssueTokenMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Revokes a token before it expires: VerifyRequest denies it from then on with TOKEN_REVOKED, and so does, within a second, who follows StreamCRL. A client
     * may revoke its own tokens by showing them; `chancery.tokens.revoke` is needed for those of others, and to revoke by id. A token that is expired
     * or revoked already is success.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<example.chancery.v1.RevokeTokenResponse> revokeToken(
        example.chancery.v1.RevokeTokenRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getRevokeTokenMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Brings in the next key that tokens are signed with; `chancery.authorities.write`. The service does so by itself every `tokenKeySeconds`.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<example.chancery.v1.RotateTokenKeyResponse> rotateTokenKey(
        example.chancery.v1.RotateTokenKeyRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getRotateTokenKeyMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists the keys in `/.well-known/jwks.json`. Any caller may.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<example.chancery.v1.ListTokenKeysResponse> listTokenKeys(
        example.chancery.v1.ListTokenKeysRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListTokenKeysMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_ISSUE_TOKEN = 0;
  private static final int METHODID_REVOKE_TOKEN = 1;
  private static final int METHODID_ROTATE_TOKEN_KEY = 2;
  private static final int METHODID_LIST_TOKEN_KEYS = 3;

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
        case METHODID_ISSUE_TOKEN:
          serviceImpl.issueToken((example.chancery.v1.IssueTokenRequest) request,
              (io.grpc.stub.StreamObserver<example.chancery.v1.IssueTokenResponse>) responseObserver);
          break;
        case METHODID_REVOKE_TOKEN:
          serviceImpl.revokeToken((example.chancery.v1.RevokeTokenRequest) request,
              (io.grpc.stub.StreamObserver<example.chancery.v1.RevokeTokenResponse>) responseObserver);
          break;
        case METHODID_ROTATE_TOKEN_KEY:
          serviceImpl.rotateTokenKey((example.chancery.v1.RotateTokenKeyRequest) request,
              (io.grpc.stub.StreamObserver<example.chancery.v1.RotateTokenKeyResponse>) responseObserver);
          break;
        case METHODID_LIST_TOKEN_KEYS:
          serviceImpl.listTokenKeys((example.chancery.v1.ListTokenKeysRequest) request,
              (io.grpc.stub.StreamObserver<example.chancery.v1.ListTokenKeysResponse>) responseObserver);
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
          getIssueTokenMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              example.chancery.v1.IssueTokenRequest,
              example.chancery.v1.IssueTokenResponse>(
                service, METHODID_ISSUE_TOKEN)))
        .addMethod(
          getRevokeTokenMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              example.chancery.v1.RevokeTokenRequest,
              example.chancery.v1.RevokeTokenResponse>(
                service, METHODID_REVOKE_TOKEN)))
        .addMethod(
          getRotateTokenKeyMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              example.chancery.v1.RotateTokenKeyRequest,
              example.chancery.v1.RotateTokenKeyResponse>(
                service, METHODID_ROTATE_TOKEN_KEY)))
        .addMethod(
          getListTokenKeysMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              example.chancery.v1.ListTokenKeysRequest,
              example.chancery.v1.ListTokenKeysResponse>(
                service, METHODID_LIST_TOKEN_KEYS)))
        .build();
  }

  private static abstract class TokenServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    TokenServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return example.chancery.v1.TokenServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("TokenService");
    }
  }

  private static final class TokenServiceFileDescriptorSupplier
      extends TokenServiceBaseDescriptorSupplier {
    TokenServiceFileDescriptorSupplier() {}
  }

  private static final class TokenServiceMethodDescriptorSupplier
      extends TokenServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    TokenServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (TokenServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new TokenServiceFileDescriptorSupplier())
              .addMethod(getIssueTokenMethod())
              .addMethod(getRevokeTokenMethod())
              .addMethod(getRotateTokenKeyMethod())
              .addMethod(getListTokenKeysMethod())
              .build();
        }
      }
    }
    return result;
  }
}
