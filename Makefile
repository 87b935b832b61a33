# One word per job; `make` alone lists them. Only relative paths and no console scripts of .venv:
# both break when the path of this folder contains a space or is very long.

MAKEFLAGS += --no-builtin-rules --no-print-directory
.SUFFIXES:
.DEFAULT_GOAL := help
PY := .venv/bin/python
PIP := $(PY) -m pip --disable-pip-version-check install --quiet --require-hashes

help:
	@echo "make run       everything, at http://127.0.0.1:8000 (PORT=8001 for another port)"
	@echo "make test      the test suite with services of its own (ARGS='-k name')"
	@echo "make test-slow the tests that take minutes each"
	@echo "make check     formatting, lint, types, imports, templates, scripts, migrations, translations, docs"
	@echo "make format    put code and templates into shape"
	@echo "make bench     measurements beside their floor"
	@echo "make messages  collect and compile translations"
	@echo "make docs      write the generated documents"
	@echo "make lock      compile requirements/*.txt from pyproject.toml"

# --- environment -------------------------------------------------------------------------------

.venv/.made:
	@set -e; found=; \
	for name in "$$PYTHON" python3.11 python3 python3.12 python3.13; do \
	  [ -n "$$name" ] || continue; \
	  if "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
	    found=$$name; break; fi; done; \
	if [ -z "$$found" ]; then \
	  echo "error: Python 3.11 or later is needed (PYTHON=/path/to/python3.11 make ...)" >&2; exit 1; fi; \
	if ! [ -x $(PY) ]; then \
	  "$$found" -m venv .venv || { rm -rf .venv; \
	  echo "error: no virtual environment; on Debian: apt-get install python3-venv" >&2; exit 1; }; fi
	@touch $@

.venv/.run: requirements/run.txt | .venv/.made
	@echo "Installing packages ..."
	@$(PIP) -r $<
	@touch $@

.venv/.test: requirements/test.txt | .venv/.made
	@echo "Installing packages for the tests ..."
	@$(PIP) -r $<
	@touch $@

.venv/.dev: requirements/dev.txt | .venv/.made
	@echo "Installing packages for development ..."
	@$(PIP) -r $<
	@touch $@

# --- jobs --------------------------------------------------------------------------------------

run: .venv/.run
	@$(PY) -m config.services run

# What is long begins first (tests/conftest.py); who is free takes the next.
SPREAD := -n 3 --dist loadscope --no-loadscope-reorder

test: .venv/.test
	@$(PY) -m pytest $(SPREAD) -m "not slow" tests $(ARGS)

test-slow: .venv/.test
	@$(PY) -m pytest $(SPREAD) -m slow tests $(ARGS)

bench: .venv/.test
	@$(PY) -m config.services temporary -- $(PY) -m benchmarks $(ARGS)

messages: .venv/.run
	@$(PY) manage.py makemessages --locale sv --no-location --no-wrap $(IGNORED)
	@$(PY) -m config.messages

IGNORED := --ignore .venv --ignore .data --ignore tests --ignore benchmarks --ignore staticfiles

format: .venv/.dev
	@$(PY) -m ruff check --fix --quiet . ; $(PY) -m ruff format .
	@$(PY) -m djlint --reformat --quiet templates || true

# The documents carry the Swedish wording, which Django reads once, as it starts.
docs: .venv/.run
	@$(PY) -m config.messages
	@$(PY) manage.py generate_docs

lock: .venv/.dev
	@PATH="$$PWD/.venv/bin:$$PATH" sh requirements/compile.sh $(ARGS)

APPS := core organisation api cases workload audits unitstats demo

# --- checks: `make -k check` goes on after a failure --------------------------------------------

CHECKS := format lint security types imports templates scripts migrations translations docs \
          schema deploy audit
DJANGO := DJANGO_SETTINGS_MODULE=config.settings.test $(PY) -W ignore::RuntimeWarning manage.py

check: $(addprefix check-,$(CHECKS))
	@echo "All checks passed."

check-format: .venv/.dev
	$(PY) -m ruff format --check .

check-lint: .venv/.dev
	$(PY) -m ruff check .

check-security: .venv/.dev
	$(PY) -m bandit --quiet --configfile pyproject.toml --recursive $(APPS) config

# Known vulnerabilities in the locked packages; says so when nobody can be asked (config/audit.py).
check-audit: .venv/.dev
	@$(PY) -m config.audit

check-types: .venv/.dev
	$(PY) -m mypy .

check-imports: .venv/.dev
	$(PY) -c "from importlinter.cli import lint_imports_command as run; run()"

check-templates: .venv/.dev
	$(PY) -m djlint --check --lint templates

# .oxlintrc.json says what is looked for. The program itself, not a script that knows where .venv is.
check-scripts: .venv/.dev
	.venv/bin/oxlint --quiet static/js

check-migrations: .venv/.dev
	$(DJANGO) makemigrations --check --dry-run

check-translations: .venv/.dev
	$(DJANGO) check_translations

check-docs: .venv/.dev
	@$(PY) -m config.messages
	$(DJANGO) generate_docs --check

check-schema: .venv/.dev
	$(DJANGO) spectacular --validate --fail-on-warn --file /dev/null

# Addresses that lead nowhere: `check` must not need a service.
check-deploy: .venv/.dev
	DJANGO_SETTINGS_MODULE=config.settings.production \
	SECRET_KEY=$$($(PY) -c "import secrets; print(secrets.token_urlsafe(64))") \
	ALLOWED_HOSTS=jamvikt.example.se DATABASE_URL=postgresql://user:word@127.0.0.1:1/name \
	REDIS_URL=redis://127.0.0.1:1/0 EMAIL_URL=smtp://127.0.0.1:1 \
	$(PY) manage.py check --deploy --fail-level WARNING

.PHONY: help run test test-slow bench messages format docs lock check $(addprefix check-,$(CHECKS))
