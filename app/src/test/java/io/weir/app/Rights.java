package io.weir.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.app.acl.Grant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AclBinding;
import org.jspecify.annotations.Nullable;

/** Who may do what on a broker that checks it. */
final class Rights implements AutoCloseable {
    /** How many try at a time. */
    private static final int AT_A_TIME = 6;

    private final Admin admin;
    private int names;

    Rights(SecuredBroker broker) {
        this.admin = Admin.create(broker.client(SecuredBroker.ADMIN));
    }

    /** Something that needs rights; what it fails with, empty when it works. */
    interface Try {
        String failure(String user, int number) throws Exception;
    }

    /** The rights of the role as they are called in that try. */
    interface Role {
        List<Grant> grants(int number);
    }

    void give(String user, List<Grant> grants) throws Exception {
        admin.createAcls(grants.stream().map(grant -> grant.to("User:" + user)).toList())
                .all()
                .get();
    }

    void take(String user, Grant grant) throws Exception {
        AclBinding binding = grant.to("User:" + user);
        admin.deleteAcls(List.of(binding.toFilter())).all().get();
    }

    /** A name that has no rights yet. */
    String newName() {
        return SecuredBroker.other(names++);
    }

    /**
     * Tries with all rights but one, each such try under a name of its own, some at a time: each fails, and tells what it was
     * refused.
     *
     * @param which the positions of the rights that are tried
     */
    void tryWithoutEach(List<Integer> which, Role role, Try toTry) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(AT_A_TIME);
        try {
            Map<Grant, Future<String>> failures = new LinkedHashMap<>();
            for (int i : which) {
                List<Grant> grants = new ArrayList<>(role.grants(i));
                Grant missing = grants.remove(i);
                String user = newName();
                give(user, grants);
                failures.put(missing, threads.submit(() -> toTry.failure(user, i)));
            }
            for (Map.Entry<Grant, Future<String>> each : failures.entrySet()) {
                assertRefused(each.getKey(), each.getValue().get());
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** It was that which was refused, by its name. */
    static void assertRefused(Grant missing, String told) {
        String refusal = switch (missing.type()) {
            case GROUP -> "GroupAuthorizationException";
            case TRANSACTIONAL_ID -> "Transactional Id authorization failed";
            default -> missing.name();
        };
        assertThat(told).as("without %s", missing).contains(missing.name(), refusal);
    }

    /** An exception and what caused it. */
    static String told(Throwable failure) {
        StringBuilder told = new StringBuilder();
        for (@Nullable Throwable each = failure; each != null; each = each.getCause()) {
            told.append(each).append('\n');
        }
        return told.toString();
    }

    @Override
    public void close() {
        admin.close();
    }
}
