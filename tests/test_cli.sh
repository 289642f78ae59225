#!/bin/bash
# The command line from outside: exit codes, messages, folders, signals, full disks. Run by tests/run.sh, which sets
# MARROW; by hand from the repository's root.
. tests/script.sh

mounted=
# shellcheck disable=SC2317 # called by trap
tidy() {
    [ -z "$mounted" ] || umount "$mounted"
    rm -rf "$work"
}
trap tidy EXIT
cd "$work" || exit 1

# expect NAME CODE TEXT WORD...: marrow WORD... exits CODE and says TEXT on stderr. An error says one line, beginning
# with `marrow: `, and nothing on stdout.
expect() {
    local name=$1 code=$2 text=$3 got bad=0
    shift 3
    "$marrow" "$@" > stdout 2> stderr
    got=$?
    [ "$got" -eq "$code" ] || { echo "  exit status $got, not $code"; bad=1; }
    [ -z "$text" ] || grep -qF -- "$text" stderr || { echo "  stderr does not say: $text"; bad=1; }
    if [ "$code" -ne 0 ]; then
        [ ! -s stdout ] || { echo "  stdout is not empty"; bad=1; }
        [ "$(tail -n 1 stderr | cut -c 1-8)" = "marrow: " ] || { echo "  the last line is no message"; bad=1; }
    fi
    [ "$bad" -eq 0 ] || sed 's/^/  stderr: /' stderr
    result "$bad" "$name"
}

# A patient that takes a fraction of a second.
small() { # DIR WORD...
    local folder=$1
    shift
    "$marrow" run "$configs/label.yaml" -s simulation.agents=2000 --until 2 -o "$folder" "$@"
}

digest() { # of every file under DIR, names too
    (cd "$1" && find . -type f -exec sha256sum {} + | sort)
}

valid_json() {
    if command -v python3 > /dev/null; then
        python3 -m json.tool "$1" > /dev/null
    else
        [ "$(head -c 1 "$1")" = "{" ] && [ "$(tail -c 2 "$1")" = "}" ]
    fi
}

whole_rows() { # every row has as many fields as the header, and the file ends with a line
    [ "$(tail -c 1 "$1" | od -An -tu1 | tr -d ' ')" = 10 ] &&
        awk -F, 'NR == 1 { n = NF } NF != n { exit 1 }' "$1"
}

echo "# commands"
expect "no command" 2 "no command given; see marrow help"
expect "unknown command names the nearest" 2 "did you mean run?" rum x
expect "what is not built says so" 2 "not built in this version" trial x
expect "snapshots between intervals are refused" 2 "output.snapshot_every_days: 1.2 h is not a multiple of dt_h" run "$configs/label.yaml" -o o --snapshot-every 0.05
expect "unknown option names the nearest" 2 "did you mean --threads?" run "$configs/label.yaml" --threds 2
expect "an option without its value" 2 "needs a value" run "$configs/label.yaml" -o
expect "no config" 2 "no CONFIG given" run -o o
expect "no folder" 2 "no folder given; add -o DIR" run "$configs/label.yaml"
for command in help version devices "check --schema" "run --help" "help run"; do
    # shellcheck disable=SC2086 # a command and its option
    expect "marrow $command works" 0 "" $command
    check "marrow $command says something on stdout" test -s stdout
done
check "help and version name the same as not built" \
    [ "$("$marrow" help | sed -n '/^Not built/,/^$/s/^  \([a-z]*\) .*/\1/p' | paste -sd' '), marrow cube" = "$("$marrow" version | sed -n 's/^not built  //p')" ]
if [ -c /dev/full ]; then
    "$marrow" help > /dev/full 2> stderr
    check "a full standard output is an error" test $? -eq 1
else
    echo "skip - a full standard output is an error: no /dev/full"
fi

echo "# configs"
run=(run -o o)
printf 'simulation:\n  agants: 5\n' > typo.yaml
expect "unknown key: file, line and nearest name" 2 "typo.yaml:2:3: " "${run[@]}" typo.yaml
check "unknown key: nearest name" grep -q "simulation.agents" stderr
printf 'simulation:\n  agents: many\n' > type.yaml
expect "wrong type" 2 "type.yaml:2:" "${run[@]}" type.yaml
printf 'simulation:\n  dt_h: -1\n' > range.yaml
expect "out of range" 2 "range.yaml:2:" "${run[@]}" range.yaml
expect "missing config" 2 "nowhere.yaml" "${run[@]}" nowhere.yaml
expect "--set of an unknown key" 2 "drug.kon" "${run[@]}" "$configs/label.yaml" --set drug.kon=1
expect "--seed that is no number" 2 "simulation.seed" "${run[@]}" "$configs/label.yaml" --seed x
expect "check finds it too" 2 "typo.yaml:2:3: " check typo.yaml
check "mistakes leave no folder behind" test ! -e o

