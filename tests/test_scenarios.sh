#!/bin/bash
# Every clinical scenario of configs/ runs to its end with few agents, and its events tell the course it announces, in that order.
# Run by tests/run.sh, which sets MARROW.
. tests/script.sh

cd "$work" || exit 1

# What happened, one "kind:code" a word, in order.
chain() { # DIR
    awk -F, 'NR > 1 { printf "%s:%s ", $2, $3 }' "$1/events.csv"
}

scenario() { # NAME PATTERN [OPTION...]
    local name=$1 pattern=$2
    shift 2
    "$marrow" run "$configs/$name.yaml" -o "$name" -s simulation.agents=4000 -s simulation.dt_h=4 -q "$@" 2> stderr
    result $? "$name.yaml runs" || cat stderr
    [[ "$(chain "$name")" =~ $pattern ]]
    result $? "$name.yaml: $pattern"
    ! grep -qE '[0-9]\.[0-9]{12}' "$name/events.csv"
    result $? "$name.yaml: no digits of rounding"
    awk -F, 'NF != 5 || length($0) > 340 { bad = 1 } END { exit bad }' "$name/events.csv"
    result $? "$name.yaml: five fields a line"
}

scenario monitored 'assessment:marrow.*eligibility:eligible.*support:premedication dose:.*response:C.*follow_up:'
scenario transplant 'response:C.*transplant:planned.*transplant:conditioning.*transplant:graft' --until 130
scenario toxicity 'held:.*omitted:.*resumed:.*reduced:.*(reduced|discontinued):'
scenario mrd-start 'eligibility:too-few-marrow-blasts.*dose:.*response:C'
scenario elderly 'eligibility:not-relapsed-or-refractory.*dose:.*dose:.*response:C'
scenario mini-hcvd 'other_drug:mini-hyper-CVD.*dose:.*dose:.*other_drug:mini-hyper-CVD.*dose:'
scenario combination 'other_drug:mini-hyper-CVD.*other_held:chemo-.*held:with-other-drugs.*other_resumed:.*other_drug:mini-hyper-CVD.*dose:'
scenario flag 'other_drug:FLAG.*response:CRi?.*follow_up:completed'
scenario chemotherapy 'other_drug:mitoxantrone.*other_held:chemo-.*other_resumed:.*other_drug:mitoxantrone'

echo "# a course that fails, with a second line on call"
"$marrow" run "$configs/chemotherapy.yaml" -o fails -s simulation.agents=4000 -s simulation.dt_h=4 -s chemo.sensitivity=0.2 --until 90 -q
[[ "$(chain fails)" =~ other_stopped:two-courses-without-remission.*treatment_failure:.*next_therapy:new-induction\ other_drug:FLAG ]]
result $? "stopped after two courses, failure, new induction"
grep -q '"pfs_event":.*"\(new_induction\|progression\)"' fails/outcome.json
result $? "which ends freedom from progression"

echo "# a report of it"
if command -v gnuplot > /dev/null; then
    "$marrow" report combination > /dev/null && "$marrow" report monitored > /dev/null
    for text in "other drugs" "mini-hyper-CVD" "cycles of other drugs"; do
        sed -n '/<h2>Clinic/,/<figcaption>Neutrophils/p' combination/report.html | grep -qF -- "$text"
        result $? "shows: $text"
    done
    ! sed -n '/<figcaption>Course</,/<\/figure>/p' monitored/report.html | grep -q "other drugs"
    result $? "no lane of other drugs where there are none"
else
    echo "skip - a report: no gnuplot here"
fi

[ "$failures" -eq 0 ]
