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

# Loads the counted bridge; sets counted_instructions and counted_allocations, and requests. Each load makes its connections anew.
counted_load() { # port seconds
    local dump
    callgrind_control --zero "$bridge_pid" >/dev/null 2>&1
    load "$1" "$connections" "$2"
    rm -f "$work"/callgrind.out.*
    callgrind_control --dump "$bridge_pid" >/dev/null 2>&1
    dump=$(find "$work" -name 'callgrind.out.*' | head -n 1)
    [[ -n $dump ]] || fail "valgrind counted nothing"
    read -r counted_instructions counted_allocations < <(awk '
        /^(totals|summary):/ { instructions = $2 }
        /^cfn=/ {
            id = substr($1, 5)
            if (NF > 1) name[id] = $2
            called = id
        }
        /^fn=/ { if (NF > 1) name[substr($1, 4)] = $2 }
        /^calls=/ { calls[called] += substr($1, 7) }
        END {
            for (id in calls) if (name[id] ~ /^(malloc|calloc|realloc|posix_memalign)$/) allocations += calls[id]
            print instructions, allocations + 0
        }' "$dump")
}

count_path() { # name [journal-file]
    local port monitor smpp plain=$binary first_instructions first_allocations first_requests
    port=$(free_port) monitor=$(free_port) smpp=$(free_port)
    start_simulator "simulator-$1" "$smpp" 0ms
    binary=$work/counted
    start_bridge "counted-$1" "$port" "$monitor" "$smpp" 2 100 ${2:+"$2"}
    binary=$plain
    # The first message waits for scrypt: that takes seconds here.
    curl --silent --insecure --max-time 60 --output /dev/null --data "$(<"$work/login")&to=79160000000&text=first" \
        "https://127.0.0.1:$port/sms"
    warm_up "$port" "$connections"
    # What one load takes longer than another is messages only: as many handshakes are in both.
    counted_load "$port" 4
    first_instructions=$counted_instructions first_allocations=$counted_allocations first_requests=$requests
    counted_load "$port" $((4 + counts))
    awk -v name="$1" -v i=$((counted_instructions - first_instructions)) -v a=$((counted_allocations - first_allocations)) \
        -v n=$((requests - first_requests)) 'BEGIN { printf "%s: %d instructions and %.1f allocations a message (%d messages)\n", name, i / n, a / n, n }'
    stop "$bridge_pid"
    stop "$simulator_pid"
}

measure_counts() {
    echo "== instructions and allocations of the bridge (goal without a journal: 60,000 instructions)"
    prepare_callgrind
    count_path journal-off
    count_path journal-on "$work/counted-journal/smppost.db"
}
