package io.weir.app.cli;

import io.weir.app.UserException;
import io.weir.engine.document.Problem;
import io.weir.engine.policy.InvalidPolicyException;
import io.weir.engine.policy.Policy;
import io.weir.engine.policy.PolicyReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Policies as files. */
final class PolicyFiles {
    private PolicyFiles() {}

    /** A policy and the file it stands in. */
    record PolicyFile(Path file, String yaml, Policy policy) {}

    /** What was read: the valid policies, and what is wrong with the others. */
    record Reading(List<PolicyFile> valid, List<Problem> problems) {}

    /**
     * Reads the files, and every {@code .yaml} and {@code .yml} of the folders, in order of their names.
     *
     * @throws InvalidPolicyException telling all that is wrong with any of them
     * @throws UserException when there is no such file
     */
    static List<PolicyFile> read(List<Path> filesOrFolders) {
        Reading reading = reading(filesOrFolders);
        if (!reading.problems().isEmpty()) {
            throw new InvalidPolicyException(reading.problems());
        }
        return reading.valid();
    }

    /**
     * Reads what can be read. Each domain has one policy: a second one is a problem of its file.
     *
     * @throws UserException when there is no such file
     */
    static Reading reading(List<Path> filesOrFolders) {
        List<PolicyFile> valid = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        Map<String, Path> byDomain = new HashMap<>();
        for (Path file : files(filesOrFolders)) {
            try {
                String yaml = text(file);
                Policy policy = PolicyReader.read(file.toString(), yaml);
                Path first = byDomain.putIfAbsent(policy.domain(), file);
                if (first == null) {
                    valid.add(new PolicyFile(file, yaml, policy));
                } else {
                    String found = policy.domain() + " again, which " + first + " governs";
                    problems.add(new Problem(file.toString(), 1, 1, "policy", "each domain once", found));
                }
            } catch (InvalidPolicyException invalid) {
                problems.addAll(invalid.problems());
            }
        }
        return new Reading(valid, problems);
    }

    private static List<Path> files(List<Path> filesOrFolders) {
        List<Path> files = new ArrayList<>();
        for (Path each : filesOrFolders) {
            if (!Files.isDirectory(each)) {
                files.add(each);
                continue;
            }
            try (Stream<Path> inside = Files.list(each)) {
                files.addAll(inside.filter(PolicyFiles::isYaml).sorted().toList());
            } catch (IOException unreadable) {
                throw UserException.failed(each + ": expected a readable folder, found " + unreadable, unreadable);
            }
        }
        return files;
    }

    private static boolean isYaml(Path file) {
        String name = file.toString();
        return name.endsWith(".yaml") || name.endsWith(".yml");
    }

    private static String text(Path file) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            CharBuffer text = CharBuffer.allocate(bytes.length);
            ByteBuffer rest = ByteBuffer.wrap(bytes);
            CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(rest, text, true);
            text.flip();
            if (result.isError()) {
                int line = 1 + (int) text.chars().filter(c -> c == '\n').count();
                String found = String.format("byte %02X", rest.get());
                throw new InvalidPolicyException(
                        List.of(new Problem(file.toString(), line, 1, "", "text in UTF-8", found)));
            }
            return text.toString();
        } catch (IOException unreadable) {
            String found = Files.exists(file) ? unreadable.toString() : "none";
            throw UserException.failed(file + ": expected a policy file, found " + found, unreadable);
        }
    }
}
