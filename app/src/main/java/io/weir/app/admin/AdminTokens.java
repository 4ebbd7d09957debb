package io.weir.app.admin;

import io.weir.app.UserException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Who may use the admin API: bearer tokens, each with its holder's name and role. Only their hashes are kept. Safe for use
 * by many threads.
 */
public final class AdminTokens {
    /** Nobody needs a token; right for a server that only this machine reaches. */
    public static final AdminTokens NONE = new AdminTokens(List.of());

    private static final int SHORTEST = 16;
    private static final String EXPECTED =
            "expected NAME read|operate TOKEN, the token of at least " + SHORTEST + " characters, found ";

    private final List<Entry> entries;

    /** What a holder may do. */
    enum Role {
        /** Ask. */
        READ,
        /** Ask and change. */
        OPERATE
    }

    /** Whose token it is. */
    record Holder(String name, Role role) {}

    private record Entry(Holder holder, byte[] digest) {}

    private AdminTokens(List<Entry> entries) {
        this.entries = List.copyOf(entries);
    }

    /**
     * Reads a file of lines {@code NAME read|operate TOKEN}; empty lines and those that begin with # are skipped.
     *
     * @throws UserException naming the line; what may be a token is not repeated
     */
    public static AdminTokens read(Path file) {
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (IOException unreadable) {
            throw UserException.wrongUsage(file + ": expected a file of tokens that can be read, found "
                    + (Files.exists(file) ? unreadable.getMessage() : "none"));
        }
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (!line.isEmpty() && !line.startsWith("#")) {
                entries.add(entry(file + ":" + (i + 1) + ": ", line));
            }
        }
        if (entries.isEmpty()) {
            throw UserException.wrongUsage(file + ": expected at least one token, found none");
        }
        return new AdminTokens(entries);
    }

    private static Entry entry(String where, String line) {
        String[] words = line.split("\\s+");
        if (words.length != 3) {
            throw UserException.wrongUsage(where + EXPECTED + words.length + " words");
        }
        Role role = switch (words[1].toLowerCase(Locale.ROOT)) {
            case "read" -> Role.READ;
            case "operate" -> Role.OPERATE;
            default -> throw UserException.wrongUsage(where + EXPECTED + "another role");
        };
        if (words[2].length() < SHORTEST) {
            throw UserException.wrongUsage(where + EXPECTED + words[2].length() + " characters");
        }
        return new Entry(new Holder(words[0], role), digest(words[2]));
    }

    /** Whether there is no token to ask for. */
    boolean isEmpty() {
        return entries.isEmpty();
    }

    /** Whose token it is, or null; how long that takes does not depend on how much of it is right. */
    @Nullable
    Holder holder(String token) {
        byte[] presented = digest(token);
        Holder found = null;
        for (Entry entry : entries) {
            if (MessageDigest.isEqual(entry.digest, presented)) {
                found = entry.holder;
            }
        }
        return found;
    }

    private static byte[] digest(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }
}
