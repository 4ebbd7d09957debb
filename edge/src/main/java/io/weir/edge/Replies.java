package io.weir.edge;

import io.weir.engine.Decision;
import io.weir.schemas.Contracts;
import io.weir.schemas.UndecodableException;
import io.weir.wire.Conversions;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decisions as they come on the reply partition. */
final class Replies {
    private static final Logger LOG = LoggerFactory.getLogger(Replies.class);

    private Replies() {}

    /** The decisions of a record; none of one that cannot be read. */
    static List<Decision> decode(ConsumerRecord<byte[], byte[]> record) {
        if (record.value() == null) {
            return List.of();
        }
        try {
            return Contracts.decisions(record.value()).stream()
                    .map(Conversions::decision)
                    .toList();
        } catch (UndecodableException undecodable) {
            LOG.warn(
                    "{}-{} offset {} is ignored: {}",
                    record.topic(),
                    record.partition(),
                    record.offset(),
                    undecodable.getMessage());
            return List.of();
        }
    }
}
