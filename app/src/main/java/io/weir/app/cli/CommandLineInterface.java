package io.weir.app.cli;

import io.weir.app.UserException;
import io.weir.app.broker.BrokerException;
import io.weir.app.ingest.InvalidMappingException;
import io.weir.engine.policy.InvalidPolicyException;
import io.weir.topology.TopicLayoutException;
import io.weir.topology.ingest.MissingTopicException;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.Objects;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The command line: which commands there are and how what goes wrong is told. */
public final class CommandLineInterface {
    static final int DONE = 0;

    private CommandLineInterface() {}

    @Command(
            name = "weir",
            description = "Holds the clients of an API to their quotas, counting in Kafka Streams.",
            subcommands = {
                DemoCommand.class,
                RunCommand.class,
                GatewayCommand.class,
                SimulateCommand.class,
                PolicyCommand.class,
                IngestCommand.class,
                TailCommand.class,
                EntityCommand.class,
                UsageCommand.class,
                BlockCommand.class,
                UnblockCommand.class,
                BlocksCommand.class,
                DeadLettersCommand.class,
                AuditCommand.class,
                AclsCommand.class,
                CommandLine.HelpCommand.class
            },
            mixinStandardHelpOptions = true,
            versionProvider = Version.class,
            footerHeading = "%nTry:%n",
            footer = {
                "  weir demo                                  everything at once, with made-up traffic",
                "  weir demo --input access.log.gz --for 60s  the same with a real log's requests",
                "  weir policy check policies/*.yaml          is this policy valid?",
                "  weir simulate --policy p.yaml --requests r.jsonl   what would it have decided?",
                "",
                "Every option has an environment variable: --data is WEIR_DATA, --bootstrap-server is"
                        + " WEIR_BOOTSTRAP_SERVER.",
                "Exit codes: 0 done, 1 failed, 2 wrong usage or invalid policy."
            })
    static final class Weir {}

    /** Runs a command and returns its exit code: 0 done, 1 failed, 2 wrong usage or invalid policy. */
    public static int run(String... args) {
        return commandLine().execute(args);
    }

    static CommandLine commandLine() {
        return new CommandLine(new Weir())
                .setDefaultValueProvider(new Environment())
                .setExecutionExceptionHandler(new Failures())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setExitCodeExceptionMapper(CommandLineInterface::exitCode);
    }

    private static int exitCode(Throwable failure) {
        if (failure instanceof UserException user) {
            return user.exitCode();
        }
        boolean invalid = failure instanceof InvalidPolicyException
                || failure instanceof InvalidMappingException
                || failure instanceof ConfigException
                || failure instanceof CommandLine.ParameterException;
        return invalid ? UserException.WRONG_USAGE : UserException.FAILED;
    }

    /** {@code --bootstrap-server} is also {@code WEIR_BOOTSTRAP_SERVER}; of several names of an option the longest wins. */
    private static final class Environment implements IDefaultValueProvider {
        @Override
        public @Nullable String defaultValue(ArgSpec argument) {
            if (!(argument instanceof OptionSpec option) || option.usageHelp() || option.versionHelp()) {
                return null;
            }
            return Arrays.stream(option.names())
                    .filter(name -> name.startsWith("--"))
                    .sorted(Comparator.comparing(String::length).reversed())
                    .map(name -> System.getenv(variable(name)))
                    .filter(Objects::nonNull)
                    .findFirst()
                    .orElse(null);
        }

        private static String variable(String option) {
            return "WEIR_" + option.substring(2).replace('-', '_').toUpperCase(Locale.ROOT);
        }
    }

    /** What the user can put right takes a line; only what is our fault comes with a stack trace. */
    private static final class Failures implements IExecutionExceptionHandler {
        @Override
        public int handleExecutionException(
                Exception failure, CommandLine commandLine, CommandLine.ParseResult parsed) {
            PrintWriter err = commandLine.getErr();
            if (Console.brokenPipe(failure)) {
                return DONE;
            }
            if (failure instanceof InvalidPolicyException || failure instanceof InvalidMappingException) {
                err.println(failure.getMessage());
            } else if (expected(failure)) {
                err.println("weir: " + failure.getMessage());
            } else {
                err.println("weir: a bug, please report it with what follows");
                failure.printStackTrace(err);
            }
            err.flush();
            return exitCode(failure);
        }

        private static boolean expected(Exception failure) {
            return failure instanceof UserException
                    || failure instanceof BrokerException
                    || failure instanceof TopicLayoutException
                    || failure instanceof MissingTopicException
                    || failure instanceof KafkaException;
        }
    }

    /** From the jar's manifest. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = CommandLineInterface.class.getPackage().getImplementationVersion();
            return new String[] {"weir " + (version == null ? "(not from a jar)" : version)};
        }
    }
}
