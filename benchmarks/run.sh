#!/usr/bin/env bash
# Builds and runs the benchmarks.
#   benchmarks/run.sh quick | full          everything, shorter or longer; writes benchmarks/target/report.md and .json
#   benchmarks/run.sh jmh [JMH options]     JMH alone: a regular expression of benchmarks, -prof gc, ...
#   benchmarks/run.sh latency [rate=N batch=N committed=true|false seconds=N keys=N ...]
#                                           event to decision at another client, and all-in CPU
#   benchmarks/run.sh state [keys=N ...]    bytes of state and topics, time to restore
#   benchmarks/run.sh peers                 Lua and bucket4j on Redis
#   benchmarks/run.sh throughput [name=value ...]
#                                           one run on a real broker; the names: policy=one|two|four|vendors keys=N
#                                           keys.distribution=zipf|uniform batch=N warmup=N events=N, and any setting
#                                           of the enforcer
#   benchmarks/run.sh gateway [per.second=N] [warmup.seconds=N] [seconds=N]
#                                           what a gateway adds to a request: an upstream asked directly and through it
#   benchmarks/run.sh accuracy [edges=8 minutes=1 report=FILE]
#                                           edges that share a limit against the sequential truth, in real time, about
#                                           twelve minutes; writes benchmarks/target/accuracy.md
#   benchmarks/run.sh propagation [edges=8 blocks=200 key=token|ip]
#                                           from the decision on the last strike until each edge knows the block
set -euo pipefail
cd "$(dirname "$0")/.."
mvn -q -B -ntp -Dmaven.test.skip=true -Dspotless.check.skip -Dcheckstyle.skip -Dlint.failure=-nowarn -pl benchmarks -am package
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
options=()
if "$java" --enable-native-access=ALL-UNNAMED -version >/dev/null 2>&1; then options+=(--enable-native-access=ALL-UNNAMED); fi
exec "$java" ${options[@]+"${options[@]}"} ${WEIR_JAVA_OPTS:-} -jar benchmarks/target/weir-benchmarks.jar "$@"
