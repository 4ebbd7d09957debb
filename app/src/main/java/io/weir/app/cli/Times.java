package io.weir.app.cli;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** {@code 2026-01-01T12:00:00Z}, {@code 2026-01-01T13:00:00+01:00}, {@code 2026-01-01} (UTC), epoch milliseconds. */
final class Times implements ITypeConverter<Instant> {
    @Override
    public Instant convert(String text) {
        try {
            if (text.matches("\\d{1,18}")) {
                return Instant.ofEpochMilli(Long.parseLong(text));
            }
            return text.indexOf('T') < 0
                    ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
                    : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException wrong) {
            throw new TypeConversionException("expected a time like 2026-01-01T12:00:00Z, 2026-01-01 (midnight UTC) or"
                    + " epoch milliseconds, found '" + text + "'");
        }
    }
}
