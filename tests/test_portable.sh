#!/bin/bash
# The tarball of `make portable` runs where nothing of marrow's is installed: in a folder of its own, and (as root) in a root
# directory that holds only it and the C library. Run by tests/run.sh, which sets MARROW.
. tests/script.sh

tarball=$(ls "$(dirname "$marrow")"/marrow-*.tar.gz)

hash_of() { grep -o '"state_hash":[^,]*' "$1"; }

mkdir "$work/root"
tar -xzf "$tarball" -C "$work/root" && mv "$work"/root/marrow-* "$work/root/marrow"
result $? "unpacks"
there=$work/root/marrow
words=(run configs/label.yaml -q -b cpu -s simulation.agents=20000 --until 5)

ldd "$there/marrow" | grep '=>' | grep -vE " => ($there/lib/|/lib[^ ]*/(libc|libm|libdl|libpthread|librt)\.so)" > "$work/outside"
[ ! -s "$work/outside" ]
result $? "needs nothing from outside but the C library"

"$marrow" "${words[@]}" -o "$work/here"
(cd "$there" && env -i ./marrow "${words[@]}" -o "$work/apart")
cmp "$work/here/timeseries.csv" "$work/apart/timeseries.csv" && [ "$(hash_of "$work/here/run.json")" = "$(hash_of "$work/apart/run.json")" ]
result $? "an empty environment gives the same bytes"

if [ "$(id -u)" -eq 0 ] && command -v chroot > /dev/null; then
    for library in $(ldd "$there/marrow" | grep -oE '/[^ ]*/(ld-linux[^ ]*|libc\.so[^ ]*|libm\.so[^ ]*|libdl\.so[^ ]*|libpthread\.so[^ ]*|librt\.so[^ ]*)'); do
        mkdir -p "$work/root/$(dirname "$library")"
        cp -L "$library" "$work/root/$library"
    done
    # Without /proc the loader cannot tell where the program lies, so here it is told.
    LD_LIBRARY_PATH=/marrow/lib chroot "$work/root" /marrow/marrow run /marrow/configs/label.yaml -q -b cpu -s simulation.agents=20000 --until 5 -o /out
    cmp "$work/here/timeseries.csv" "$work/root/out/timeseries.csv"
    result $? "a bare root directory gives the same bytes"
else
    echo "skip - a bare root directory: not root"
fi
[ "$failures" -eq 0 ]
