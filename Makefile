# demo: try it · test: everything · check: style and layering · fix: what a machine can put right
PORT ?= 8000
VAR ?= var
ARGS ?=
PYTHON = .venv/bin/python
# Dozens of processes are started: each would compile all of Django anew where this is set.
unexport PYTHONDONTWRITEBYTECODE
SETUP = @python3 -I config/setup.py

.PHONY: setup demo test quick check fix soak bench lock

setup:
	$(SETUP)

demo: setup
	@exec $(PYTHON) -m config.demo --with-parent --port "$(PORT)" --var "$(VAR)" $(if $(RESET),--reset)

test:
	$(SETUP) test
	@exec timeout --foreground --signal=INT 15m $(PYTHON) -m pytest -n 2 $(ARGS)

quick: setup
	@exec $(PYTHON) -m pytest -n 2 -m "not browser and not processes and not soak and not long" $(ARGS)

soak:
	$(SETUP) test
	@exec $(PYTHON) -m pytest -n 2 --dist worksteal -m soak $(ARGS)

bench: setup
	@exec $(PYTHON) -m bench $(ARGS)

check: setup
	@exec $(PYTHON) -m config.check

fix: setup
	$(PYTHON) -m ruff check --fix --quiet .
	$(PYTHON) -m ruff format --quiet .

# Re-resolves every package within the bounds of pyproject.toml.
COMPILE = $(PYTHON) -m uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header pyproject.toml
lock: setup
	$(COMPILE) --upgrade -o requirements/base.txt
	$(COMPILE) --upgrade --extra dev -c requirements/base.txt -o requirements/dev.txt
	npm install --package-lock-only --omit=peer
