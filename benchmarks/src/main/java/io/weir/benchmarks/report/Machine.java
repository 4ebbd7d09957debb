package io.weir.benchmarks.report;

import io.github.bucket4j.Bucket;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.lettuce.core.RedisClient;
import io.weir.benchmarks.process.Roles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.utils.AppInfoParser;

/** What is measured on and with: machine, versions, options of the processes that are measured. */
final class Machine {
    private Machine() {}

    static Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("machine", machine());
        facts.put("load", line(Path.of("/proc/loadavg")));
        facts.put("Weir", said("git", "describe", "--always", "--dirty"));
        facts.put("Java", Runtime.version().toString());
        facts.put("Kafka", AppInfoParser.getVersion());
        facts.put("Redis", said("redis-server", "--version"));
        facts.put("lettuce", version(RedisClient.class));
        facts.put("bucket4j", version(Bucket.class));
        facts.put("resilience4j", version(RateLimiter.class));
        facts.put("options", String.join(" ", Roles.options()));
        return facts;
    }

    private static String machine() {
        String cpu = "unknown CPU";
        try {
            cpu = Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                    .filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 2))
                    .findFirst()
                    .orElse(cpu);
        } catch (IOException notLinux) {
            // It stays unknown.
        }
        return Runtime.getRuntime().availableProcessors() + " × " + cpu + ", " + System.getProperty("os.name") + " "
                + System.getProperty("os.version");
    }

    /** Of the library that a class is from, by the name of its jar. */
    private static String version(Class<?> of) {
        String jar = Path.of(
                        of.getProtectionDomain().getCodeSource().getLocation().getPath())
                .getFileName()
                .toString();
        return jar.replaceAll("^.*?-(\\d[^/]*)\\.jar$", "$1");
    }

    private static String line(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException notLinux) {
            return "unknown";
        }
    }

    private static String said(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String line = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return process.waitFor() == 0 ? line : "unknown";
        } catch (IOException absent) {
            return "none";
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
            return "unknown";
        }
    }
}
