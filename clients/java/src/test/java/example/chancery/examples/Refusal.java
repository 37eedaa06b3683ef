package example.chancery.examples;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.protobuf.StatusProto;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What to make of a failed call. */
final class Refusal {
  /** What to do about a refusal, by its reason (docs/errors.md has them all), and where there is none by the status of the call. */
  private static final Map<String, String> ADVICE_BY_REASON =
      Map.of(
          "SCOPE_NOT_GRANTABLE", "have an operator grant it: chancery client set-scopes",
          "CLIENT_NOT_FOUND", "have an operator add it: chancery client add",
          "CALLER_NOT_ALLOWED", "use an identity whose certificate carries that scope",
          "CALLER_UNAUTHENTICATED", "use an identity that this authority issued",
          "CALLER_REVOKED", "use another identity; this one is revoked");

  private static final Map<Status.Code, String> ADVICE_BY_STATUS =
      Map.of(
          Status.Code.UNAVAILABLE, "is the service running at that address, and is ca.pem its own? Try again",
          Status.Code.DEADLINE_EXCEEDED, "try again; the service is overloaded or cannot be reached");

  private Refusal() {}

  /** Says what failed, why, and what to do. */
  static String explain(Exception error) {
    if (!(error instanceof StatusException refused)) return error instanceof IllegalStateException ? error.getMessage() : error.toString();
    Status status = refused.getStatus();
    Optional<ErrorInfo> refusal = find(refused);
    if (refusal.isEmpty()) {
      String cause = status.getCause() == null ? "" : " (" + status.getCause().getMessage() + ")";
      String advice = ADVICE_BY_STATUS.get(status.getCode());
      return refused.getMessage() + cause + (advice == null ? "" : ": " + advice);
    }
    String reason = reasonOf(refused);
    String about = refusal.get().getMetadataMap().entrySet().stream().map(Object::toString).sorted().collect(Collectors.joining(", "));
    return reason + " (" + about + "): " + ADVICE_BY_REASON.getOrDefault(reason, status.getDescription());
  }

  /** The reason of a refused call, without its prefix; empty if the call failed for want of an answer. */
  static String reasonOf(StatusException error) {
    return find(error).map(info -> info.getReason().replaceFirst("^ERROR_REASON_", "")).orElse("");
  }

  /** Finds google.rpc.ErrorInfo among the details of a failed call. */
  private static Optional<ErrorInfo> find(StatusException error) {
    com.google.rpc.Status status = StatusProto.fromThrowable(error);
    if (status == null) return Optional.empty();
    try {
      for (Any detail : status.getDetailsList()) {
        if (!detail.is(ErrorInfo.class)) continue;
        ErrorInfo info = detail.unpack(ErrorInfo.class);
        if (info.getDomain().equals("chancery.v1")) return Optional.of(info);
      }
    } catch (InvalidProtocolBufferException malformed) {
      // As good as no detail.
    }
    return Optional.empty();
  }
}
