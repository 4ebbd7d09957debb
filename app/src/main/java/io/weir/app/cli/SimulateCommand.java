package io.weir.app.cli;

import io.weir.app.UserException;
import io.weir.app.cli.PolicyFiles.PolicyFile;
import io.weir.app.demo.Tally;
import io.weir.app.input.Line;
import io.weir.app.input.Recording;
import io.weir.app.json.BadLineException;
import io.weir.app.json.DecisionWriter;
import io.weir.app.json.EntityReader;
import io.weir.engine.Decision;
import io.weir.engine.Entity;
import io.weir.engine.run.InMemoryExecutor;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Decisions for recorded requests, offline. */
@Command(
        name = "simulate",
        mixinStandardHelpOptions = true,
        description = "Decides recorded requests offline, at full speed: what would this policy have done?",
        footerHeading =
                "%nRequests are JSON lines, or an access log with --domain; decisions go to standard output as JSON"
                        + " lines, in the order of the requests; a summary goes to standard error. A bad line is answered INVALID"
                        + " and the run goes on.%n%nAn access log fills ip, token, account and profile with the client's address. A JSON line"
                        + " with \"report\":true and \"status\":401 says that the request was already admitted and how it was"
                        + " answered.%n%nTry:%n",
        footer = {
            "  weir simulate --policy policies/onboardinghub.yaml --requests requests.jsonl",
            "  zcat access.log.gz | weir simulate --policy policies/hexagraph.yaml --domain hexagraph --requests -"
        })
final class SimulateCommand implements Callable<Integer> {
    private static final long PROGRESS_EVERY = 1_000_000;

    @Option(
            names = "--policy",
            required = true,
            arity = "1..*",
            paramLabel = "FILE",
            description = "Policies to decide by: files, or folders of them.")
    private List<Path> policies = List.of();

    @Option(
            names = "--entities",
            paramLabel = "FILE",
            description = "What is known about accounts, profiles, devices:" + " JSON lines.")
    private @Nullable Path entities;

    @Option(
            names = "--requests",
            required = true,
            paramLabel = "FILE",
            description = "The requests; - is standard input," + " gzip is recognised.")
    private Path requests = Path.of("-");

    @Option(names = "--domain", paramLabel = "NAME", description = "The domain of an access log's requests.")
    private @Nullable String domain;

    @Override
    public Integer call() throws IOException {
        InMemoryExecutor executor = new InMemoryExecutor();
        for (PolicyFile policy : PolicyFiles.read(policies)) {
            executor.apply(policy.policy());
        }
        if (entities != null) {
            EntityFile.read(entities, executor::put);
        }
        Tally tally = new Tally();
        PrintStream err = System.err;
        try (Recording recording = Recording.open(requests, domain);
                DecisionWriter writer = new DecisionWriter(Console.bytes())) {
            decideAll(executor, recording, writer, tally, err);
        } catch (OutOfMemoryError full) {
            throw UserException.failed("simulate: expected the subjects alive at a time to fit in memory, found "
                    + executor.subjects() + " after " + tally.total()
                    + " requests, about 500 bytes each; give it more with"
                    + " WEIR_JAVA_OPTS=-Xmx2g");
        }
        err.println("weir: " + tally.total() + " requests decided");
        tally.print(err);
        return CommandLineInterface.DONE;
    }

    private static void decideAll(
            InMemoryExecutor executor, Recording recording, DecisionWriter writer, Tally tally, PrintStream err)
            throws IOException {
        for (Line line = recording.next(); line != null; line = recording.next()) {
            Decision decision =
                    line instanceof Line.Good good ? executor.decide(good.request()) : ((Line.Bad) line).decision();
            writer.write(decision);
            tally.add(decision);
            if (tally.total() % PROGRESS_EVERY == 0) {
                err.println("weir: " + tally.total() + " requests decided, " + executor.subjects() + " subjects");
            }
        }
    }

    /** Reads entities; a bad line is told and the rest goes on. */
    static final class EntityFile {
        private EntityFile() {}

        static void read(Path file, Consumer<Entity> each) throws IOException {
            if (!Files.isReadable(file)) {
                throw UserException.failed(file + ": expected a readable file of entities, found none");
            }
            EntityReader reader = new EntityReader();
            try (BufferedReader lines = Files.newBufferedReader(file)) {
                long number = 0;
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    number++;
                    if (line.isBlank()) {
                        continue;
                    }
                    try {
                        each.accept(reader.read(line, number));
                    } catch (BadLineException bad) {
                        System.err.println("weir: " + file + ": " + bad.getMessage());
                    }
                }
            }
        }
    }
}
