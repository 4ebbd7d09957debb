package io.weir.app.cli;

import io.weir.app.UserException;
import io.weir.edge.TokenHash;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What becomes of tokens before they leave the gateway. */
final class TokenOptions {
    private static final String USUAL_FILE = "token.key";
    private static final int MADE_BYTES = 32;

    @Option(
            names = "--token-key",
            paramLabel = "FILE",
            description = "Holds the key, at least 16 bytes, that tokens are hashed with before they leave; the same at"
                    + " every gateway of a domain (default: " + USUAL_FILE + " in --data, made where there is none).")
    private @Nullable Path tokenKey;

    @Option(names = "--plain-tokens", description = "Let tokens leave as they are.")
    private boolean plainTokens;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "./data",
            description = "Where it keeps the key that it makes (default: ./data).")
    private Path data = Path.of("./data");

    /**
     * What tokens are hashed with, or null where they leave as they are.
     *
     * @param told hears of a key that was made
     */
    byte @Nullable [] key(Consumer<String> told) {
        if (tokenKey != null && plainTokens) {
            throw UserException.wrongUsage("tokens: expected either --token-key FILE, to hash them with before they"
                    + " leave, or --plain-tokens, found both");
        }
        if (plainTokens) {
            return null;
        }
        if (tokenKey != null) {
            return read(tokenKey);
        }
        Path usual = data.resolve(USUAL_FILE);
        if (!Files.exists(usual) && made(usual)) {
            told.accept(
                    "made a key for tokens, " + usual + "; every gateway of the domain needs the same (--token-key)");
        }
        return read(usual);
    }

    private static byte[] read(Path file) {
        try {
            byte[] read = Files.readString(file).strip().getBytes(StandardCharsets.UTF_8);
            var unused = TokenHash.of(read);
            return read;
        } catch (IOException | UncheckedIOException unreadable) {
            throw UserException.wrongUsage("--token-key " + file + ": expected a file of text that can be read, found "
                    + (Files.exists(file) ? unreadable.getMessage() : "none"));
        } catch (IllegalArgumentException tooShort) {
            throw UserException.wrongUsage("--token-key " + file + ": " + tooShort.getMessage());
        }
    }

    /** Makes a key that nobody has; whoever finds the file finds all of it. Returns whether it was this that made it. */
    private static boolean made(Path file) {
        byte[] key = new byte[MADE_BYTES];
        new SecureRandom().nextBytes(key);
        try {
            Path folder = Files.createDirectories(file.toAbsolutePath().getParent());
            // Readable by its owner only, as temporary files are.
            Path whole = Files.createTempFile(folder, USUAL_FILE, null);
            try {
                Files.writeString(whole, Base64.getEncoder().encodeToString(key) + "\n");
                Files.createLink(file, whole);
                return true;
            } catch (FileAlreadyExistsException another) {
                return false;
            } finally {
                Files.delete(whole);
            }
        } catch (IOException | UnsupportedOperationException unwritable) {
            throw UserException.failed(
                    file + ": expected to be able to keep a key for tokens there, found " + unwritable
                            + "; name one with --token-key FILE, or let them leave as they are with --plain-tokens",
                    unwritable);
        }
    }

    /** From a token to what stands for it in events. */
    static UnaryOperator<String> tokens(byte @Nullable [] key) {
        return key == null ? UnaryOperator.identity() : TokenHash.of(key)::hash;
    }
}
