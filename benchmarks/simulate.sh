#!/usr/bin/env bash
# How fast recorded requests are decided offline: 1,000,000 requests of 20,000 tokens, Zipf-like, by onboardinghub.
#   benchmarks/simulate.sh [requests]
set -euo pipefail
cd "$(dirname "$0")/.."
requests=${1:-1000000}
input=$(mktemp)
trap 'rm -f "$input"' EXIT
awk -v n="$requests" 'BEGIN { srand(1); for (i = 0; i < n; i++) { c = int(20000 ^ rand());
  printf "{\"requestId\":\"r%d\",\"timestamp\":%.0f,\"domain\":\"onboardinghub\",\"method\":\"GET\",\"path\":\"/api/v1/guides/%d\",\"ip\":\"198.18.%d.%d\",\"token\":\"token-%d\"}\n", i, 1700000000000 + i * 2, i % 100, c / 250, c % 250, c } }' > "$input"
./weir --version
began=$(date +%s.%N)
WEIR_JAVA_OPTS="${WEIR_JAVA_OPTS:--Xmx256m}" ./weir simulate --policy policies/onboardinghub.yaml --requests "$input" > /dev/null
ended=$(date +%s.%N)
awk -v n="$requests" -v a="$began" -v b="$ended" 'BEGIN { printf "%d requests in %.1f s, start of Java included: %.0f/s\n", n, b - a, n / (b - a) }'
