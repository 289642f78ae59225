#!/bin/bash
# The whole program on CUDA, behind the driver and compiler of tests/fake_cuda.c and tests/fake_nvrtc.c: the same bytes
# as cpu, on one device and on several; no driver, no compiler; and every call of either failing once.
. tests/script.sh
fakes=$(dirname "$marrow")/tests
config=$PWD/configs/label.yaml
cd "$work" || exit 1
export MARROW_CACHE_DIR=$work/cache

# run FOLDER WORD...: a patient that takes a fraction of a second.
run() {
    local folder=$1
    shift
    "$marrow" run "$config" -s simulation.agents=3000 -q -o "$folder" "$@"
}

gpu() { # COMMAND...: where there is the pretended driver and compiler
    LD_LIBRARY_PATH=$fakes/cuda:$fakes/nvrtc "$@"
}

hash_of() { grep -o '"state_hash":[^,]*' "$1/run.json"; }

same() { # NAME A B: the same rows and the same cells
    check "$1: timeseries.csv" cmp "$2/timeseries.csv" "$3/timeseries.csv"
    check "$1: state_hash" test -n "$(hash_of "$2")" -a "$(hash_of "$2")" = "$(hash_of "$3")"
}

refused() { # NAME STATUS TEXT COMMAND...: ends with that status, one line and that text
    local name=$1 code=$2 text=$3 got
    shift 3
    "$@" > stdout 2> stderr
    got=$?
    [ "$got" -eq "$code" ] && [ "$(wc -l < stderr)" -eq 1 ] && grep -qF -- "$text" stderr
    result $? "$name"
    sed 's/^/  /' stderr
}

echo "# the same bytes"
run cpu --until 6 -b cpu
for way in "" "--lanes 32" "--lanes 512"; do
    # shellcheck disable=SC2086 # an option and its value
    gpu run "cuda$way" --until 6 -b cuda $way
    same "cuda $way" cpu "cuda$way"
done
gpu run auto --until 6
same "auto" cpu auto
check "auto is cuda where there is a device" grep -q '"cuda: Fake GPU 0, 256 lanes, ' auto/run.json
FAKE_CUDA_CAPABILITY=75,90,120 gpu run three --until 6 -b cuda --device 0,1,2
same "three devices of three ages" cpu three
FAKE_CUDA_CAPABILITY=120 gpu run newer --until 6 -b cuda
same "a device newer than the compiler" cpu newer
check "which makes it code that the driver finishes" grep -q 'for compute_90"' newer/run.json

echo "# what is missing"
if ldconfig -p 2> /dev/null | grep -q 'libcuda\.so\.1'; then
    echo "skip - no driver: there is one here"
else
    refused "no driver" 69 "install NVIDIA's driver" run none -b cuda
    check "no driver: devices says so" sh -c "'$marrow' devices | grep -q '^cuda .*no CUDA driver'"
    check "no driver: auto is something else" run some --until 1
fi
FAKE_CUDA_CAPABILITY='' gpu refused "no device" 69 "no NVIDIA GPU" run none -b cuda
FAKE_CUDA_BREAK=advance gpu refused "a device that computes wrongly" 69 "Fake GPU 0" run none -b cuda
FAKE_CUDA_BREAK=advance gpu refused "auto does not pass it over" 69 "computes wrongly" run none
FAKE_CUDA_MEMORY=3e7 gpu refused "a device too small" 69 "its memory is below 64 MB" run none -b cuda
FAKE_CUDA_MEMORY=7e7 gpu refused "more agents than memory" 1 "lower simulation.agents" \
    "$marrow" run "$config" -s simulation.agents=2000000 -q -o none -b cuda
check "none of these leaves a folder" test ! -e none

# Libraries of that name which are something else, and a toolkit that is not there.
mkdir blocked
for version in 11.2 12 13 14; do ln -s "$fakes/cuda/libcuda.so.1" blocked/libnvrtc.so.$version; done
alone() { # COMMAND...: with the driver, and no compiler
    CUDA_PATH=$work/nowhere CUDA_HOME=$work/nowhere LD_LIBRARY_PATH=$fakes/cuda:$work/blocked "$@"
}
if "$marrow" version | grep -q 'by nvcc'; then
    alone run fat --until 6 -b cuda
    same "no compiler: kernels compiled with the program" cpu fat
    check "and the device's line says so" grep -q "kernels compiled with the program" fat/run.json
