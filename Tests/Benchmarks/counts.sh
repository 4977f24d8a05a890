# Sourced by `run`: instructions and allocations of a message, counted by valgrind. They do not depend on what else the machine does.
# shellcheck shell=bash disable=SC2154 # variables are shared with `run`

# A copy that valgrind can read: 3.19 does not know the debug information that Swift writes.
prepare_callgrind() {
    if ! { command -v valgrind && command -v strip; } >/dev/null; then config/prerequisites valgrind binutils; fi
    strip --strip-debug -o "$work/stripped" "$binary"
    clang -shared -fPIC -O1 -o "$work/sigsuspend.so" "$here/sigsuspend.c"
    cat >"$work/counted" <<RUNNER
#!/bin/sh
exec env LD_PRELOAD=$work/sigsuspend.so valgrind --quiet --tool=callgrind --callgrind-out-file=$work/callgrind.out \
    "$work/stripped" "\$@"
RUNNER
    chmod +x "$work/counted"
}

# Counts in the middle of a load, when all connections are made: a handshake costs as much as ten messages or more.
count_path() { # name [journal-file]
    local port monitor smpp loader first count dump plain=$binary
    port=$(free_port) monitor=$(free_port) smpp=$(free_port)
    start_simulator "simulator-$1" "$smpp" 0ms
    binary=$work/counted
    start_bridge "counted-$1" "$port" "$monitor" "$smpp" 2 100 ${2:+"$2"}
    binary=$plain
    # The first message waits for scrypt: that takes seconds here.
    curl --silent --insecure --max-time 60 --output /dev/null --data "$(<"$work/login")&to=79160000000&text=first" \
        "https://127.0.0.1:$port/sms"
    # Under valgrind, on a busy machine, some replies are late; what they cost is counted as what others cost.
    errors_allowed=100 load "$port" "$connections" $((counts + 20)) &
    loader=$!
    until [[ $(replies) -gt $((connections * 10)) ]]; do
        kill -0 "$loader" 2>/dev/null || fail "the load ended before its connections were made"
        sleep 0.5
    done
    first=$(replies)
    callgrind_control --zero "$bridge_pid" >/dev/null 2>&1
    sleep "$counts"
    count=$(($(replies) - first))
    callgrind_control --dump "$bridge_pid" >/dev/null 2>&1
    dump=$(find "$work" -name 'callgrind.out.*')
    [[ -n $dump ]] || fail "valgrind counted nothing"
    wait "$loader" || fail "the load failed"
    seed=$((seed + 1))
    awk -v name="$1" -v n="$count" '
        /^(totals|summary):/ { instructions = $2 }
        /^cfn=/ {
            id = substr($1, 5)
            if (NF > 1) names[id] = $2
            called = id
        }
        /^fn=/ { if (NF > 1) names[substr($1, 4)] = $2 }
        /^calls=/ { calls[called] += substr($1, 7) }
        END {
            for (id in calls) if (names[id] ~ /^(malloc|calloc|realloc|posix_memalign)$/) allocations += calls[id]
            printf "%s: %d instructions and %.1f allocations a message (%d messages)\n", name, instructions / n, allocations / n, n
        }' "$dump"
    rm -f "$dump"
    stop "$bridge_pid"
    stop "$simulator_pid"
}

measure_counts() {
    echo "== instructions and allocations of the bridge (goals: bare 60,000 instructions, shipped 100,000)"
    prepare_callgrind
    count_path bare
    account_lines=$limited count_path quotas
    count_path journal "$work/counted-journal/smppost.db"
    log_level=info count_path shipped "$work/counted-shipped/smppost.db"
    [[ -n $before ]] || return 0
    strip --strip-debug -o "$work/stripped" "$before"
    count_path before-bare
    count_path before-journal "$work/counted-before-journal/smppost.db"
    log_level=info count_path before-shipped "$work/counted-before-shipped/smppost.db"
}
