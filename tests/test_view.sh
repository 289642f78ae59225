#!/bin/bash
# marrow view: the window driven by scripts of mouse and keys on SDL's dummy driver, where every picture is made by the
# software renderer. Run by tests/run.sh, which sets MARROW; by hand from the repository's root.
set -u

marrow=${MARROW:-$PWD/build/marrow}
root=$PWD
view=$(dirname "$marrow")/marrow-view
[ -x "$view" ] || { echo "skip - view: marrow-view is not built here (make deps)"; exit 0; }
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export SDL_VIDEODRIVER=dummy SDL_RENDER_DRIVER=software XDG_RUNTIME_DIR=$work
failures=0

result() { # STATUS NAME
    if [ "$1" -eq 0 ]; then
        echo "ok - $2"
    else
        echo "not ok - $2"
        failures=$((failures + 1))
    fi
}

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

holds() { # NAME TEXT FILE
    grep -qaF -- "$2" "$3"
    result $? "$1"
}
holds "a screenshot says what made it" "marrow $("$marrow" version | sed -n '1s/^marrow \([^ ]*\).*/\1/p')" marrow-0001.png
holds "and that it is not for treating patients" "not for treating patients" marrow-0001.png
holds "state as JSON" '"day":	2' values.json

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

[ "$failures" -eq 0 ]
