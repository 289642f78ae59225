#!/bin/bash
# gpu_check.sh [BUILD]: one command for a machine with an NVIDIA GPU and no network. Builds the program, has every
# device pass the self-test, compares a treated patient's files with those of cpu byte by byte, measures 1, 10 and 100
# million agents where memory allows, and prints one table. Ends with 69 and one line where there is no GPU.
set -u

build=${1:-build}
marrow=$build/marrow
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
agents=200000 days=28

make --no-print-directory BUILD="$build" all > "$work/make" 2>&1 || {
    tail -n 20 "$work/make"
    echo "gpu-check: the program does not build; make deps installs what it needs"
    exit 1
}
"$marrow" devices | grep '^cuda' > "$work/devices"
grep ': usable' "$work/devices" > "$work/usable" || {
    echo "gpu-check: no usable NVIDIA GPU found: $(head -n 1 "$work/devices" | sed 's/^cuda *//')"
    exit 69
}

patient() { # FOLDER WORD...
    local folder=$work/$1
    shift
    "$marrow" run configs/label.yaml -s simulation.agents=$agents --until $days -q -o "$folder" "$@"
}

value() { # FOLDER KEY: from its run.json
    sed -n "s/^.*\"$2\":[[:space:]]*\"\{0,1\}\([^\",]*\).*/\1/p" "$work/$1/run.json" | head -n 1
}

verdict() { # FOLDER: against cpu's
    if cmp -s "$work/cpu/timeseries.csv" "$work/$1/timeseries.csv" &&
        [ "$(value cpu state_hash)" = "$(value "$1" state_hash)" ]; then
        echo "same bytes"
    else
        echo "DIFFERENT"
    fi
}

rows() { # NUMBER: the benchmark of that device
    awk -v device="$1" '$1 == "step" || $1 == "interval" { printf "%-4s %-9s %11s %14s %9s %9s %7s\n",
        device, $1, $3, $7, $8, $9, $10 }' "$work/bench$1"
}

patient cpu -b cpu || exit 1
failed=0
while read -r _ _ number _; do
    number=${number%:}
    if patient "cuda$number" -b cuda --device "$number" 2> "$work/why"; then
        echo "$number: $(value "cuda$number" device): self-test passed; $agents agents, $days days: $(verdict "cuda$number")"
        [ "$(verdict "cuda$number")" = "same bytes" ] || failed=1
    else
        echo "$number: $(tail -n 1 "$work/why")"
        failed=1
        continue
    fi
    "$marrow" bench -b cuda --device "$number" > "$work/bench$number" 2> "$work/why" || failed=1
    sed 's/^/  /' "$work/why"
done < "$work/usable"

echo
printf "%-4s %-9s %11s %14s %9s %9s %7s\n" GPU what agents agent_steps/s GB/s stream ratio
while read -r _ _ number _; do
    number=${number%:}
    [ ! -s "$work/bench$number" ] || rows "$number"
done < "$work/usable"
exit $failed
