#!/bin/bash
# The clinic in a run: the same bytes when stopped and resumed, on OpenCL, on two processes; off by default, and then nothing
# of it is written; mistakes in rules are told with their place; death ends a run early. Run by tests/run.sh, which sets MARROW.
. tests/script.sh

cd "$work" || exit 1
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
clinic=(-s simulation.agents=4000 -s simulation.dt_h=2 -s simulation.output_every_h=24 -s clinic.enabled=true
    -s policy.rules=label -s policy.supportive_care=true -s policy.chemo_rules=chemotherapy -s chemo.regimens=mini-hcvd
    -s chemo.toxicity=3 -s dosing.window_d=2 -s liver.sensitivity=2 -s liver.bilirubin_gain=5
    -s liver.ast_gain=8 --checkpoint-every 0.0001 --seed 7 --until 120 -q)

same() { # NAME DIR: its files are those of `straight`
    local bad=0 file
    for file in timeseries.csv events.csv doses.csv labs.csv outcome.json config.yaml; do
        cmp "straight/$file" "$2/$file" || bad=1
    done
    [ "$(grep state_hash straight/run.json)" = "$(grep state_hash "$2/run.json")" ] || bad=1
    result "$bad" "$1"
}

refused() { # NAME TEXT WORD...
    local name=$1 text=$2 got
    shift 2
    "$marrow" run "$configs/label.yaml" -o refused "$@" > stdout 2> stderr
    got=$?
    [ "$got" -eq 2 ] && grep -qF -- "$text" stderr && [ "$(wc -l < stderr)" -eq 1 ] && [ ! -e refused ]
    result $? "$name"
    [ "$got" -eq 2 ] || sed "s/^/  exit $got: /" stderr
}

"$marrow" run "$configs/label.yaml" -o straight "${clinic[@]}"
result $? "a course"
for kind in assessment eligibility support adverse_event lab_grade response dose held resumed; do
    grep -q ",$kind," straight/events.csv
    result $? "events.csv has: $kind"
done
awk -F, 'NR > 1 { if ($1 < before) bad = 1; before = $1 } END { exit bad }' straight/events.csv
result $? "events are in order of time"
awk -F, 'NF != 5 { bad = 1 } END { exit bad }' straight/events.csv
result $? "and have five fields each"
awk -F, 'NF != 8 { bad = 1 } END { exit bad || NR < 100 }' straight/labs.csv
result $? "labs.csv: eight fields each"
# What rules read was measured at that hour: platelets of every "given although" are in labs.csv.
awk -F, 'FNR == NR { if ($2 == "bilirubin") seen[$1] = $3; next }
         $2 == "held" && $3 ~ /bilirubin/ { held++; match($5, /bilirubin [0-9.]+/)
             told = substr($5, RSTART + 10, RLENGTH - 10)
             if (told - seen[$1] > 0.001 || seen[$1] - told > 0.001 || told < 1.8) bad = 1 }
         END { exit bad || !held }' straight/labs.csv straight/events.csv
result $? "a held dose tells the bilirubin that labs.csv has"

# The worst grade since the first dose (hour 0) counts also where it was there before.
"$marrow" run "$configs/label.yaml" -o low "${clinic[@]}" -s counts.platelets_entry_1e9_per_l=20 --until 30
awk -F, 'FNR == NR { if (FNR > 1 && $1 > 0 && $7 + 0 > worst[$2]) worst[$2] = $7 + 0; next }
         match($0, /"grade_[a-z]+"/) { name = substr($0, RSTART + 7, RLENGTH - 8); sub(/.*:[ \t]*/, ""); told[name] = $0 + 0 }
         END { for (t in worst) if (t in told) { n++; if (told[t] != worst[t]) { print "  " t ": " told[t] ", not " worst[t]; bad = 1 } }
               exit bad || n < 5 || told["platelets"] != 4 }' low/labs.csv low/outcome.json
result $? "outcome.json has the worst grades of labs.csv, those of entry that stay among them"

echo "# elsewhere"
"$marrow" run "$configs/label.yaml" -o opencl "${clinic[@]}" -b opencl 2> stderr && same "OpenCL" opencl
if command -v mpirun > /dev/null && ! "$marrow" version | grep -q '^MPI *none'; then
    mpirun --oversubscribe --bind-to none -n 2 "$marrow" run "$configs/label.yaml" -o ranks "${clinic[@]}" --threads 1
    same "two processes" ranks
else
    echo "skip - two processes: no mpirun here, or marrow was built without MPI"
fi

echo "# stopped and resumed"
for lines in 4 12 20; do # of events.csv before it is stopped
    "$marrow" run "$configs/label.yaml" -o "stopped$lines" "${clinic[@]}" 2> stderr &
    pid=$!
    for ((n = 0; n < 1000; n++)); do
        [ -e "stopped$lines/checkpoint.hdf" ] && [ "$(wc -l < "stopped$lines/events.csv")" -ge "$lines" ] && break
        sleep 0.01
    done
    kill -TERM "$pid" 2> /dev/null
    wait "$pid"
    "$marrow" run "$configs/label.yaml" -o "stopped$lines" "${clinic[@]}" --resume --threads 1 2> stderr || cat stderr
    same "after $lines events: hour $(awk -F '[:,]' '/resumed_from_h/ { print $2 + 0 }' "stopped$lines/run.json")" "stopped$lines"