echo "# dosing tables"
printf 'ID,TIME,AMT,RATE\n1,0,1,1\n' > good.csv
printf 'ID,TIME,AMT,RATE\n1,0,1,-1\n' > rate.csv
printf 'ID,TIME,AMT,RATE\n1,24,1,1\n1,0,1,1\n' > order.csv
expect "unreadable table" 2 "nowhere.csv" "${run[@]}" "$configs/label.yaml" --dosing nowhere.csv
expect "negative rate" 2 "rate.csv:2: " "${run[@]}" "$configs/label.yaml" --dosing rate.csv
expect "times that go back" 2 "order.csv:3: " "${run[@]}" "$configs/label.yaml" --dosing order.csv
expect "check reads the table too" 2 "order.csv:3: " check "$configs/label.yaml" --dosing order.csv
check "a good table is given" small table --dosing good.csv -q
check "and is in events.csv once" test "$(grep -c ',dose,EVID1,1,' table/events.csv)" -eq 1

echo "# devices"
expect "no such backend" 2 "nonsense" "${run[@]}" "$configs/label.yaml" -b nonsense
expect "no such OpenCL device" 69 "99" "${run[@]}" "$configs/label.yaml" -b opencl --device 99
expect "no such CPU device" 69 "7" "${run[@]}" "$configs/label.yaml" -b cpu --device 7
expect "no such instruction set" 2 "mmx" "${run[@]}" "$configs/label.yaml" -b cpu --isa mmx
check "nor these" test ! -e o

echo "# a run and its folder"
small a > stdout 2> stderr
result $? "a run"
check "its first line names device and purpose" grep -q "^marrow .*agents.*seed 1.*not for treating patients$" stderr
check "it says nothing on stdout" test ! -s stdout
check "no bar and no colour where there is no terminal" sh -c "! grep -q \"\$(printf '\\033')\" stderr"
check "all files are there" test -s a/config.yaml -a -s a/run.json -a -s a/timeseries.csv -a -s a/events.csv -a -s a/doses.csv
check "run.json parses" valid_json a/run.json
check "run.json says finished" grep -q '"result":.*"finished"' a/run.json
check "the books of cells balance" grep -q '"imbalance_cells":.*0,' a/run.json
columns=time_h,adc_central_ng_ml,adc_peripheral_ng_ml,adc_marrow_ng_ml,blasts_marrow_cells,blasts_blood_cells
columns+=,b_precursor_cells,b_mature_cells,marrow_blast_fraction,blasts_blood_per_ul,b_mature_per_ul
columns+=,blast_births_cells,blast_deaths_drug_cells,blast_deaths_natural_cells,blast_resampled_cells
columns+=,cd22_free_per_blast,cd22_bound_per_blast,cd22_occupancy,payload_per_blast,damage_per_blast
columns+=,agents,blast_agents,blast_weight,anc_1e9_per_l,platelets_1e9_per_l,hb_g_per_dl
columns+=,alt_u_per_l,bilirubin_mg_per_dl,sinusoid_injury
check "the columns scripts rely on, in their order" sh -c "head -n 1 a/timeseries.csv | grep -q '^$columns,'"
check "one row an output interval, both ends included" test "$(wc -l < a/timeseries.csv)" -eq 10
check "--until is the last row" grep -q "^48," <(tail -n 1 a/timeseries.csv)
check "whole rows" whole_rows a/timeseries.csv
cp -r a before
check "the same run again" small a -q
check "gives the same bytes" cmp a/timeseries.csv before/timeseries.csv
digest a > before.sums
expect "another run in its folder is refused" 2 "--force" run "$configs/label.yaml" --seed 2 -o a
check "and names --resume" grep -q -- --resume stderr
check "and changes nothing" cmp before.sums <(digest a)
echo mine > a/notes.txt
check "--force replaces it" small a -q --seed 2 --force
check "other files in the folder stay" grep -q mine a/notes.txt
check "another seed is another run" sh -c "! cmp -s a/timeseries.csv before/timeseries.csv"
mkdir full && echo mine > full/notes.txt
expect "a folder of other files is refused" 2 "notes.txt" run "$configs/label.yaml" -o full
check "and left alone" test "$(ls full)" = notes.txt
echo > file
expect "a file is no folder" 2 "file" run "$configs/label.yaml" -o file
"$marrow" run before/config.yaml -o again -q
check "config.yaml gives the same bytes" cmp again/timeseries.csv before/timeseries.csv
check "and the same config.yaml" cmp again/config.yaml before/config.yaml
check "doses.csv as the table" small doses -q --dosing before/doses.csv
check "gives the same bytes" cmp doses/timeseries.csv before/timeseries.csv
check "--set changes the run" small dar -q --set drug.dar=0
check "and is in config.yaml" grep -q "^  dar: 0$" dar/config.yaml
small json --json 2> stderr
check "--json: a JSON object a line" sh -c '! grep -v "^{.*}$" stderr'
check "--json: start and end" sh -c 'head -n 1 stderr | grep -q \"start\" && tail -n 1 stderr | grep -q finished'
small quiet -q 2> stderr
check "-q says nothing" test ! -s stderr

