#!/bin/bash
# run.sh BUILD TEST...: runs test programs (cmocka, read as TAP) and scripts (`ok - name`, `not ok - name`,
# `skip - name: reason`), as many at a time as there are processors (JOBS=1: one). Prints all they print, each when it is
# done, keeps it in BUILD/test-logs/, and ends with `N passed, N failed, N skipped`, counting single tests. Exits 1 if one
# failed, or if none ran at all.
#
# A test program says why it skips in the line it prints before: cmocka's skip() has no words.
set -u

build=$1
shift
logs=$build/test-logs
mkdir -p "$logs"
export CMOCKA_MESSAGE_OUTPUT=TAP
export MARROW=$PWD/$build/marrow
export POCL_CACHE_DIR=$PWD/$build/pocl-cache
limit=${LIMIT:-1200} # seconds for one program
mkdir -p "$POCL_CACHE_DIR"

# Counts one log into `passed failed skipped`; failed and skipped tests, with reasons, go to the summary file.
count() {
    awk -v program="$1" -v status="$2" -v summary="$logs/summary" '
        /^1\.\.[0-9]+$/                { planned += substr($0, 4) }
        /^ok ([0-9]+ )?- /             { passed++; ran++ }
        /^(not ok|ok) [0-9]+ # SKIP/   { skipped++; ran++; sub(/.*# SKIP */, "")
                                         print "skipped  " program ": " $0 ": " before >> summary; next }
        /^skip - /                     { skipped++; print "skipped  " program ": " substr($0, 8) >> summary }
        /^not ok ([0-9]+ )?- /         { failed++; ran++; sub(/^not ok ([0-9]+ )?- /, "")
                                         print "FAILED   " program ": " $0 >> summary }
        { before = $0 }
        END {
            if (status == 124) why = "took longer than allowed"
            else if (planned && ran < planned) why = "ended early, with status " status
            else if (status && !failed) why = "ended with status " status
            else if (passed + failed + skipped == 0) why = "ran no test"
            if (why) { failed++; print "FAILED   " program ": " why >> summary }
            print passed + 0, failed + 0, skipped + 0
        }' "$logs/$1.log"
}

run() { # TEST: its output to its log, its exit status beside it
    local name command
    name=$(basename "$1")
    case $1 in
    *.sh) command=(bash "$1") ;;
    *) command=("$1") ;;
    esac
    for _ in 1 2 3; do
        timeout "$limit" stdbuf -oL "${command[@]}" > "$logs/$name.log" 2>&1 < /dev/null
        echo $? > "$logs/$name.status"
        # The leak check's own tracer falls over now and then, where threads end beside it: then nothing was checked.
        # https://github.com/google/sanitizers/issues/1353
        grep -q '^Tracer caught signal' "$logs/$name.log" || break
    done
    # whole, though several end at the same time
    flock "$logs/summary" sh -c 'echo "== $1"; cat "$2"' sh "$name" "$logs/$name.log"
}

: > "$logs/summary"
export -f run
export logs limit
# xargs and not the shell's own background, in which a program would ignore SIGINT
printf '%s\0' "$@" | xargs -0 -n 1 -P "${JOBS:-$(nproc)}" bash -c 'run "$1"' run

passed=0 failed=0 skipped=0
for test in "$@"; do
    name=$(basename "$test")
    read -r p f s <<< "$(count "$name" "$(cat "$logs/$name.status")")"
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
done

echo "=="
cat "$logs/summary"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