done
cat > mine.yaml << 'END'
extends: label
rules:
- name: mine
  when: visit
  if: anc < 0.1
  do: warn
  because: mine
END
"$marrow" run "$configs/label.yaml" -o mine "${clinic[@]}" -s policy.rules=mine.yaml
result $? "rules of one's own"
sed -i 's/anc < 0.1/anc < 0.2/' mine.yaml
"$marrow" run "$configs/label.yaml" -o mine "${clinic[@]}" -s policy.rules=mine.yaml --resume 2> stderr
[ $? -eq 2 ] && grep -q "policy.rules: mine.yaml is not what it was" stderr
result $? "changed meanwhile: refused"

echo "# a report"
if command -v gnuplot > /dev/null; then
    "$marrow" report straight > /dev/null && "$marrow" report opencl > /dev/null
    for text in "<h2>Clinic</h2>" "<figcaption>Course" "<figcaption>Neutrophils" "<figcaption>Bilirubin" "best response"; do
        grep -qF -- "$text" straight/report.html
        result $? "shows: $text"
    done
    ! grep -qiE 'http|src=|href=|url\(.*:|@import|<script|<link' straight/report.html
    result $? "no script, nothing fetched"
    [ -z "$(grep -oE ' id="[^"]*"' straight/report.html | sort | uniq -d)" ]
    result $? "no id twice"
    [ "$(sed -n '/<figcaption>Course</,/<\/figure>/p' straight/report.html | cksum)" = "$(sed -n '/<figcaption>Course</,/<\/figure>/p' opencl/report.html | cksum)" ]
    result $? "the same picture of the same course"
else
    echo "skip - a report: no gnuplot here"
fi

echo "# off"
"$marrow" run "$configs/label.yaml" -o off -s simulation.agents=4000 --until 10 -q
[ ! -e off/labs.csv ] && [ ! -e off/outcome.json ] && ! grep -qvE '^time_h|,dose,' off/events.csv
result $? "by default nothing of it is written"
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "anc_1e9_per_l") c = i; next } $c != "" { bad = 1 } END { exit bad }' off/timeseries.csv
result $? "and blood counts are empty"
refused "rules without a clinic" "policy.rules: label, but clinic.enabled is false" -s policy.rules=label
sed -i 's/anc < 0.2/anx < 0.2/' mine.yaml
refused "a mistake in the rules" "mine.yaml:5:7: \"anx < 0.2\": no test or fact is called anx; did you mean anc?" "${clinic[@]}" -s policy.rules=mine.yaml
refused "rules of other drugs without a clinic" "policy.chemo_rules: chemotherapy, but clinic.enabled is false" -s policy.chemo_rules=chemotherapy
refused "a next regimen without a clinic" "chemo.next_regimen: flag, but clinic.enabled is false" -s chemo.next_regimen=flag
refused "no such rules" "lable: cannot be read" "${clinic[@]}" -s policy.rules=lable

echo "# a scenario shows what it says"
"$marrow" run "$configs/toxicity.yaml" -o toxicity -s simulation.agents=10000 -s simulation.dt_h=2 -q
chain=$(awk -F, '$2 ~ /^(held|omitted|reduced|discontinued)$/ && $3 !~ /other/ { printf "%s ", $2 }' toxicity/events.csv)
echo "# $chain"
[[ "$chain" == *"held omitted reduced"*"reduced"*"discontinued "* ]]
result $? "toxicity.yaml: held, omitted, reduced twice, stopped"
"$marrow" run "$configs/mrd-start.yaml" -o mrd -s simulation.agents=4000 -s simulation.dt_h=2 --until 30 -q
grep -q "eligibility,too-few-marrow-blasts" mrd/events.csv && grep -q ",dose," mrd/events.csv
result $? "mrd-start.yaml: excluded by name, treated all the same"

echo "# death"
"$marrow" run "$configs/label.yaml" -o death "${clinic[@]}" -s hazards.infection=200 -s hazards.haemorrhage=200 --until 700
result $? "a run that ends with the patient is no failure"
tail -n 1 death/events.csv | grep -q ",death," && grep -q '"result":.*"finished"' death/run.json
result $? "its last event is death, its result finished"
[ "$(tail -n 1 death/timeseries.csv | cut -d, -f1)" = "$(tail -n 1 death/events.csv | cut -d, -f1)" ]
result $? "its last row is of that hour"
cp death/timeseries.csv before.csv
"$marrow" run "$configs/label.yaml" -o death "${clinic[@]}" -s hazards.infection=200 -s hazards.haemorrhage=200 --until 700 --resume
cmp before.csv death/timeseries.csv
result $? "resumed, it stays dead"

[ "$failures" -eq 0 ]
