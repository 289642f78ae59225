#!/bin/bash
# check_cuda.sh [NVRTC_CODE]: the kernels compiled for five generations of NVIDIA GPUs, by nvcc, or where there is none
# by NVRTC (NVRTC_CODE is build/tests/nvrtc_code). Looks through PTX and, where nvdisasm is, machine code for anything
# that would change bits (contraction, approximations, flushing) or cost speed (registers spilled to memory), then
# prints what each kernel takes: registers, shared memory, and how wide it loads and stores.
set -u

here=$(cd "$(dirname "$0")" && pwd)
nvrtc_code=${1:-}
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
generations="75 80 90 100 120"
options="-DTARGET_CUDA --std=c++14 --fmad=false --prec-div=true --prec-sqrt=true --ftz=false"
shared_limit=49152 # bytes a block has on every one of them
failed=0

result() { # STATUS WHAT [FILE]: says ok, or FAILED with the file
    if [ "$1" -eq 0 ]; then
        echo "ok       $2"
    else
        echo "FAILED   $2"
        [ $# -lt 3 ] || sed 's/^/         /' "$3" | head -20
        failed=1
    fi
}

# with_nvcc GENERATION, with_nvrtc GENERATION: sm_GENERATION.ptx, .cubin, and .log with what ptxas says of each kernel.
# shellcheck disable=SC2317 # called by the name in $compile
with_nvcc() {
    local out=$folder/sm_$1
    # shellcheck disable=SC2086 # one option a word
    nvcc -arch=sm_"$1" $options -diag-suppress 177 -I"$here" -ptx -o "$out.ptx" "$folder/all.cu" > "$out.log" 2>&1 &&
        nvcc -arch=sm_"$1" $options -diag-suppress 177 -I"$here" -cubin -Xptxas -v -o "$out.cubin" "$folder/all.cu" \
            > "$out.log" 2>&1
}

# shellcheck disable=SC2317
with_nvrtc() {
    local out=$folder/sm_$1
    # shellcheck disable=SC2086
    "$nvrtc_code" "$out.ptx" --gpu-architecture=compute_"$1" $options < "$folder/all.cl" > "$out.log" &&
        "$nvrtc_code" "$out.cubin" --gpu-architecture=sm_"$1" $options --ptxas-options=-v < "$folder/all.cl" \
            > "$out.log"
}

absent() { # WHAT PATTERN: no line like it in the PTX
    grep -nE -- "$2" "$folder/sm_$generation.ptx" > "$folder/found"
    result $(($? == 0)) "sm_$generation PTX has no $1" "$folder/found"
}

# What makes a result depend on more than the text: addition and multiplication without a rounding of their own are
# ptxas's to contract.
check_ptx() {
    absent "approximations" '\.approx'
    absent "flushing of subnormals" '\.ftz'
    absent "contraction" 'mad\.[a-z.]*f32|[^a-z](add|sub|mul)\.f32'
    absent "rounding otherwise than to nearest" '(div|sqrt|fma|add|sub|mul)\.(full|rz|rm|rp)'
    absent "double precision" '\.f64'
    absent "arrays in local memory" '\.local'
}

# Kernels that go over every place load and store 16 bytes a lane (FOR_PACKS); what they load besides is one a page.
check_width() {
    awk '/\.entry/ { at = $0; sub(/.*\.entry */, "", at); sub(/\(.*/, "", at) }
        /ld\.global[a-z.]*\.v4\.(f32|b32|u32)/ { loads[at]++ }
        /st\.global[a-z.]*\.v4\.(f32|b32|u32)/ { stores[at]++ }
        END {
            if (loads["cells_only"] < 9 || stores["cells_only"] < 7) print "cells_only"
            if (loads["advance"] < 9 || stores["advance"] < 7) print "advance"
            if (loads["observe"] < 8) print "observe"
            if (loads["stream"] < 9 || stores["stream"] < 7) print "stream"
        }' "$folder/sm_$generation.ptx" > "$folder/found"
    [ ! -s "$folder/found" ]
    result $? "sm_$generation PTX loads and stores cells 16 bytes a lane" "$folder/found"
}

check_log() { # spills and shared memory, as ptxas tells them
    grep -E 'bytes stack frame' "$folder/sm_$generation.log" |
        grep -vE ' 0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads' > "$folder/found"
    result $(($? == 0)) "sm_$generation no spills" "$folder/found"
    awk -v limit=$shared_limit '{ for (i = 2; i <= NF; i++) if ($i ~ /^smem/ && $(i - 2) + 0 > limit) print }' \
        "$folder/sm_$generation.log" > "$folder/found"
    [ ! -s "$folder/found" ]
    result $? "sm_$generation shared memory within 48 KB" "$folder/found"
}

disassemble() {
    if command -v nvdisasm > "$folder/found"; then
        nvdisasm -c "$folder/sm_$generation.cubin" > "$folder/sm_$generation.sass"
    elif command -v cuobjdump > "$folder/found"; then
        cuobjdump -sass "$folder/sm_$generation.cubin" > "$folder/sm_$generation.sass"
    fi
}

# Machine code has fused operations inside its division and square root; a kernel whose PTX has neither, nor any
# explicit fma, may have none at all.
check_sass() {
    [ -s "$folder/sm_$generation.sass" ] || {
        echo "skipped  sm_$generation machine code: no nvdisasm or cuobjdump"
        return
    }
    awk -v ptx="$folder/sm_$generation.ptx" '
        FILENAME == ptx && /\.entry/ { name = $0; sub(/.*\.entry */, "", name); sub(/\(.*/, "", name); plain[name] = 1 }
        FILENAME == ptx && /(fma|div|sqrt)\.rn\.f32/ { plain[name] = 0 }
        FILENAME != ptx && /^\.text\.|Function :/ { at = $0; sub(/.*(\.text\.|Function : )/, "", at); sub(/:.*/, "", at) }
        FILENAME != ptx && /[ \t]FFMA|[ \t]HFMA2\.MMA.*f32/ && plain[at] { print at ": " $0 }
        FILENAME != ptx && /[ \t](LDL|STL)[. ]/ { print at ": " $0 }
        FILENAME != ptx && /MUFU\.(EX2|LG2|SIN|COS|TANH)/ { print at ": " $0 }' \
        "$folder/sm_$generation.ptx" "$folder/sm_$generation.sass" > "$folder/found"
    [ ! -s "$folder/found" ]
    result $? "sm_$generation machine code: no fused operation, local memory or approximation of its own" "$folder/found"
}

# A line a kernel: registers and shared bytes as ptxas tells them, loads and stores of global memory by width.
table() {
    local code=$folder/sm_$generation.ptx
    [ ! -s "$folder/sm_$generation.sass" ] || code=$folder/sm_$generation.sass
    awk -v code="$code" -v generation="sm_$generation" '
        function width(line) { # of the instruction alone: an address may be 64 bits wide too
            match(line, /(LDG|STG|ld\.global|st\.global)[^ \t]*/)
            line = substr(line, RSTART, RLENGTH)
            return line ~ /\.128|\.v4/ ? 16 : line ~ /\.64|\.v2\.|[fub]64/ ? 8 : 4
        }
        FILENAME != code && /Compiling entry function/ { split($0, part, "\047"); name = part[2]; order[++count] = name }
        FILENAME != code && /Used [0-9]+ registers/ {
            for (i = 1; i <= NF; i++) {
                if ($i == "Used") registers[name] = $(i + 1)
                if ($i ~ /^smem/) shared[name] = $(i - 2)
            }
        }
        FILENAME == code && /^\.text\.|Function :|\.entry/ {
            at = $0; sub(/.*(\.text\.|Function : |\.entry *)/, "", at); sub(/[:(].*/, "", at)
        }
        FILENAME == code && /[ \t]LDG|ld\.global/ { loads[at, width($0)]++ }
        FILENAME == code && /[ \t]STG|st\.global/ { stores[at, width($0)]++ }
        END {
            for (k = count; k > 0; k--) {
                n = order[k]
                printf "%-7s %-11s %9d %6d %14s %14s\n", generation, n, registers[n], shared[n],
                    loads[n, 4] + 0 "/" loads[n, 8] + 0 "/" loads[n, 16] + 0,
                    stores[n, 4] + 0 "/" stores[n, 8] + 0 "/" stores[n, 16] + 0
            }
        }' "$folder/sm_$generation.log" "$code" >> "$folder/table"
}

if command -v nvcc > "$folder/found"; then
    compile=with_nvcc
    echo '#include "picture.h"' > "$folder/all.cu"
elif [ -x "$nvrtc_code" ] && sh "$here/embed.sh" "$folder/all.c" "$folder/all.cl" && "$nvrtc_code"; then
    compile=with_nvrtc
else
    echo "skipped  CUDA, its PTX and machine code: no nvcc and no NVRTC"
    exit 0
fi
: > "$folder/table"
for generation in $generations; do
    $compile "$generation"
    status=$?
    result $status "sm_$generation compiles (${compile#with_})" "$folder/sm_$generation.log"
    [ "$status" -eq 0 ] || continue
    check_ptx
    check_width
    check_log
    disassemble
    check_sass
    table
done
echo
echo "Loads and stores of global memory: instructions of 4/8/16 bytes a lane, in $(
    if ls "$folder"/*.sass > "$folder/found" 2>&1; then echo "machine code"; else echo "PTX"; fi)"
printf "%-7s %-11s %9s %6s %14s %14s\n" GPU kernel registers shared "loads 4/8/16" "stores 4/8/16"
cat "$folder/table"
exit $failed
