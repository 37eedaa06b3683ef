package example.chancery.examples;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the command line and the environment ask for. */
record Options(String address, String identity, String client, String scope) {
  private static final List<String> NAMES = List.of("--address", "--identity", "--client", "--scope");

  static Options parse(String[] arguments) {
    Map<String, String> given = new HashMap<>();
    for (int i = 0; i < arguments.length; i += 2) {
      if (!NAMES.contains(arguments[i]) || i + 1 == arguments.length)
        throw new IllegalStateException("usage: fourcalls [--address HOST:PORT] [--identity DIR] [--client ID] [--scope SCOPE]");
      given.put(arguments[i], arguments[i + 1]);
    }
    return new Options(
        given.getOrDefault("--address", System.getenv().getOrDefault("CHANCERY_ADDRESS", "localhost:8443")),
        given.getOrDefault("--identity", System.getenv().getOrDefault("CHANCERY_IDENTITY", "")),
        given.getOrDefault("--client", "alice"),
        given.getOrDefault("--scope", "bob.user.read"));
  }
}
