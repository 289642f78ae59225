#!/bin/bash
# marrow export: FCS, CSV and HDF5 of a snapshot hold the same cells, gates are what the cells give, nothing is
# overwritten. Other programs read the files in long_export.sh. Run by tests/run.sh, which sets MARROW.
. tests/script.sh

cd "$work" || exit 1

refused() { # NAME CODE TEXT WORD...: one line on stderr, nothing on stdout
    local name=$1 code=$2 text=$3 got
    shift 3
    "$marrow" export "$@" > stdout 2> stderr
    got=$?
    [ "$got" -eq "$code" ] && grep -qF -- "$text" stderr && [ "$(wc -l < stderr)" -eq 1 ] && [ ! -s stdout ]
    result $? "$name"
    [ "$got" -eq "$code" ] || sed "s/^/  exit $got: /" stderr
}

exports() { # EXPECTED WORD...: says so on stdout
    local expected=$1
    shift
    "$marrow" export "$@" > stdout 2> stderr || { sed 's/^/  /' stderr; return 1; }
    [ "$(cat stdout)" = "$expected" ] || { echo "  said: $(cat stdout)"; return 1; }
}

"$marrow" run "$configs/label.yaml" -s simulation.agents=20000 -s output.snapshot_agents=3000 --until 21 \
    --snapshot-every 7 -q -o a || exit 1
"$marrow" run "$configs/label.yaml" -s simulation.agents=1000 --until 1 -q -o none || exit 1

echo "# errors"
refused "no folder" 2 "no folder given" --format fcs
refused "no format" 2 "no format given; add --format" a
refused "a format nobody has" 2 "--format png: takes fcs, hdf, csv or gates" a --format png
refused "no day" 2 "--at x: takes a day" a --format fcs --at x
refused "too early a day: the days there are" 2 "there are days 0, 7, 14, 21" a --format fcs --at -1
refused "a run without snapshots" 2 "none: has no snapshots; run it with --snapshot-every" none --format csv
refused "no such folder" 2 "nowhere: has no snapshots" nowhere --format csv
refused "a class nobody has" 2 "--cells t_cell: no class begins so; there are blast_marrow:main, b_mature and others" a --format csv --cells t_cell
[ -z "$(find . -maxdepth 1 -name 'a-*')" ]
result $? "and no file of any of these"
refused "a folder that is not there" 1 "no/such/x.fcs: cannot be written: No such file" a --format fcs -o no/such/x.fcs

echo "# files"
count=$("$marrow" export a --format csv --at 14 -o count.csv > /dev/null && tail -n +2 count.csv | wc -l)
exports "a-day14.fcs: $count cells of day 14" a --format fcs --at 14
result $? "FCS of a day"
exports "a-day14.csv: $count cells of day 14, the last snapshot before day 15.5" a --format csv --at 15.5
result $? "CSV of the snapshot before a day"
exports "a-day14.hdf: $count cells of day 14" a --format hdf --at 14
result $? "HDF5"
exports "a-gates.csv: 4 snapshots" a --format gates
result $? "gates"
cmp a-day14.hdf a/snapshots/cells_000002.hdf
result $? "the HDF5 is the snapshot's"
cmp a-day14.csv count.csv
result $? "the same bytes twice"
refused "a file that is there" 2 "a-day14.fcs: is there already and stays as it is" a --format fcs --at 14
exports "a-day14.fcs: $count cells of day 14" a --format fcs --at 14 --force
result $? "--force"
long=$(printf 'n%.0s' {1..200})
(cd a && exports "$long.csv: $count cells of day 14" . --format csv --at 14 -o "$long.csv" && rm "$long.csv")
result $? "a long name, from within"
"$marrow" export a --format csv -o last.csv > stdout && grep -q "of day 21$" stdout
result $? "without a day the last"
"$marrow" export a --format csv --cells blast_blood -o blood.csv > stdout &&
    [ "$(tail -n +2 blood.csv | cut -d, -f2 | sort -u)" = "blast_blood:main" ] &&
    [ "$(tail -n +2 blood.csv | wc -l)" -eq "$(grep -c ,blast_blood:main, last.csv)" ]
result $? "one class alone"
[ -z "$(find . -name '*.part')" ]
result $? "nothing half written"

echo "# what is in them"
if ! command -v python3 > /dev/null; then
    echo "skip - FCS, CSV, gates and the time series against each other: no python3 here"
    [ "$failures" -eq 0 ]
    exit
fi
cat > compare.py << 'END'
import csv, math, struct

raw = open("a-day14.fcs", "rb").read()
assert raw[:10] == b"FCS3.1    "
begin, end, data, last = (int(raw[10 + 8 * i : 18 + 8 * i]) for i in range(4))
assert raw[begin : begin + 1] == b"|" == raw[end : end + 1] and begin == 58 and data == end + 1
words = raw[begin + 1 : end].decode().replace("||", "\0").split("|")
text = dict(zip(words[::2], words[1::2]))
assert int(text["$BEGINDATA"]) == data and int(text["$ENDDATA"]) == last
assert text["$DATATYPE"] == "F" and text["$BYTEORD"] == "1,2,3,4" and text["$MODE"] == "L" and text["$NEXTDATA"] == "0"
par, tot = int(text["$PAR"]), int(text["$TOT"])
assert last - data + 1 == 4 * par * tot and len(raw) == last + 1 + 8
for i in range(1, par + 1):
    assert text[f"$P{i}B"] == "32" and text[f"$P{i}E"] == "0,0" and float(text[f"$P{i}R"]) > 0, i
    assert text[f"$P{i}D"].split(",")[0] in ("Linear", "Logarithmic") and "," not in text[f"$P{i}N"], i