else
    alone refused "no compiler" 69 "install NVRTC" run none -b cuda
fi

# rows_begin FOLDER: its rows, if any, are the first of those of an undisturbed run.
rows_begin() {
    [ ! -e "$1/timeseries.csv" ] || cmp -s "$1/timeseries.csv" \
        <(head -n "$(wc -l < "$1/timeseries.csv")" short/timeseries.csv)
}

# fails_cleanly NAME: the last run ended with 1 or 69 and one line; or, where the call only gives back, as it should.
broken=0
fails_cleanly() { # STATUS NAME FOLDER
    if [ "$1" -eq 0 ]; then
        cmp -s "$3/timeseries.csv" short/timeseries.csv && [ ! -s stderr ] && return
    elif [ "$1" -eq 1 ] || [ "$1" -eq 69 ]; then
        rows_begin "$3" && [ "$(wc -l < stderr)" -eq 1 ] && grep -q "^marrow: backend cuda: .*; " stderr && return
    fi
    echo "  $2: status $1"
    sed 's/^/  /' stderr
    broken=$((broken + 1))
}

echo "# every call fails once"
gpu run short --until 0.25 -b cuda
FAKE_CUDA_LOG=log gpu run counted --until 0.25 -b cuda
calls=$(awk '/^calls/ { print $2 }' log)
for ((n = 1; n <= calls; n++)); do
    rm -rf failing
    FAKE_CUDA_FAIL_AT=$n FAKE_CUDA_CODE=$((n % 2 ? 719 : 999)) gpu run failing --until 0.25 -b cuda > stdout 2> stderr
    fails_cleanly $? "driver call $n" failing
done
echo "  $calls calls"
check "each failing call of the driver: one message, status 1 or 69" test "$broken" -eq 0
check "and there were some" test "${calls:-0}" -gt 150

# A row is under way while the next interval runs: one that fails there still leaves that row.
hourly="--until 0.25 -b cuda -s simulation.output_every_h=1"
# shellcheck disable=SC2086 # options and their values
FAKE_CUDA_LOG=log gpu run hourly $hourly
calls=$(awk '/^calls/ { print $2 }' log)
lost=0 met=0
for ((n = calls - 150; n < calls - 30; n++)); do
    rm -rf failing
    # shellcheck disable=SC2086
    FAKE_CUDA_FAIL_AT=$n gpu run failing $hourly > stdout 2> stderr
    grep -qE 'backend cuda: (advance|plan|place|arrive|settle) failed' stderr || continue
    met=$((met + 1))
    at=$(awk -F '[:,]' '/"time_h"/ { print $2 + 0 }' failing/run.json)
    [ "$(tail -n 1 failing/timeseries.csv)" = "$(awk -F , -v at="$at" '$1 == at' hourly/timeseries.csv)" ] && continue
    echo "  driver call $n: $(cat stderr); stopped at hour $at, last row of $(tail -n 1 failing/timeseries.csv | cut -c 1-20)"
    lost=$((lost + 1))
done
check "a row under way is written though the next interval fails ($met times)" test "$lost" -eq 0 -a "$met" -gt 5

broken=0 n=0
while [ "$n" -lt 100 ]; do
    n=$((n + 1))
    rm -rf failing
    FAKE_NVRTC_FAIL_AT=$n MARROW_CACHE_DIR=$work/empty$n gpu run failing --until 0.25 -b cuda > stdout 2> stderr
    status=$?
    fails_cleanly "$status" "compiler call $n" failing
    [ "$status" -eq 0 ] && [ "$n" -gt 10 ] && break
done
echo "  $n calls"
check "each failing call of the compiler: one message, status 1 or 69" test "$broken" -eq 0

[ "$failures" -eq 0 ]
