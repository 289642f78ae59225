/* Charts of a run over time: the specifications are in charts.c, the charts view lays them out. */
#ifndef MARROW_CHARTS_H
#define MARROW_CHARTS_H

#include "chart.h"
#include "viewer.h"

enum { CHARTS_MOST = 12, CHART_CONJUGATE = 0, CHART_SHARE = 1 };

/* Numbers of the charts that have something to show; returns how many. */
int charts_shown(const Viewer *viewer, int shown[CHARTS_MOST]);

/* One of them, with values at the day looked at (NaN: now) in its legend. `below`: days beneath. */
void charts_draw(Viewer *viewer, int which, UiRect rect, bool below, double looked_at_day);

ChartAxis charts_days(const Viewer *viewer); /* the axis of time, for all of them */

#endif
