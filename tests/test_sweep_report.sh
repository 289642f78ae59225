#!/bin/bash
# marrow report of a sweep: curves over one key, maps over two, burdens, every run in a table; nothing fetched, nothing
# of the folder taken for HTML or for gnuplot. Run by tests/run.sh, which sets MARROW; by hand from the repository's
# root.
. tests/script.sh

cd "$work" || exit 1

holds() { # NAME TEXT FILE
    check "$1" grep -qF -- "$2" "$3"
}

lacks() { # NAME PATTERN FILE
    if grep -qiE -- "$2" "$3"; then result 1 "$1"; else result 0 "$1"; fi
}

sweep() { "$marrow" sweep "$configs/label.yaml" -q -s simulation.agents=1000 --until 22 "$@" 2> stderr; }
report() { "$marrow" report "$1" > stdout 2> stderr || { cat stderr; return 1; }; }
figures() { grep -c '<figcaption>' "$1/report.html"; }

nothing_fetched() { # DIR
    lacks "$1: nothing is fetched, no script" 'http|src=|href=|url\(.*:|@import|<script|<link' "$1/report.html"
    check "$1: no id twice" test -z "$(grep -oE ' id="[^"]*"' "$1/report.html" | sort | uniq -d)"
}

echo "# two keys: maps"
sweep --vary patient.marrow_blast_fraction=0.5,0.9 --vary dosing.mg_per_m2=1,1.8 -o grid
check "a report" report grid
check "says where it is" test "$(cat stdout)" = grid/report.html
for text in "Report of a sweep" "not for treating patients" "Leukaemic burden by patient.marrow_blast_fraction" \
    "<figcaption>blasts_below_5_percent_day" "<figcaption>log10_kill_day_21" "sessions" "<details>"; do
    holds "shows: $text" "$text" grid/report.html
done
kill=$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "log10_kill_day_21") c = i } NR == 4 { printf "%.3g", $c }' grid/runs.csv)
holds "the third run's kill, $kill, stands in its box" ">$kill</tspan>" grid/report.html
check "a row a run" test "$(grep -oE '<td>finished</td><td>[0-9]' grid/report.html | wc -l)" -eq 4
lacks "no warning" 'class="warn"' grid/report.html
nothing_fetched grid
cp grid/report.html first.html
report grid
check "the same bytes again" cmp grid/report.html first.html
check "a run in it is still a run" report grid/runs/000001
holds "with its own page" "Report of a run" grid/runs/000001/report.html

echo "# one key and seeds: curves"
sweep --vary cells.blast.cd22_per_cell=30,3000 --vary simulation.seed=1,2 -o curve
check "a report of it" report curve
holds "over the key" "cells.blast.cd22_per_cell" curve/report.html
check "dots are runs: four in every picture" test "$(grep -o '●' curve/report.html | wc -l)" -ge 12
nothing_fetched curve

echo "# failed runs, hostile text"
printf 'name,simulation.capacity\n<script>alert(1)</script>,1\nplain,0\n' > table.csv
sweep --table table.csv -o bad
check "a report of it" report bad
holds "the failed run, escaped" '&lt;script&gt;alert(1)&lt;/script&gt;' bad/report.html
holds "its error" 'simulation.capacity: 1 places are too few' bad/report.html
holds "a warning" '1 of 2 runs failed or are not finished' bad/report.html
nothing_fetched bad
cp -r curve evil
sed -i "1s/cells.blast.cd22_per_cell/x'; system 'touch owned'; '/" evil/plan.csv evil/runs.csv
check "a key that is none of ours" report evil
check "is no command of gnuplot's" test ! -e owned
mkdir few && cp grid/plan.csv grid/sweep.json grid/config.yaml few
"$marrow" report few > stdout 2> stderr
[ $? -eq 2 ] && grep -qF "runs.csv: is not there yet; make it with marrow sweep --merge -o few" stderr
result $? "no table yet: how to make it"

[ "$failures" -eq 0 ]
