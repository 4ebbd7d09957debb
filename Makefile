# One command each; CI runs the same.
MVN ?= mvn -B -ntp

.PHONY: help fmt check test it run bench

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

run:  ## the enforcer with an embedded broker
	./weir run

bench:  ## decide 1,000,000 generated requests offline and say how fast
	benchmarks/simulate.sh
