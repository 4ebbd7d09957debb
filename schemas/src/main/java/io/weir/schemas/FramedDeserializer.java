package io.weir.schemas;

import java.util.Map;
import org.apache.kafka.common.serialization.Deserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records for Kafka's consumers, in single-object encoding whatever their framing was. What has no translation is logged and
 * stays as it is, for whoever decodes it to refuse: an exception here would keep the consumer at that record for ever.
 */
public final class FramedDeserializer implements Deserializer<byte[]> {
    private static final Logger LOG = LoggerFactory.getLogger(FramedDeserializer.class);

    private final Framing framing;

    /** @param settings of a Kafka client, among them, perhaps, those of {@link FramingSettings} */
    public FramedDeserializer(Map<String, ?> settings) {
        framing = FramingSettings.of(settings).framing(FramingSettings.PATIENCE);
    }

    @Override
    @SuppressWarnings("NullAway") // Kafka's interfaces pass and expect null for tombstones
    public byte[] deserialize(String topic, byte[] value) {
        if (value == null) {
            return null;
        }
        try {
            return framing.read(value);
        } catch (UndecodableException | SchemaRegistryException unread) {
            LOG.warn("A record of {} is left as it is: {}", topic, unread.getMessage());
            return value;
        }
    }

    @Override
    public void close() {
        framing.close();
    }
}
