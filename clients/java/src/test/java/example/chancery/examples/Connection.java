package example.chancery.examples;

import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.TlsChannelCredentials;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Connections over mTLS. */
final class Connection {
  private Connection() {}

  /** Prepares a connection with an identity folder: key.pem and cert.pem say who we are, ca.pem whom we believe. */
  static ManagedChannel open(String address, String identity) throws IOException {
    if (identity.isEmpty()) throw new IllegalStateException("no identity: give --identity DIR, or set CHANCERY_IDENTITY");
    Path folder = Path.of(identity);
    // The name of the server is taken from the address, and no other root but ours is believed. gRPC speaks TLS 1.2 and later only.
    var credentials =
        TlsChannelCredentials.newBuilder()
            .keyManager(folder.resolve("cert.pem").toFile(), folder.resolve("key.pem").toFile())
            .trustManager(folder.resolve("ca.pem").toFile())
            .build();
    // A host that lost its power closes nothing: without pings a stream would wait for it, and so would the next on the same connection.
    return Grpc.newChannelBuilder(address, credentials)
        .keepAliveTime(20, TimeUnit.SECONDS)
        .keepAliveTimeout(5, TimeUnit.SECONDS)
        .build();
  }
}
