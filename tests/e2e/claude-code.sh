#!/usr/bin/env bash
# Runs Claude Code against a provider on loopback, with the gateway between them, and checks both ends.
#
#   tests/e2e/claude-code.sh [PATH_TO_sluice.dll]
#
# Without the parameter, SLUICE_DLL is taken; without that, src/Sluice.Server is built (Release, outside the checkout).
# SLUICE_CMD replaces the whole command of the gateway (split at blanks); "run --config FILE" is appended to it.
# E2E_CLAUDE names a claude executable to use instead of installing the pinned version.
# E2E_KEEP=1 keeps the temporary folder (records, outputs, gateway log) for a look afterwards.
#
# Needs bash 4.4, node 18, npm (only for the first run) and timeout. Prints "SKIP: reason" and exits 0 where one is
# missing or the package cannot be installed.
set -euo pipefail

readonly CLAUDE_VERSION=2.1.197
# A run takes a few seconds. The limit only ends a client that keeps retrying.
readonly CLAUDE_SECONDS=90
readonly START_SECONDS=60

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/sluice-e2e
checks=$here/claude-code-checks.mjs

skip() {
    echo "SKIP: $1"
    exit 0
}

die() {
    echo "$1" >&2
    exit 1
}

command -v node >/dev/null || skip "node is not installed"
command -v timeout >/dev/null || skip "timeout (coreutils) is not installed"
node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 18 ? 0 : 1)' ||
    skip "node is older than version 18"

work=$(mktemp -d "${TMPDIR:-/tmp}/sluice-e2e.XXXXXX")
records=$work/records.jsonl
results=$work/results
: >"$results"
pids=()
staging=

