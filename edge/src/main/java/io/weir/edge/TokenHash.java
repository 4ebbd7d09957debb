package io.weir.edge;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What stands for a token outside the gateway: the first 128 bits of its HMAC-SHA256, in 22 characters of URL-safe
 * Base64. Who has the key can tell whether a token is meant; nobody can tell the token.
 *
 * <p>Policies and entities that name tokens name these. All edges of one domain need the same key. May be used by many
 * threads.
 */
public final class TokenHash {
    /** The shortest key accepted, in bytes. */
    public static final int MIN_KEY = 16;

    private static final String ALGORITHM = "HmacSHA256";
    private static final int LENGTH = 16;

    private final ThreadLocal<Mac> macs;

    private TokenHash(byte[] key) {
        SecretKeySpec secret = new SecretKeySpec(key, ALGORITHM);
        this.macs = ThreadLocal.withInitial(() -> mac(secret));
    }

    /** @throws IllegalArgumentException when the key is shorter than {@link #MIN_KEY} */
    public static TokenHash of(byte[] key) {
        if (key.length < MIN_KEY) {
            throw new IllegalArgumentException(
                    "token hash key: expected at least " + MIN_KEY + " bytes, found " + key.length);
        }
        return new TokenHash(key);
    }

    private static Mac mac(SecretKeySpec secret) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(secret);
            return mac;
        } catch (NoSuchAlgorithmException | InvalidKeyException missing) {
            throw new IllegalStateException("every Java has " + ALGORITHM, missing);
        }
    }

    /** The hash of that token. Takes about a microsecond. */
    public String hash(String token) {
        byte[] digest = macs.get().doFinal(token.getBytes(StandardCharsets.UTF_8));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(digest, LENGTH));
    }
}
