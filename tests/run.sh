#!/bin/bash
# run.sh BUILD TEST...: runs test programs (cmocka, read as TAP) and scripts (`ok - name`, `not ok - name`,
# `skip - name: reason`), one after the other. Prints all they print, keeps it in BUILD/test-logs/, and ends with
# `N passed, N failed, N skipped`, counting single tests. Exits 1 if one failed, or if none ran at all.
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
limit=1200 # seconds for one program
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

: > "$logs/summary"
passed=0 failed=0 skipped=0
for test in "$@"; do
    name=$(basename "$test")
    echo "== $name"
    case $test in
    *.sh) command=(bash "$test") ;;
    *) command=("$test") ;;
    esac
    timeout "$limit" stdbuf -oL "${command[@]}" 2>&1 | tee "$logs/$name.log"
    status=${PIPESTATUS[0]}
    read -r p f s <<< "$(count "$name" "$status")"
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
done

echo "=="
cat "$logs/summary"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
