package io.weir.app.cli;

import io.weir.app.UserException;
import io.weir.app.json.EntityReader;
import io.weir.app.json.EntityWriter;
import io.weir.engine.Entity;
import io.weir.schemas.Contracts;
import io.weir.wire.Conversions;
import io.weir.wire.Topics;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Entities: what is known about accounts, profiles, devices, tokens, users and addresses. */
@Command(
        name = "entity",
        mixinStandardHelpOptions = true,
        description = "Makes known, and shows, what limits refer to: plans, numbers of devices, limits of their own.",
        synopsisSubcommandLabel = "set|show")
final class EntityCommand {
    private static final String TYPES = "account, profile, device, token, user or ip";

    @Command(
            name = "set",
            mixinStandardHelpOptions = true,
            description = "Changes what is known about an entity; what is not named stays. It counts from the next"
                    + " decision on, and what was used stays used.",
            footerHeading = "%nTry:%n",
            footer = {
                "  weir entity set account acme --attribute plan=scale --attribute devices=100",
                "  weir entity set device d1 --limit send-data=20000",
                "  weir entity set device d1 --limit send-data=            takes it away",
                "  weir entity set account acme --remove",
                "  weir entity set --file entities.jsonl"
            })
    int set(
            @Parameters(arity = "0..1", paramLabel = "TYPE", description = TYPES + ".") @Nullable String type,
            @Parameters(arity = "0..1", paramLabel = "ID", description = "Its id.") @Nullable String id,
            @Option(
                            names = "--attribute",
                            paramLabel = "NAME=VALUE",
                            description = "An attribute; without a value it is taken away.")
                    @Nullable
                    Map<String, String> attributes,
            @Option(
                            names = "--limit",
                            paramLabel = "NAME=HITS",
                            description = "Hits per window of a limit of its own; without a number it is taken away.")
                    @Nullable
                    Map<String, String> limits,
            @Option(names = "--file", paramLabel = "FILE", description = "Entities as JSON lines; - is standard input.")
                    @Nullable
                    Path file,
            @Option(names = "--replace", description = "Nothing stays of what was known before.") boolean replace,
            @Option(names = "--remove", description = "Nothing is to be known about it any more.") boolean remove,
            @Mixin ClusterOptions cluster) {
        List<EntityChange> changes;
        if (file != null) {
            if (type != null || attributes != null || limits != null || remove) {
                throw UserException.wrongUsage("--file: expected alone or with --replace, found other arguments");
            }
            changes = EntityFiles.read(file);
        } else {
            EntityChange change = change(type, id, attributes, limits);
            boolean nothing = change.attributes().isEmpty() && change.limits().isEmpty();
            if (remove ? !nothing || replace : nothing && !replace) {
                throw UserException.wrongUsage("expected --attribute, --limit or --file, or --remove alone, found "
                        + (remove ? "--remove with others" : "none"));
            }
            changes = List.of(change);
        }
        apply(changes, replace, remove, cluster);
        return CommandLineInterface.DONE;
    }

    private static void apply(List<EntityChange> changes, boolean replace, boolean remove, ClusterOptions cluster) {
        String servers = cluster.bootstrapServerOrEmbedded();
        cluster.requireBroker(servers);
        try (Tables tables = new Tables(cluster.client(servers))) {
            Map<String, Entity> known = entities(tables);
            for (EntityChange change : changes) {
                String key = change.type() + "/" + change.id();
                if (remove) {
                    boolean there = known.remove(key) != null;
                    tables.remove(change.type(), change.id());
                    System.out.println(key + (there ? " removed" : " (was not known)"));
                    continue;
                }
                Entity before = replace ? null : known.get(key);
                Entity after = change.after(before);
                known.put(key, after);
                tables.put(after);
                System.out.println(EntityWriter.line(after));
            }
            tables.flush();
        }
    }

    private static EntityChange change(
            @Nullable String type,
            @Nullable String id,
            @Nullable Map<String, String> attributes,
            @Nullable Map<String, String> limits) {
        checkType(type);
        if (type == null || id == null || id.isEmpty()) {
            throw UserException.wrongUsage(
                    "expected TYPE and ID, like account acme, found " + (type == null ? "neither" : "no ID"));
        }
        Map<String, String> named = attributes == null ? Map.of() : attributes;
        Map<String, Long> hits = new HashMap<>();
        if (limits != null) {
            limits.forEach((name, text) -> hits.put(name, hits(name, text)));
        }
        if (named.containsKey("") || hits.containsKey("")) {
            throw UserException.wrongUsage("--attribute, --limit: expected NAME=VALUE, found no name");
        }
        return new EntityChange(type, id, named, hits);
    }

    private static void checkType(@Nullable String type) {
        if (type != null && !EntityReader.TYPES.contains(type)) {
            throw UserException.wrongUsage("TYPE: expected " + TYPES + ", found '" + type + "'");
        }
    }

    private static long hits(String name, String text) {
        if (text.isEmpty()) {
            return EntityChange.NONE;
        }
        if (!text.matches("\\d{1,18}")) {
            throw UserException.wrongUsage(
                    "--limit " + name + ": expected hits per window, 0 or more, found '" + text + "'");
        }
        return Long.parseLong(text);
    }

    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description = "Prints what is known, as JSON lines that set --file takes.")
    int show(
            @Parameters(arity = "0..1", paramLabel = "TYPE", description = "Only " + TYPES + ".") @Nullable String type,
            @Parameters(arity = "0..1", paramLabel = "ID", description = "Only the one of that id.") @Nullable
                    String id,
            @Mixin ClusterOptions cluster) {
        checkType(type);
        String servers = cluster.bootstrapServerOrEmbedded();
        cluster.requireBroker(servers);
        List<Entity> shown = new ArrayList<>();
        try (Tables tables = new Tables(cluster.client(servers))) {
            for (Entity entity : entities(tables).values()) {
                if ((type == null || type.equals(entity.type())) && (id == null || id.equals(entity.id()))) {
                    shown.add(entity);
                }
            }
        }
        if (shown.isEmpty() && id != null) {
            throw UserException.failed(type + "/" + id + ": expected an entity that is known, found none");
        }
        shown.forEach(entity -> System.out.println(EntityWriter.line(entity)));
        return CommandLineInterface.DONE;
    }

    private static Map<String, Entity> entities(Tables tables) {
        Map<String, Entity> entities = new LinkedHashMap<>();
        tables.read(Topics.ENTITIES)
                .forEach((key, value) -> entities.put(key, Conversions.entity(Contracts.ENTITY.decode(value))));
        return entities;
    }
}