cleanup() {
    local pid
    for pid in "${pids[@]}"; do
        kill "$pid" 2>/dev/null || true
    done
    for pid in "${pids[@]}"; do
        # A gateway that drains for longer than 10 s is not waited for.
        for ((i = 0; i < 100; i++)); do
            kill -0 "$pid" 2>/dev/null || break
            sleep 0.1
        done
        kill -KILL "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    [[ -z $staging ]] || rm -rf "$staging"
    if [[ ${E2E_KEEP:-} == 1 ]]; then
        echo "# kept: $work"
    else
        rm -rf "$work"
    fi
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

claude_works() {
    [[ -x $1 && "$(timeout 30 "$1" --version 2>/dev/null)" == "$CLAUDE_VERSION "* ]]
}

# Leaves the executable's path in $claude.
install_claude() {
    local folder=$cache/claude-code-$CLAUDE_VERSION
    claude=${E2E_CLAUDE:-$folder/node_modules/.bin/claude}
    claude_works "$claude" && return
    # Whoever names one wants it to run: no quiet skip then.
    [[ -z ${E2E_CLAUDE:-} ]] || die "E2E_CLAUDE is not a working claude $CLAUDE_VERSION"
    command -v npm >/dev/null || skip "npm is not installed"

    # Installed beside its final place and then renamed, so that an interrupted run leaves nothing half done there.
    mkdir -p "$cache"
    staging=$(mktemp -d "$cache/installing.XXXXXX")
    # npm may block install scripts, depending on its version and settings. The package's only script puts the native
    # executable in its place; it is run by hand, so that both kinds of npm end in the same state.
    if ! npm install --prefix "$staging" --ignore-scripts --no-audit --no-fund --loglevel=error \
        "@anthropic-ai/claude-code@$CLAUDE_VERSION" >"$work/npm.log" 2>&1 </dev/null ||
        ! node "$staging/node_modules/@anthropic-ai/claude-code/install.cjs" >>"$work/npm.log" 2>&1; then
        sed 's/^/#   /' "$work/npm.log"
        skip "@anthropic-ai/claude-code@$CLAUDE_VERSION cannot be installed"
    fi
    if ! claude_works "$staging/node_modules/.bin/claude"; then
        sed 's/^/#   /' "$work/npm.log"
        skip "@anthropic-ai/claude-code@$CLAUDE_VERSION is installed but does not start on this machine"
    fi
    # Unless another run was faster.
    if ! claude_works "$claude"; then
        rm -rf "$folder"
        mv "$staging" "$folder"
    fi
}

# Leaves the gateway's command in the array $gateway.
find_gateway() {
    local dll=${1:-${SLUICE_DLL:-}}
    local project=$root/src/Sluice.Server artifacts=$cache/artifacts
    if [[ -n ${SLUICE_CMD:-} ]]; then
        read -ra gateway <<<"$SLUICE_CMD"
        return
    fi
    command -v dotnet >/dev/null || die "dotnet is not installed"
    if [[ -z $dll ]]; then
        # "dotnet run" would start the gateway as a child that outlives a kill of the parent.
        dotnet build "$project" -c Release --artifacts-path "$artifacts" -v quiet -nologo >"$work/build.log" 2>&1 || {
            cat "$work/build.log" >&2
            die "src/Sluice.Server does not build"
        }
        dll=$artifacts/bin/Sluice.Server/release/sluice.dll
    fi
    [[ -f $dll ]] || die "no such file: $dll"
    gateway=(dotnet "$dll")
}

start_upstream() {
    node "$here/anthropic-upstream.mjs" "$records" >"$work/upstream.out" 2>"$work/upstream.err" &
    local pid=$!
    pids+=("$pid")
    until [[ -s $work/upstream.out ]]; do
        kill -0 "$pid" 2>/dev/null || die "the loopback provider ended: $(cat "$work/upstream.err")"
        sleep 0.05
    done
    upstream_port=$(node -p 'JSON.parse(process.argv[1]).port' "$(cat "$work/upstream.out")")
    trap_port=$(node -p 'JSON.parse(process.argv[1]).trap' "$(cat "$work/upstream.out")")
}

start_gateway() {
    local port admin deadline=$((SECONDS + START_SECONDS))
    { read -r port && read -r admin; } < <(node "$checks" free-ports 2)
    mkdir "$work/data"
    node "$checks" config "$work/sluice.json" "$port" "$admin" "$work/data" "$upstream_port"
    # Proxies of the machine are not for the loopback provider, and SLUICE_* variables are settings to the gateway.
    local name
    local -a unset=()
    for name in HTTP_PROXY HTTPS_PROXY ALL_PROXY http_proxy https_proxy all_proxy "${!SLUICE_@}"; do
        unset+=(-u "$name")
    done
    env "${unset[@]}" "${gateway[@]}" run --config "$work/sluice.json" >"$work/gateway.log" 2>&1 </dev/null &
    gateway_pid=$!
    pids+=("$gateway_pid")
    until node "$checks" ready "http://127.0.0.1:$admin/readyz"; do
        if ! kill -0 "$gateway_pid" 2>/dev/null || ((SECONDS > deadline)); then
            cat "$work/gateway.log" >&2
            die "the gateway did not become ready"
        fi
        sleep 0.1
    done
    base_url=http://127.0.0.1:$port/v1/local/default/anthropic
}

# run_claude SCENARIO [VARIABLE=VALUE...] -- [ARGUMENT...]: leaves the exit code in $claude_rc.
run_claude() {
    local scenario=$1 pid
    shift
    local -a variables=()
    while [[ $1 != -- ]]; do
        variables+=("$1")
        shift
    done
    shift

    # The environment starts empty: no setting, key or account of whoever runs this reaches the client.
    mkdir -p "$work/home" "$work/cwd"
    local -a environment=(
        PATH="$PATH" HOME="$work/home" SHELL=/bin/bash LANG=C.UTF-8 TERM=dumb TMPDIR="$work"
        CLAUDE_CONFIG_DIR="$work/home/.claude"
        ANTHROPIC_BASE_URL="$base_url" ANTHROPIC_API_KEY="$api_key"
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1 DISABLE_AUTOUPDATER=1 DISABLE_TELEMETRY=1 DISABLE_ERROR_REPORTING=1
        # A gateway that fails is to be a failed check soon, not ten retries later.
        CLAUDE_CODE_MAX_RETRIES=1 API_TIMEOUT_MS=30000
        "${variables[@]}"
    )
    # In the background with "wait", because a trap runs only after a foreground command has ended. The folder is
    # empty, so no project file gets into the request.
    (cd "$work/cwd" && exec env -i "${environment[@]}" timeout -k 5 "$CLAUDE_SECONDS" \
        "$claude" -p "Please answer. [scenario:$scenario]" "$@" </dev/null >"$work/stdout" 2>"$work/stderr") &
    pid=$!
    pids+=("$pid")
    claude_rc=0
    wait "$pid" || claude_rc=$?
    unset 'pids[-1]'
}

# report COMMAND...: shows the checks and keeps them for the count. A command that fails counts as one failed check.
report() {
    local rc=0
    "$@" >"$work/report" 2>&1 || rc=$?
    ((rc == 0)) || echo "not ok - $* (exit code $rc)" >>"$work/report"
    cat "$work/report"
    cat "$work/report" >>"$results"
}

# check_run NAME REQUESTS: looks at the run that has just ended and makes room for the next one.
check_run() {
    local before=0
    node "$checks" settled "$records" "$2"
    touch "$records"
    mv "$records" "$work/records-$1.jsonl"
    before=$(grep -c '^not ok' "$results" || true)
    report node "$checks" check "$1" "$work/records-$1.jsonl" "$work/stdout" "$claude_rc" "127.0.0.1:$upstream_port"
    if [[ $(grep -c '^not ok' "$results" || true) != "$before" ]]; then
        sed 's/^/#   stderr: /' "$work/stderr"
    fi
    mv "$work/stdout" "$work/stdout-$1"
    mv "$work/stderr" "$work/stderr-$1"
}

# Prints the count; fails if a check has failed.
finish() {
    local passed failed
    passed=$(grep -c '^ok - ' "$results" || true)
    failed=$(grep -c '^not ok - ' "$results" || true)
    if ((failed > 0)); then
        echo "# the end of the gateway's output:"
        tail -n 40 "$work/gateway.log" | sed 's/^/#   /'
    fi
    echo "$passed passed, $failed failed"
    ((failed == 0))
}

install_claude
find_gateway "$@"
api_key=$(node "$checks" value API_KEY)
token=$(node "$checks" value GATEWAY_TOKEN)
start_upstream
start_gateway

# First of all a run whose way out leads to the trap, which refuses and records everything. The other runs go without,
# because Claude Code leaves out its HEAD preflight when a proxy is set.
trap_url=http://127.0.0.1:$trap_port
run_claude text HTTP_PROXY="$trap_url" HTTPS_PROXY="$trap_url" NO_PROXY=127.0.0.1 --
check_run confined 1
if grep -q '"kind":"trap"' "$work/records-confined.jsonl"; then
    finish || exit 1
fi

run_claude text --
check_run text 2

# Only this run may use a tool. Root may not skip the permission question as a whole, but it may allow one tool.
run_claude tool -- --allowedTools Bash
check_run tool 3

run_claude cut --
check_run cut 3
report node "$checks" cut-probe "$base_url"
rm -f "$records"

run_claude text ANTHROPIC_CUSTOM_HEADERS="cf-aig-authorization: Bearer $token"$'\n'"x-e2e-custom: kept" --
check_run token 2

if kill -0 "$gateway_pid" 2>/dev/null; then
    report echo "ok - the gateway is still running"
else
    report echo "not ok - the gateway is still running"
fi

finish
