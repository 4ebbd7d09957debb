# One command each; CI runs the same.
MVN ?= mvn -B -ntp

.PHONY: help fmt check test it fuzz run bench bench-full bench-simulate kill flood chaos upgrade edge

help:  ## show this
	@grep -E '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/'

fmt:  ## format the sources
	$(MVN) spotless:apply

check:  ## formatter, compiler, ErrorProne, NullAway, checkstyle; no tests
	$(MVN) -DskipTests -DskipITs verify

test:  ## unit and topology tests, no broker
	$(MVN) test

it:  ## everything, with a real broker
	$(MVN) verify

fuzz:  ## a million mutations of each corpus; SEED=N goes on from another
	$(MVN) -pl testkit,app -am test -Dtest='*FuzzTest' -Dsurefire.failIfNoSpecifiedTests=false \
		-Dweir.fuzz.rounds=1000000 -Dweir.fuzz.seed=$(or $(SEED),1)

run:  ## the enforcer with an embedded broker
	./weir run

bench:  ## everything that is measured, peers included, shortened; report in benchmarks/target
	benchmarks/run.sh quick

bench-full:  ## the same, longer and each cell three times
	benchmarks/run.sh full

bench-simulate:  ## decide 1,000,000 generated requests offline and say how fast
	benchmarks/simulate.sh

upgrade:  ## enforcers of another version (BEFORE=its folder app/target) brought to this one, one by one, under traffic
	$(MVN) verify -pl benchmarks -am -Dtest=None -Dit.test=ChaosIT -Dsurefire.failIfNoSpecifiedTests=false \
	  -Dfailsafe.failIfNoSpecifiedTests=false -Dweir.chaos.faults=ROLLING_RESTART -Dweir.chaos.before=$(BEFORE)

edge:  ## the long form of the edges' tests: a limit per minute in real time, Kafka away for 30 s
	$(MVN) verify -pl app -am -Dtest=None -Dit.test=EdgesIT -Dsurefire.failIfNoSpecifiedTests=false \
	  -Dfailsafe.failIfNoSpecifiedTests=false -Dweir.edge.haste=1 -Dweir.edge.outage=30

kill:  ## the long form of killing enforcers in mid-flow: 5,000,000 events, 10 kills
	$(MVN) verify -pl benchmarks -am -Dtest=None -Dit.test=KillIT -Dsurefire.failIfNoSpecifiedTests=false \
	  -Dfailsafe.failIfNoSpecifiedTests=false -Dweir.kill.events=5000000 -Dweir.kill.times=10

flood:  ## TOKENS=N (ten million) that are seen once come to an enforcer with a heap of 256 MB: some 10 minutes
	$(MVN) verify -pl benchmarks -am -Dtest=None -Dit.test=FloodIT -Dsurefire.failIfNoSpecifiedTests=false \
	  -Dfailsafe.failIfNoSpecifiedTests=false -Dweir.flood.tokens=$(or $(TOKENS),10000000)

chaos:  ## faults of every kind, ROUNDS=N of each, SEED=N, STANDBYS=N, against the engine's answers: some 6 minutes a round
	$(MVN) verify -pl benchmarks -am -Dtest=None -Dit.test=ChaosIT -Dsurefire.failIfNoSpecifiedTests=false \
	  -Dfailsafe.failIfNoSpecifiedTests=false -Dweir.chaos.long=true -Dweir.chaos.rounds=$(or $(ROUNDS),1) \
	  -Dweir.chaos.seed=$(or $(SEED),1) -Dweir.chaos.standbys=$(or $(STANDBYS),0)
