#!/bin/bash
# A hundred and fifty patients of configs/transplant.yaml who differ by luck alone: VOD after transplant as often and as late as
# published, and what else became of them; sixty of configs/monitored.yaml under each policy. About three minutes. Run by tests/run.sh, which sets MARROW.
. tests/script.sh

config=$configs/transplant.yaml
cd "$work" || exit 1
patients=150

one() {
    "$marrow" run "$config" --seed "$1" -o "$1" -s simulation.agents=1000 -s simulation.dt_h=4 --threads 1 -q
}
export -f one
export marrow config
seq "$patients" | xargs -P "$(nproc)" -I{} bash -c 'one {}'

value() { # SEED KEY
    awk -F '\t' -v key="\"$2\":" '$2 == key { gsub(/[",]/, "", $3); print $3 }' "$1/outcome.json"
}

for seed in $(seq "$patients"); do
    echo "$seed $(value "$seed" transplant) $(value "$seed" transplant_day) $(value "$seed" vod) $(value "$seed" vod_day)" \
        "$(value "$seed" vod_after_transplant) $(value "$seed" engraftment_day) $(value "$seed" os_days)"
done > table
[ "$(wc -l < table)" -eq "$patients" ] && ! grep -q "  " table
result $? "every run has its outcome"

read -r transplanted before after <<< "$(awk '{ t += $2 == "true"; b += $4 == "true" && $6 == "false"; a += $6 == "true" } END { print t, b, a }' table)"
median=$(awk '$6 == "true" { print $5 - $3 }' table | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }')
engrafted=$(awk '$7 != "null" && $3 != "null" { print $7 - $3 }' table | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }')
echo "# $transplanted of $patients transplanted; VOD before in $before, after in $after, median day +$median; neutrophils back on day +$engrafted"
awk -v a="$after" -v t="$transplanted" 'BEGIN { share = a / t; printf "# VOD after transplant: %.1f %%\n", 100 * share; exit !(share >= 0.14 && share <= 0.34) }'
result $? "VOD after transplant in 14 to 34 % (INO-VATE: 22.8 %)"
awk -v m="$median" 'BEGIN { exit !(m >= 10 && m <= 20) }'
result $? "its median day +10 to +20 (INO-VATE: +15)"
awk -v m="$engrafted" 'BEGIN { exit !(m >= 10 && m <= 21) }'
result $? "neutrophils back by day +10 to +21"

echo "# sixty patients under each policy"
policy() { # NAME: how many had VOD, and doses given a patient
    local seed vod=0 doses=0
    seq 60 | xargs -P "$(nproc)" -I{} "$marrow" run "${config%transplant*}monitored.yaml" --seed {} -o "$1-{}" \
        -s simulation.agents=1000 -s simulation.dt_h=4 -s policy.rules="$1" --threads 1 -q
    for seed in $(seq 60); do
        [ "$(value "$1-$seed" vod)" = true ] && vod=$((vod + 1))
        doses=$((doses + $(value "$1-$seed" doses_given)))
    done
    echo "$vod $(awk -v d="$doses" 'BEGIN { printf "%.1f", d / 60 }')"
}
read -r none none_doses <<< "$(policy none)"
read -r label label_doses <<< "$(policy label)"
read -r cautious cautious_doses <<< "$(policy cautious)"
echo "# VOD in $none without rules, $label by the label, $cautious by caution; doses $none_doses, $label_doses, $cautious_doses"
[ "$none" -gt "$label" ] && [ "$label" -ge "$cautious" ]
result $? "rules spare the liver"
awk -v a="$none_doses" -v b="$label_doses" 'BEGIN { exit !(a > b) }'
result $? "at the price of doses"

[ "$failures" -eq 0 ]
