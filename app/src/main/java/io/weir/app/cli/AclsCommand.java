package io.weir.app.cli;

import io.weir.app.UserException;
import io.weir.app.acl.Grant;
import io.weir.app.acl.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AclBinding;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The rights that each role needs on a cluster that checks them. */
@Command(
        name = "acls",
        mixinStandardHelpOptions = true,
        description =
                "Prints the least rights that each role needs on the cluster, as commands of kafka-acls, or grants"
                        + " them.",
        footerHeading = "%nTry:%n",
        footer = {
            "  weir acls --role gateway --principal User:edge",
            "  weir acls --role enforcer --principal User:weir --apply --bootstrap-server kafka:9093 --config admin.properties"
        })
final class AclsCommand implements Callable<Integer> {
    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Option(
            names = "--role",
            paramLabel = "ROLE",
            description = "enforcer, gateway, operator or ingest (default: the first three).")
    private @Nullable Role role;

    @Option(
            names = "--principal",
            paramLabel = "TYPE:NAME",
            description = "Who is to have them (default: User:weir-<role>).")
    private @Nullable String principal;

    @Option(
            names = "--ingest-id",
            paramLabel = "ID",
            defaultValue = "weir-ingest-log",
            description = "ingest: its application id (default: ${DEFAULT-VALUE}).")
    private String ingestId = "weir-ingest-log";

    @Option(names = "--log", paramLabel = "TOPIC", description = "ingest: the topic that is read.")
    private @Nullable String log;

    @Option(names = "--apply", description = "Grant them on the cluster, by the rights of --config.")
    private boolean apply;

    @Override
    public Integer call() throws InterruptedException {
        if (role == Role.INGEST && log == null) {
            throw UserException.wrongUsage("--log: expected the topic that is ingested, found none");
        }
        Map<String, String> settings = cluster.settings();
        Role.Names names =
                new Role.Names(settings.getOrDefault("application.id", "weir"), ingestId, log == null ? "" : log);
        List<AclBinding> bindings = new ArrayList<>();
        for (Role each : role == null ? List.of(Role.ENFORCER, Role.GATEWAY, Role.OPERATOR) : List.of(role)) {
            String name = each.name().toLowerCase(Locale.ROOT);
            String who = principal == null ? "User:weir-" + name : principal;
            if (who.indexOf(':') <= 0) {
                throw UserException.wrongUsage(
                        "--principal: expected a type and a name like User:weir, found '" + who + "'");
            }
            if (!apply) {
                System.out.println("# " + name);
            }
            for (Grant grant : each.grants(names)) {
                bindings.add(grant.to(who));
                if (!apply) {
                    System.out.println("kafka-acls --bootstrap-server " + cluster.bootstrapServerOrEmbedded() + " "
                            + String.join(" ", grant.options(who)));
                }
            }
        }
        if (apply) {
            grant(bindings);
            System.out.println(bindings.size() + " rights granted");
        }
        return CommandLineInterface.DONE;
    }

    private void grant(List<AclBinding> bindings) throws InterruptedException {
        String servers = cluster.bootstrapServerOrEmbedded();
        cluster.requireBroker(servers);
        try (Admin admin = Admin.create(cluster.client(servers))) {
            admin.createAcls(bindings).all().get();
        } catch (ExecutionException refused) {
            throw UserException.failed(
                    "rights: expected to be allowed to grant them, found "
                            + (refused.getCause() == null ? refused : refused.getCause()).getMessage(),
                    refused);
        }
    }
}
