# A run week by week, from timeseries.csv: awk -f docs/weekly.awk out/label/timeseries.csv
BEGIN { FS = "," }
NR == 1 {
    for (i = 1; i <= NF; i++) at[$i] = i
    print ""
    print " day   plasma  in marrow   share of   blasts    B cells  CD22 free    DNA       agents  cells per"
    print "        ng/mL     blasts     marrow   per ul    per ul   per blast  breaks              blast agent"
    next
}
function field(name) { return $(at[name]) }
function show(name, format) { return field(name) == "" ? "-" : sprintf(format, field(name)) }
field("time_h") % 168 == 0 { row() }
function row() {
    printf "%4d %8s %10s %10s %8s %9s %11s %7s %12s %10s\n", field("time_h") / 24, show("adc_central_ng_ml", "%.1f"),
           show("blasts_marrow_cells", "%.2e"), show("marrow_blast_fraction", "%.1e"),
           show("blasts_blood_per_ul", "%.3g"), show("b_mature_per_ul", "%.3g"), show("cd22_free_per_blast", "%.0f"),
           show("damage_per_blast", "%.1f"), field("agents"), field("blast_weight")
}
