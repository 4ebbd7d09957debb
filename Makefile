# One command each; CI runs the same.
MVN ?= mvn -B -ntp

.PHONY: help fmt check test it fuzz run bench kill

help:  ## show this
	@grep -E '^[a-z]+: .*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/'

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

bench:  ## decide 1,000,000 generated requests offline and say how fast
	benchmarks/simulate.sh

kill:  ## the long form of killing enforcers in mid-flow: 5,000,000 events, 10 kills
	$(MVN) verify -pl benchmarks -am -Dtest=None -Dit.test=KillIT -Dsurefire.failIfNoSpecifiedTests=false \
	  -Dfailsafe.failIfNoSpecifiedTests=false -Dweir.kill.events=5000000 -Dweir.kill.times=10
