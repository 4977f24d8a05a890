# Sourced by `run`: what single things cost: new connections, idle ones, more of everything, waiting at half load.
# shellcheck shell=bash disable=SC2154 # variables are shared with `run`

# New connections, one after another in each of so many processes of openssl: with two of them the cores are idle for a part of the
# time, and what is counted is how long one connection takes. Sets count.
handshake() { # port seconds clients
    local one list=()
    rm -f "$work"/s_time.*
    for one in $(seq "$3"); do
        openssl s_time -connect "127.0.0.1:$1" -new -tls1_3 -time "$2" >"$work/s_time.$one" 2>/dev/null &
        list+=($!)
    done
    for one in "${list[@]}"; do wait "$one" || fail "openssl s_time failed"; done
    count=$(awk '/ connections in .* real seconds/ { sum += $1 } END { print sum }' "$work"/s_time.*)
    [[ ${count:-0} -gt 0 ]] || fail "no connection was made on port $1"
}

compare_handshakes() {
    local nginx_port port monitor smpp clients round name pid ticks count
    nginx_port=$(free_port) port=$(free_port) monitor=$(free_port) smpp=$(free_port)
    echo "== new TLS 1.3 connections (openssl s_time), $handshakes s each"
    start_nginx "$nginx_port"
    start_simulator simulator "$smpp" 0ms
    start_bridge handshakes "$port" "$monitor" "$smpp" 1 10
    for clients in 8 2; do
        : >"$work/handshakes.rows"
        for round in 1 2 3; do
            local row=()
            for name in nginx smppost; do
                [[ $name = nginx ]] && pid=$nginx_pid || pid=$bridge_pid
                ticks=$(cpu_ticks "$pid")
                handshake "$([[ $name = nginx ]] && echo "$nginx_port" || echo "$port")" "$handshakes" "$clients"
                row+=($((count / handshakes)) $((($(cpu_ticks "$pid") - ticks) * 1000000 / hz / count)))
            done
            echo "$round ${row[*]}" | awk '{ printf "%d %d %d %.3f %d %d\n", $1, $2, $4, $4 / $2, $3, $5 }' >>"$work/handshakes.rows"
        done
        echo "$clients clients, median: nginx $(column 2 "$work/handshakes.rows")/s, smppost $(column 3 "$work/handshakes.rows")/s," \
            "ratio $(column 4 "$work/handshakes.rows") (goal 0.9); µs of CPU per connection:" \
            "nginx $(column 5 "$work/handshakes.rows"), smppost $(column 6 "$work/handshakes.rows")"
    done
    stop "$bridge_pid"
    stop "$simulator_pid"
    stop "$nginx_pid"
}

# Memory of a server's idle connections; sets kib.
hold() { # name port pid
    local port=$2 before after holder
    warm_up "$port" 64
    before=$(rss_kib "$3")
    mkfifo "$work/held"
    python3 - "$port" "$idle" >"$work/held" <<'PYTHON' &
import socket, ssl, sys, time
context = ssl.create_default_context()
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
held = [context.wrap_socket(socket.create_connection(("127.0.0.1", int(sys.argv[1])))) for _ in range(int(sys.argv[2]))]
print("held", flush=True)
time.sleep(600)
PYTHON
    holder=$!
    pids+=("$holder")
    grep -q held "$work/held" || fail "$idle connections could not be opened"
    after=$(rss_kib "$3")
    kib=$(awk -v b="$before" -v a="$after" -v n="$idle" 'BEGIN { printf "%.1f", (a - b) / n }')
    awk -v name="$1" -v b="$before" -v a="$after" -v kib="$kib" 'BEGIN {
        printf "%s: RSS %.1f MiB before, %.1f MiB with them: %.1f KiB a connection\n", name, b / 1024, a / 1024, kib }'
    kill "$holder"
    wait "$holder" 2>/dev/null || true
    rm "$work/held"
}

measure_idle() {
    local nginx_port bridge_port monitor smpp kib nginx_kib
    nginx_port=$(free_port) bridge_port=$(free_port) monitor=$(free_port) smpp=$(free_port)
    echo "== $idle connections that do nothing"
    start_nginx "$nginx_port"
    hold nginx "$nginx_port" "$nginx_pid"
    nginx_kib=$kib
    stop "$nginx_pid"
    start_simulator simulator "$smpp" 0ms
    start_bridge idle "$bridge_port" "$monitor" "$smpp" 1 10
    hold smppost "$bridge_port" "$bridge_pid"
    awk -v s="$kib" -v n="$nginx_kib" 'BEGIN { printf "ratio %.2f (goal at most 1.5)\n", s / n }'
    stop "$bridge_pid"
    stop "$simulator_pid"
}

# One row of a table whose first row is the measure of the others, of the server with $pid, $port and $monitor.
cost() { # what value connections [credentials-file] [characters] [segments]
    local count ticks micros
    load_steadily "$3" "$growth_seconds" "${4:-}" "${5:-}"
    echo "$1 $2 $((count * 1000000 / micros)) $ticks $count ${6:-1}" >>"$work/growth.rows"
    awk -v what="$1" -v hz="$hz" '$1 == what {
        cost = $4 * 1000000 / hz / $5
        if (!first) first = cost
        line = sprintf("%-11s %6d: %7d/s, %5.1f µs of CPU each, %.2f of the first", $1, $2, $3, cost, cost / first)
        if ($6 > 1) line = line sprintf(", %.1f µs per segment", cost / $6)
    } END { print line }' "$work/growth.rows"
}

