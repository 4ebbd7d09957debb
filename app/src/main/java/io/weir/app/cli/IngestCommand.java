package io.weir.app.cli;

import io.weir.app.UserException;
import io.weir.app.ingest.MappedLog;
import io.weir.app.ingest.Mapping;
import io.weir.app.input.RawLines;
import io.weir.app.json.RequestWriter;
import io.weir.topology.ingest.Converted;
import io.weir.topology.ingest.IngestConfig;
import io.weir.topology.ingest.IngestCounts;
import io.weir.topology.ingest.Ingestor;
import io.weir.topology.ingest.LogRecord;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Logs of other gateways as request events. */
@Command(
        name = "ingest",
        mixinStandardHelpOptions = true,
        description =
                "Turns the log that another gateway writes to a topic into request events: reports of requests that"
                        + " were already admitted. Runs until Ctrl-C; docs/ingest.md tells the mapping language.",
        footerHeading = "%nTry:%n",
        footer = {
            "  weir ingest --mapping kong --topic kong-logs --domain orders --bootstrap-server kafka-1:9092",
            "  weir ingest --mapping mine.yaml --check",
            "  weir ingest --mapping caddy --dry-run access.log | weir simulate --policy p.yaml --requests -"
        })
final class IngestCommand implements Callable<Integer> {
    private static final Duration STARTING = Duration.ofMinutes(2);
    private static final long PROGRESS_MS = 5_000;

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Option(
            names = "--mapping",
            required = true,
            paramLabel = "FILE",
            description =
                    "How entries of the log become requests: a file, or the name of a shipped mapping, like kong.")
    private Path mappingFile = Path.of("");

    @Option(names = "--topic", paramLabel = "TOPIC", description = "Where the log is, if not where the mapping says.")
    private @Nullable String topic;

    @Option(
            names = "--domain",
            paramLabel = "NAME",
            description = "The requests' domain, if not what the mapping says.")
    private @Nullable String domain;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "./data",
            description = "Where the stream keeps what little it needs (default: ./data).")
    private Path data = Path.of("./data");

    @Option(names = "--check", description = "Only read the mapping and tell all that is wrong.")
    private boolean check;

    @Option(
            names = "--dry-run",
            paramLabel = "FILE",
            description =
                    "Convert the lines of a file, or of standard input (-), and print the requests as JSON lines.")
    private @Nullable Path dryRun;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Mapping read = MappingFiles.read(mappingFile);
        Mapping mapping = domain == null ? read : read.withDomain(domain);
        if (check) {
            System.out.println(mappingFile + ": ok: mapping " + mapping.gateway());
        } else if (dryRun != null) {
            dryRun(dryRun, mapping);
        } else {
            run(mapping);
        }
        return CommandLineInterface.DONE;
    }

    /** Good requests go to standard output, all else is told on standard error. */
    private static void dryRun(Path file, Mapping mapping) throws IOException {
        MappedLog log = new MappedLog(mapping);
        long records = 0;
        long events = 0;
        long skipped = 0;
        long deadLetters = 0;
        try (RawLines lines = RawLines.open(file);
                RequestWriter writer = new RequestWriter(Console.bytes())) {
            for (byte[] line = lines.next(); line != null; line = lines.next()) {
                records++;
                for (Converted each : log.convert(new LogRecord(line, 0, Long.toString(lines.lineNumber())))) {
                    if (each instanceof Converted.Event event) {
                        events++;
                        writer.write(event.request());
                    } else if (each instanceof Converted.Refused refused) {
                        deadLetters++;
                        System.err.println("weir: line " + lines.lineNumber() + ": " + refused.reason());
                    } else {
                        skipped++;
                    }
                }
            }
        }
        System.err.println("weir: " + new IngestCounts.Snapshot(records, events, skipped, deadLetters));
    }

    private void run(Mapping mapping) throws InterruptedException {
        String from = topic == null ? mapping.topic() : topic;
        if (from == null) {
            throw UserException.wrongUsage(
                    "topic of the log: expected --topic, or topic in the mapping, found neither");
        }
        String servers = cluster.bootstrapServerOrEmbedded();
        cluster.requireBroker(servers);
        IngestConfig config =
                IngestConfig.of(servers, from, mapping.gateway(), data.resolve("state"), cluster.settings());
        PrintStream out = Console.lines();
        try (Interruption interruption = new Interruption();
                Ingestor ingestor = Ingestor.start(config, new MappedLog(mapping))) {
            if (!ingestor.awaitRunning(STARTING)) {
                throw failed(ingestor, "to run within " + STARTING.toSeconds() + " s");
            }
            out.println("weir: reading " + from + " as " + mapping.gateway() + ", as " + config.applicationId()
                    + "; Ctrl-C stops");
            follow(ingestor, interruption, out);
            if (ingestor.failure() != null) {
                throw failed(ingestor, "to go on");
            }
            out.println("weir: stopping");
        }
    }

    /** Tells now and then what has been done, if anything has. */
    private static void follow(Ingestor ingestor, Interruption interruption, PrintStream out)
            throws InterruptedException {
        IngestCounts.Snapshot told = new IngestCounts.Snapshot(0, 0, 0, 0);
        while (!interruption.requested() && ingestor.failure() == null) {
            interruption.await(PROGRESS_MS);
            IngestCounts.Snapshot now = ingestor.counts().now();
            if (!now.equals(told)) {
                out.println("weir: " + now);
                told = now;
            }
        }
    }

    private static UserException failed(Ingestor ingestor, String expected) {
        Throwable failure = ingestor.failure();
        String message = "ingest: expected " + expected + ", found " + (failure == null ? "no partitions" : failure);
        return failure == null ? UserException.failed(message) : UserException.failed(message, failure);
    }
}
