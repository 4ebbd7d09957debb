package io.weir.app;

/** What goes away in a cluster, and comes back. */
public record Outage(LiveCluster cluster) {
    /** The broker goes; the enforcer is left to itself. */
    public void ofTheBroker() {
        cluster.stopBroker();
    }

    public void brokerIsBack() {
        cluster.startBroker();
    }

    /** The enforcer goes. */
    public void ofTheEnforcer() {
        cluster.stopEnforcer();
    }

    public void enforcerIsBack() throws InterruptedException {
        cluster.startEnforcer();
    }
}
