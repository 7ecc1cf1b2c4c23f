.PHONY: demo test check bench gen soak fuzz web

# Builds, makes the demo films, and serves on http://localhost:8080.
demo:
	@scripts/demo

# Builds and passes every test.
test:
	@scripts/test

# Format, lints, licences.
check:
	cargo fmt --all --check
	@scripts/web
	cargo clippy --locked --workspace --all-targets --quiet -- -D warnings
	@scripts/deny

# Measures, as ratios within one run.
bench:
	@bench/run

# The full sizes of the heavy proofs.
soak:
	@CINECLUB_SOAK=1 scripts/test

# Fuzzes each parser for ten minutes.
fuzz:
	@fuzz/run 600

# Writes the generated reference; CI refuses a difference.
gen:
	@scripts/gen

web:
	@scripts/web
