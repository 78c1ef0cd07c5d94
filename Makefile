# make test   the tests
# make lint   formatting and linters
# make fmt    rewrites Go and .chk files in their one format
# make ci     everything that a change must pass, in under 15 minutes
# make full   the same and the long checks, in about an hour

LINT = go tool -modfile=internal/tools.mod golangci-lint

# The long checks: more random cases, more inputs for each fuzz target, and benchmarks over this many rows.
CHECKS ?= 1000
FUZZ ?= 60s
ROWS ?= 20000000

.PHONY: test lint fmt ci full

test:
	go test ./...

lint:
	bash .ci/run gofmt vet lint

fmt:
	$(LINT) fmt
	find stdlib examples -name '*.chk' -printf '%h\n' | sort -u | while read -r directory; do go run ./cmd/chk fmt "./$$directory" || exit 1; done

ci:
	bash .ci/run

full: ci
	RAPID_CHECKS=$(CHECKS) go test -count=1 -timeout 60m ./...
	CI_FUZZ=$(FUZZ) CI_LIMIT=36000 bash .ci/run fuzz
	go test -run '^$$' -bench Draw -benchmem -timeout 60m ./sampling -rows $(ROWS)
	go test -run '^$$' -bench . -benchmem -timeout 60m ./engine ./checklang/...
	go test -count=1 -timeout 60m -v -run TestMonth ./examples/programme/loadtest -year
