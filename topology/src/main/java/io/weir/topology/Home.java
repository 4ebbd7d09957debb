package io.weir.topology;

/** Where the usage of a partition's subjects is kept and can be read. */
public sealed interface Home {
    /** At this enforcer. */
    record Here() implements Home {}

    /** At another one of the group, under the address that it advertises ({@code application.server}). */
    record There(String host, int port) implements Home {}
}
