package io.weir.app.cli;

import io.weir.app.UserException;
import io.weir.app.admin.HistoryAnswer;
import io.weir.app.admin.UsageAnswer;
import io.weir.engine.decide.CurrentUsage;
import io.weir.schemas.avro.UsageRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What somebody has used. */
@Command(
        name = "usage",
        mixinStandardHelpOptions = true,
        description = "Shows what somebody has used of each limit, now, at some time, or in windows of the past. Asking"
                + " charges nothing.",
        footerHeading = "%nTry:%n",
        footer = {
            "  weir usage --domain hexagraph --ip 192.0.2.1",
            "  weir usage --domain tagoio --profile p1 --attribute plan=scale",
            "  weir usage --domain tagoio --profile p1 --history --from 2026-01-01T00:00:00Z"
        })
final class UsageCommand implements Callable<Integer> {
    @Mixin
    private SubjectOptions subject = new SubjectOptions();

    @Option(
            names = "--attribute",
            paramLabel = "NAME=VALUE",
            description = "An attribute of their requests, such as plan; entities' are known.")
    private Map<String, String> attributes = new LinkedHashMap<>();

    @Option(names = "--method", paramLabel = "METHOD", description = "With --path: only what counts such a request.")
    private @Nullable String method;

    @Option(names = "--path", paramLabel = "PATH", description = "With --method: only what counts such a request.")
    private @Nullable String path;

    @Option(
            names = "--at",
            paramLabel = "TIME",
            converter = Times.class,
            description = "When, in the time of the events (default: now).")
    private @Nullable Instant at;

    @Option(names = "--shadow", description = "Rules in shadow mode too.")
    private boolean shadow;

    @Option(names = "--history", description = "Windows of the past instead: the last day, or --from and --to.")
    private boolean history;

    @Option(names = "--from", paramLabel = "TIME", converter = Times.class, description = "They began then or later.")
    private @Nullable Instant from;

    @Option(names = "--to", paramLabel = "TIME", converter = Times.class, description = "They began then or earlier.")
    private @Nullable Instant to;

    @Option(names = "--json", description = "The API's answer as it is.")
    private boolean json;

    @Option(
            names = "--admin",
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:8090",
            description = "The admin API of any enforcer of the group (default: http://127.0.0.1:8090).")
    private String admin = "";

    @Option(
            names = "--admin-token-file",
            paramLabel = "FILE",
            description = "Holds the token to show to it, where it wants one.")
    private @Nullable Path adminTokenFile;

    @Override
    public Integer call() throws InterruptedException, IOException {
        if (!history && (from != null || to != null)) {
            throw UserException.wrongUsage("--from, --to: expected with --history, found without");
        }
        byte[] answer =
                new AdminClient(admin, adminTokenFile).get(history ? "/api/usage/history" : "/api/usage", query());
        if (json) {
            System.out.write(answer);
            System.out.flush();
        } else {
            List<List<String>> rows = history ? windows(HistoryAnswer.read(answer)) : limits(UsageAnswer.read(answer));
            Table.print(System.out, rows);
        }
        return CommandLineInterface.DONE;
    }

    private Map<String, String> query() {
        Map<String, String> query = new LinkedHashMap<>();
        query.put("domain", subject.domain());
        query.putAll(subject.values());
        attributes.forEach((name, value) -> query.put("attributes." + name, value));
        put(query, "method", method);
        put(query, "path", path);
        put(query, "at", at == null ? null : Long.toString(at.toEpochMilli()));
        put(query, "from", from == null ? null : Long.toString(from.toEpochMilli()));
        put(query, "to", to == null ? null : Long.toString(to.toEpochMilli()));
        if (shadow) {
            query.put("shadow", "true");
        }
        return query;
    }

    private static void put(Map<String, String> query, String name, @Nullable String value) {
        if (value != null) {
            query.put(name, value);
        }
    }

    private static List<List<String>> limits(UsageAnswer answer) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("RULE", "KEY", "WINDOW", "USED", "LIMIT", "LEFT", "RESETS"));
        for (CurrentUsage limit : answer.limits()) {
            Duration left = Duration.ofMillis(limit.resetAt() - answer.timestamp());
            rows.add(List.of(
                    limit.rule() + (limit.shadow() ? " (shadow)" : ""),
                    String.join(",", limit.key()),
                    limit.window(),
                    Long.toString(limit.current()),
                    Long.toString(limit.limit()),
                    Long.toString(limit.remaining()),
                    Instant.ofEpochMilli(limit.resetAt()) + " (" + Table.rounded(left) + ")"));
        }
        return rows;
    }

    private static List<List<String>> windows(HistoryAnswer answer) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("RULE", "KEY", "WINDOW", "FROM", "UNTIL", "USED"));
        for (UsageRecord window : answer.windows()) {
            rows.add(List.of(
                    window.getRule(),
                    String.join(",", window.getKey()),
                    window.getWindow(),
                    Instant.ofEpochMilli(window.getFrom()).toString(),
                    Instant.ofEpochMilli(window.getUntil()).toString(),
                    window.getConsumed() + (window.getClosed() ? "" : " so far")));
        }
        return rows;
    }
}
