#!/bin/bash
# Virtual patients: the same for one seed, prefixes of one another, within their ranges, and taken by a sweep. Run by
# tests/run.sh, which sets MARROW.
. tests/script.sh

cd "$work" || exit 1

"$marrow" patients -n 2000 --seed 7 -o all.csv && "$marrow" patients -n 20 --seed 7 > some.csv &&
    head -21 all.csv | cmp - some.csv && ! "$marrow" patients -n 20 --seed 8 | cmp -s - some.csv
result $? "one seed, one table; a shorter one is its beginning"

"$marrow" patients -n 5 -o all.csv 2> stderr
[ $? -eq 2 ] && grep -q 'force replaces it' stderr && [ "$(wc -l < all.csv)" -eq 2001 ]
result $? "a table that is there stays"

awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next }
    { age = $c["patient.age_years"]; old += age >= 55; young += age < 47
      m = $c["patient.marrow_blast_fraction"]; low += m < 0.5; high += m > 0.9
      male += $c["patient.sex"] == "male"; bsa += $c["patient.bsa_m2"]
      x = log($c["cells.blast.cd22_per_cell"]); sum += x; squares += x * x; n++ }
    END { sd = sqrt(squares / n - (sum / n) ^ 2)
          printf "# below 47 years %.3f, from 55 %.3f; blasts below half %.3f, above 90 %% %.3f; men %.3f; BSA %.3f; ln CD22 SD %.3f\n",
              young / n, old / n, low / n, high / n, male / n, bsa / n, sd
          exit !(young / n > 0.46 && young / n < 0.54 && old / n > 0.33 && old / n < 0.40 && low / n > 0.28 && low / n < 0.35 &&
              high / n > 0.15 && high / n < 0.22 && male / n > 0.52 && male / n < 0.60 && bsa / n > 1.78 && bsa / n < 1.92 &&
              sd > 0.69 && sd < 0.80) }' all.csv
result $? "age, sex, burden, body surface and CD22 are those of INO-VATE"

head -3 some.csv > two.csv
"$marrow" sweep "$configs/population.yaml" --table two.csv -o out -q -s simulation.agents=5000 -s simulation.until_days=28 &&
    [ "$(wc -l < out/runs.csv)" -eq 3 ] && grep -q ',finished,' out/runs.csv
result $? "a sweep takes the table"

# The counts of entry are the patient's, and lie below the healthy ones.
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next }
    { e = $c["counts.platelets_entry_1e9_per_l"]; low += e < 60; hb += $c["counts.hb_entry_g_per_dl"]; n++
      if (e > $c["counts.platelets_base_1e9_per_l"] || $c["counts.neutrophils_entry_1e9_per_l"] > $c["counts.neutrophils_base_1e9_per_l"]) bad++ }
    END { printf "# platelets below 60 at entry %.3f, haemoglobin %.2f\n", low / n, hb / n
          exit !(!bad && low / n > 0.46 && low / n < 0.54 && hb / n > 9.3 && hb / n < 9.7) }' all.csv
result $? "they enter with low counts"

# The summary: ten patients made up, whose figures are known.
{
    echo "result,outcome_eligible,outcome_best_response,outcome_cr_day,outcome_transplant,outcome_transplant_day,outcome_response_cycle,outcome_mrd_negative,outcome_vod,outcome_vod_after_transplant,outcome_grade_hb,outcome_os_days,outcome_death,outcome_pfs_days,outcome_pfs_event"
    for i in 1 2 3 4 5 6 7 8 9 10; do
        case $i in [1-3]) best=CR,21 ;; 4) best=CR,150 ;; [5-7]) best=CRi, ;; *) best=NR, ;; esac
        echo "finished,true,$best,$([ "$i" -eq 4 ] && echo true,100 || echo false,),1,$([ "$i" -lt 7 ] && echo true || echo false),$([ "$i" -eq 4 ] && echo true,true || echo false,false),2,$((i * 30)),true,$((i * 9)),\"a, b\""
    done
    echo 'failed,true,CR,1,false,,1,true,false,false,4,1,true,1,x'
} > runs.csv
awk -f "$root/docs/population.awk" runs.csv > summary
grep -q '^10 patients, 1 left out' summary && grep -Eq '^E02 .* 7/ 10 +70.0 % \(39.7- 89.2\).*inside$' summary &&
    grep -Eq '^E03 .* 3/ 10 +30.0 %' summary && grep -Eq '^E04 .* 4/ 10 ' summary &&
    grep -Eq '^S10 +haemoglobin .* 0/ 10 .*off by -30.0$' summary &&
    grep -Eq '^E18 .* 1/ 10 ' summary && grep -Eq '^E13 .* 1.5 months' summary && grep -Eq '^E14 .* 4.9 months' summary && grep -q '^off: .*haemoglobin' summary
result $? "a summary says what is inside and what is off"
awk -v arm=comparator -f "$root/docs/population.awk" runs.csv > summary
grep -Eq '^E02 .*published 30.9, accepted 24-39  off by \+31.0' summary && grep -Eq '^E09 .*not reported$' summary &&
    grep -Eq '^E13 .*published  1.8, accepted 1.4-2.2  inside$' summary
result $? "and beside the comparator"

"$marrow" sweep "$configs/population-chemotherapy.yaml" --table two.csv -o other -q -s simulation.agents=5000 -s simulation.until_days=28 &&
    awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next }
        { if ($c["result"] != "finished" || $c["outcome_chemo_cycles"] < 1) bad = 1 } END { exit bad || NR != 3 }' other/runs.csv
result $? "the same patients take the comparator"

exit "$failures"
