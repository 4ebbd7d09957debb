package io.weir.topology;

import io.weir.schemas.Contracts;
import io.weir.schemas.avro.UsageRecord;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.WindowStore;

/**
 * Aggregates usage per quota key and window in a windowed store and passes each change on.
 *
 * <p>A windowed store expires by the largest window it ever saw. So only windows that begin at most {@link #AHEAD_MS} after
 * the time at which the log appended the event get in; others are passed on but not kept.
 */
final class HistoryProcessor implements Processor<byte[], Outgoing, byte[], Outgoing> {
    private static final long AHEAD_MS = 86_400_000;

    private ProcessorContext<byte[], Outgoing> context;
    private WindowStore<String, byte[]> history;

    @Override
    public void init(ProcessorContext<byte[], Outgoing> context) {
        this.context = context;
        this.history = context.getStateStore(QuotaTopology.HISTORY_STORE);
    }

    @Override
    public void process(Record<byte[], Outgoing> record) {
        byte[] bytes = record.value().bytes();
        if (bytes == null) {
            return;
        }
        UsageRecord usage = Contracts.USAGE.decode(bytes);
        if (usage.getFrom() >= 0 && usage.getFrom() <= record.timestamp() + AHEAD_MS) {
            String key = String.join("\u001f", usage.getKey());
            history.put(
                    usage.getDomain() + '\u001f' + usage.getRule() + '\u001f' + usage.getWindow() + '\u001f' + key,
                    bytes,
                    usage.getFrom());
        }
        context.forward(record);
    }
}
