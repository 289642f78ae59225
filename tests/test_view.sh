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

small=("$root/configs/label.yaml" -s simulation.agents=20000)
script "first steps: views, play, step, run to a day and back" first.txt "${small[@]}"

[ "$failures" -eq 0 ]
