#!/bin/bash
# Blood counts and liver of a run, under a constant concentration, against R's deSolve on the equations written again.
. tests/script.sh

name="counts and liver of a year against deSolve"

Rscript -e 'library(deSolve)' > /dev/null 2>&1 || { echo "skip - $name: R's deSolve is missing; make deps-dev"; exit 0; }

"$marrow" run configs/untreated.yaml -o "$work/run" -q -s simulation.agents=1000 -s simulation.dt_h=4 -s simulation.until_days=365 \
    -s simulation.output_every_h=24 -s patient.marrow_blast_fraction=1e-12 -s patient.blood_blast_share=0 -s drug.pk=constant \
    -s drug.constant_ng_per_ml=60 -s clinic.enabled=true -s liver.sensitivity_ln_sd=0 -s liver.enzyme_ln_sd=0 \
    -s liver.finding_ln_sd=0 || { echo "not ok - $name"; exit 1; }

cat > "$work/check.R" <<'R'
library(deSolve)
run <- read.csv(file.path(commandArgs(TRUE)[1], "timeseries.csv"))
adc <- 60
chain <- function(y, base, mtt, gamma, slope, loss) {
  k <- 4 / mtt
  c(k * y[1] * ((1 - min(0.98, slope * adc)) * (base / y[5])^gamma - 1), k * (y[1:3] - y[2:4]), loss * (y[4] - y[5]))
}
# Five neutrophils, five platelets; conjugate in the liver, injury, stress, ALT, bilirubin.
slopes <- function(t, y, p) {
  liver <- y[11]; injury <- y[12]; stress <- y[13]; alt <- y[14]; bilirubin <- y[15]
  load <- 0.7 * liver + 0.3 * adc
  list(c(chain(y[1:5], 5.05, 89.3, 0.163, 3e-3, 4 / 89.3),
         chain(y[6:10], 250, 130, 0.20, 3.4e-3, 4 / 130),
         log(2) / 24 * (adc - liver),
         0.004 * load^2 / (300^2 + load^2) * (1 - injury) - log(2) / (14 * 24) * injury,
         log(2) / 48 * (load / (100 + load) - stress),
         log(2) / 47 * (26 * (1 + 1.6 * (stress + injury^2)) - alt),
         log(2) / 24 * (0.6 * (1 + 1 * stress) + 12 * injury^2 - bilirubin)))
}
start <- c(rep(5.05, 5), rep(250, 5), 0, 0, 0, 26, 0.6)
s <- ode(start, run$time_h, slopes, NULL, method = "lsoda", rtol = 1e-10, atol = 1e-10)
ours <- run[, c("anc_1e9_per_l", "platelets_1e9_per_l", "sinusoid_injury", "alt_u_per_l", "bilirubin_mg_per_dl")]
theirs <- s[, 1 + c(5, 10, 12, 14, 15)]
off <- apply(abs(as.matrix(ours) - theirs) / pmax(abs(theirs), 1e-3), 2, max)
cat("# largest difference:", paste(names(ours), signif(off, 2), collapse = ", "), "\n")
quit(status = if (all(off < 1e-4)) 0 else 1)
R
if Rscript "$work/check.R" "$work/run"; then echo "ok - $name"; else echo "not ok - $name"; exit 1; fi
