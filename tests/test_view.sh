#!/bin/bash
# marrow view: the window driven by scripts of mouse and keys on SDL's dummy driver, where every picture is made by the
# software renderer. Run by tests/run.sh, which sets MARROW; by hand from the repository's root.
. tests/script.sh

view=$(dirname "$marrow")/marrow-view
[ -x "$view" ] || { echo "skip - view: marrow-view is not built here (make deps)"; exit 0; }
cd "$work" || exit 1
export SDL_VIDEODRIVER=dummy SDL_RENDER_DRIVER=software XDG_RUNTIME_DIR=$work

script() { # NAME SCRIPT OPTION...: the script comes to its end
    local name=$1 file=$2
    shift 2
    timeout 120 "$marrow" view --script "$root/tests/view/$file" "$@" > stdout 2> stderr
    local got=$?
    result $got "$name"
    [ $got -eq 0 ] || sed 's/^/  /' stderr
}

small=("$root/configs/label.yaml" -s simulation.agents=5000)
script "first steps: views, play, step, run to a day and back" first.txt "${small[@]}"
script "doses: given, skipped, held, released, interrupted, stopped" doses.txt "${small[@]}"
script "time: speed, scrub bar, branch, another seed" time.txt "${small[@]}"
script "picture: camera, colours, kinds, density, a cell followed" picture.txt "${small[@]}"
script "live parameters, cytometer, help, keyboard alone, screenshot" panels.txt "${small[@]}"
script "in vitro: a concentration to slide" vitro.txt "$root/configs/invitro.yaml" -s simulation.agents=2000

script "cells followed, and their daughters" family.txt "$root/configs/untreated.yaml" -s simulation.agents=5000 \
    -s patient.marrow_blast_fraction=0.05

holds() { # NAME TEXT FILE
    grep -qaF -- "$2" "$3"
    result $? "$1"
}
holds "a screenshot says what made it" "marrow $("$marrow" version | sed -n '1s/^marrow \([^ ]*\).*/\1/p')" marrow-0001.png
holds "and that it is not for treating patients" "not for treating patients" marrow-0001.png
holds "a daughter names her mother" '"mother":' family.json
holds "state as JSON" '"day":	2' values.json

# Shares in the cytometer's gates are shares of cells: the same as of the cells exported. A bin is 2 % of a decade.
"$marrow" run "$root/configs/label.yaml" -s simulation.agents=5000 --until 4 --snapshot-every 4 -q -o gated
"$marrow" export gated --format csv --at 4 -o cells.csv > stdout 2> stderr
script "the cytometer of a finished run" gates.txt gated
shown=$(grep -o '"gate_right_percent":[^,]*' gates.json | tr -dc '0-9.')
of_cells=$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
    $at["class"] ~ /^blast/ && $at["dying"] == 0 {
        all += $at["weight_cells"]
        if ($at["cd22_free_molecules"] + $at["cd22_bound_molecules"] >= 2000) right += $at["weight_cells"]
    } END { printf "%.3f", 100 * right / all }' cells.csv)
awk -v a="$shown" -v b="$of_cells" 'BEGIN { exit !(a > 5 && a < 95 && a - b < 1.5 && b - a < 1.5) }'
result $? "blasts right of a gate: $shown % in the window, $of_cells % of the cells exported"

# docs/view.md names every action, word and value.
documented() {
    local missing=0 name
    for name in $(sed -n 's/^    {"\([a-z0-9-]*\)", SDLK.*/\1/p' "$root/viz/shortcuts.c" | sort -u) \
        $(sed -n '/Verb script_verbs/,/^};/p' "$root/viz/script_words.c" | grep -o '{"[a-z-]*"' | tr -d '{"') \
        $(sed -n '/Value values/,/^};/p' "$root/viz/values.c" | grep -o '^ *{"[a-z0-9_]*"' | tr -d '{" '); do
        case $name in kind-[1-5]) continue ;; esac
        grep -q "\`$name[\` ]" "$root/docs/view.md" || { echo "  docs/view.md does not name $name"; missing=1; }
    done
    return $missing
}
documented
result $? "every action, word and value is documented"

ln -s "$root/tests/golden" golden
script "pictures as they were looked at" golden.txt "${small[@]}"
[ ! -f golden-differs.png ] || cp golden-differs.png "$(dirname "$marrow")"

# All tours, at their full size: tests/long_view.sh.
for tour in "$root"/configs/tours/adc.yaml "$root"/configs/tours/doses.yaml; do
    timeout 120 "$marrow" view --tour "$tour" --unattended -s simulation.agents=20000 > stdout 2> stderr
    got=$?
    result $got "tour $(basename "$tour" .yaml): what it says holds"
    [ $got -eq 0 ] || sed 's/^/  /' stderr
done

# Without ffmpeg a video is numbered pictures; without the font, ImGui's own.
printf 'until state = paused\ndo video\nwait 3\ndo video\nwait 2\n' > video.txt
PATH=/nonexistent "$marrow" view "${small[@]}" --script video.txt > stdout 2> stderr
result $? "a video without ffmpeg"
[ -s marrow-0001/000001.png ] && [ -s marrow-0001/000003.png ]
result $? "is a folder of pictures"
if command -v ffmpeg > /dev/null; then
    "$marrow" view "${small[@]}" --script video.txt > stdout 2> stderr && [ -s marrow-0001.mp4 ]
    result $? "a video through ffmpeg"
else
    echo "skip - a video through ffmpeg: no ffmpeg here (make deps-dev)"
fi
printf 'until state = paused\nkey 3\nwait 3\n' > font.txt
MARROW_FONT=/nonexistent "$marrow" view "${small[@]}" --script font.txt > stdout 2> stderr
result $? "no font: another one stands in"

refused() { # NAME CODE TEXT WORD...: one line on stderr
    local name=$1 code=$2 text=$3 got
    shift 3
    timeout 60 "$marrow" view "$@" > stdout 2> stderr
    got=$?
    [ "$got" -eq "$code" ] && grep -qF -- "$text" stderr
    result $? "$name"
    [ "$got" -eq "$code" ] || sed "s/^/  exit $got: /" stderr
}
refused "no such tour" 2 "no such tour" --tour nowhere
refused "unattended without a tour" 2 "needs a tour" --unattended "${small[@]}"
refused "no such script" 2 "nowhere.txt: cannot be read" --script nowhere.txt "${small[@]}"
echo "dance" > wrong.txt
refused "no such word" 2 "wrong.txt:1: " --script wrong.txt "${small[@]}"
echo "expect day = 3" > wrong.txt
refused "an expectation that is not met" 1 "wrong.txt:1: expected day = 3; it is 0" --script wrong.txt "${small[@]}"
printf 'title: x\nconfig: y.yaml\nsteps:\n  - text: a\n    til: day > 1\n' > wrong.yaml
refused "a tour with a word it does not know" 2 "wrong.yaml:5: a step has text, do, point, until and expect" --tour wrong.yaml
refused "a folder that holds no run" 2 "config.yaml" "$work"
unset SDL_VIDEODRIVER DISPLAY WAYLAND_DISPLAY XDG_RUNTIME_DIR
refused "no display" 69 "no display" "${small[@]}"
result $(($(wc -l < stderr) != 1)) "that is one line"

[ "$failures" -eq 0 ]
