#!/bin/bash
# marrow report: one page from a run's folder, the same bytes each time, nothing fetched, nothing of the folder taken
# for HTML. Run by tests/run.sh, which sets MARROW; by hand from the repository's root.
. tests/script.sh

cd "$work" || exit 1

holds() { # NAME TEXT [FILE]
    check "$1" grep -qF -- "$2" "${3:-a/report.html}"
}

lacks() { # NAME PATTERN FILE
    if grep -qiE -- "$2" "$3"; then result 1 "$1"; else result 0 "$1"; fi
}

refused() { # NAME CODE TEXT WORD...: one line on stderr, nothing on stdout
    local name=$1 code=$2 text=$3 got
    shift 3
    env PATH="${path:-$PATH}" "$marrow" report "$@" > stdout 2> stderr
    got=$?
    [ "$got" -eq "$code" ] && grep -qF -- "$text" stderr && [ "$(wc -l < stderr)" -eq 1 ] && [ ! -s stdout ]
    result $? "$name"
    [ "$got" -eq "$code" ] || sed "s/^/  exit $got: /" stderr
}

"$marrow" run "$configs/label.yaml" -s simulation.agents=2000 --until 60 -q -o a || exit 1

echo "# errors"
refused "no folder given" 2 "no folder given"
refused "two folders" 2 "one DIR is enough" a b
refused "no such folder" 2 "nowhere/run.json: cannot be read: No such file" nowhere
path=/nonexistent refused "no gnuplot" 69 "gnuplot: cannot be started" a
check "and no page, nor half of one" sh -c '! ls a | grep -q report'
for file in config.yaml timeseries.csv events.csv doses.csv; do
    cp -r a without && rm "without/$file"
    refused "without $file" 2 "without/$file: cannot be read" without
    rm -r without
done
cp -r a broken && printf '{"result": "fin' > broken/run.json
refused "broken JSON" 2 "broken/run.json: is no JSON object" broken
cp a/run.json broken && : > broken/timeseries.csv
refused "an empty table" 2 "broken/timeseries.csv: has no header" broken
echo "a,b" > broken/timeseries.csv
refused "a table of something else" 2 "has no column time_h" broken

echo "# a page"
check "a report" sh -c "\"$marrow\" report a > stdout 2> stderr"
check "says where it is" test "$(cat stdout)" = a/report.html
check "and nothing else" test ! -s stderr
for text in "not for treating patients" "Key figures" "Dosing and conjugate" "Leukaemic burden" "CD22 on blasts" \
    "Payload and damage" "Healthy B cells" "5 %: complete remission" "MRD negative" "<details>" "config_hash" "state_hash"; do
    holds "shows: $text" "$text"
done
holds "the last dose is in it" "$(tail -n 1 a/doses.csv | cut -d, -f3)"
check "five plots" test "$(grep -c '<svg' a/report.html)" -eq 5
lacks "no plot of what is not simulated" "Blood counts|Haemoglobin|<figcaption>Liver" a/report.html
lacks "no warning" 'class="warn"' a/report.html
lacks "nothing is fetched, no script" 'http|src=|href=|url\(.*:|@import|<script|<link' a/report.html
check "no id twice" test -z "$(grep -oE ' id="[^"]*"' a/report.html | sort | uniq -d)"
check "nothing else in the folder" test "$(ls a | tr '\n' ' ')" = "checkpoint.hdf config.yaml doses.csv events.csv report.html ro-crate-metadata.json run.json timeseries.csv "
mv a/report.html first.html
"$marrow" report a > stdout
check "the same bytes again" cmp a/report.html first.html
cp -r a elsewhere
(cd elsewhere && "$marrow" report . > /dev/null)
check "and elsewhere" cmp elsewhere/report.html first.html

echo "# figures"
cr=$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "marrow_blast_fraction") c = i; next }
              $c < 0.05 { printf "%.4g", $1 / 24; exit }' a/timeseries.csv)
holds "first day below 5 %, as awk finds it: $cr" "<b>$cr</b><span>first day below 5 %"

echo "# cells at a time"
"$marrow" run "$configs/label.yaml" -s simulation.agents=4000 -s output.snapshot_agents=1500 --until 28 --snapshot-every 7 -q -o cells || exit 1
"$marrow" report cells > stdout
result $? "a report of a run with snapshots"
check "five plots, and two of each of three days" test "$(grep -c '<svg' cells/report.html)" -eq 11
for day in 0 14 28; do holds "day $day" "Day $day: CD22 and conjugate" cells/report.html; done
check "a gate table with a row a snapshot" test "$(sed -n '/table gates/,/tbody>$/p' cells/report.html | grep -c '^<tr><td>')" -eq 5
"$marrow" export cells --format gates -o gates.csv > stdout
positive=$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "cd22_positive_percent") c = i } $1 == 672 { printf "%.1f", $c }' gates.csv)
holds "the share above the gate, as gates.csv has it: $positive" "CD22+: $positive %" cells/report.html
lacks "nothing is fetched, no script" 'http|src=|href=|url\(.*:|@import|<script|<link' cells/report.html
check "no id twice" test -z "$(grep -oE ' id="[^"]*"' cells/report.html | sort | uniq -d)"
check "a page of moderate size" test "$(stat -c %s cells/report.html)" -lt 700000
lacks "no cells in a report without snapshots" 'Flow cytometry' a/report.html
: > cells/snapshots/cells_000002.hdf
refused "a damaged snapshot" 2 "cells/snapshots/cells_000002.hdf: is cut short" cells

echo "# hostile text, other columns"
cp -r a bad
sed -i 's|"message":.*|"message": "<script>alert(1)</script> \\u001b \& \\"x\\"",|; s|"result":.*|"result": "<b>stopped",|
        s|"imbalance_cells":.*|"imbalance_cells": 7,|' bad/run.json
sed -i 's|"message": \(.*\),$|"message": \1|' bad/run.json
echo '3,note,<img>,1,"a, ""b"" <i>c</i>"' >> bad/events.csv
echo "# </pre><script>" >> bad/config.yaml
rm bad/doses.csv
awk -F, 'BEGIN { OFS = "," } NR == 1 { for (i = 1; i <= NF; i++) if ($i == "anc_1e9_per_l") c = i; print; next }
         { $c = 4; print }' a/timeseries.csv > bad/timeseries.csv
"$marrow" report bad > stdout
result $? "a report of it"
lacks "nothing became an element" '<script|<img|<i>|<b>stopped' bad/report.html
holds "message, escaped" '&lt;script&gt;alert(1)&lt;/script&gt; &#xfffd; &amp; &quot;x&quot;' bad/report.html
holds "a quoted field" '<td>a, &quot;b&quot; &lt;i&gt;c&lt;/i&gt;</td>' bad/report.html
holds "config, escaped" '&lt;/pre&gt;&lt;script&gt;' bad/report.html
holds "an unfinished run is said" 'This run is not finished: its result is “&lt;b&gt;stopped”' bad/report.html
holds "so are books that do not balance" 'off by 7 cells' bad/report.html
holds "doses not written" "Not written: the run did not come to its end" bad/report.html
holds "blood counts, where there are any" "<figcaption>Blood counts" bad/report.html

[ "$failures" -eq 0 ]
