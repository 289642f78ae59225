#!/bin/bash
# Other programs read what is written: h5py, R (hdf5r) and ParaView the snapshots, h5py and R a checkpoint, FlowIO and
# FlowKit the FCS file; each must find the cells that timeseries.csv counts, or those another one found. A program that
# is missing is a skip. Run by tests/run.sh, which sets MARROW; needs deps-dev, and FlowIO and FlowKit from PyPI.
. tests/script.sh

cd "$work" || exit 1

python_with() { # MODULE: a python3 that has it; Debian's own may not be the first in PATH
    local python
    for python in python3 /usr/bin/python3; do
        "$python" -c "import $1" 2> /dev/null && echo "$python" && return
    done
    return 1
}

"$marrow" run "$configs/cd22-low.yaml" -s simulation.agents=200000 --until 21 --snapshot-every 7 -q -o run || exit 1
"$marrow" export run --format fcs --at 14 -o cells.fcs > /dev/null || exit 1
"$marrow" export run --format hdf --at 14 --cells blast -o blasts.hdf > /dev/null || exit 1
snapshot=run/snapshots/cells_000002.hdf

# What each reader must find, as one line: living and dying of each class in the file, cells of the living.
cat > expected.awk << 'END'
NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
$1 == 336 { printf "%.6e %.6e %.6e %.6e\n", $at["blasts_marrow_cells"], $at["blasts_blood_cells"], $at["b_precursor_cells"], $at["b_mature_cells"] }
END
expected=$(awk -F, -f expected.awk run/timeseries.csv)
echo "# timeseries.csv: $expected"

echo "# h5py"
if python=$(python_with h5py); then
    cat > read.py << 'END'
import h5py, json, sys
import numpy as np

f = h5py.File(sys.argv[1], "r")
c = f["cells"]
cls, dying, weight = c["class"][:], c["dying"][:], c["weight"][:]
assert f.attrs["time_h"] == 336 and f.attrs["program"] == b"marrow" and f.attrs["snapshot_form"] == 1
assert f["config"][()].decode() == open("run/config.yaml").read()
labels = [label.decode() for label in f["classes/label"][:]]
assert labels == [c["class"].attrs["class_%02d" % i].decode() for i in range(len(labels))]
assert all(len(c[name]) == len(cls) and c[name].attrs["unit"] and c[name].attrs["meaning"] for name in c)
v = f["VTKHDF"]
for name in c:  # links, not copies
    assert h5py.h5o.get_info(c[name].id).addr == h5py.h5o.get_info((v["Points"] if name == "position" else v["PointData"][name]).id).addr
sums = [weight[(cls == i) & (dying == 0)].sum() for i in range(len(labels))]
print(" ".join("%.6e" % s for s in sums))
print(" ".join(str(n) for n in np.bincount(cls, minlength=len(labels))), file=open("counts", "w"))
np.savez("cells.npz", **{name: c[name][:] for name in c})
END
    got=$("$python" read.py "$snapshot")
    [ "$got" = "$expected" ]
    result $? "h5py finds the cells of timeseries.csv: $got"
    "$python" -c '
import h5py, sys
import numpy as np
a, b = h5py.File(sys.argv[1])["cells"], h5py.File(sys.argv[2])["cells"]
keep = a["class"][:] < 2
assert all(np.array_equal(a[n][:][keep], b[n][:]) for n in a)
print("  %d of %d cells" % (keep.sum(), len(keep)))' "$snapshot" blasts.hdf
    result $? "an export of blasts alone holds the same blasts"
    "$python" -c '
import h5py, json
import numpy as np
f = h5py.File("run/checkpoint.hdf")
agents = {name: f[name] for name in f if name.startswith("agents_")}
row = [r for r in open("run/timeseries.csv")][-1].split(",")
names = open("run/timeseries.csv").readline().strip().split(",")
count = int(row[names.index("agents")])
assert len(agents) >= 12 and all(len(a) == count and a.attrs["unit"] for a in agents.values()), (len(agents), count)
living = f["agents_class"][:][f["agents_fate_budget"][:] < 1e29]
blasts = int(row[names.index("blast_agents")])
assert (living < 2).sum() == blasts
print("  %d agents, %d living blasts in the checkpoint, as in the last row" % (count, blasts))'
    result $? "h5py reads a checkpoint"
else
    echo "skip - h5py: no python3 here that has it"
fi

echo "# R"
if Rscript -e 'library(hdf5r)' > /dev/null 2>&1; then
    cat > read.R << 'END'