# A simulator and a bridge for rows: sets pid, port and monitor, which `cost` uses.
set_up() { # binds [accounts-file] [journal-file]
    local smpp
    port=$(free_port) monitor=$(free_port) smpp=$(free_port)
    start_simulator simulator "$smpp" 0ms
    start_bridge growth "$port" "$monitor" "$smpp" "$1" 100 "${3:-}" "${2:-}"
    pid=$bridge_pid
}
tear_down() {
    stop "$bridge_pid"
    stop "$simulator_pid"
}

# nginx's too: what more connections cost the kernel and the caches is in both.
grow_connections() {
    local n
    port=$(free_port) monitor=
    start_nginx "$port"
    pid=$nginx_pid
    for n in 64 1000 10000; do cost nginx "$n" "$n"; done
    stop "$nginx_pid"
    set_up 2
    for n in 64 1000 10000; do cost connections "$n" "$n"; done
    tear_down
}

# 10,000 with the one that all bridges here have: the most that one file may have.
grow_accounts() {
    local n
    for n in 1 9999; do
        python3 - "$n" "$work/keys" "$work/accounts.part" <<'PYTHON'
import base64, hashlib, os, sys
with open(sys.argv[2], "w") as keys, open(sys.argv[3], "w") as accounts:
    for number in range(int(sys.argv[1])):
        key = base64.urlsafe_b64encode(os.urandom(32)).rstrip(b"=")
        digest = base64.b64encode(hashlib.sha256(key).digest()).rstrip(b"=").decode()
        keys.write(f"key={key.decode()}\n")
        # Short, so that the file stays within its bound.
        accounts.write(f'  - {{name: a{number}, key: "$sha256${digest}", carriers: [main]}}\n')
PYTHON
        set_up 2 "$work/accounts.part"
        cost accounts "$n" "$connections" "$work/keys"
        tear_down
    done
}

grow_binds() {
    local n
    for n in 1 8 64; do
        set_up "$n"
        cost binds "$n" "$connections"
        tear_down
    done
}

# Quotas that nobody reaches, of one account on all loops: their lock is the only one of a message's way.
readonly limited='    quota: { day: 1000000000, month: 1000000000 }
    per_recipient: 1000/h'
grow_quotas() {
    set_up 2
    cost quotas 0 "$connections"
    tear_down
    account_lines=$limited set_up 2
    cost quotas 3 "$connections"
    tear_down
}

# A part has 67 UCS-2 characters.
grow_segments() {
    set_up 2
    cost segments 1 "$connections" '' 60 1
    cost segments 10 "$connections" '' 640 10
    tear_down
}

# A load at a fixed rate; adds its p50 and p99 in ms, from the moments at which requests were to be sent, to $row.
load_at() { # port path rate
    "$binary" load "https://127.0.0.1:$1$2" --insecure --login bench --password-file "$work/password" --from BENCH \
        --connections "$connections" --rate "$3" --for "$((half_load + 1))s" --warm-up 1s --quiet \
        --report "$work/load.json" >"$work/load.log" 2>&1 || fail "smppost load failed"
    row+=($(python3 -c 'import json, sys; all = json.load(sys.stdin)["response"]; print(all["p50"], all["p99"])' <"$work/load.json"))
}

# nginx also as a proxy before itself: what one more hop costs a server that shares the machine with the others.
measure_half_load() {
    local half nginx_port round
    nginx_port=$(free_port)
    echo "== half of smppost's throughput at a fixed rate, nginx, nginx as a proxy and smppost as shipped in turn, $half_load s after 1 s"
    start_nginx "$nginx_port"
    log_level=info set_up 2 '' "$work/half/smppost.db"
    warm_up "$port" "$connections"
    load "$port" "$connections" 3
    half=$(($(rate) / 2))
    printf 'bench-password\n' >"$work/password"
    for round in 1 2 3 4 5; do
        local row=("$round")
        load_at "$nginx_port" /sms "$half"
        load_at "$nginx_port" /proxied "$half"
        load_at "$port" /sms "$half"
        echo "${row[*]}" | awk '{ print $0, $7 / $3, $7 / $5 }' >>"$work/half.rows"
    done
    echo "median of 5 at $half/s: nginx p50 $(column 2 "$work/half.rows") ms, p99 $(column 3 "$work/half.rows") ms;" \
        "as a proxy p50 $(column 4 "$work/half.rows") ms, p99 $(column 5 "$work/half.rows") ms;" \
        "smppost p50 $(column 6 "$work/half.rows") ms, p99 $(column 7 "$work/half.rows") ms;" \
        "ratio of p99 $(column 8 "$work/half.rows") (goal at most 2.5), to the proxy's $(column 9 "$work/half.rows")"
    tear_down
    stop "$nginx_pid"
}
