#!/bin/bash
# What `make install` puts down: pages that say all the program says, completion that works, and nothing of it after
# `make uninstall`. Run by tests/run.sh, which sets MARROW; by hand from the repository's root.
. tests/script.sh

build=$(dirname "${marrow#"$PWD"/}")
share=$work/usr/share

made() { # TARGET
    make --no-print-directory BUILD="$build" DESTDIR="$work" PREFIX=/usr "$1" > "$work/log" 2>&1 || { cat "$work/log"; return 1; }
}

commands() { "$marrow" help | awk '/^Commands/ { on = 1; next } /^$/ { on = 0 } on { print $1 }'; }
options() { "$marrow" "$1" --help | grep -oE '^(  -[a-z],|     ) --[a-z-]+' | grep -oE -- '--[a-z-]+'; }
keys() { "$marrow" check --schema | sed -n 's/^\([a-z].*\):$/\1/p'; }
# A page without roff's own marks; @ begins a line that began bold, as entries of a list do.
said() { sed 's/\\&//g; s/\\-/-/g; s/^\\fB/@/; s/\\f.//g' "$1"; }

every_word_in() { # FILE: each word on stdin has its entry there
    local word pattern missing=0 words=0
    said "$1" > "$work/said"
    while read -r word; do
        words=$((words + 1))
        # shellcheck disable=SC2001
        pattern=$(sed 's/[].()[]/\\&/g' <<< "$word")
        grep -qE -- "^@(-[a-z], )?$pattern(\[|=|\$)" "$work/said" || { echo "  $1: no $word"; missing=1; }
    done
    [ "$missing" -eq 0 ] && [ "$words" -gt 0 ]
}

each_command_has_its_page() {
    local name bad=0
    for name in $(commands); do
        options "$name" | every_word_in "$share/man/man1/marrow-$name.1" || bad=1
    done
    return "$bad"
}

each_page_is_for_research() {
    local page bad=0
    for page in "$share"/man/man?/*; do
        said "$page" | grep -q "not for treating patients" || { echo "  not in $page"; bad=1; }
    done
    return "$bad"
}

each_page_renders() {
    local page bad=0
    for page in "$share"/man/man?/*; do
        LC_ALL=C.UTF-8 man --warnings -l "$page" > "$work/text" 2> "$work/warnings" || bad=1
        [ -s "$work/text" ] || { echo "  $page: nothing"; bad=1; }
        [ ! -s "$work/warnings" ] || { echo "  $page:"; cat "$work/warnings"; bad=1; }
    done
    return "$bad"
}

complete_of() { # WORD...: what is offered for the last word
    COMP_WORDS=(marrow "$@")
    COMP_CWORD=$#
    COMPREPLY=()
    _marrow "$marrow" "${*: -1}" marrow
    printf '%s\n' "${COMPREPLY[@]}"
}

offers() { # EXPECTED WORD...: these lines, sorted
    local expected=$1 got
    shift
    got=$(complete_of "$@" | sort)
    [ "$got" = "$(sort <<< "$expected")" ] || { printf '  offered for %s:\n%s\n' "$*" "$got"; return 1; }
}

links_lead_somewhere() { # of every installed page
    local page link missing=0 found=0
    for page in "$share"/doc/marrow/README.md "$share"/doc/marrow/docs/*.md; do
        while read -r link; do
            found=$((found + 1))
            [ -e "$(dirname "$page")/$link" ] || { echo "  $page: no $link"; missing=1; }
        done < <(grep -o '](\([a-z][^):]*\))' "$page" | tr -d '()]' | sed 's/#.*//')
    done
    [ "$found" -gt 10 ] && [ "$missing" -eq 0 ]
}

nothing_left() {
    local left
    left=$(find "$work/usr" ! -type d)
    [ -z "$left" ] || { echo "  left: $left"; return 1; }
    [ ! -e "$share/marrow" ] && [ ! -e "$share/doc/marrow" ] && [ -d "$share/man/man1" ] # what others may share stays
}

command -v scdoc > /dev/null || { echo "skip - install: no scdoc here (make deps)"; exit 0; }
check "installs to a folder" made install
"$work/usr/bin/marrow" version > "$work/version"
result $? "the installed program runs"
check "links of README and docs lead to files that are there" links_lead_somewhere
check "every command has a page with every option" each_command_has_its_page
check "every key is in marrow-config(5)" every_word_in "$share/man/man5/marrow-config.5" < <(keys)
check "marrow(1) names every command" every_word_in "$share/man/man1/marrow.1" < <(commands | sed 's/.*/marrow-&(1)/')
check "every page says it is not for treating patients" each_page_is_for_research
if command -v man > /dev/null; then
    check "every page renders without a warning" each_page_renders
else
    echo "skip - pages render: no man here"
fi

# shellcheck disable=SC1091
. "$share/bash-completion/completions/marrow"
check "completion: commands" offers "$(commands; echo help)" ""
check "completion: options of run" offers "$(options run)" run --
check "completion: keys after -s" offers "$(keys | grep -vF '[]' | sed 's/$/=/')" run -s ""
check "completion: one key" offers "simulation.seed=" run label.yaml --set = simulation.se
check "completion: backends" offers $'cpu\ncuda' run --backend = c
check "completion: folders" offers configs run -o conf
check "completion: files" offers configs/label.yaml run configs/lab

check "uninstalls" made uninstall
check "nothing is left" nothing_left
check "uninstalls what is not there" made uninstall
[ "$failures" -eq 0 ]
