package io.weir.topology.ingest;

import java.util.List;

/** What reads a gateway's log: a function of the record alone. May be used by many threads. */
public interface LogConverter {
    /** The name of the gateway whose log it reads. */
    String gateway();

    /** What the entries of a record are, in their order; nothing that was in it is left out. */
    List<Converted> convert(LogRecord record);
}
