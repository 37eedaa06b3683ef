import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CRLReason;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertStore;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateRevokedException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.PKIXRevocationChecker.Option;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads revocation lists and OCSP answers with the JDK: see ../README.md. Lists are read entry by entry, because its path validation knows no
 * deltas, and so is every OCSP answer. What path validation (PKIXRevocationChecker) makes of the complete list and of the answers is compared with that.
 */
public final class RevocationReader {
    private static final String CRL_NUMBER = "2.5.29.20";
    private static final String DELTA_INDICATOR = "2.5.29.27";
    private static final String CERTPATH = "sun.security.provider.certpath.";
    private static final Class<?>[] NOTHING = {};
    /** Every fiftieth part: a P-256 signature takes the JDK milliseconds to verify, and a path has four. */
    private static final int VALIDATED = 200;

    private final CertificateFactory factory = CertificateFactory.getInstance("X.509");
    private final Path folder;
    private final X509Certificate issuer;
    private final X509Certificate root;
    private final Date at;

    private RevocationReader(Path folder) throws Exception {
        this.folder = folder;
        issuer = certificate(Files.readAllBytes(folder.resolve("issuer.der")));
        root = certificate(Files.readAllBytes(folder.resolve("root.der")));
        issuer.verify(root.getPublicKey());
        at = new Date(1000 * Long.parseLong(Files.readString(folder.resolve("at")).trim()));
    }

    public static void main(String[] args) throws Exception {
        try (PrintStream out = new PrintStream(new BufferedOutputStream(System.out))) {
            new RevocationReader(Path.of(args[0])).read(out);
        }
    }

    private void read(PrintStream out) throws Exception {
        List<X509Certificate> certificates = new ArrayList<>();
        for (byte[] der : split("certificates.bin")) certificates.add(certificate(der));
        for (String name : List.of("complete", "base", "delta")) {
            X509CRL list = openList(name);
            out.printf("list %s %s %s%n", name, number(list, CRL_NUMBER), number(list, DELTA_INDICATOR));
            CertStore lists =
                CertStore.getInstance("Collection", new CollectionCertStoreParameters(List.of(list)));
            for (int i = 0; i < certificates.size(); i++) {
                X509Certificate one = certificates.get(i);
                String verdict = entry(list, one);
                boolean validated = name.equals("complete") && i < VALIDATED;
                if (validated) requireSame(validate(one, Map.of(), lists), verdict, one);
                out.printf("%s %s %s%n", name, hex(one), verdict);
            }
        }
        List<byte[]> answers = split("answers.bin");
        for (int i = 0; i < answers.size(); i++) {
            X509Certificate one = certificates.get(i);
            String verdict = status(answers.get(i), one);
            if (i < VALIDATED || i >= answers.size() - 10) {
                requireSame(validate(one, Map.of(one, answers.get(i)), null), verdict, one);
            }
            out.printf("ocsp %s %s%n", hex(one), verdict);
        }
    }

    private X509CRL openList(String name) throws Exception {
        byte[] der = Files.readAllBytes(folder.resolve(name + ".crl"));
        X509CRL list = (X509CRL) factory.generateCRL(new ByteArrayInputStream(der));
        list.verify(issuer.getPublicKey());
        if (list.getThisUpdate().after(at) || !list.getNextUpdate().after(at)) {
            throw new IllegalStateException(name + " is not in force");
        }
        return list;
    }

    private static String entry(X509CRL list, X509Certificate one) {
        X509CRLEntry found = list.getRevokedCertificate(one.getSerialNumber());
        if (found == null) return "good";
        CRLReason reason = found.getRevocationReason();
        return String.valueOf(reason == null ? 0 : reason.ordinal());
    }

    /** What path validation itself reads of an answer, before it looks at signatures: the JDK has no public class for it. */
    private String status(byte[] answer, X509Certificate one) throws ReflectiveOperationException {
        Object serial = construct("sun.security.x509.SerialNumber", BigInteger.class, one.getSerialNumber());
        Class<?> idType = Class.forName(CERTPATH + "CertId");
        Object id =
            idType.getConstructor(X509Certificate.class, serial.getClass()).newInstance(issuer, serial);
        Object response = construct(CERTPATH + "OCSPResponse", byte[].class, answer);
        Object single = call(response, "getSingleResponse", new Class<?>[] {idType}, id);
        return switch (call(single, "getCertStatus", NOTHING).toString()) {
            case "GOOD" -> "good";
            case "UNKNOWN" -> "unknown";
            default -> {
                CRLReason reason = (CRLReason) call(single, "getRevocationReason", NOTHING);
                yield String.valueOf(reason.ordinal());
            }
        };
    }

    private static Object construct(String type, Class<?> parameter, Object value)
        throws ReflectiveOperationException {
        Constructor<?> constructor = Class.forName(type).getDeclaredConstructor(parameter);
        constructor.setAccessible(true);
        return constructor.newInstance(value);
    }

    private static Object call(Object on, String name, Class<?>[] parameters, Object... values)
        throws ReflectiveOperationException {
        Method method = on.getClass().getDeclaredMethod(name, parameters);
        method.setAccessible(true);
        return method.invoke(on, values);
    }

    /** Validates the path from a certificate to the root, its revocation by an answer or by lists and by nothing else. */
    private String validate(X509Certificate one, Map<X509Certificate, byte[]> answers, CertStore lists)
        throws Exception {
        CertPathValidator validator = CertPathValidator.getInstance("PKIX");
        PKIXRevocationChecker checker = (PKIXRevocationChecker) validator.getRevocationChecker();
        EnumSet<Option> options = EnumSet.of(Option.ONLY_END_ENTITY, Option.NO_FALLBACK);
        if (lists != null) options.add(Option.PREFER_CRLS);
        checker.setOptions(options);
        checker.setOcspResponses(answers);
        PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(root, null)));
        parameters.setDate(at);
        parameters.addCertPathChecker(checker);
        if (lists != null) parameters.addCertStore(lists);
        CertPath path = factory.generateCertPath(List.of(one, issuer));
        try {
            validator.validate(path, parameters);
            return "good";
        } catch (CertPathValidatorException refused) {
            if (refused.getCause() instanceof CertificateRevokedException revoked) {
                return String.valueOf(revoked.getRevocationReason().ordinal());
            }
            boolean open = refused.getReason() == BasicReason.UNDETERMINED_REVOCATION_STATUS;
            if (open && refused.getMessage().contains("status is unknown")) return "unknown";
            throw refused;
        }
    }

    private static void requireSame(String path, String entry, X509Certificate one) {
        if (!path.equals(entry)) {
            throw new IllegalStateException(hex(one) + ": the path says " + path + ", the list " + entry);
        }
    }

    /** An INTEGER within the OCTET STRING that getExtensionValue returns. */
    private static String number(X509CRL list, String oid) {
        byte[] value = list.getExtensionValue(oid);
        return value == null ? "-" : new BigInteger(Arrays.copyOfRange(value, 4, value.length)).toString();
    }

    private static String hex(X509Certificate one) {
        String text = one.getSerialNumber().toString(16);
        return text.length() % 2 == 0 ? text : "0" + text;
    }

    private X509Certificate certificate(byte[] der) throws Exception {
        return (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der));
    }

    private List<byte[]> split(String name) throws IOException {
        ByteBuffer joined = ByteBuffer.wrap(Files.readAllBytes(folder.resolve(name)));
        List<byte[]> parts = new ArrayList<>();
        while (joined.hasRemaining()) {
            byte[] part = new byte[joined.getInt()];
            joined.get(part);
            parts.add(part);
        }
        return parts;
    }
}
