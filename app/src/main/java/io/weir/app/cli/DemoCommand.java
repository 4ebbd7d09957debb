package io.weir.app.cli;

import io.weir.app.UserException;
import io.weir.app.demo.Demo;
import io.weir.app.demo.Traffic;
import io.weir.app.demo.View;
import io.weir.app.input.Line;
import io.weir.app.input.Recording;
import io.weir.engine.Entity;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Everything at once. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description =
                "All in one: embedded broker, enforcer and a gateway that feeds made-up traffic of five APIs, or the"
                        + " requests of a real log, and follows the decisions; a live view, then a summary.",
        footerHeading =
                "%nA log's requests keep their own timestamps. It ends when the input or --for does, whichever comes"
                        + " first; without --input and --for, on Ctrl-C. What was used stays in the data folder: the next start"
                        + " goes on from there.%n%nTry:%n",
        footer = {
            "  weir demo --for 30s",
            "  weir demo --input access.log.gz                       as fast as it goes, as hexagraph, by ip",
            "  weir demo --input access.log.gz --speed 3600 --for 60s   an hour of the log each second"
        })
final class DemoCommand implements Callable<Integer> {
    /** Requests a second of made-up traffic. */
    private static final long RATE = 500;

    @Mixin
    private EnforcerOptions options = new EnforcerOptions();

    @Option(
            names = "--input",
            paramLabel = "LOG",
            description = "A log to replay: common or combined format, JSON lines,"
                    + " or tab-separated with a header; gzip or not; - is standard input.")
    private @Nullable Path input;

    @Option(
            names = "--domain",
            paramLabel = "NAME",
            defaultValue = "hexagraph",
            description = "The domain of a log's requests (default: hexagraph).")
    private String domain = "hexagraph";

    @Option(
            names = "--entities",
            paramLabel = "FILE",
            description = "What is known about accounts, profiles, devices:" + " JSON lines.")
    private @Nullable Path entities;

    @Option(
            names = "--speed",
            paramLabel = "N",
            description = "N times as fast as the timestamps (default: as fast as it goes for a log, 1 for made-up"
                    + " traffic).")
    private @Nullable Double speed;

    @Option(
            names = "--for",
            paramLabel = "TIME",
            converter = Durations.class,
            description = "Stop after so long: 500ms, 30s, 10m, 2h.")
    private @Nullable Duration time;

    @Override
    public Integer call() throws Exception {
        if (speed != null && !(speed > 0)) {
            throw UserException.wrongUsage("--speed: expected a number above 0, found " + speed);
        }
        PrintStream out = Console.lines();
        Recording recording = input == null ? null : Recording.open(input, domain);
        try (Interruption interruption = new Interruption();
                Cluster cluster = Cluster.start(options)) {
            out.println("weir: " + (cluster.embedded() ? "embedded broker on " : "broker ") + cluster.bootstrapServers()
                    + (cluster.adminUrl() == null ? "" : ", admin API on " + cluster.adminUrl()) + ", data in "
                    + options.data() + ", "
                    + cluster.apply(options.policies()).size() + " policies");
            if (entities != null) {
                List<Entity> known = new ArrayList<>();
                SimulateCommand.EntityFile.read(entities, known::add);
                cluster.put(known);
            }
            Traffic traffic = new Traffic(1, System.currentTimeMillis(), RATE);
            if (recording == null) {
                cluster.put(traffic.entities());
            }
            Supplier<@Nullable Line> lines = recording == null ? () -> new Line.Good(traffic.next()) : recording::next;
            double pace = speed != null ? speed : recording == null ? 1 : 0;
            View view = new View(out, Console.isTerminal());
            Demo demo = new Demo(
                    cluster.enforcer(),
                    options.cluster().client(cluster.bootstrapServers()),
                    view,
                    interruption::requested);
            boolean complete = demo.run(lines, pace, time);
            return complete ? CommandLineInterface.DONE : UserException.FAILED;
        } finally {
            if (recording != null) {
                recording.close();
            }
        }
    }
}