suppressMessages(library(hdf5r))
f <- H5File$new(commandArgs(TRUE)[1], mode = "r")
cls <- f[["cells/class"]][]; dying <- f[["cells/dying"]][]; weight <- f[["cells/weight"]][]
stopifnot(h5attr(f, "time_h") == 336, h5attr(f[["cells/cd22_free"]], "unit") == "molecules per cell")
stopifnot(identical(f[["VTKHDF/PointData/class"]][], cls), all(dim(f[["cells/position"]][, ]) == c(3, length(cls))))
cat(sprintf("%.6e", tapply(weight * (dying == 0), cls, sum)), "\n")
END
    got=$(Rscript read.R "$snapshot" | sed 's/ *$//')
    [ "$got" = "$expected" ]
    result $? "R finds the cells of timeseries.csv: $got"
    got=$(Rscript -e 'suppressMessages(library(hdf5r)); f <- H5File$new("run/checkpoint.hdf", mode = "r")
        cls <- f[["agents_class"]][]; fate <- f[["agents_fate_budget"]][]; cat(sum(fate < 1e29 & cls < 2))')
    want=$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "blast_agents") c = i } END { print $c }' run/timeseries.csv)
    [ "$got" = "$want" ]
    result $? "R reads a checkpoint: $got living blasts"
else
    echo "skip - R: no Rscript here, or no hdf5r"
fi

echo "# ParaView"
if command -v pvpython > /dev/null && command -v Xvfb > /dev/null; then
    cat > read_pv.py << 'END'
import sys
from paraview.simple import *
from paraview import servermanager
import vtk.util.numpy_support as arrays
import numpy as np

reader = OpenDataFile(sys.argv[1])
reader.UpdatePipeline()
grid = servermanager.Fetch(reader)
data = grid.GetPointData()
cls, dying, weight = (arrays.vtk_to_numpy(data.GetArray(name)) for name in ("class", "dying", "weight"))
assert grid.GetNumberOfPoints() == grid.GetNumberOfCells() == len(cls)
assert all(grid.GetCellType(i) == 1 for i in (0, len(cls) - 1))
bounds = grid.GetBounds()
assert all(-1e-3 <= low < high <= top + 1e-3 for low, high, top in zip(bounds[::2], bounds[1::2], (540, 540, 12))), bounds
view = CreateView("RenderView")
view.ViewSize = [600, 600]
shown = Show(reader, view)
shown.SetRepresentationType("Points")
shown.PointSize = 3
ColorBy(shown, ("POINTS", "class"))
ResetCamera(view)
SaveScreenshot(sys.argv[2], view)
print(" ".join("%.6e" % weight[(cls == i) & (dying == 0)].sum() for i in range(4)))
print(" ".join(str(n) for n in np.bincount(cls, minlength=4)), file=open("counts_pv", "w"))
END
    Xvfb -displayfd 3 -noreset -screen 0 800x800x24 3> display > /dev/null 2>&1 &
    server=$!
    for _ in $(seq 100); do [ -s display ] && break; sleep 0.1; done
    got=$(DISPLAY=:$(cat display) timeout 120 pvpython read_pv.py "$snapshot" picture.png 2> pv.err)
    status=$?
    kill "$server"
    wait "$server" 2> /dev/null
    [ "$status" -eq 0 ] || cat pv.err
    [ "$got" = "$expected" ]
    result $? "ParaView finds the cells of timeseries.csv: $got"
    [ ! -e counts ] || cmp counts counts_pv
    result $? "and as many of each class as h5py"
    kept=${MARROW:+$(dirname "$MARROW")/test-artefacts}
    [ -z "$kept" ] || { mkdir -p "$kept" && cp picture.png "$kept/snapshot-paraview.png"; }
    [ "$(stat -c %s picture.png)" -gt 10000 ]
    result $? "and draws them by class"
else
    echo "skip - ParaView: no pvpython or no Xvfb here"
fi

echo "# FlowIO, FlowKit"
for module in flowio flowkit; do
    if ! python=$(python_with $module); then
        echo "skip - $module: no python3 here that has it (pip install flowio flowkit)"
        continue
    fi
    cat > "read_$module.py" << END
import sys
import numpy as np
import $module
if "$module" == "flowio":
    f = flowio.FlowData("cells.fcs")
    events, names, text = np.reshape(f.events, (-1, f.channel_count)), f.pnn_labels, f.text
else:
    f = flowkit.Sample("cells.fcs")
    events, names, text = f.get_events(source="raw"), f.pnn_labels, f.get_metadata()
