/* SPDX-License-Identifier: Apache-2.0
 * What http counts: each loop writes its own cells, so nothing is locked; who reads adds them up. */
#pragma once

#include <glib.h>

#define METRICS_BUCKETS 14
extern const gint32 metrics_bounds_us[METRICS_BUCKETS];

typedef struct RouteStats {
	guint64 status[6]; /* by hundreds: [2] = 2xx */
	guint64 buckets[METRICS_BUCKETS + 1];
	guint64 sum_us;
	guint64 bytes;
} RouteStats;

/* One writer each: a plain addition whose result other threads may read. */
static inline void metrics_add(guint64 *cell, guint64 n)
{
	__atomic_store_n(cell, *cell + n, __ATOMIC_RELAXED);
}
static inline guint64 metrics_read(const guint64 *cell)
{
	return __atomic_load_n(cell, __ATOMIC_RELAXED);
}

void route_stats_count(RouteStats *stats, gint status, gint64 us, gsize bytes);
void route_stats_sum(RouteStats *into, const RouteStats *from);
/* Appends the samples of one route. */
/* The format wants the lines of one family together. */
typedef enum MetricFamily { METRIC_REQUESTS, METRIC_BYTES, METRIC_SECONDS, METRIC_FAMILIES } MetricFamily;
void route_stats_print(const RouteStats *stats, MetricFamily family, const char *method, const char *route,
                       GString *out);
void metrics_head(MetricFamily family, GString *out); /* HELP and TYPE lines */
