package io.weir.wire;

import io.weir.schemas.avro.PolicyDocument;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Policies as they stand on their topic. */
public final class PolicyDocuments {
    private static final int VERSION_LENGTH = 12;

    private PolicyDocuments() {}

    /** @param source the file it came from, or null */
    public static PolicyDocument of(String domain, String yaml, @Nullable String source) {
        return new PolicyDocument(domain, yaml, version(yaml), source);
    }

    /** The first 12 hexadecimal digits of the document's SHA-256. */
    public static String version(String yaml) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(yaml.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest).substring(0, VERSION_LENGTH);
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every Java has SHA-256", missing);
        }
    }
}
