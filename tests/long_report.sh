#!/bin/bash
# A report in a browser: Chromium shows it at two widths and prints it, says no word of complaint and loads nothing
# but the page. The pictures stay in build/test-artefacts. Run by tests/run.sh, which sets MARROW; needs deps-dev.
. tests/script.sh

kept=$(dirname "$marrow")/test-artefacts

if ! command -v chromium > /dev/null; then
    echo "skip - a report in a browser: no chromium here (make deps-dev)"
    exit
fi
mkdir -p "$kept"
cd "$work" || exit 1
"$marrow" run "$configs/label.yaml" -s simulation.agents=100000 --until 63 --snapshot-every 7 -q -o run || exit 1
"$marrow" report run > /dev/null || exit 1

browse() { # OPTION... URL; no host is ever reached
    HOME=$work timeout 120 chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --hide-scrollbars \
        --user-data-dir="$work/profile" --no-first-run --disable-background-networking --disable-component-update \
        --host-resolver-rules="MAP * ~NOTFOUND" --enable-logging=stderr "$@" 2> chromium.err
}

for width in 1200 390; do
    browse --window-size="$width,3000" --screenshot="$kept/report-$width.png" "file://$work/run/report.html"
    result $? "shown $width pixels wide"
    ! grep -E 'CONSOLE|Uncaught|Refused' chromium.err
    result $? "without a word on the console"
    [ "$(stat -c %s "$kept/report-$width.png")" -gt 50000 ]
    result $? "something is on it"
done

browse --no-pdf-header-footer --print-to-pdf="$kept/report.pdf" "file://$work/run/report.html"
result $? "printed"
if command -v pdftoppm > /dev/null; then
    pdftoppm -r 60 -png "$kept/report.pdf" "$kept/report-page"
    pages=$(find "$kept" -name 'report-page*.png' | wc -l)
    echo "  $pages pages"
    [ "$pages" -ge 3 ] && [ "$pages" -le 12 ]
    result $? "on a few pages"
    text=$(pdftotext "$kept/report.pdf" - | tr '\n' ' ')
    [[ $text == *"not for treating patients"* && $text == *"Flow cytometry"* && $text == *"Limit of detection"* ]]
    result $? "with the words of the page"
else
    echo "skip - pages of the print: no pdftoppm here (make deps-dev)"
fi

# A page around the report measures it: how wide it is, and what it asked the browser to load. A page that does load
# something shows that this would be seen.
cat > frame.html << 'END'
<!DOCTYPE html><iframe id=f style="width:390px;height:3000px;border:0"></iframe><pre id=o></pre>
<script>f.onload = () => setTimeout(() => { const w = f.contentWindow, d = w.document.documentElement;
  o.textContent = "width " + d.scrollWidth + " of " + d.clientWidth + " plots " + d.querySelectorAll("svg").length +
    " loads " + w.performance.getEntriesByType("resource").length }, 500); f.src = location.hash.slice(1)</script>
END
echo '<!DOCTYPE html><link rel=stylesheet href="http://example.org/a.css"><img src="missing.png">' > loads.html

measure() { # PAGE
    browse --allow-file-access-from-files --window-size=1000,3200 --virtual-time-budget=5000 --dump-dom "file://$work/frame.html#$1" |
        grep -oE 'width [0-9]+ of [0-9]+ plots [0-9]+ loads [0-9]+'
}

control=$(measure loads.html)
echo "  a page that loads something: $control"
[[ $control =~ loads\ [1-9] ]]
result $? "what a page loads is seen"
measured=$(measure run/report.html)
echo "  the report: $measured"
read -r _ scroll _ client _ plots _ loads <<< "$measured"
[ "${loads:-1}" -eq 0 ]
result $? "the report loads nothing"
[ "${scroll:-1}" -le "${client:-0}" ]
result $? "nothing sticks out to the right at 390 pixels"
[ "${plots:-0}" -eq 11 ]
result $? "all plots are there"

[ "$failures" -eq 0 ]
