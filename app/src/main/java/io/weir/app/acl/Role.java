package io.weir.app.acl;

import io.weir.app.letters.Redrive;
import io.weir.wire.Topics;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.acl.AclOperation;

/** Who talks to the cluster, and the least that each needs for it. */
public enum Role {
    /** Decides requests; creates the topics that are missing. */
    ENFORCER {
        @Override
        public List<Grant> grants(Names names) {
            List<Grant> grants = new ArrayList<>();
            for (String read :
                    List.of(Topics.REQUESTS, Topics.VISITS, Topics.POLICIES, Topics.ENTITIES, Topics.BLOCKLIST)) {
                grants.add(Grant.topic(read, AclOperation.READ));
            }
            for (String written :
                    List.of(Topics.VISITS, Topics.DECISIONS, Topics.BLOCKLIST, Topics.USAGE, Topics.DEAD_LETTERS)) {
                grants.add(Grant.topic(written, AclOperation.WRITE));
            }
            grants.add(Grant.topics("weir.", AclOperation.CREATE));
            grants.add(Grant.topics("weir.", AclOperation.DESCRIBE_CONFIGS));
            String own = names.applicationId() + "-";
            grants.add(Grant.topics(own, AclOperation.CREATE));
            grants.add(Grant.topics(own, AclOperation.READ));
            grants.add(Grant.topics(own, AclOperation.WRITE));
            grants.add(Grant.group(names.applicationId()));
            grants.add(Grant.transactions(own, true));
            return grants;
        }
    },
    /** Tells of requests and applies decisions. */
    GATEWAY {
        @Override
        public List<Grant> grants(Names names) {
            return List.of(
                    Grant.topic(Topics.REQUESTS, AclOperation.WRITE),
                    Grant.topic(Topics.DECISIONS, AclOperation.READ),
                    Grant.topic(Topics.POLICIES, AclOperation.READ),
                    Grant.topic(Topics.ENTITIES, AclOperation.READ),
                    Grant.topic(Topics.BLOCKLIST, AclOperation.READ));
        }
    },
    /** Uses the command line: policies, entities, blocks, decisions, dead letters. */
    OPERATOR {
        @Override
        public List<Grant> grants(Names names) {
            List<Grant> grants = new ArrayList<>();
            for (String topic : List.of(Topics.POLICIES, Topics.ENTITIES, Topics.BLOCKLIST, Topics.DEAD_LETTERS)) {
                grants.add(Grant.topic(topic, AclOperation.READ));
                grants.add(Grant.topic(topic, AclOperation.WRITE));
            }
            grants.add(Grant.topic(Topics.AUDIT, AclOperation.READ));
            grants.add(Grant.topic(Topics.AUDIT, AclOperation.WRITE));
            grants.add(Grant.topic(Topics.DECISIONS, AclOperation.READ));
            grants.add(Grant.topic(Topics.REQUESTS, AclOperation.WRITE));
            grants.add(Grant.topic(Topics.VISITS, AclOperation.WRITE));
            grants.add(Grant.transactions(Redrive.TRANSACTIONAL_ID, false));
            return grants;
        }
    },
    /** Makes requests of the records of another topic. */
    INGEST {
        @Override
        public List<Grant> grants(Names names) {
            return List.of(
                    Grant.topic(names.log(), AclOperation.READ),
                    Grant.topic(Topics.POLICIES, AclOperation.READ),
                    Grant.topic(Topics.REQUESTS, AclOperation.WRITE),
                    Grant.topic(Topics.DEAD_LETTERS, AclOperation.WRITE),
                    Grant.group(names.ingestId()),
                    Grant.transactions(names.ingestId() + "-", true));
        }
    };

    /**
     * What is not called the same everywhere.
     *
     * @param applicationId the enforcers' {@code application.id}
     * @param ingestId {@code ingest.application.id}
     * @param log the topic that is ingested
     */
    public record Names(String applicationId, String ingestId, String log) {}

    /** All that the role may do. */
    public abstract List<Grant> grants(Names names);
}
