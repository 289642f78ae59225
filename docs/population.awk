# A population's results beside what INO-VATE reported, and where they are off:
#   awk -f docs/population.awk out/population/runs.csv
# Columns: n of whom, share with its 95 % interval (Wilson 1927), published, the range that is accepted, verdict. Ids, sources and
# ranges are those of configs/targets.csv. Fields of runs.csv may be quoted.
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
# "inside", or by how much x misses the range; "(by chance?)" where the interval reaches into it.
function verdict(x, lower, upper, lo, hi) {
    if (x >= lo && x <= hi) return "inside"
    return sprintf("off by %+.1f%s", x < lo ? x - lo : x - hi, lower <= hi && upper >= lo ? " (by chance?)" : "")
}
function share(id, text, hits, all, published, lo, hi,    p, z, middle, half) {
    if (!all) { printf "%-4s %-38s none to count\n", id, text; return }
    p = hits / all; z = 1.959964
    middle = 100 * (p + z * z / (2 * all)) / (1 + z * z / all)
    half = 100 * z * sqrt(p * (1 - p) / all + z * z / (4 * all * all)) / (1 + z * z / all)
    shown++
    v_ = verdict(100 * p, middle - half, middle + half, lo, hi)
    if (v_ != "inside") { off++; missed = missed "; " text " " v_ }
    printf "%-4s %-38s %3d/%3d %5.1f %% (%4.1f-%5.1f)  published %4.1f, accepted %g-%g  %s\n", id, text, hits, all, 100 * p,
        middle - half, middle + half, published, lo, hi, v_
}
# Kaplan-Meier's median in months; those without the event leave at their last day.
function median(days, event, n,    i, j, d, at_risk, alive) {
    for (i = 1; i <= n; i++) order[i] = i
    for (i = 2; i <= n; i++) {
        d = order[i]
        for (j = i; j > 1 && days[order[j - 1]] > days[d]; j--) order[j] = order[j - 1]
        order[j] = d
    }
    alive = 1
    for (i = 1; i <= n; i++) {
        at_risk = n - i + 1
        if (event[order[i]]) alive *= 1 - 1 / at_risk
        if (alive <= 0.5) return days[order[i]] / 30.4375
    }
    return -1
}
function months(id, text, m, published, lo, hi,    said) {
    said = m < 0 ? "not reached in the time simulated" : sprintf("%.1f months", m)
    v_ = m < 0 ? "" : verdict(m, m, m, lo, hi)
    if (v_ != "") shown++
    if (v_ != "" && v_ != "inside") { off++; missed = missed "; " text " " v_ }
    printf "%-4s %-38s %-28s  published %4.1f, accepted %g-%g  %s\n", id, text, said, published, lo, hi, v_
}
NR == 1 { n = fields($0, f); for (i = 1; i <= n; i++) col[f[i]] = i; next }
{
    fields($0, f)
    if (f[col["result"]] != "finished" || v("eligible") != "true") { left_out++; next }
    N++
    # The response before a transplant, as the trial counted it.
    best = v("best_response")
    if (best == "CR" && v("transplant") == "true" && v("cr_day") + 0 >= v("transplant_day") + 0) best = "CRi"
    if (best == "CR" || best == "CRi" || best == "CRh") {
        responders++; cycle[v("response_cycle")]++
        if (v("mrd_negative") == "true") negative++
    }
    if (best == "CR") cr++
    if (best == "CRi" || best == "CRh") cri++
    if (v("grade_anc") >= 3) anc++
    if (v("grade_platelets") >= 3) platelets++
    if (v("grade_hb") >= 3) hb++
    if (v("grade_wbc") >= 3) wbc++
    if (v("grade_lymphocytes") >= 3) lymphocytes++
    if (v("grade_ast") >= 3) ast++
    if (v("grade_alt") >= 3) alt++
    if (v("grade_bilirubin") >= 3) bilirubin++
    if (v("ae_infection") >= 3) infection++
    if (v("vod") == "true") { vod++; if (v("vod_after_transplant") == "true") vod_after++ }
    if (v("transplant") == "true") transplants++
    os[N] = v("os_days") + 0; died[N] = v("death") == "true"
    pfs[N] = v("pfs_days") + 0; event[N] = v("pfs_event") != ""
    deaths += died[N]
    if (os[N] > longest) longest = os[N]
}
END {
    printf "%d patients, %d left out (not eligible, or not finished), %.0f days\n", N, left_out, longest
    share("E02", "CR, CRh or CRi", responders, N, 73.8, 66, 80)
    share("E03", "CR", cr, N, 35.8, 27, 46)
    share("E04", "CRi or CRh", cri, N, 45, 35, 55)
    share("E05", "MRD-negative among responders", negative, responders, 78.4, 68, 87)
    share("E09", "response in cycle 1, of responders", cycle[1], responders, 73, 62, 82)
    share("E09", "response in cycle 2, of responders", cycle[2], responders, 24, 15, 34)
    share("E17", "transplanted", transplants, N, 48.2, 40, 56)
    share("S01", "VOD", vod, N, 14, 9, 20)
    share("S02", "VOD without transplant", vod - vod_after, N, 3, 1, 7)
    share("S03", "VOD after transplant", vod_after, transplants, 22.8, 14, 34)
    share("S10", "platelets of grade 3 or worse", platelets, N, 76, 66, 86)
    share("S10", "neutrophils of grade 3 or worse", anc, N, 86, 76, 96)
    share("S10", "haemoglobin of grade 3 or worse", hb, N, 40, 30, 50)
    share("S10", "leukocytes of grade 3 or worse", wbc, N, 82, 72, 92)
    share("S10", "lymphocytes of grade 3 or worse", lymphocytes, N, 71, 61, 81)
    share("S12", "infection of grade 3 or worse", infection, N, 28, 21, 36)
    share("S16", "AST of grade 3 or worse", ast, N, 4, 1, 8)
    share("S16", "ALT of grade 3 or worse", alt, N, 4, 1, 8)
    share("S16", "bilirubin of grade 3 or worse", bilirubin, N, 5, 2, 9)
    months("E13", "median without progression", median(pfs, event, N), 5, 3.7, 5.8)
    months("E14", "median survival", median(os, died, N), 7.7, 6, 9.2)
    printf "%d of %d died\n", deaths, N
    if (off) printf "off: %d of %d%s\n", off, shown, missed
    else printf "all %d inside\n", shown
}
