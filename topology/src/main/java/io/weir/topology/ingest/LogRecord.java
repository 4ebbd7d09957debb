package io.weir.topology.ingest;

/**
 * One record of a gateway's log as it stands on its topic.
 *
 * @param value one entry or many
 * @param timestamp the record's own time in epoch ms, which is seldom that of the requests; 0 or less where it has none
 * @param id tells it from every other record: {@code topic/partition/offset}
 */
public record LogRecord(byte[] value, long timestamp, String id) {}
