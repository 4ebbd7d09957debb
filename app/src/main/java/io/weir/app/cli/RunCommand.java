package io.weir.app.cli;

import io.weir.app.UserException;
import io.weir.app.cli.PolicyFiles.PolicyFile;
import io.weir.wire.PolicyDocuments;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The enforcer. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = "Runs the enforcer until Ctrl-C, with an embedded broker unless told of another.",
        footerHeading = "%nSettings for --config:%n",
        footer = {
            "  application.id, partitions, replication.factor, threads, processing.guarantee, commit.interval.ms,",
            "  linger.ms, standby.replicas, max.ahead.ms, max.age.ms; kafka.<name> for the Kafka clients. docs/operations.md tells what they mean."
        })
final class RunCommand implements Callable<Integer> {
    @Mixin
    private EnforcerOptions options = new EnforcerOptions();

    @Override
    public Integer call() throws InterruptedException {
        PrintStream out = Console.lines();
        try (Interruption interruption = new Interruption();
                Cluster cluster = Cluster.start(options)) {
            out.println("weir: " + (cluster.embedded() ? "embedded broker on " : "broker ") + cluster.bootstrapServers()
                    + ", data in " + options.data());
            for (PolicyFile policy : cluster.apply(options.policies())) {
                out.println("weir: policy " + policy.policy().domain() + " " + PolicyDocuments.version(policy.yaml()));
            }
            String admin = cluster.adminUrl();
            out.println("weir: " + (admin == null ? "no admin API" : "admin API on " + admin));
            out.println("weir: deciding requests from weir.requests with "
                    + cluster.enforcer().partitions() + " partitions; Ctrl-C stops");
            while (!interruption.requested() && cluster.enforcer().failure() == null) {
                interruption.await(200);
            }
            Throwable failure = cluster.enforcer().failure();
            if (failure != null) {
                throw UserException.failed("enforcer: stopped on an error: " + failure, failure);
            }
            out.println("weir: stopping");
        }
        return CommandLineInterface.DONE;
    }
}
