#!/bin/sh
# Set this checkout up: the programs of the system that are missing, and the packages of constraints.txt in .venv.
#
#   tools/setup/setup.sh run      what a practice needs
#   tools/setup/setup.sh check    what the checks of the source need
#   tools/setup/setup.sh test     what the tests need: also a RabbitMQ, a PostgreSQL and a Chromium, which the tests start themselves
#
# Done already: does nothing, and says nothing. The Makefile calls it; so you need not.
# PYTHON=/path/to/python3.12 chooses the Python of a new .venv. Where AMQP_URL or DATABASE_URL name a server, or CHROMIUM a browser,
# none is installed.
set -eu
cd "$(dirname "$0")/../.."
. tools/setup/system.sh

log=.cache/setup.log
stamp=.venv/.set-up

say() { printf 'setup: %s\n' "$*"; }

fail() {
    printf 'setup: %s\n' "$@" >&2
    exit 1
}

# timed WHAT COMMAND...: run a command that takes a while, and say how long it took; its output goes to the log, unless it fails.
timed() {
    printf 'setup: %s ... ' "$1"
    shift
    began=$(date +%s)
    if "$@" >>"$log" 2>&1 </dev/null; then
        printf '%s s\n' "$(($(date +%s) - began))"
    else
        printf 'failed\n'
        tail -n 20 "$log" >&2
        fail "'$*' failed; what it said is in $log"
    fi
}

# ---- Programs of the system

install_programs() {
    packages=$(missing_packages "$1")
    [ -n "$packages" ] || return 0
    if can_apt; then
        say "installing with apt:" $packages
        timed "apt-get update" as_root apt-get update -q
        timed "apt-get install" apt_install $packages
        if [ -d /run/systemd/system ] && [ "$1" = test ]; then
            say "Debian starts the servers that it installs. The tests start their own and do not need those; to switch them off:"
            say "    sudo systemctl disable --now rabbitmq-server postgresql"
        fi
    elif [ "$packages" != "${packages#*tesseract}" ] || [ -n "${CI:-}" ]; then
        fail "missing here: $packages" "$(how_to_install "$1")" "then run the same command again"
    else
        say "missing here: $packages; the tests that need them will be skipped"
        say "$(how_to_install "$1")"
    fi
}

# ---- Python

usable() {
    "$1" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1
}

find_python() {
    for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
        if usable "$candidate"; then
            command -v "$candidate"
            return
        fi
    done
}

install_python() {
    [ -z "${PYTHON:-}" ] || fail "$PYTHON is no Python 3.11, 3.12 or 3.13 with its module venv"
    can_apt || fail "needs Python 3.11, 3.12 or 3.13: https://www.python.org/downloads/"
    timed "apt-get update" as_root apt-get update -q
    for version in 3.13 3.12 3.11; do
        if apt_knows "python$version-venv"; then
            timed "installing Python $version with apt" apt_install "python$version" "python$version-venv"
            return
        fi
    done
    fail "needs Python 3.11, 3.12 or 3.13, and this system's apt has none: https://www.python.org/downloads/"
}

make_environment() {
    ! usable .venv/bin/python || return 0
    python=$(find_python)
    if [ -z "$python" ]; then
        install_python
        python=$(find_python)
    fi
    timed "a virtual environment in .venv, with $("$python" --version)" "$python" -m venv --clear .venv
}

# ---- Packages

# Changes with everything that the packages in .venv depend on.
fingerprint() { { pwd; cat pyproject.toml constraints.txt; } | cksum; }

# What is in .venv may be more than what is asked for: tests need all that a practice needs.
is_current() {
    [ -f "$stamp" ] || return 1
    read -r extent known <"$stamp"
    [ "$known" = "$(fingerprint)" ] && { [ "$extent" = test ] || [ "$1" = run ]; }
}

install_packages() {
    ! is_current "$1" || return 0
    case $1 in
        run) extent=run what=. ;;
        *) extent=test what='.[test]' ;;
    esac
    timed "packages into .venv (a few minutes the first time)" pip_install "$what"
    printf '%s %s\n' "$extent" "$(fingerprint)" >"$stamp"
}

pip_install() {
    pip install setuptools && pip install --no-build-isolation --editable "$1"
}

pip() {
    command=$1
    shift
    .venv/bin/python -m pip "$command" --quiet --disable-pip-version-check --no-input --constraint constraints.txt "$@"
}

case ${1:-} in
    run | check | test) ;;
    *) fail "usage: tools/setup/setup.sh run|check|test" ;;
esac
mkdir -p .cache
: >"$log"
[ "$1" = check ] || install_programs "$1"
make_environment
install_packages "$1"
