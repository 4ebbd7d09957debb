package io.weir.topology;

import io.weir.engine.decide.UsageReport;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.streams.kstream.Windowed;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.WindowStore;

/**
 * Aggregates usage per quota key and window in a windowed store and passes each change on.
 *
 * <p>A windowed store expires by the largest window it ever saw. So only windows that begin at most {@link #AHEAD_MS} after
 * the time at which the log appended the event get in; others are passed on but not kept.
 */
final class HistoryProcessor implements Processor<byte[], Outgoing, byte[], Outgoing> {
    private static final long AHEAD_MS = 86_400_000;

    private static final String SEPARATOR = "\u001f";
    private static final byte[] NOTHING = new byte[0];

    private ProcessorContext<byte[], Outgoing> context;
    private WindowStore<String, byte[]> history;

    @Override
    public void init(ProcessorContext<byte[], Outgoing> context) {
        this.context = context;
        this.history = context.getStateStore(QuotaTopology.HISTORY_STORE);
        Cancellable[] once = new Cancellable[1];
        once[0] = context.schedule(Duration.ofSeconds(1), PunctuationType.WALL_CLOCK_TIME, time -> {
            once[0].cancel();
            open();
        });
    }

    /**
     * Gives an empty store its first segment, in 1970, where it makes nothing late. A segmented store keeps its changelog
     * offset in its segments: with none, a task that has had no traffic would start again as corrupted (Kafka Streams 4.3.1).
     */
    private void open() {
        try (KeyValueIterator<Windowed<String>, byte[]> all = history.all()) {
            if (!all.hasNext()) {
                history.put("", NOTHING, 0);
            }
        }
    }

    @Override
    public void process(Record<byte[], Outgoing> record) {
        byte[] bytes = record.value().bytes();
        UsageReport usage = record.value().usage();
        if (bytes == null || usage == null) {
            throw new IllegalStateException("expected reports of usage only, found " + record.value());
        }
        if (usage.from() >= 0 && usage.from() <= record.timestamp() + AHEAD_MS) {
            history.put(key(usage.domain(), usage.rule(), usage.window(), usage.key()), bytes, usage.from());
        }
        context.forward(record);
    }

    /** Under which key the windows of a limit of a quota key are filed. */
    static String key(String domain, String rule, String window, List<String> key) {
        return String.join(SEPARATOR, domain, rule, window, String.join(SEPARATOR, key));
    }
}
