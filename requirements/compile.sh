#!/bin/sh
# Compile the hashed locks from pyproject.toml: sh requirements/compile.sh [--upgrade]
set -eu
cd "$(dirname "$0")/.."
unset PIP_FIND_LINKS PIP_INDEX_URL UV_INDEX_URL UV_DEFAULT_INDEX
lock() {
    out=$1
    shift
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
        "$@" pyproject.toml --output-file "requirements/$out.txt"
}
lock dev --extra embedded --extra test --extra check "$@"
lock test --extra embedded --extra test --constraint requirements/dev.txt
lock run --extra embedded --constraint requirements/dev.txt
lock base --constraint requirements/dev.txt
