#!/bin/sh
# Write the hash-locked requirements from pyproject.toml, or, with --check, tell whether they are fresh.
# Index addresses never reach the files: whoever installs chooses where from, the hashes say what.
set -eu
cd "$(dirname "$0")/.."
uv="${UV:-.venv/bin/uv}"
target=deploy/requirements
if [ "${1:-}" = "--check" ]; then
    target=$(mktemp -d)
    trap 'rm -rf "$target"' EXIT
    # Starting from the locked versions, uv changes only what pyproject.toml no longer allows.
    cp deploy/requirements/*.txt "$target/"
fi

# The machine's own pip and uv settings must not colour what everybody installs.
lock() {
    output=$1
    shift
    env -u PIP_FIND_LINKS -u PIP_EXTRA_INDEX_URL -u UV_FIND_LINKS -u UV_EXTRA_INDEX_URL \
        "$uv" pip compile --quiet --no-config --universal --python-version 3.12 \
        --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate \
        ${UPGRADE:+--upgrade} --output-file "$output" "$@"
}

lock "$target/runtime.txt" pyproject.toml
lock "$target/dev.txt" pyproject.toml --group dev --constraint "$target/runtime.txt"

if grep -nE 'https?://|file:|find-links|index-url' "$target"/*.txt; then
    echo "The lock files must name no address." >&2
    exit 1
fi
if [ "$target" != deploy/requirements ]; then
    for name in runtime dev; do
        if ! cmp -s "$target/$name.txt" "deploy/requirements/$name.txt"; then
            echo "deploy/requirements/$name.txt is older than pyproject.toml: run 'make lock'." >&2
            exit 1
        fi
    done
    echo "The locks are fresh."
fi
