# A population's results beside what INO-VATE reported (configs/targets.csv has the sources):
#   awk -f docs/population.awk out/population/runs.csv
# Fields of runs.csv may be quoted; shares have exact standard errors of a binomial.
function fields(line, f,    n, i, c, q, s) {
    n = 1; s = ""; q = 0
    for (i = 1; i <= length(line); i++) {
        c = substr(line, i, 1)
        if (c == "\"") q = !q
        else if (c == "," && !q) { f[n++] = s; s = "" }
        else s = s c
    }
    f[n] = s
    return n
}
function v(name) { return f[col["outcome_" name]] }
function share(text, hits, all, published) {
    p = all ? hits / all : 0
    printf "%-46s %3d/%3d  %5.1f %% +- %4.1f   published %s\n", text, hits, all, 100 * p, all ? 100 * sqrt(p * (1 - p) / all) : 0, published
}
NR == 1 { n = fields($0, f); for (i = 1; i <= n; i++) col[f[i]] = i; next }
{
    fields($0, f)
    if (f[col["result"]] != "finished" || v("eligible") != "true") { left_out++; next }
    N++
    best = v("best_response")
    if (best == "CR" || best == "CRi" || best == "CRh") {
        responders++; days += v("response_day"); cycle[v("response_cycle")]++
        if (v("mrd_negative") == "true") negative++
    }
    if (best == "CR") cr++
    cycles += v("cycles_started")
    if (v("grade_anc") >= 3) anc++
    if (v("grade_platelets") >= 3) platelets++
    if (v("grade_hb") >= 3) hb++
    if (v("grade_lymphocytes") >= 3) lymphocytes++
    if (v("ae_infection") >= 3) infection++
    if (v("vod") == "true") { vod++; if (v("vod_after_transplant") == "true") vod_after++ }
    if (v("transplant") == "true") transplants++
    if (v("death") == "true") deaths++
}
END {
    printf "%d patients, %d left out (not eligible, or not finished)\n", N, left_out
    share("E01/E02 CR, CRh or CRi", responders, N, "80.7 and 73.8 %")
    share("E03     CR", cr, N, "35.8 %")
    share("E05     MRD-negative among them", negative, responders, "78.4 %")
    share("E09     response in cycle 1", cycle[1], responders, "73 %")
    share("E09     in cycle 2", cycle[2], responders, "24 %")
    share("E17     transplanted", transplants, N, "48.2 %")
    share("S01     VOD", vod, N, "14.0 % in two years")
    share("S03     VOD after transplant", vod_after, transplants, "22.8 %")
    share("S10     platelets of grade 3 or worse", platelets, N, "76 %")
    share("S10     neutrophils", anc, N, "86 %")
    share("S10     haemoglobin", hb, N, "40 %")
    share("S10     lymphocytes", lymphocytes, N, "71 %")
    share("S12     infection of grade 3 or worse", infection, N, "28 %")
    share("        died within the time simulated", deaths, N, "about 42 % at 6 months")
    if (responders) printf "mean day of response %.0f; mean cycles started %.1f (published median 3)\n", days / responders, cycles / N
}
