# Each goal does its own set-up in .venv; nothing needs to be installed by hand but Python 3.11 or later.
PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.DEFAULT_GOAL := help
.PHONY: help demo test lint wheel check-wheel bench train schema clean

help:  ## list the goals
	@awk -F ':.*##  *' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

.venv/run: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(INSTALL) -e '.[offline]'
	touch $@

.venv/dev: .venv/run
	$(INSTALL) -e '.[offline,ct2,firefox,formats,llm,dev]'
	touch $@

demo: .venv/run  ## run the quickstart and print its stance table
	$(BIN)/polystance run configs/quickstart.yaml

test: .venv/dev  ## run the tests, without network, one process for each core
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal

lint: .venv/dev  ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

WHEELS ?= dist
wheel: .venv/run  ## build the wheel into dist/, or into WHEELS, from no other files than git's
	rm -rf build/source && mkdir -p build/source
	git ls-files -z --cached --others --exclude-standard -- cli pipelines configs pyproject.toml README.md LICENSE \
		| tar --null -T - -c | tar -x -C build/source
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir "$(WHEELS)" build/source
	rm -rf build/source

check-wheel:  ## install the wheel in a new environment and run the quickstart with it
	PYTHON="$(PYTHON)" .ci/check_wheel

.venv/bench: .venv/run benchmarks/requirements.txt
	$(INSTALL) -r benchmarks/requirements.txt
	touch $@

bench: .venv/bench  ## print the figures of the README; GOLD is a folder with parallel/, actors/ and stance/
	@test -d "$(GOLD)" || { echo "make bench: no folder '$(GOLD)'. Give one: make bench GOLD=path/to/gold"; exit 2; }
	$(BIN)/python benchmarks/language_identification.py $(GOLD)/parallel
	$(BIN)/python benchmarks/translation_quality.py $(GOLD)/parallel/ntrex.pt.dev.jsonl $(GOLD)/parallel/ntrex.en.dev.jsonl
	$(BIN)/python benchmarks/passages.py $(GOLD)/actors/seesaw_holders.dev.jsonl $(GOLD)/actors/seesaw_holders.dev.actors.json
	$(BIN)/python benchmarks/mention_rate.py $(GOLD)/parallel/ntrex.*.dev.jsonl
	$(BIN)/polystance evaluate stance $(GOLD)/stance/dse.dev.jsonl $(GOLD)/stance/seesaw.dev.jsonl --config configs/quickstart.yaml --fit outputs/calibration_large.yaml
	$(BIN)/polystance evaluate stance $(GOLD)/stance/dse.dev.jsonl $(GOLD)/stance/seesaw.dev.jsonl --config configs/quickstart.yaml --set stance.options.network=small --fit outputs/calibration_small.yaml
	$(BIN)/polystance evaluate stance $(GOLD)/stance/dse.dev.jsonl --config configs/quickstart.yaml --fit outputs/calibration_dse.yaml
	$(BIN)/python benchmarks/leak.py $(GOLD)/stance/dse.dev.jsonl $(GOLD)/stance/seesaw.dev.jsonl
	$(BIN)/python benchmarks/unnamed.py
	$(BIN)/python benchmarks/prior_shift.py $(GOLD)/stance/dse.dev.jsonl
	$(BIN)/python benchmarks/estimand.py $(GOLD)/stance/dse.dev.jsonl
	$(BIN)/python benchmarks/intervals.py
	$(BIN)/polystance run benchmarks/invariance_ntrex.yaml --set "articles.path=[$(GOLD)/parallel/ntrex.en.dev.jsonl, $(GOLD)/parallel/ntrex.pt.dev.jsonl]"
	$(BIN)/polystance run benchmarks/controls_ntrex.yaml --set articles.path=$(GOLD)/parallel/ntrex.en.dev.jsonl
	$(BIN)/python benchmarks/stance.py outputs/controls_ntrex

.venv/train: .venv/run training/requirements.txt
	$(INSTALL) --no-deps -r training/requirements.txt
	touch $@

RUN ?= build/train
EXAMPLES ?= 9000
train: .venv/train  ## train the small network on few examples (minutes), and measure it on made-up sentences; the full recipe: training/README.md
	$(BIN)/python -m training.train $(RUN) --examples $(EXAMPLES)
	$(BIN)/python -m training.export $(RUN) small $(RUN)/onnx
	$(BIN)/python -m training.measure $(RUN) --made-up 400

schema: .venv/run  ## write configs/polystance.schema.json, after a change of the config's keys
	$(BIN)/python -c "from pipelines.config import json_schema; print(json_schema(), end='')" > configs/polystance.schema.json

clean:  ## remove .venv and all that was built
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache
