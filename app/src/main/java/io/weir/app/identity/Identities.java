package io.weir.app.identity;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which identities a request carries. By default a token comes from {@code Authorization: Bearer} or {@code X-Api-Key}: a
 * made-up one is worth nothing to its client, since the upstream knows tokens. Account, profile, device, user and plan anybody
 * can make up: they come from {@code X-Account-Id} and the like, of trusted proxies only, unless configured otherwise.
 *
 * <p>A request that carries two different values of one identity is refused: counted by one, it might be served by the other.
 */
public final class Identities {
    private static final String ATTRIBUTES = "attributes.";
    private static final List<String> NAMES = List.of("token", "account", "profile", "device", "user", "plan");
    private static final List<String> USUAL = List.of("token=bearer,header:X-Api-Key");
    private static final List<String> USUAL_OF_PROXIES = List.of(
            "account=header:X-Account-Id",
            "profile=header:X-Profile-Id",
            "device=header:X-Device-Id",
            "user=header:X-User-Id",
            "plan=header:X-Plan");

    private final TrustedProxies proxies;
    private final Map<String, List<IdentitySource>> ofAnybody;
    private final Map<String, List<IdentitySource>> ofProxies;

    private Identities(
            TrustedProxies proxies,
            Map<String, List<IdentitySource>> ofAnybody,
            Map<String, List<IdentitySource>> ofProxies) {
        this.proxies = proxies;
        this.ofAnybody = ofAnybody;
        this.ofProxies = ofProxies;
    }

    /**
     * Reads {@code account=header:X-Account-Id}, {@code token=bearer,query:key}, {@code plan=none}; each takes the place of
     * the usual sources of that identity.
     *
     * @throws IllegalArgumentException saying what was expected and what was found
     */
    public static Identities of(List<String> configured, TrustedProxies proxies) {
        Map<String, List<IdentitySource>> ofProxies = new LinkedHashMap<>();
        USUAL_OF_PROXIES.forEach(each -> put(each, ofProxies));
        return of(configured, proxies, ofProxies);
    }

    /**
     * The same where proxies only ask and pass on whatever headers their clients sent: none is believed for the proxy's sake,
     * only those that are configured.
     *
     * @throws IllegalArgumentException saying what was expected and what was found
     */
    public static Identities passedOn(List<String> configured, TrustedProxies proxies) {
        return of(configured, proxies, new LinkedHashMap<>());
    }

    private static Identities of(
            List<String> configured, TrustedProxies proxies, Map<String, List<IdentitySource>> ofProxies) {
        Map<String, List<IdentitySource>> ofAnybody = new LinkedHashMap<>();
        USUAL.forEach(each -> put(each, ofAnybody));
        for (String each : configured) {
            ofProxies.remove(put(each, ofAnybody));
        }
        return new Identities(proxies, ofAnybody, ofProxies);
    }

    private static String put(String text, Map<String, List<IdentitySource>> sources) {
        int equals = text.indexOf('=');
        String name = equals < 0 ? "" : text.substring(0, equals).strip();
        boolean attribute = name.startsWith(ATTRIBUTES) && name.length() > ATTRIBUTES.length();
        if (!NAMES.contains(name) && !attribute) {
            throw new IllegalArgumentException("identity: expected " + String.join(", ", NAMES)
                    + " or attributes.<name>" + " = source,… , found '" + text + "'");
        }
        List<IdentitySource> read = new ArrayList<>();
        String from = text.substring(equals + 1).strip();
        if (!from.equals("none")) {
            for (String source : from.split(",", -1)) {
                read.add(IdentitySource.parse(source.strip()));
            }
        }
        sources.put(name, read);
        return name;
    }

    /** @throws BadRequestException when the request carries two different values of one identity */
    public Client read(ClientRequest request) {
        Map<String, String> values = new HashMap<>();
        read(ofAnybody, request, values);
        if (proxies.trusts(request.peer())) {
            read(ofProxies, request, values);
        }
        Map<String, String> attributes = new HashMap<>();
        values.forEach((name, value) -> {
            if (name.startsWith(ATTRIBUTES)) {
                attributes.put(name.substring(ATTRIBUTES.length()), value);
            } else if (name.equals("plan")) {
                attributes.put(name, value);
            }
        });
        return new Client(
                proxies.client(request.peer(), request.header("x-forwarded-for")),
                values.get("token"),
                values.get("device"),
                values.get("account"),
                values.get("profile"),
                values.get("user"),
                attributes);
    }

    private static void read(
            Map<String, List<IdentitySource>> sources, ClientRequest request, Map<String, String> values) {
        for (Map.Entry<String, List<IdentitySource>> each : sources.entrySet()) {
            String value = one(each.getKey(), each.getValue(), request);
            if (value != null) {
                values.put(each.getKey(), value);
            }
        }
    }

    private static @Nullable String one(String name, List<IdentitySource> sources, ClientRequest request) {
        Set<String> found = new LinkedHashSet<>();
        for (IdentitySource source : sources) {
            for (String value : source.values(request)) {
                if (!value.isBlank()) {
                    found.add(value.strip());
                }
            }
        }
        if (found.size() > 1) {
            throw new BadRequestException("expected one " + name + ", found " + found.size() + " different ones");
        }
        return found.isEmpty() ? null : found.iterator().next();
    }
}
