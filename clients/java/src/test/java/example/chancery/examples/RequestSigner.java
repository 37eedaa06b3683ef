package example.chancery.examples;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.google.protobuf.ByteString;
import example.chancery.v1.HeaderField;
import example.chancery.v1.HttpSignature;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Signature;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.UUID;

/** Signs HTTP requests with a certificate's P-256 key, by the simple profile (docs/protocol.md). */
record RequestSigner(PrivateKey key, byte[] certificateDer) {
  /** Returns the request as the resource server would receive it, and pass it on to VerifyRequest. */
  HttpSignature sign(String method, String target, String authority, byte[] body) throws GeneralSecurityException {
    String timestamp = Long.toString(Instant.now().getEpochSecond());
    String nonce = UUID.randomUUID().toString();
    String bodyHash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(key);
    signature.update(String.join("\n", method, target, authority, bodyHash, timestamp, nonce).getBytes(US_ASCII));
    return HttpSignature.newBuilder()
        .setMethod(method)
        .setTarget(target)
        .setAuthority(authority)
        .setScheme("https")
        .addHeaders(header("X-Client-Cert", Base64.getEncoder().encodeToString(certificateDer)))
        .addHeaders(header("X-Timestamp", timestamp))
        .addHeaders(header("X-Nonce", nonce))
        .addHeaders(header("X-Signature", Base64.getEncoder().encodeToString(signature.sign())))
        .setBodyBytes(ByteString.copyFrom(body))
        .build();
  }

  private static HeaderField header(String name, String value) {
    return HeaderField.newBuilder().setName(name).setValue(ByteString.copyFrom(value, US_ASCII)).build();
  }
}
