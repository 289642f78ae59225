# A population's results beside what INO-VATE reported, and where they are off:
#   awk -f docs/population.awk out/population/runs.csv
#   awk -v arm=comparator -f docs/population.awk out/comparator/runs.csv      # chemotherapy
# Columns: n of whom, share with its 95 % interval (Wilson 1927), published, the range that is accepted, verdict. Ids, sources and
# ranges are those of configs/targets.csv. It has none for the comparator's S02, S03, S10, S12 and S16: ten points to either side of
# counts and infections, a few of rare events (A). Fields of runs.csv may be quoted.
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
# Published and accepted: of the conjugate's arm, then of the comparator's ("": not reported).
function target(published, lo, hi, published_2, lo_2, hi_2) {
    p_ = arm == "comparator" ? published_2 : published
    lo_ = arm == "comparator" ? lo_2 : lo
    hi_ = arm == "comparator" ? hi_2 : hi
}
function judged(text, x, lower, upper) {
    v_ = verdict(x, lower, upper, lo_, hi_)
    shown++
    if (v_ != "inside") { off++; missed = missed "; " text " " v_ }
    return sprintf("published %4.1f, accepted %g-%g  %s", p_, lo_, hi_, v_)
}
function share(id, text, hits, all,    p, z, middle, half, told) {
    if (!all) { printf "%-4s %-38s none to count\n", id, text; return }
    p = hits / all; z = 1.959964
    middle = 100 * (p + z * z / (2 * all)) / (1 + z * z / all)
    half = 100 * z * sqrt(p * (1 - p) / all + z * z / (4 * all * all)) / (1 + z * z / all)
    told = p_ == "" ? "not reported" : judged(text, 100 * p, middle - half, middle + half)
    printf "%-4s %-38s %3d/%3d %5.1f %% (%4.1f-%5.1f)  %s\n", id, text, hits, all, 100 * p, middle - half, middle + half, told
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
function months(id, text, m) {
    if (m < 0)
        printf "%-4s %-38s %-28s  published %4.1f, accepted %g-%g\n", id, text, "not reached in the time simulated", p_, lo_, hi_
    else
        printf "%-4s %-38s %-28s  %s\n", id, text, sprintf("%.1f months", m), judged(text, m, m, m)
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
    if (v("transplant") == "true") { transplants++; if (v("next_therapy_day") == "") direct++ }
    os[N] = v("os_days") + 0; died[N] = v("death") == "true"
    pfs[N] = v("pfs_days") + 0; event[N] = v("pfs_event") != ""
    deaths += died[N]
    if (os[N] > longest) longest = os[N]
}
END {
    printf "%d patients, %d left out (not eligible, or not finished), %.0f days\n", N, left_out, longest
    target(73.8, 66, 80, 30.9, 24, 39); share("E02", "CR, CRh or CRi", responders, N)
    target(35.8, 27, 46, 17.4, 11, 26); share("E03", "CR", cr, N)
    target(45, 35, 55, 11.9, 6, 20); share("E04", "CRi or CRh", cri, N)
    target(78.4, 68, 87, 28.1, 14, 47); share("E05", "MRD-negative among responders", negative, responders)
    target(73, 62, 82, ""); share("E09", "response in cycle 1, of responders", cycle[1], responders)
    target(24, 15, 34, ""); share("E09", "response in cycle 2, of responders", cycle[2], responders)
    target(48.2, 40, 56, 21.6, 16, 29); share("E17", "transplanted, after later lines too", transplants, N)
    target(39.6, 32, 48, 10.5, 6, 17); share("E18", "transplanted without a later line", direct, N)
    target(14, 9, 20, 2.1, 0, 6); share("S01", "VOD", vod, N)
    target(3, 1, 7, 0, 0, 1); share("S02", "VOD without transplant", vod - vod_after, N)
    target(22.8, 14, 34, 8.6, 0, 19); share("S03", "VOD after transplant", vod_after, transplants)
    target(76, 66, 86, 99, 89, 100); share("S10", "platelets of grade 3 or worse", platelets, N)
    target(86, 76, 96, 88, 78, 98); share("S10", "neutrophils of grade 3 or worse", anc, N)
    target(40, 30, 50, 70, 60, 80); share("S10", "haemoglobin of grade 3 or worse", hb, N)
    target(82, 72, 92, 98, 88, 100); share("S10", "leukocytes of grade 3 or worse", wbc, N)
    target(71, 61, 81, 91, 81, 100); share("S10", "lymphocytes of grade 3 or worse", lymphocytes, N)
    target(28, 21, 36, 54, 44, 64); share("S12", "infection of grade 3 or worse", infection, N)
    target(4, 1, 8, 4, 1, 8); share("S16", "AST of grade 3 or worse", ast, N)
    target(4, 1, 8, 4, 1, 8); share("S16", "ALT of grade 3 or worse", alt, N)
    target(5, 2, 9, 6, 3, 10); share("S16", "bilirubin of grade 3 or worse", bilirubin, N)
    target(5, 3.7, 5.8, 1.8, 1.4, 2.2); months("E13", "median without progression", median(pfs, event, N))
    target(7.7, 6, 9.2, 6.2, 4.8, 8.3); months("E14", "median survival", median(os, died, N))
    printf "%d of %d died\n", deaths, N
    if (off) printf "off: %d of %d%s\n", off, shown, missed
    else printf "all %d inside\n", shown
}
