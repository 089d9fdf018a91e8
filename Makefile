# All logic is in mobilise/bootstrap; this is its shorthand. Another interpreter: PYTHON=python3.12 make run
PYTHON ?= python3

.PHONY: run install test lint bench lock audit sbom messages clean
run install test lint bench lock audit sbom messages clean:
	@$(PYTHON) -m mobilise.bootstrap $@
