#!/bin/bash
# ro-crate-metadata.json as others read it: the package rocrate from PyPI loads the crates of a run and of a sweep, and
# finds in them what is in the folders. What is missing is a skip. Run by tests/run.sh, which sets MARROW.
. tests/script.sh

cd "$work" || exit 1

if ! python3 -c 'import rocrate' 2> /dev/null; then
    echo "skip - rocrate: no python3 here that has it (pip install rocrate)"
    exit 0
fi

cat > read.py << 'EOF'
"""read.py FOLDER KIND RESULT: the crate of a folder, checked; prints what it holds."""
import json, os, sys
from rocrate.rocrate import ROCrate

folder, kind, result = sys.argv[1:]
crate = ROCrate(folder)
root = crate.root_dataset
problems = []

def want(condition, text):
    if not condition:
        problems.append(text)

def words(value):
    return value if isinstance(value, list) else [value]

want("not for treating patients" in root["description"], "the notice is not in the description")
want(root["license"]["name"], "no terms")
want(root["conformsTo"].id == "https://w3id.org/ro/wfrun/process/0.5", "another profile")
record = json.load(open(os.path.join(folder, "run.json" if kind == "run" else "sweep.json")))

# Every file that is there is described, with its size, and nothing else.
described = {e.id: e for e in crate.get_entities() if "File" in words(e.type)}
there = set()
for base, folders, files in os.walk(folder):
    if kind == "sweep":
        folders[:] = [f for f in folders if f not in ("runs", "logs")]
    for name in files:
        path = os.path.relpath(os.path.join(base, name), folder)
        if name not in ("ro-crate-metadata.json", "sweep.lock"):
            there.add(path)
want(there == set(described), f"described {sorted(described)}, there {sorted(there)}")
for path, entity in described.items():
    want(int(entity["contentSize"]) == os.path.getsize(os.path.join(folder, path)), f"size of {path}")

actions = [e for e in crate.get_entities() if e.type == "CreateAction"]
want([a.id for a in actions] == [a.id for a in words(root["mentions"])], "the root does not mention its actions")
for action in actions:
    want(action["instrument"]["name"] == "marrow", "another instrument")
    want(record["git_id"] in action["instrument"]["softwareVersion"], "another version")
    want(action["startTime"] <= action["endTime"], "ends before it starts")
    want(any(e.id == "config.yaml" for e in words(action["object"])), "made from no config")
    want(all(not isinstance(e, str) for e in words(action["result"])), "a result that is not described")
status = "http://schema.org/CompletedActionStatus" if result == "finished" else "http://schema.org/FailedActionStatus"
last = actions[-1]["actionStatus"]
want((last if isinstance(last, str) else last.id) == status, f"result {result} is not in {last}")
if kind == "run":
    parameters = {e["name"]: e["value"] for e in words(actions[0]["object"]) if e.type == "PropertyValue"}
    want(parameters["simulation.seed"] == str(record["seed"]), "another seed")
    hashes = [e["value"] for e in words(actions[0]["result"]) if e.type == "PropertyValue"]
    want(hashes == [record["state_hash"]], "another hash")
else:
    runs = sorted(os.listdir(os.path.join(folder, "runs")))
    parts = sorted(e.id for e in words(root["hasPart"]) if e.id.startswith("runs/"))
    want(parts == [f"runs/{r}/" for r in runs], f"runs {parts}")
    for part in parts:
        want(ROCrate(os.path.join(folder, part)).root_dataset["name"], f"{part} has no crate")
print(f"# {folder}: {len(described)} files, {len(actions)} actions, {len(list(crate.get_entities()))} entities")
for problem in problems:
    print("# " + problem)
sys.exit(bool(problems))
EOF

options=(-q -s simulation.agents=3000 --until 21)
"$marrow" run "$configs/label.yaml" "${options[@]}" -s clinic.enabled=true --seed 5 --snapshot-every 10 -o run || exit 1
python3 read.py run run finished
result $? "a run with a clinic and snapshots"
"$marrow" report run > stdout && python3 read.py run run finished
result $? "with its report"
"$marrow" run "$configs/label.yaml" "${options[@]}" --until 3650 -o stopped 2> stderr & pid=$!
for ((n = 0; n < 1000; n++)); do [ -s stopped/timeseries.csv ] && break; sleep 0.01; done
kill -TERM "$pid"
wait "$pid"
python3 read.py stopped run stopped
result $? "a run that was stopped"
"$marrow" sweep "$configs/label.yaml" "${options[@]}" --vary simulation.seed=1,2,3 --vary dosing.mg_per_m2=1,1.8 -o sweep
"$marrow" report sweep > stdout
python3 read.py sweep sweep finished
result $? "a sweep with its report"
"$marrow" sweep "$configs/label.yaml" "${options[@]}" --vary simulation.capacity=0,1 -o failed 2> stderr
"$marrow" sweep --resume -q -o failed 2> stderr
python3 read.py failed sweep failed
result $? "a sweep with a run that failed, tried twice"

[ "$failures" -eq 0 ]