names = [text[f"$P{i}N"] for i in range(1, par + 1)]
values = struct.unpack(f"<{par * tot}f", raw[data : last + 1])
events = [dict(zip(names, values[par * i : par * (i + 1)])) for i in range(tot)]
rows = list(csv.DictReader(open("a-day14.csv")))
assert len(rows) == tot
classes = dict(item.split(" ", 1) for item in text["MARROW_CLASSES"].split(", "))
for e, r in zip(events, rows):
    free, bound = float(r["cd22_free_molecules"]), float(r["cd22_bound_molecules"])
    pairs = [(e["CD22"], free + bound), (e["bound"], bound), (e["inside"], r["conjugate_inside_molecules"]),
             (e["payload"], r["payload_molecules"]), (e["breaks"], r["dna_breaks"]), (e["weight"], r["weight_cells"]),
             (e["FSC-A"], r["fsc"]), (e["SSC-A"], r["ssc"]), (e["CD22-A"], r["cd22_signal_molecules"]),
             (e["IgG-A"], r["bound_signal_molecules"]), (e["dying"], r["dying"])]
    assert all(math.isclose(a, float(b), rel_tol=2e-7, abs_tol=1e-30) for a, b in pairs), (e, r)
    assert classes["%d" % e["class"]] == r["class"]
for i in range(1, par + 1):
    assert all(0 <= e[names[i - 1]] < float(text[f"$P{i}R"]) for e in events), names[i - 1]
print(f"  {tot} events of {par} parameters: the same in FCS and CSV")

series = next(r for r in csv.DictReader(open("a/timeseries.csv")) if float(r["time_h"]) == 336)
for name, label in (("blasts_marrow_cells", "blast_marrow"), ("blasts_blood_cells", "blast_blood"),
                    ("b_precursor_cells", "b_precursor"), ("b_mature_cells", "b_mature")):
    cells = sum(float(r["weight_cells"]) for r in rows if r["class"].startswith(label) and r["dying"] == "0")
    assert math.isclose(cells, float(series[name]), rel_tol=1e-9), (name, cells, series[name])

gates = {float(r["time_h"]): r for r in csv.DictReader(open("a-gates.csv"))}
assert sorted(gates) == [0, 168, 336, 504]
g = gates[336]
blasts = [r for r in rows if r["class"].startswith("blast") and r["dying"] == "0"]
weight = sum(float(r["weight_cells"]) for r in blasts)
assert len(blasts) == int(g["blast_events"]) and math.isclose(weight, float(g["blasts_cells"]), rel_tol=1e-12)
for channel, column in (("cd22", "cd22_signal_molecules"), ("bound", "bound_signal_molecules")):
    threshold = float(g[f"{channel}_threshold_molecules"])
    positive = sum(float(r["weight_cells"]) for r in blasts if float(r[column]) > threshold)
    assert math.isclose(100 * positive / weight, float(g[f"{channel}_positive_percent"]), abs_tol=1e-6)
    below = 0
    for r in sorted(blasts, key=lambda r: float(r[column])):
        below += float(r["weight_cells"])
        if below >= weight / 2:
            break
    assert math.isclose(float(r[column]), float(g[f"{channel}_median_molecules"]), rel_tol=1e-6)
    print(f"  day 14, {channel}: {float(g[f'{channel}_positive_percent']):.1f} % above {threshold:.0f}, median {float(r[column]):.0f}")
assert math.isclose(float(g["marrow_blast_fraction"]), float(series["marrow_blast_fraction"]), rel_tol=1e-9)
n, p = int(g["mrd_events"]), float(g["marrow_blast_fraction"])
assert abs(int(g["mrd_blast_events"]) - n * p) < 6 * math.sqrt(n * p * (1 - p))
untreated = gates[0]
assert 99 < float(untreated["cd22_positive_percent"]) <= 100 and abs(float(untreated["bound_positive_percent"]) - 1) < 0.1
END
python3 compare.py
result $? "FCS, CSV, gates and the time series say the same"

echo "# the clinic's assay and the gates' are one"
"$marrow" run "$configs/label.yaml" -s simulation.agents=5000 -s output.snapshot_agents=500 -s clinic.enabled=true \
    -s policy.rules=label -s clinic.mrd_events=50000 --until 42 --snapshot-every 1 -q -o clinic || exit 1
"$marrow" export clinic --format gates -o clinic.csv > stdout
python3 -c "
import csv
gates = {float(r['time_h']): r for r in csv.DictReader(open('clinic.csv'))}
labs = [r for r in csv.DictReader(open('clinic/labs.csv')) if r['test'] == 'mrd']
assert len(labs) >= 2
for r in labs:
    g = gates[float(r['time_h'])]
    print('  hour %s: clinic %s, gates %s of %s' % (r['time_h'], r['value'], g['mrd_blast_events'], g['mrd_events']))
    assert r['flag'] == '<LOD' or abs(float(r['value']) - float(g['mrd_fraction'])) < 1e-12"
result $? "the same count at the same hour"

[ "$failures" -eq 0 ]
