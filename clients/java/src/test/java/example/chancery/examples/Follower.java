package example.chancery.examples;

import static java.util.concurrent.TimeUnit.SECONDS;

import com.google.protobuf.ByteString;
import example.chancery.v1.AuthorizationServiceGrpc.AuthorizationServiceBlockingV2Stub;
import example.chancery.v1.IssueCertificateResponse;
import example.chancery.v1.SnapshotBegin;
import example.chancery.v1.StreamCRLRequest;
import example.chancery.v1.StreamCRLResponse;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.Date;
import java.util.concurrent.TimeoutException;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;

/**
 * Holds one StreamCRL open for one authority. It shows what is to be checked of each list; a verifier that decides by them also keeps their entries, and
 * comes back with a resume point when the stream ends ("Following the lists" in docs/protocol.md).
 */
final class Follower implements AutoCloseable {
  /** Four times the service's `checkpointSeconds`. */
  private static final long SILENCE_SECONDS = 40;

  private static final int LARGEST_LIST = 128 << 20;
  private static final String CRL_NUMBER = "2.5.29.20";
  private static final String DELTA_CRL_INDICATOR = "2.5.29.27";

  private final CertificateFactory factory = CertificateFactory.getInstance("X.509");
  private final X509Certificate issuer;
  private final BlockingClientCall<?, StreamCRLResponse> stream;
  private BigInteger number = BigInteger.ZERO;

  /** Opens the stream. */
  Follower(AuthorizationServiceBlockingV2Stub service, IssueCertificateResponse issued) throws GeneralSecurityException {
    // The first certificate above the leaf is the authority that signs the lists. It is believed here because it came over mTLS, from the
    // service; verifiers have the trust bundle.
    issuer = (X509Certificate) factory.generateCertificate(issued.getChainDer(0).newInput());
    stream = service.streamCRL(StreamCRLRequest.newBuilder().addAuthorities(issued.getAuthority()).build());
  }

  /** Number of the newest list taken; 0 before the first. */
  BigInteger number() {
    return number;
  }

  /** Reads the complete list that the stream begins with. */
  void readSnapshot() throws GeneralSecurityException, IOException, StatusException, InterruptedException {
    SnapshotBegin begin = next().getSnapshotBegin();
    if (begin.getTotalBytes() <= 0 || begin.getTotalBytes() > LARGEST_LIST)
      throw new IllegalStateException("the stream does not begin with a complete list");
    ByteString der = ByteString.EMPTY;
    for (StreamCRLResponse message = next(); !message.hasSnapshotEnd(); message = next()) {
      var chunk = message.getSnapshotChunk();
      if (chunk.getData().isEmpty() || chunk.getOffset() != der.size() || der.size() + chunk.getData().size() > begin.getTotalBytes())
        throw new IllegalStateException("the complete list comes in pieces that do not fit");
      der = der.concat(chunk.getData());
    }
    if (!MessageDigest.isEqual(MessageDigest.getInstance("SHA-256").digest(der.toByteArray()), begin.getSha256().toByteArray()))
      throw new IllegalStateException("the complete list is not the one that was announced");
    take(der);
  }

  /** Reads on up to the list with this number, or one beyond it: does one of them name the certificate? */
  boolean waitFor(long wanted, String serialNumber) throws GeneralSecurityException, IOException, StatusException, InterruptedException {
    boolean named = false;
    while (number.compareTo(BigInteger.valueOf(wanted)) < 0) {
      StreamCRLResponse message = next();
      // A checkpoint is a delta without entries.
      X509CRL list = take(message.hasDelta() ? message.getDelta().getDeltaCrlDer() : message.getCheckpoint().getSignedCheckpointDer());
      named |= list.getRevokedCertificate(new BigInteger(serialNumber, 16)) != null;
    }
    return named;
  }

  @Override
  public void close() {
    stream.cancel("done", null);
  }

  /** Verifies a list, complete or delta, and moves on to its number. What stands beside a list in a message proves nothing; only what is signed counts. */
  private X509CRL take(ByteString der) throws GeneralSecurityException, IOException {
    X509CRL list = (X509CRL) factory.generateCRL(der.newInput());
    if (!list.getIssuerX500Principal().equals(issuer.getSubjectX500Principal()))
      throw new IllegalStateException("the list is that of another authority");
    list.verify(issuer.getPublicKey());
    BigInteger next = readNumber(list, CRL_NUMBER);
    // RFC 5280 section 5.2.4: the list that a delta changes. A complete list has none.
    BigInteger base = readNumber(list, DELTA_CRL_INDICATOR);
    if (!base.equals(number) || next.compareTo(number) <= 0 || list.getNextUpdate() == null || list.getNextUpdate().before(new Date()))
      throw new IllegalStateException("list " + next + " on " + base + " does not follow list " + number + ", or has expired");
    number = next;
    return list;
  }

  /** The number in an extension; 0 without that extension. */
  private static BigInteger readNumber(X509CRL list, String extension) throws IOException {
    byte[] value = list.getExtensionValue(extension);
    if (value == null) return BigInteger.ZERO;
    return ASN1Integer.getInstance(JcaX509ExtensionUtils.parseExtensionValue(value)).getValue();
  }

  /** Waits for a message, but not for ever: a stream without even a checkpoint is frozen. */
  private StreamCRLResponse next() throws StatusException, InterruptedException {
    try {
      StreamCRLResponse message = stream.read(SILENCE_SECONDS, SECONDS);
      if (message == null) throw new IllegalStateException("the stream has ended");
      return message;
    } catch (TimeoutException silence) {
      throw new IllegalStateException("the stream is frozen", silence);
    }
  }
}
