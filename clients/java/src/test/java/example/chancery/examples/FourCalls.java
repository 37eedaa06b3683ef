package example.chancery.examples;

import static java.util.concurrent.TimeUnit.SECONDS;

import com.google.protobuf.ByteString;
import example.chancery.v1.AuthorizationServiceGrpc;
import example.chancery.v1.AuthorizationServiceGrpc.AuthorizationServiceBlockingV2Stub;
import example.chancery.v1.Decision;
import example.chancery.v1.DenyReason;
import example.chancery.v1.IssueCertificateRequest;
import example.chancery.v1.IssueCertificateResponse;
import example.chancery.v1.RevocationReason;
import example.chancery.v1.RevokeCertificateRequest;
import example.chancery.v1.VerifyRequestRequest;
import io.grpc.ManagedChannel;
import io.grpc.StatusException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.UUID;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/**
 * Takes one certificate through its life by the four calls of chancery.v1: it is issued, a request that is signed with its key is allowed, it is revoked,
 * the news arrives on a stream that is held open, and the next request is denied. Ends with 0 if all of that held.
 */
public final class FourCalls {
  /** How long an answer may take. Every call has a deadline but the stream. */
  private static final long PATIENCE_SECONDS = 30;

  private final AuthorizationServiceBlockingV2Stub service;

  private FourCalls(AuthorizationServiceBlockingV2Stub service) {
    this.service = service;
  }

  public static void main(String[] arguments) throws InterruptedException {
    ManagedChannel channel = null;
    try {
      Options options = Options.parse(arguments);
      channel = Connection.open(options.address(), options.identity());
      new FourCalls(AuthorizationServiceGrpc.newBlockingV2Stub(channel)).run(options.client(), options.scope());
    } catch (StatusException | IllegalStateException | IOException | GeneralSecurityException | OperatorCreationException error) {
      System.err.println("fourcalls: " + Refusal.explain(error));
      System.exit(1);
    } finally {
      if (channel != null) channel.shutdownNow().awaitTermination(PATIENCE_SECONDS, SECONDS);
    }
  }

  private void run(String client, String scope)
      throws StatusException, IOException, GeneralSecurityException, OperatorCreationException, InterruptedException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair key = generator.generateKeyPair();
    IssueCertificateResponse issued = issue(key, client, scope);
    String serialNumber = issued.getSerialNumber();
    say("issued", serialNumber + " to " + client + " with " + String.join(" ", issued.getGrantedScopesList()));

    showRefusal(key, client);

    // Opened before anything is revoked, so that the delta with the news comes on this stream.
    try (Follower lists = new Follower(service, issued)) {
      lists.readSnapshot();
      say("following", issued.getAuthority() + " from list " + lists.number());

      RequestSigner signer = new RequestSigner(key.getPrivate(), issued.getCertificateDer().toByteArray());
      expect(signer, scope, DenyReason.DENY_REASON_UNSPECIFIED);
      // A denial is no error: it is an answer, with one reason.
      expect(signer, scope + ".more", DenyReason.DENY_REASON_SCOPE_INSUFFICIENT);

      long revokedIn = revoke(issued);
      say("revoked", serialNumber + ", in every list from " + revokedIn + " on");
      if (!lists.waitFor(revokedIn, serialNumber))
        throw new IllegalStateException("the lists up to " + lists.number() + " do not name " + serialNumber);
      say("learnt", "from list " + lists.number() + " that " + serialNumber + " is revoked");
      expect(signer, scope, DenyReason.DENY_REASON_CERTIFICATE_REVOKED);
    }
  }

  /** Sends a certificate signing request. The private key stays here. */
  private IssueCertificateResponse issue(KeyPair key, String client, String scope) throws StatusException, IOException, OperatorCreationException {
    byte[] csr =
        new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=" + client), key.getPublic())
            .build(new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate()))
            .getEncoded();
    return inTime()
        .issueCertificate(
            IssueCertificateRequest.newBuilder()
                .setClientId(client)
                .setCsrDer(ByteString.copyFrom(csr))
                .addScopes(scope)
                // A retry under the same key gets the same certificate, not a second one.
                .setIdempotencyKey(UUID.randomUUID().toString())
                .build());
  }

  /** What the service refuses is an error with a reason, and its metadata say what it is about. */
  private void showRefusal(KeyPair key, String client) throws StatusException, IOException, OperatorCreationException {
    try {
      issue(key, client, "not.granted.to.anyone");
    } catch (StatusException error) {
      if (!Refusal.reasonOf(error).equals("SCOPE_NOT_GRANTABLE")) throw error;
      say("refused", Refusal.explain(error));
      return;
    }
    throw new IllegalStateException("a scope that nobody was granted was issued");
  }

  /** Signs a request, asks what a resource server would ask, and holds the answer against what it must be; no reason means ALLOW. */
  private void expect(RequestSigner signer, String scope, DenyReason want) throws StatusException, GeneralSecurityException {
    var answer =
        inTime()
            .verifyRequest(
                VerifyRequestRequest.newBuilder()
                    .setHttpSignature(signer.sign("GET", "/users/7", "bob.example", new byte[0]))
                    .addRequiredScopes(scope)
                    .build());
    boolean allowed = answer.getDecision() == Decision.DECISION_ALLOW;
    DenyReason reason = answer.getDenyReason();
    if (allowed != (want == DenyReason.DENY_REASON_UNSPECIFIED) || reason != want)
      throw new IllegalStateException("a request for " + scope + " is answered " + answer.getDecision() + " " + reason + ", not " + want);
    if (allowed) say("allowed", answer.getPrincipal().getClientId() + " for " + scope);
    else say("denied", reason.name().substring("DENY_REASON_".length()) + " for " + scope);
  }

  private long revoke(IssueCertificateResponse issued) throws StatusException {
    return inTime()
        .revokeCertificate(
            RevokeCertificateRequest.newBuilder()
                .setCertificateDer(issued.getCertificateDer())
                .setReason(RevocationReason.REVOCATION_REASON_CESSATION_OF_OPERATION)
                .build())
        .getCrlNumber();
  }

  private AuthorizationServiceBlockingV2Stub inTime() {
    return service.withDeadlineAfter(PATIENCE_SECONDS, SECONDS);
  }

  private static void say(String what, String text) {
    System.out.printf("%-10s %s%n", what, text);
  }
}