echo "# a terminal"
if command -v script > /dev/null; then
    command="$marrow run $configs/label.yaml -s simulation.agents=2000 --until 20 -o"
    TERM=xterm script -qec "$command tty" typed > /dev/null
    check "a bar on a terminal" grep -q "agent-steps/s" typed
    TERM=xterm NO_COLOR=1 script -qec "$command plain" typed > /dev/null
    check "NO_COLOR: no colour" sh -c "! grep -q \"\$(printf '\\033')\\[36m\" typed"
    check "the same bytes with the bar and without" cmp tty/timeseries.csv plain/timeseries.csv
else
    echo "skip - a bar on a terminal: no script command"
fi

echo "# signals"
long=(run "$configs/label.yaml" -s simulation.agents=20000 --until 3650)

await() { # FOLDER ROWS: until its timeseries has more, ten seconds at most
    for _ in $(seq 200); do
        [ -s "$1/timeseries.csv" ] && [ "$(wc -l < "$1/timeseries.csv")" -gt "$2" ] && return
        sleep 0.05
    done
}

stop_by() { # SIGNAL BACKEND
    local name="SIG$1, $2" folder="stop$1$2" process
    "$marrow" "${long[@]}" -b "$2" -o "$folder" > stdout 2> stderr &
    process=$!
    await "$folder" 3
    kill -s "$1" "$process"
    wait "$process"
    check "$name: exit status 75" test $? -eq 75
    check "$name: says so" grep -q "^marrow: stopped by SIG$1 at day .*--resume" stderr
    check "$name: whole rows" whole_rows "$folder/timeseries.csv"
    check "$name: run.json parses" valid_json "$folder/run.json"
    check "$name: run.json says stopped" grep -q '"result":.*"stopped"' "$folder/run.json"
}

for signal in INT TERM USR1; do stop_by "$signal" cpu; done
if "$marrow" devices | grep -q '^opencl.*: usable'; then
    stop_by USR1 opencl # compilers in OpenCL drivers like to take this one
else
    echo "skip - SIGUSR1, opencl: no usable OpenCL device"
fi

echo "# two at once"
"$marrow" "${long[@]}" -o busy -q 2> first &
process=$!
await busy 0
expect "a folder in use is refused" 2 "another run is writing there" "${long[@]}" -o busy
kill "$process"
wait "$process"

echo "# no room"
(
    ulimit -f 8
    exec "$marrow" run "$configs/label.yaml" -s simulation.agents=2000 --until 60 -o limited > stdout 2> stderr
)
check "a limit on file size: exit status 1" test $? -eq 1
check "a limit on file size: file and reason" grep -q "^marrow: limited/.*cannot be written: File too large" stderr
check "a limit on file size: whole rows" whole_rows limited/timeseries.csv
check "a limit on file size: run.json says failed" grep -q '"result":.*"failed"' limited/run.json

mkdir disk
if mount -t tmpfs -o size=64k tmpfs disk 2> /dev/null; then
    mounted=$work/disk
    expect "a full disk: file, reason, remedy" 1 "cannot be written: No space left on device; free some space and run again" \
        run "$configs/label.yaml" -s simulation.agents=2000 --until 60 -o disk/run
    check "a full disk: whole rows" whole_rows disk/run/timeseries.csv
    umount disk && mounted=
else
    echo "skip - a full disk: no right to mount a small one here"
fi

[ "$failures" -eq 0 ]
