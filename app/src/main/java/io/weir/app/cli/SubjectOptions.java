package io.weir.app.cli;

import io.weir.app.UserException;
import io.weir.engine.Request;
import io.weir.engine.match.Cidr;
import io.weir.engine.match.IpAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Who is meant, and in which domain: options of the commands about somebody. */
final class SubjectOptions {
    @Option(names = "--domain", required = true, paramLabel = "NAME", description = "The API: its policy's name.")
    private String domain = "";

    @Option(names = "--ip", paramLabel = "ADDRESS", description = "The client's address.")
    private @Nullable String ip;

    @Option(names = "--token", paramLabel = "TOKEN", description = "The access token, as gateways send it.")
    private @Nullable String token;

    @Option(names = "--account", paramLabel = "ID", description = "The account.")
    private @Nullable String account;

    @Option(names = "--profile", paramLabel = "ID", description = "The profile.")
    private @Nullable String profile;

    @Option(names = "--device", paramLabel = "ID", description = "The device.")
    private @Nullable String device;

    @Option(names = "--user", paramLabel = "ID", description = "The user.")
    private @Nullable String user;

    String domain() {
        return domain;
    }

    /** What is given, by attribute; addresses and ranges of them in their one spelling. Never empty. */
    Map<String, String> values() {
        Map<String, String> values = new LinkedHashMap<>();
        put(values, "ip", ip == null ? null : address(ip));
        put(values, "token", token);
        put(values, "account", account);
        put(values, "profile", profile);
        put(values, "device", device);
        put(values, "user", user);
        if (values.isEmpty()) {
            throw UserException.wrongUsage(
                    "expected at least one of --ip, --token, --account, --profile, --device, --user, found none");
        }
        return values;
    }

    private static void put(Map<String, String> values, String attribute, @Nullable String value) {
        if (value != null && value.isBlank()) {
            throw UserException.wrongUsage("--" + attribute + ": expected a value, found a blank one");
        }
        if (value != null) {
            values.put(attribute, value);
        }
    }

    private static String address(String text) {
        if (text.indexOf('/') < 0) {
            IpAddress address = IpAddress.parse(text);
            if (address == null) {
                throw UserException.wrongUsage(
                        "--ip: expected an address like 192.0.2.1 or 2001:db8::1, found '" + text + "'");
            }
            return address.toString();
        }
        try {
            Cidr range = Cidr.parse(text);
            boolean alone = range.prefixLength() == (range.network().v6() ? 128 : 32);
            return alone ? range.network().toString() : range.toString();
        } catch (IllegalArgumentException wrong) {
            throw UserException.wrongUsage("--ip: " + wrong.getMessage());
        }
    }

    /** A request of theirs at that time, in epoch ms, without hits, method or path. */
    Request identity(long time) {
        return new Request(
                null, time, domain, "", "", ip, token, device, account, profile, user, 0, Map.of(), false, 0);
    }
}
