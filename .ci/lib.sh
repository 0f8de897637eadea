# What the legs share; sourced by each. A leg runs alone from a clone, or from `.ci/run`, whose folder it then uses.
set -euo pipefail
unset PYTHONDONTWRITEBYTECODE # the tests start Python hundreds of times: it need not compile each time
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
step="start"
server=""
alone=""
if [ -z "${CI_SCRATCH:-}" ]; then
    alone=yes
    CI_SCRATCH=$(mktemp -d)
    export CI_SCRATCH
fi
scratch=$CI_SCRATCH
summary=$scratch/summary
if [ -z "${SEARCHAPP_CORPORA:-}" ] && [ -d "$root/../shared/corpora" ]; then
    SEARCHAPP_CORPORA=$(cd "$root/../shared/corpora" && pwd)
    export SEARCHAPP_CORPORA
fi

finish() {
    code=$?
    if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; fi
    if [ "$code" -ne 0 ] && [ -n "$step" ]; then
        printf '\n=== FAILED: %s (exit %s)\n' "$step" "$code"
    fi
    if [ -n "$alone" ]; then
        if [ "$code" -eq 0 ] && [ -f "$summary" ]; then
            printf '\n=== green\n'
            cat "$summary"
            sed -n "s/^the README's test command: //p" "$summary"
        fi
        rm -rf "$scratch"
    fi
    exit "$code"
}
trap finish EXIT

heading() {
    step=$1
    printf '\n=== %s\n' "$step"
}

# Runs pytest; "no tests collected" (5) is no failure. Notes the closing line for the end.
tests() {
    local code=0
    "$@" 2>&1 | tee "$scratch/log" || code=$?
    if [ "$code" -eq 5 ]; then code=0; fi
    printf '%s: %s\n' "$step" "$(grep -v '^[[:space:]]*$' "$scratch/log" | tail -n 1)" >>"$summary"
    return "$code"
}

install_packages() {
    if ! command -v apt-get >/dev/null || [ "$(id -u)" -ne 0 ]; then
        echo "can't install $*: needs apt-get and root; going on without"
        return 0
    fi
    if [ ! -e "$scratch/apt" ]; then apt-get update -qq; fi
    : >"$scratch/apt"
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

python_tools() {
    if ! python3 -c 'import ensurepip' 2>/dev/null; then install_packages python3 python3-venv; fi
    python3 -c 'import sys; assert sys.version_info >= (3, 11), sys.version; print("Python", sys.version)'
}

# The virtual environment of the checkout, with these extras beside `dev`.
environment() {
    python_tools
    if [ ! -x .venv/bin/python ]; then python3 -m venv .venv; fi
    .venv/bin/pip install -q -e ".[dev${1:+,$1}]"
}

# What the tests ask for where it is there: browsers, what checks pages, a Redis, a counter of system calls.
test_tools() {
    if ! command -v chromium >/dev/null; then install_packages chromium; fi
    # Drives the pages at half the CPU of the whole browser, which Lighthouse needs.
    if ! command -v chromium-headless-shell >/dev/null; then
        install_packages chromium-headless-shell || echo "no headless shell here: the whole browser drives the pages"
    fi
    if ! command -v strace >/dev/null; then
        install_packages strace || echo "no strace here: the count of system calls is not compared"
    fi
    if ! command -v redis-server >/dev/null && ! command -v valkey-server >/dev/null; then
        install_packages redis-server || echo "no Redis here: the tests with one are skipped"
    fi
    if ! command -v npm >/dev/null; then
        echo "no npm: the tests with axe-core and Lighthouse are skipped"
    elif [ -z "${AXE_CORE:-}" ] || [ -z "${LIGHTHOUSE:-}" ]; then
        local modules=$scratch/npm/node_modules
        [ -d "$modules" ] || npm install --prefix "$scratch/npm" --silent --no-save --no-audit --no-fund \
            --no-package-lock axe-core lighthouse@12
        export AXE_CORE="$modules/axe-core/axe.min.js" LIGHTHOUSE="$modules/.bin/lighthouse"
    fi
    echo "real blogs: ${SEARCHAPP_CORPORA:-none; tests that need them are skipped}"
}

# A copy of the checkout without what is built, in $scratch/source.
source_tree() {
    if [ -d "$scratch/source" ]; then return; fi
    mkdir "$scratch/source"
    git ls-files -z --cached --others --exclude-standard | tar --null -T - -c | tar -x -C "$scratch/source"
}

# A virtual environment $scratch/NAME with these packages, made once.
tool() {
    local name=$1
    shift
    if [ -d "$scratch/$name" ]; then return; fi
    python3 -m venv "$scratch/$name"
    "$scratch/$name/bin/pip" install -q "$@"
}
