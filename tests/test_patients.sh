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

exit "$failures"
