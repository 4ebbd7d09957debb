package io.weir.app.input;

import io.weir.app.json.BadLineException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Tab-separated columns under a header that names at least host, time (epoch seconds), method and url. */
final class TableFormat implements LineFormat {
    /** Longer cells are cut where a message quotes them. */
    private static final int QUOTED = 120;

    private final String header;
    private final String domain;
    private final int columns;
    private final int host;
    private final int time;
    private final int method;
    private final int url;

    TableFormat(String header, String domain) {
        List<String> names = names(header);
        this.header = header;
        this.domain = domain;
        this.columns = names.size();
        this.host = names.indexOf("host");
        this.time = names.indexOf("time");
        this.method = names.indexOf("method");
        this.url = names.indexOf("url");
    }

    static boolean isHeader(String line) {
        return line.indexOf('\t') > 0 && names(line).containsAll(List.of("host", "time", "method", "url"));
    }

    private static List<String> names(String header) {
        return List.of(header.strip().toLowerCase(Locale.ROOT).split("\t", -1));
    }

    @Override
    public @Nullable Line read(LineSource source) throws BadLineException {
        String line = source.text();
        long number = source.lineNumber();
        if (line.stripTrailing().equals(header)) {
            return null;
        }
        String[] cells = line.split("\t", -1);
        int needed = Math.max(Math.max(host, time), Math.max(method, url));
        if (cells.length <= needed) {
            throw bad(number, "expected " + columns + " columns, found " + cells.length);
        }
        if (cells[host].isEmpty() || cells[method].isEmpty() || cells[url].isEmpty()) {
            throw bad(number, "expected host, method and url, found one of them empty");
        }
        try {
            long timestamp = Math.multiplyExact(Long.parseLong(cells[time]), 1_000L);
            return LoggedRequest.of(number, domain, cells[host], null, timestamp, cells[method], cells[url]);
        } catch (ArithmeticException | NumberFormatException e) {
            String found = cells[time];
            throw bad(
                    number,
                    "time: expected epoch seconds, found "
                            + (found.length() <= QUOTED ? found : found.substring(0, QUOTED) + "…"));
        }
    }

    private static BadLineException bad(long number, String problem) {
        return new BadLineException(number, Long.toString(number), problem);
    }
}
