#!/bin/sh
# check.sh [NVRTC_CODE]: every kernel header compiled alone as C and OpenCL C, then check_cuda.sh. One line per check.
set -u

here=$(dirname "$0")
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
headers="dialect types num rng section cytometer receptor fate population plan pool resample observe picture"
failed=0

# check WHAT COMMAND...: runs it, says ok or FAILED with what it printed.
check() {
    what=$1
    shift
    if "$@" > "$folder/log" 2>&1 && [ ! -s "$folder/log" ]; then
        echo "ok       $what"
    else
        echo "FAILED   $what"
        sed 's/^/         /' "$folder/log" | head -40
        failed=1
    fi
}

skipped() {
    echo "skipped  $1: $2"
}

c_flags="-std=c17 -D_GNU_SOURCE -DTARGET_C -Wall -Wextra -Wpedantic -Werror -Wno-unused-function -ffp-contract=off -fsyntax-only"
for compiler in gcc clang; do
    for name in $headers; do
        if command -v $compiler > "$folder/found"; then
            echo "#include \"$name.h\"" > "$folder/alone.c"
            check "$compiler  C         $name.h" $compiler $c_flags -I"$here" "$folder/alone.c"
        else
            skipped "$compiler  C         $name.h" "no $compiler"
        fi
    done
done

cl_flags="-x cl -cl-std=CL1.2 -Xclang -finclude-default-header -Wall -Werror -Wno-unused-function -Wno-constant-logical-operand -DTARGET_OPENCL -fsyntax-only"
for name in $headers; do
    for shape in "" -DSHAPE_PAGE; do
        if command -v clang > "$folder/found"; then
            echo "#include \"$name.h\"" > "$folder/alone.cl"
            check "clang  OpenCL C  $name.h $shape" clang $cl_flags $shape -I"$here" "$folder/alone.cl"
        else
            skipped "clang  OpenCL C  $name.h $shape" "no clang"
        fi
    done
done

bash "$here/check_cuda.sh" "$@" || failed=1
exit $failed
