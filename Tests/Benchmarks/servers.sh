# Sourced by `run`: the servers of a measurement, and the load on them. Everything listens on 127.0.0.1 and lives in $work.
# shellcheck shell=bash disable=SC2034,SC2154,SC2094 # variables are shared with `run`; logs are appended to

pids=()
clean_up() {
    local pid
    for pid in "${pids[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
    for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
    rm -rf "$work"
}
fail() {
    echo "run: $*" >&2
    tail -n 20 "$work"/*.log >&2 2>/dev/null || true
    exit 1
}

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# What all need: a certificate, a login that is verified by scrypt once and then remembered.
prepare() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
        -keyout "$work/server.key" -out "$work/server.crt" 2>/dev/null
    password_hash=$(printf 'bench-password\n' | "$binary" hash password)
    echo 'login=bench&password=bench-password' >"$work/login"
}

await_server() { # name pid address
    local try
    for try in {1..200}; do
        kill -0 "$2" 2>/dev/null || fail "$1 ended at once"
        curl --silent --insecure --fail --output /dev/null "$3" && return
        sleep 0.1
    done
    fail "$1 was not ready within 20 s"
}

start_nginx() { # port; sets nginx_pid
    mkdir -p "$work/nginx"
    cat >"$work/nginx.conf" <<CONF
daemon off;
$([[ $EUID -ne 0 ]] || echo "user root;")
worker_processes 2;
worker_rlimit_nofile $(ulimit -n);
pid $work/nginx/pid;
error_log $work/nginx.log;
events { worker_connections 16384; }
http {
    access_log off;
    keepalive_requests 1000000000;
    client_body_temp_path $work/nginx; proxy_temp_path $work/nginx; fastcgi_temp_path $work/nginx;
    uwsgi_temp_path $work/nginx; scgi_temp_path $work/nginx;
    upstream itself { server unix:$work/nginx/socket; keepalive 256; }
    server {
        listen unix:$work/nginx/socket;
        return 200 "Accepted by the carrier. 1 part.\n";
    }
    server {
        listen 127.0.0.1:$1 ssl backlog=1024;
        ssl_certificate $work/server.crt;
        ssl_certificate_key $work/server.key;
        ssl_protocols TLSv1.2 TLSv1.3;
        location = /status { stub_status; }
        location = /proxied { proxy_pass http://itself; proxy_http_version 1.1; proxy_set_header Connection ""; }
        location = /sms { default_type text/plain; return 200 "Accepted by the carrier. 1 part.\n"; }
    }
}
CONF
    PATH=$PATH:/usr/sbin nginx -e "$work/nginx.log" -p "$work" -c "$work/nginx.conf" 2>>"$work/nginx.log" &
    nginx_pid=$!
    pids+=("$nginx_pid")
    await_server nginx "$nginx_pid" "https://127.0.0.1:$1/sms"
}

start_simulator() { # name port latency; sets simulator_pid
    "$binary" simulate --listen "127.0.0.1:$2" --system-id bench --password bench --latency "$3" --no-faults \
        >"$work/$1.log" 2>&1 &
    simulator_pid=$!
    pids+=("$simulator_pid")
}

start_bridge() { # name port monitor-port smpp-port binds window [journal-file] [further-accounts-file]; sets bridge_pid
    local folder=$work/$1
    mkdir -p "$folder/config" "$folder/carriers"
    cat >"$folder/config/smppost.yaml" <<CONF
intake:
  listen: ["127.0.0.1:$2"]
  tls: { certificate: $work/server.crt, key: $work/server.key }
  max_connections: 64000
monitor:
  listen: "127.0.0.1:$3"
log: { level: ${log_level:-warning} }
CONF
    [[ -z ${7:-} ]] || printf 'journal:\n  url: "sqlite:%s"\n' "$7" >>"$folder/config/smppost.yaml"
    cat >"$folder/config/accounts.yaml" <<CONF
accounts:
  - name: bench
    login: bench
    password: "$password_hash"
    senders: [BENCH]
    default_sender: BENCH
    carriers: [main]
    language: en
    in_flight: 10000
${account_lines:-}
CONF
    [[ -z ${8:-} ]] || cat "$8" >>"$folder/config/accounts.yaml"
    cat >"$folder/carriers/main.yaml" <<CONF
hosts: ["127.0.0.1:$4"]
system_id: bench
password: bench
binds: [{ kind: transceiver, count: $5 }]
window: $6
waiting: 10000
CONF
    "$binary" serve --config "$folder/config" --carriers "$folder/carriers" >"$work/$1.log" 2>&1 &
    bridge_pid=$!
    pids+=("$bridge_pid")
    await_server 'smppost serve' "$bridge_pid" "http://127.0.0.1:$3/readyz"
}

stop() { # pid
    if ! { kill -TERM "$1" && wait "$1"; }; then fail "process $1 did not stop cleanly"; fi
}

# Unique texts from here on too: every load has a seed of its own.
seed=$$
# Sets requests, micros, p99 and errors.
load() { # port connections seconds [credentials-file] [characters]
    local line
    seed=$((seed + 1))
    line=$(wrk -t2 -c"$2" -d"$3"s --latency --timeout 30s -s "$here/form.lua" "https://127.0.0.1:$1/sms" -- \
        "$seed" "${4:-$work/login}" "${5:-0}" "${form_kind:-form}" 2>>"$work/wrk.log" |
        tee -a "$work/wrk.log" | grep '^RESULT ') || fail "wrk failed"
    read -r _ requests micros p99 errors <<<"$line"
    [[ $errors -le ${errors_allowed:-0} ]] || fail "$errors of $requests requests on port $1 failed"
    [[ $requests -gt 0 ]] || fail "no request was answered on port $1"
}
warm_up() { load "$1" "$2" 2; }

# Replies until now, by the server's own count: the bridge's, or where monitor is empty nginx's.
replies() {
    if [[ -n $monitor ]]; then
        curl --silent --fail "http://127.0.0.1:$monitor/metrics" | awk '/^smppost_http_requests_total[{]/ { sum += $2 } END { print sum + 0 }'
    else
        curl --silent --fail --insecure "https://127.0.0.1:$port/status" | awk 'NR == 3 { print $3 }'
    fi
}

# Loads the server with $pid, $port and $monitor, and looks at a part of it: the time in which connections are made does not count.
# Sets count, ticks and micros of that part.
load_steadily() { # connections seconds [credentials-file] [characters]
    local loader first begun begin=$((2 + $1 / 250))
    load "$port" "$1" $((begin + $2 + 1)) "${3:-}" "${4:-}" &
    loader=$!
    sleep "$begin"
    begun=${EPOCHREALTIME/[.,]/} first=$(replies) ticks=$(cpu_ticks "$pid")
    sleep "$2"
    micros=$((${EPOCHREALTIME/[.,]/} - begun)) count=$(($(replies) - first)) ticks=$(($(cpu_ticks "$pid") - ticks))
    wait "$loader" || fail "the load of $1 connections failed"
    seed=$((seed + 1))
    [[ $count -gt 0 ]] || fail "no request was answered over $1 connections"
}

rate() { echo $((requests * 1000000 / micros)); }
# utime + stime of a process and those that it started, in ticks.
cpu_ticks() { # pid
    local pid sum=0
    for pid in "$1" $(pgrep -P "$1"); do
        sum=$((sum + $(awk '{ sub(/^.*\) /, ""); print $12 + $13 }' "/proc/$pid/stat")))
    done
    echo "$sum"
}
# Of a process and those that it started.
rss_kib() { # pid
    local pid sum=0
    for pid in "$1" $(pgrep -P "$1"); do
        sum=$((sum + $(awk '/^VmRSS:/ { print $2 }' "/proc/$pid/status")))
    done
    echo "$sum"
}
median() { sort -n | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }
column() { awk -v c="$1" '{ print $c }' "$2" | median; } # number file
