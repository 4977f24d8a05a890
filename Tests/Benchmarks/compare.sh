# Sourced by `run`: who is faster, in turn under the same load.
# shellcheck shell=bash disable=SC2154 # variables are shared with `run`

# What runs beside us makes a run worth less: its share of the machine while nothing is measured, in percent.
others() {
    local first second
    first=$(awk '/^cpu / { print $2 + $3 + $4 + $7 + $8 + $9, $2 + $3 + $4 + $5 + $6 + $7 + $8 + $9 }' /proc/stat)
    sleep 2
    second=$(awk '/^cpu / { print $2 + $3 + $4 + $7 + $8 + $9, $2 + $3 + $4 + $5 + $6 + $7 + $8 + $9 }' /proc/stat)
    echo "$first $second" | awk '{ printf "%.0f", 100 * ($3 - $1) / ($4 - $2) }'
}
tell_machine() { echo "   $(nproc) cores, $(others) % of them busy with other things, load average $(cut -d ' ' -f 1 /proc/loadavg)"; }

# Kannel's sendsms over TLS, which answers when the message is in its queue. Sets kannel_pid and kannel_port.
start_kannel() { # smpp-port
    local admin boxes
    admin=$(free_port) boxes=$(free_port) kannel_port=$(free_port)
    cat >"$work/kannel.conf" <<CONF
group = core
admin-port = $admin
admin-password = bench
smsbox-port = $boxes
box-allow-ip = "127.0.0.1"
log-level = 4
ssl-server-cert-file = "$work/server.crt"
ssl-server-key-file = "$work/server.key"

group = smsc
smsc = smpp
host = 127.0.0.1
port = $1
smsc-username = bench
smsc-password = bench
system-type = ""
transceiver-mode = true
max-pending-submits = 100

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = $kannel_port
sendsms-port-ssl = true
log-level = 4

group = sendsms-user
username = bench
password = bench-password
CONF
    (
        bearerbox "$work/kannel.conf" >"$work/bearerbox.log" 2>&1 &
        sleep 1
        exec smsbox "$work/kannel.conf" >"$work/smsbox.log" 2>&1
    ) &
    kannel_pid=$!
    pids+=("$kannel_pid")
    sleep 2
    pids+=("$(pgrep -f "bearerbox $work/kannel.conf")")
}

# Starts a contestant, where it does not run: sets contestant_port and contestant_pid. A journal that has grown through all rounds would
# be another contestant each time, so those with one begin anew.
declare -A running_port running_pid
start_contestant() { # name smpp-port
    local now=$binary journal='' level=warning monitor
    if [[ -z ${running_pid[$1]:-} ]]; then
        case $1 in
            nginx) running_port[$1]=$(free_port); start_nginx "${running_port[$1]}"; running_pid[$1]=$nginx_pid ;;
            kannel) start_kannel "$2"; running_port[$1]=$kannel_port running_pid[$1]=$kannel_pid ;;
            *)
                [[ $1 != before-* ]] || binary=$before
                [[ $1 = *bare ]] || { rm -rf "$work/journal-$1"; journal=$work/journal-$1/smppost.db; }
                [[ $1 != *shipped ]] || level=info
                running_port[$1]=$(free_port) monitor=$(free_port)
                log_level=$level start_bridge "$1" "${running_port[$1]}" "$monitor" "$2" 2 100 "$journal"
                running_pid[$1]=$bridge_pid binary=$now
                ;;
        esac
        [[ $1 = kannel ]] || warm_up "${running_port[$1]}" "$connections"
    fi
    contestant_port=${running_port[$1]} contestant_pid=${running_pid[$1]}
}

# Loads one contestant in its turn: a row `round name rate p99 µs-of-CPU`.
contend() { # round name smpp-port
    local ticks kind=form
    start_contestant "$2" "$3"
    [[ $2 != kannel ]] || kind=kannel
    ticks=$(cpu_ticks "$contestant_pid")
    form_kind=$kind load "$contestant_port" "$connections" "$seconds"
    ticks=$(($(cpu_ticks "$contestant_pid") - ticks))
    echo "$1 $2 $(rate) $p99 $((ticks * 1000000 / hz / requests))" >>"$work/rounds"
    printf '%3d %-15s %8d/s  p99 %7.2f ms  %4d µs of CPU each\n' "$1" "$2" "$(rate)" "$((p99 / 10))e-2" \
        $((ticks * 1000000 / hz / requests))
    case $2 in
        *journal | *shipped)
            stop "$contestant_pid"
            unset "running_pid[$2]"
            ;;
    esac
}

# The median of one contestant's rate ÷ another's, round by round.
ratio() { # name of
    awk -v a="$1" -v b="$2" '$2 == a { x[$1] = $3 } $2 == b { y[$1] = $3 } END { for (r in x) if (y[r]) print x[r] / y[r] }' \
        "$work/rounds" | median | awk '{ printf "%.3f", $1 }'
}

compare() {
    local name round smpp contestants=(nginx bare journal shipped)
    smpp=$(free_port)
    [[ -z $before ]] || contestants+=(before-bare before-journal before-shipped)
    if command -v bearerbox >/dev/null && command -v smsbox >/dev/null; then contestants+=(kannel); fi
    echo "== ${contestants[*]} in turn: $rounds rounds of $seconds s each, $connections connections"
    echo "   bare: neither log nor journal; shipped: a log line a message and the journal in a file"
    tell_machine
    start_simulator simulator "$smpp" 0ms
    for round in $(seq "$rounds"); do
        for name in "${contestants[@]}"; do contend "$round" "$name" "$smpp"; done
    done
    echo "median ratios: bare/nginx $(ratio bare nginx) (goal 0.78), shipped/nginx $(ratio shipped nginx) (goal 0.62)," \
        "journal/bare $(ratio journal bare) (goal 0.75), shipped/bare $(ratio shipped bare)"
    if [[ -n $before ]]; then
        echo "to the binary from before: bare $(ratio bare before-bare), journal $(ratio journal before-journal)," \
            "shipped $(ratio shipped before-shipped)"
    fi
    if [[ -n ${running_pid[kannel]:-} ]]; then
        echo "to Kannel, which answers before the carrier does: shipped $(ratio shipped kannel) (goal 3.2), bare $(ratio bare kannel)"
    fi
    tell_machine
    for name in "${!running_pid[@]}"; do kill -TERM "${running_pid[$name]}" && wait "${running_pid[$name]}" || true; done
    kill "$(pgrep -f "bearerbox $work/kannel.conf")" 2>/dev/null || true
    stop "$simulator_pid"
}
