package io.weir.app.cli;

import io.weir.app.UserException;
import io.weir.app.cli.PolicyFiles.PolicyFile;
import io.weir.engine.policy.Policy;
import io.weir.schemas.Contracts;
import io.weir.schemas.avro.PolicyDocument;
import io.weir.wire.PolicyDocuments;
import io.weir.wire.Topics;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Policies: checked here, put in force on a cluster, and shown. */
@Command(
        name = "policy",
        mixinStandardHelpOptions = true,
        description = "Checks policies, puts them in force on a cluster, shows which are.",
        synopsisSubcommandLabel = "check|apply|list|show")
final class PolicyCommand {
    @Command(
            name = "check",
            mixinStandardHelpOptions = true,
            description = "Reads policies and tells all that is wrong.")
    int check(
            @Parameters(paramLabel = "FILE", arity = "1..*", description = "Files, or folders of them.")
                    List<Path> files) {
        PolicyFiles.Reading reading = PolicyFiles.reading(files);
        for (PolicyFile file : reading.valid()) {
            Policy policy = file.policy();
            System.out.println(file.file() + ": ok: policy " + policy.domain() + ", "
                    + policy.rules().size() + " rules, " + policy.blocks().size() + " blocks");
        }
        reading.problems().forEach(System.err::println);
        return reading.problems().isEmpty() ? CommandLineInterface.DONE : UserException.WRONG_USAGE;
    }

    @Command(
            name = "apply",
            mixinStandardHelpOptions = true,
            description = "Puts policies in force; what was used is kept where rule name, key, algorithm and window"
                    + " are unchanged."
                    + " Nothing changes if one of them is invalid.")
    int apply(
            @Parameters(paramLabel = "FILE", arity = "1..*", description = "Files, or folders of them.")
                    List<Path> files,
            @Mixin ClusterOptions cluster) {
        List<PolicyFile> policies = PolicyFiles.read(files);
        String servers = cluster.bootstrapServerOrEmbedded();
        cluster.requireBroker(servers);
        try (Tables tables = new Tables(cluster.client(servers))) {
            Map<String, byte[]> before = tables.read(Topics.POLICIES);
            for (PolicyFile policy : policies) {
                String version = PolicyDocuments.version(policy.yaml());
                byte[] known = before.get(policy.policy().domain());
                boolean same = known != null
                        && Contracts.POLICY.decode(known).getVersion().equals(version);
                tables.put(policy);
                System.out.println(policy.policy().domain() + " " + version + (same ? " (unchanged)" : " applied"));
            }
        }
        return CommandLineInterface.DONE;
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the policies in force.")
    int list(@Mixin ClusterOptions cluster) {
        new TreeMap<>(inForce(cluster)).forEach((domain, value) -> {
            PolicyDocument document = Contracts.POLICY.decode(value);
            String source = document.getSource();
            System.out.println(domain + "\t" + document.getVersion() + "\t" + (source == null ? "" : source));
        });
        return CommandLineInterface.DONE;
    }

    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description = "Prints a policy in force as it was written.")
    int show(
            @Parameters(paramLabel = "DOMAIN", description = "The API it protects.") String domain,
            @Mixin ClusterOptions cluster) {
        byte[] value = inForce(cluster).get(domain);
        if (value == null) {
            throw UserException.failed("policy " + domain + ": expected in force, found none; see weir policy list");
        }
        System.out.print(Contracts.POLICY.decode(value).getYaml());
        return CommandLineInterface.DONE;
    }

    private static Map<String, byte[]> inForce(ClusterOptions cluster) {
        String servers = cluster.bootstrapServerOrEmbedded();
        cluster.requireBroker(servers);
        try (Tables tables = new Tables(cluster.client(servers))) {
            return tables.read(Topics.POLICIES);
        }
    }
}
