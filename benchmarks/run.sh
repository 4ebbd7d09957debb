#!/usr/bin/env bash
# Builds and runs the benchmarks.
#   benchmarks/run.sh quick [part ...]      everything, or the parts named, each cell once; 35 to 50 minutes
#   benchmarks/run.sh full [part ...]       more cells, each three times and longer; some hours
#   benchmarks/run.sh tiny [part ...]       so little that the figures mean nothing: to see that it works
#                                           writes benchmarks/target/report.md and .json, or report-<parts>.md and .json
#   benchmarks/run.sh <part>                the same as quick <part>; the parts: engine peers latency topology edge accuracy
#                                           propagation gateway state start comparison model
#   benchmarks/run.sh throughput [name=value ...]
#                                           one cell of topology; the names: policy=one|two|four|vendors|<vendor> keys=N
#                                           keys.distribution=zipf|uniform batch=N warmup=N events=N, and any setting
#                                           of the enforcer; floor=N has instead of it what writes N records for each
#                                           event and decides nothing: what Kafka alone takes
#   benchmarks/run.sh latency rate=N [batch=N feed.linger.ms=N seconds=N warmup.seconds=N and the names above]
#                                           one cell of latency, by uncommitted and by committed reads
#   benchmarks/run.sh state keys=N [batch=N ...]
#   benchmarks/run.sh gateway per.second=N [warmup.seconds=N seconds=N]
#                                           the same with numbers of one's own
#   benchmarks/run.sh capacity [report=FILE] [name=value ...]
#                                           what a cluster needs, from a report's figures, as Markdown; docs/capacity.md
#                                           names what can be set
#   benchmarks/run.sh jmh [JMH options]     JMH alone: a regular expression of benchmarks, -prof gc, ...
set -euo pipefail
cd "$(dirname "$0")/.."
mvn -q -B -ntp -Dmaven.test.skip=true -Dspotless.check.skip -Dcheckstyle.skip -Dlint.failure=-nowarn -pl benchmarks -am package
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
options=()
if "$java" --enable-native-access=ALL-UNNAMED -version >/dev/null 2>&1; then options+=(--enable-native-access=ALL-UNNAMED); fi
exec "$java" ${options[@]+"${options[@]}"} ${WEIR_JAVA_OPTS:-} -jar benchmarks/target/weir-benchmarks.jar "$@"
