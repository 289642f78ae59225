# The picture in the README, from a run's timeseries.csv:
#   gnuplot -e "run='out/label'; picture='docs/label.svg'" docs/label.gp
set datafile separator ","
set terminal svg size 760,720 font "sans,13" background "white"
set output picture
series = run . "/timeseries.csv"
day(h) = h / 24.0

set multiplot layout 3,1 margins 0.12,0.97,0.09,0.98 spacing 0.035
set xrange [0:*]
set grid xtics ytics lt 1 lw 0.5 lc rgb "#dddddd"
set key top right opaque
set tics nomirror
set border 3
set format x ""
set xtics 14

set ylabel "conjugate, ng/mL" offset 1
set yrange [0:290]
plot series using (day(column("time_h"))):"adc_central_ng_ml" with lines lw 1.5 lc rgb "#1f77b4" title "plasma", \
     series using (day(column("time_h"))):"adc_marrow_ng_ml" with lines lw 1.5 lc rgb "#ff7f0e" title "marrow"

set ylabel "blasts, share of marrow" offset 1
set logscale y
set yrange [1e-7:2]
set ytics 10
set mytics 1
set format y "10^{%T}"
set label 1 "5 %: remission" at graph 0.99, first 0.022 right font ",11" textcolor rgb "#666666"
set label 2 "10^{-4}: MRD negative" at graph 0.99, first 2.5e-4 right font ",11" textcolor rgb "#666666"
plot 0.05 with lines dt 2 lc rgb "#666666" notitle, 1e-4 with lines dt 2 lc rgb "#666666" notitle, \
     series using (day(column("time_h"))):"marrow_blast_fraction" with lines lw 2 lc rgb "#d62728" notitle

unset label 1
unset label 2
set ylabel "B cells in blood, per ul" offset 1
set yrange [*:*]
set format x "%g"
set xlabel "day"
plot series using (day(column("time_h"))):"b_mature_per_ul" with lines lw 2 lc rgb "#2ca02c" notitle
unset multiplot
