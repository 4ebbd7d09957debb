package io.weir.app.acl;

import java.util.List;
import java.util.Locale;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * One thing that a role may do.
 *
 * @param prefix whether it is about everything whose name begins so
 */
public record Grant(ResourceType type, String name, boolean prefix, AclOperation operation) {

    static Grant topic(String name, AclOperation operation) {
        return new Grant(ResourceType.TOPIC, name, false, operation);
    }

    static Grant topics(String prefix, AclOperation operation) {
        return new Grant(ResourceType.TOPIC, prefix, true, operation);
    }

    static Grant group(String name) {
        return new Grant(ResourceType.GROUP, name, false, AclOperation.READ);
    }

    static Grant transactions(String name, boolean prefix) {
        return new Grant(ResourceType.TRANSACTIONAL_ID, name, prefix, AclOperation.WRITE);
    }

    /** The binding that grants it to a principal ({@code User:weir}) from any host. */
    public AclBinding to(String principal) {
        return new AclBinding(
                new ResourcePattern(type, name, prefix ? PatternType.PREFIXED : PatternType.LITERAL),
                new AccessControlEntry(principal, "*", operation, AclPermissionType.ALLOW));
    }

    /** The options of Kafka's {@code kafka-acls} that grant it. */
    public List<String> options(String principal) {
        String resource = switch (type) {
            case TOPIC -> "--topic";
            case GROUP -> "--group";
            case TRANSACTIONAL_ID -> "--transactional-id";
            default -> throw new IllegalStateException("no grant is about a " + type);
        };
        return List.of(
                "--add",
                "--allow-principal",
                principal,
                "--operation",
                operation.name().toLowerCase(Locale.ROOT).replace("_", ""),
                resource,
                name,
                "--resource-pattern-type",
                prefix ? "prefixed" : "literal");
    }
}
