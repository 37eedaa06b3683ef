package example.chancery.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Answers "who holds scope X" and "what expires when". Needs `chancery.certificates.read`; a client may always read its own.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class CertificateServiceGrpc {

  private CertificateServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "chancery.v1.CertificateService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<example.chancery.v1.GetCertificateRequest,
      example.chancery.v1.GetCertificateResponse> getGetCertificateMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetCertificate",
      requestType = example.chancery.v1.GetCertificateRequest.class,
      responseType = example.chancery.v1.GetCertificateResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<example.chancery.v1.GetCertificateRequest,
      example.chancery.v1.GetCertificateResponse> getGetCertificateMethod() {
    io.grpc.MethodDescriptor<example.chancery.v1.GetCertificateRequest, example.chancery.v1.GetCertificateResponse> getGetCertificateMethod;
    if ((getGetCertificateMethod = CertificateServiceGrpc.getGetCertificateMethod) == null) {
      synchronized (CertificateServiceGrpc.class) {
        if ((getGetCertificateMethod = CertificateServiceGrpc.getGetCertificateMethod) == null) {
          CertificateServiceGrpc.getGetCertificateMethod = getGetCertificateMethod =
              io.grpc.MethodDescriptor.<example.chancery.v1.GetCertificateRequest, example.chancery.v1.GetCertificateResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetCertificate"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  example.chancery.v1.GetCertificateRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  example.chancery.v1.GetCertificateResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CertificateServiceMethodDescriptorSupplier("GetCertificate"))
              .build();
        }
      }
    }
    return getGetCertificateMethod;
  }

  private static volatile io.grpc.MethodDescriptor<example.chancery.v1.ListCertificatesRequest,
      example.chancery.v1.ListCertificatesResponse> getListCertificatesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListCertificates",
      requestType = example.chancery.v1.ListCertificatesRequest.class,
      responseType = example.chancery.v1.ListCertificatesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<example.chancery.v1.ListCertificatesRequest,
      example.chancery.v1.ListCertificatesResponse> getListCertificatesMethod() {
    io.grpc.MethodDescriptor<example.chancery.v1.ListCertificatesRequest, example.chancery.v1.ListCertificatesResponse> getListCertificatesMethod;
    if ((getListCertificatesMethod = CertificateServiceGrpc.getListCertificatesMethod) == null) {
      synchronized (CertificateServiceGrpc.class) {
        if ((getListCertificatesMethod = CertificateServiceGrpc.getListCertificatesMethod) == null) {
          CertificateServiceGrpc.getListCertificatesMethod = getListCertificatesMethod =
              io.grpc.MethodDescriptor.<example.chancery.v1.ListCertificatesRequest, example.chancery.v1.ListCertificatesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListCertificates"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  example.chancery.v1.ListCertificatesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  example.chancery.v1.ListCertificatesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CertificateServiceMethodDescriptorSupplier("ListCertificates"))
              .build();
        }
      }
    }
    return getListCertificatesMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static CertificateServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<CertificateServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<CertificateServiceStub>() {
        @java.lang.Override
        public CertificateServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new CertificateServiceStub(channel, callOptions);
        }
      };
    return CertificateServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static CertificateServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<CertificateServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<CertificateServiceBlockingV2Stub>() {
        @java.lang.Override
        public CertificateServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new CertificateServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return CertificateServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static CertificateServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<CertificateServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<CertificateServiceBlockingStub>() {
        @java.lang.Override
        public CertificateServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new CertificateServiceBlockingStub(channel, callOptions);
        }
      };
    return CertificateServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static CertificateServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<CertificateServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<CertificateServiceFutureStub>() {
        @java.lang.Override
        public CertificateServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new CertificateServiceFutureStub(channel, callOptions);
        }
      };
    return CertificateServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Answers "who holds scope X" and "what expires when". Needs `chancery.certificates.read`; a client may always read its own.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Returns one certificate with its DER.
     * </pre>
     */
    default void getCertificate(example.chancery.v1.GetCertificateRequest request,
        io.grpc.stub.StreamObserver<example.chancery.v1.GetCertificateResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetCertificateMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists certificates, newest first.
     * </pre>
     */
    default void listCertificates(example.chancery.v1.ListCertificatesRequest request,
        io.grpc.stub.StreamObserver<example.chancery.v1.ListCertificatesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListCertificatesMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service CertificateService.
   * <pre>
   * Answers "who holds scope X" and "what expires when". Needs `chancery.certificates.read`; a client may always read its own.
   * </pre>
   */
  public static abstract class CertificateServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return CertificateServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service CertificateService.
   * <pre>
   * Answers "who holds scope X" and "what expires when". Needs `chancery.certificates.read`; a client may always read its own.
   * </pre>
   */
  public static final class CertificateServiceStub
      extends io.grpc.stub.AbstractAsyncStub<CertificateServiceStub> {
    private CertificateServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected CertificateServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new CertificateServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Returns one certificate with its DER.
     * </pre>
     */
    public void getCertificate(example.chancery.v1.GetCertificateRequest request,
        io.grpc.stub.StreamObserver<example.chancery.v1.GetCertificateResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetCertificateMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists certificates, newest first.
     * </pre>
     */
    public void listCertificates(example.chancery.v1.ListCertificatesRequest request,
        io.grpc.stub.StreamObserver<example.chancery.v1.ListCertificatesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListCertificatesMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service CertificateService.
   * <pre>
   * Answers "who holds scope X" and "what expires when". Needs `chancery.certificates.read`; a client may always read its own.
   * </pre>
   */
  public static final class CertificateServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<CertificateServiceBlockingV2Stub> {
    private CertificateServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected CertificateServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new CertificateServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Returns one certificate with its DER.
     * </pre>
     */
    public example.chancery.v1.GetCertificateResponse getCertificate(example.chancery.v1.GetCertificateRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetCertificateMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists certificates, newest first.
     * </pre>
     */
    public example.chancery.v1.ListCertificatesResponse listCertificates(example.chancery.v1.ListCertificatesRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListCertificatesMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service CertificateService.
   * <pre>
   * Answers "who holds scope X" and "what expires when". Needs `chancery.certificates.read`; a client may always read its own.
   * </pre>
   */
  public static final class CertificateServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<CertificateServiceBlockingStub> {
    private CertificateServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected CertificateServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new CertificateServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Returns one certificate with its DER.
     * </pre>
     */
    public example.chancery.v1.GetCertificateResponse getCertificate(example.chancery.v1.GetCertificateRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetCertificateMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists certificates, newest first.
     * </pre>
     */
    public example.chancery.v1.ListCertificatesResponse listCertificates(example.chancery.v1.ListCertificatesRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListCertificatesMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service CertificateService.
   * <pre>
   * Answers "who holds scope X" and "what expires when". Needs `chancery.certificates.read`; a client may always read its own.
   * </pre>
   */
  public static final class CertificateServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<CertificateServiceFutureStub> {
    private CertificateServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected CertificateServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new CertificateServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Returns one certificate with its DER.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<example.chancery.v1.GetCertificateResponse> getCertificate(
        example.chancery.v1.GetCertificateRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetCertificateMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists certificates, newest first.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<example.chancery.v1.ListCertificatesResponse> listCertificates(
        example.chancery.v1.ListCertificatesRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListCertificatesMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_GET_CERTIFICATE = 0;
  private static final int METHODID_LIST_CERTIFICATES = 1;

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
        case METHODID_GET_CERTIFICATE:
          serviceImpl.getCertificate((example.chancery.v1.GetCertificateRequest) request,
              (io.grpc.stub.StreamObserver<example.chancery.v1.GetCertificateResponse>) responseObserver);
          break;
        case METHODID_LIST_CERTIFICATES:
          serviceImpl.listCertificates((example.chancery.v1.ListCertificatesRequest) request,
              (io.grpc.stub.StreamObserver<example.chancery.v1.ListCertificatesResponse>) responseObserver);
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
          getGetCertificateMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              example.chancery.v1.GetCertificateRequest,
              example.chancery.v1.GetCertificateResponse>(
                service, METHODID_GET_CERTIFICATE)))
        .addMethod(
          getListCertificatesMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              example.chancery.v1.ListCertificatesRequest,
              example.chancery.v1.ListCertificatesResponse>(
                service, METHODID_LIST_CERTIFICATES)))
        .build();
  }

  private static abstract class CertificateServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    CertificateServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return example.chancery.v1.CertificateServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("CertificateService");
    }
  }

  private static final class CertificateServiceFileDescriptorSupplier
      extends CertificateServiceBaseDescriptorSupplier {
    CertificateServiceFileDescriptorSupplier() {}
  }

  private static final class CertificateServiceMethodDescriptorSupplier
      extends CertificateServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    CertificateServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (CertificateServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new CertificateServiceFileDescriptorSupplier())
              .addMethod(getGetCertificateMethod())
              .addMethod(getListCertificatesMethod())
              .build();
        }
      }
    }
    return result;
  }
}