assert float(text["marrow_time_h"]) == 336
column = {name: events[:, i] for i, name in enumerate(names)}
weight, cls, dying = column["weight"].astype("f8"), column["class"], column["dying"]
np.save("$module.npy", events.astype("f4"))
print(" ".join("%.6e" % weight[(cls == i) & (dying == 0)].sum() for i in range(4)))
END
    got=$("$python" "read_$module.py" 2> fcs.err) || cat fcs.err
    near=$(echo "$got $expected" | awk '{ for (i = 1; i <= 4; i++) if (($i - $(i + 4)) ^ 2 > (1e-6 * $i) ^ 2) bad = 1; print bad ? "far" : "near" }')
    [ "$near" = near ]
    result $? "$module finds the cells of timeseries.csv: $got"
    if [ -e cells.npz ]; then
        "$python" -c "
import numpy as np
h, e = np.load('cells.npz'), np.load('$module.npy')
names = ['FSC-A', 'SSC-A', 'CD22-A', 'IgG-A', 'CD22', 'bound', 'inside', 'payload', 'breaks', 'class', 'dying', 'weight']
e = dict(zip(names, e.T))
pairs = [('bound', 'cd22_bound'), ('inside', 'conjugate_inside'), ('payload', 'payload'), ('breaks', 'dna_breaks'), ('class', 'class'), ('dying', 'dying')]
assert all(np.array_equal(e[a], h[b].astype('f4')) for a, b in pairs)
assert np.array_equal(e['CD22'], h['cd22_free'] + h['cd22_bound']) and np.array_equal(e['weight'], h['weight'].astype('f4'))
glow = e['CD22-A'] - e['CD22']
print('  %d events; CD22-A exceeds CD22 by %.0f in the median' % (len(glow), np.median(glow)))
assert 100 < np.median(glow[e['CD22'] < 1]) < 200"
        result $? "$module: values equal to h5py's, bit for bit"
    fi
done
if [ -e flowkit.npy ]; then
    # A gate of FlowKit's own at our threshold: the share of blasts above it, without the weights.
    "$marrow" export run --format gates -o gates.csv > /dev/null
    python=$(python_with flowkit)
    "$python" -c "
import csv, flowkit
import numpy as np
g = [r for r in csv.DictReader(open('gates.csv')) if float(r['time_h']) == 336][0]
threshold = float(g['cd22_threshold_molecules'])
sample = flowkit.Sample('cells.fcs', sample_id='marrow')
strategy = flowkit.GatingStrategy()
rectangle = flowkit.gates.RectangleGate('positive', dimensions=[flowkit.Dimension('CD22-A', range_min=threshold)])
strategy.add_gate(rectangle, gate_path=('root',))
inside = strategy.gate_sample(sample).get_gate_membership('positive')
e = dict(zip(sample.pnn_labels, sample.get_events(source='raw').T))
blasts = (e['class'] < 2) & (e['dying'] == 0)
share = 100 * e['weight'][inside & blasts].sum() / e['weight'][blasts].sum()
print('  FlowKit: %.4f %% of blasts above %.1f; gates.csv: %s' % (share, threshold, g['cd22_positive_percent']))
assert abs(share - float(g['cd22_positive_percent'])) < 1e-3" 2> fcs.err
    status=$?
    [ "$status" -eq 0 ] || cat fcs.err
    result "$status" "a gate of FlowKit's at the threshold of gates.csv holds the same share"
fi

echo "# more than eight digits of bytes"
if python=$(python_with flowio); then
    "$marrow" run "$configs/label.yaml" -s simulation.agents=3000000 --until 0 --snapshot-every 7 -s output.snapshot_agents=0 -q -o large &&
        "$marrow" export large --format fcs -o large.fcs > stdout && sed 's/^/  /' stdout
    "$python" -c "
import flowio, csv, os
import numpy as np
assert os.path.getsize('large.fcs') > 99999999
f = flowio.FlowData('large.fcs')
e = np.reshape(np.asarray(f.events, dtype='f4'), (-1, f.channel_count))
names = f.pnn_labels
blasts = e[e[:, names.index('class')] == 0]
row = next(csv.DictReader(open('large/timeseries.csv')))
assert len(e) == int(row['agents']) and (f.header['data_start'], f.header['data_stop']) in ((0, 0), (int(f.text['begindata']), int(f.text['enddata'])))
cells = blasts[:, names.index('weight')].astype('f8').sum()
assert cells == float(row['blasts_marrow_cells']), (cells, row['blasts_marrow_cells'])
print('  %d bytes, %d events, %.17g blasts' % (os.path.getsize('large.fcs'), len(e), cells))"
    result $? "an FCS file beyond its header's offsets is read whole"
else
    echo "skip - a large FCS file: no python3 here that has flowio"
fi

[ "$failures" -eq 0 ]
