package io.weir.app.input;

import io.weir.app.json.BadLineException;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The common and the combined log format of nginx, Apache and others: {@code 203.0.113.7 - ada
 * [12/May/2024:00:00:17 +0000] "GET /path HTTP/1.1" 200 594982 "referer" "agent"}. Whatever follows the status is not
 * looked at.
 */
final class AccessLogFormat implements LineFormat {
    private static final String EXPECTED =
            "expected client ident user [dd/Mon/yyyy:hh:mm:ss +hhmm] \"METHOD path protocol\" status …, found ";
    private static final List<String> MONTHS =
            List.of("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec");
    private static final int TIME_LENGTH = "12/May/2024:00:00:17 +0000".length();

    private final String domain;

    AccessLogFormat(String domain) {
        this.domain = domain;
    }

    static boolean isEntry(String line) {
        int bracket = line.indexOf(" [");
        return bracket > 0 && time(line, bracket + 2) >= 0 && line.startsWith("] \"", bracket + 2 + TIME_LENGTH);
    }

    @Override
    public Line read(LineSource source) throws BadLineException {
        String line = source.text();
        long number = source.lineNumber();
        int bracket = line.indexOf(" [");
        int client = line.indexOf(' ');
        long time = bracket < 0 ? -1 : time(line, bracket + 2);
        int quote = bracket + 2 + TIME_LENGTH + 2;
        if (client <= 0 || time < 0 || !line.startsWith("] \"", quote - 2)) {
            throw bad(number, line);
        }
        int close = closingQuote(line, quote + 1);
        int method = line.indexOf(' ', quote);
        if (close < 0 || method <= quote + 1 || method >= close) {
            throw bad(number, close < 0 ? line : line.substring(quote, close + 1));
        }
        int path = line.lastIndexOf(' ', close);
        boolean protocol = path > method && line.startsWith("HTTP/", path + 1);
        String target = line.substring(method + 1, protocol ? path : close).strip();
        String verb = line.substring(quote + 1, method);
        if (target.isEmpty() || !verb.chars().allMatch(Character::isLetter)) {
            throw bad(number, line.substring(quote, close + 1));
        }
        return LoggedRequest.of(
                number, domain, line.substring(0, client), user(line, client, bracket), time, verb, target);
    }

    /** The quote that ends the request: not an escaped one, and a status follows it. */
    private static int closingQuote(String line, int from) {
        for (int i = line.indexOf('"', from); i >= 0; i = line.indexOf('"', i + 1)) {
            boolean status = i + 2 < line.length() && line.charAt(i + 1) == ' ' && statusStart(line.charAt(i + 2));
            if (line.charAt(i - 1) != '\\' && (status || i == line.length() - 1)) {
                return i;
            }
        }
        return -1;
    }

    private static boolean statusStart(char c) {
        return c == '-' || (c >= '0' && c <= '9');
    }

    private static @Nullable String user(String line, int client, int bracket) {
        int ident = line.indexOf(' ', client + 1);
        if (ident < 0 || ident >= bracket) {
            return null;
        }
        String user = line.substring(ident + 1, bracket);
        return user.equals("-") || user.isEmpty() ? null : user;
    }

    /** Epoch milliseconds of a time such as {@code 12/May/2024:00:00:17 +0200}, or -1 where there is none. */
    private static long time(String line, int at) {
        if (line.length() < at + TIME_LENGTH
                || line.charAt(at + 2) != '/'
                || line.charAt(at + 6) != '/'
                || line.charAt(at + 11) != ':'
                || line.charAt(at + 14) != ':'
                || line.charAt(at + 17) != ':') {
            return -1;
        }
        int day = number(line, at, 2);
        int month = MONTHS.indexOf(line.substring(at + 3, at + 6)) + 1;
        int year = number(line, at + 7, 4);
        int hour = number(line, at + 12, 2);
        int minute = number(line, at + 15, 2);
        int second = number(line, at + 18, 2);
        int zone = number(line, at + 22, 4);
        char sign = line.charAt(at + 21);
        if (day < 0 || month == 0 || year < 1970 || hour < 0 || hour > 23 || minute < 0 || minute > 59) {
            return -1;
        }
        if (second < 0 || second > 60 || zone < 0 || (sign != '+' && sign != '-')) {
            return -1;
        }
        try {
            long offset = (zone / 100 * 60L + zone % 100) * (sign == '-' ? -60 : 60);
            long days = LocalDate.of(year, month, day).toEpochDay();
            return (days * 86_400 + hour * 3_600L + minute * 60L + second - offset) * 1_000;
        } catch (DateTimeException e) {
            return -1;
        }
    }

    private static int number(String line, int at, int digits) {
        int value = 0;
        for (int i = at; i < at + digits; i++) {
            int digit = line.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return value;
    }

    private static BadLineException bad(long number, String found) {
        String shown = found.length() <= 120 ? found : found.substring(0, 120) + "…";
        return new BadLineException(number, Long.toString(number), EXPECTED + shown);
    }
}
