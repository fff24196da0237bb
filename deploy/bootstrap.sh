#!/bin/sh
# Make .venv ready: find a Python of 3.12 or newer, create the environment, install the locked packages.
#
#   deploy/bootstrap.sh [runtime|dev]
#
# Does nothing when the lock has not changed since the last time, so every make target may call it.
# PYTHON=/path/to/python3 chooses the interpreter. Packages come from wherever pip is told to look;
# the hashes in deploy/requirements/ decide what is accepted.
set -eu
cd "$(dirname "$0")/.."
profile="${1:-runtime}"
lock="deploy/requirements/$profile.txt"
venv=.venv

say() { printf '\033[2mset-up    \033[0m %s\n' "$*" >&2; }

# True if $1 really runs (pyenv's shims may not), is new enough, and can make an environment.
serves() {
    "$1" -c 'import ensurepip, ssl, sqlite3, sys, venv; sys.exit(not (3, 12) <= sys.version_info < (3, 15))' \
        >/dev/null 2>&1
}

find_python() {
    for candidate in "${PYTHON:-}" python3.13 python3.12 python3.14 python3 \
        "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[2-4]*/bin/python3 \
        "$HOME"/.local/share/uv/python/cpython-3.1[2-4]*/bin/python3 \
        /opt/python*/bin/python3 /usr/local/bin/python3.1[2-4]; do
        if [ -n "$candidate" ] && serves "$candidate"; then
            printf '%s\n' "$candidate"
            return
        fi
    done
    # None here: an older Python with pip can still bring uv, and uv can bring a Python.
    say "No Python 3.12 to 3.14 found; asking uv to install 3.13 (this downloads about 30 MB)"
    if python3 -m pip install --quiet --target .data/uv uv >&2 &&
        .data/uv/bin/uv python install --quiet 3.13 >&2; then
        .data/uv/bin/uv python find --no-project 3.13
        return
    fi
    cat >&2 <<'MESSAGE'

This project needs Python 3.12, 3.13 or 3.14, and none was found: not as $PYTHON, not on PATH,
not under pyenv, and uv could not install one. Install one in the way your system prefers, for example

    sudo apt install python3.12 python3.12-venv      pyenv install 3.13      brew install python@3.13

and run the command again, or name it: make run PYTHON=/path/to/python3.13
MESSAGE
    return 1
}

digest() { cksum "$@" | cksum | cut -d' ' -f1; }

wanted=$(digest "$lock")
stamp="$venv/.locked-$profile"
# What dev installs contains what runtime installs, at the same versions.
if [ "$profile" = runtime ] && [ -f "$venv/.locked-dev" ] &&
    [ "$(cat "$venv/.locked-dev")" = "$(digest deploy/requirements/dev.txt)" ]; then
    exit 0
fi
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && "$venv/bin/python" -c '' 2>/dev/null; then
    exit 0
fi

if ! { [ -x "$venv/bin/python" ] && serves "$venv/bin/python"; }; then
    python=$(find_python)
    say "Creating $venv with $("$python" --version) ($python)"
    "$python" -m venv --clear "$venv"
fi

say "Installing the locked packages from $lock (a minute at most; only when the lock changes)"
if [ -x "$venv/bin/uv" ] || "$venv/bin/pip" install --quiet --disable-pip-version-check uv; then
    "$venv/bin/uv" pip install --quiet --python "$venv/bin/python" --require-hashes -r "$lock" && installed=yes
fi
if [ -z "${installed:-}" ]; then
    say "uv did not serve here; trying pip"
    "$venv/bin/pip" install --disable-pip-version-check --require-hashes -r "$lock"
fi
printf '%s\n' "$wanted" >"$stamp"
say "Packages ready"
