/* SPDX-License-Identifier: Apache-2.0 */
#include "http/metrics.h"

const gint32 metrics_bounds_us[METRICS_BUCKETS] = { 50,    100,   250,   500,    1000,   2500,    5000,
	                                            10000, 25000, 50000, 100000, 250000, 1000000, 5000000 };

void route_stats_count(RouteStats *stats, gint status, gint64 us, gsize bytes)
{
	guint bucket = 0;
	guint hundreds = (guint)CLAMP(status / 100, 0, 5);

	while (bucket < METRICS_BUCKETS && us > metrics_bounds_us[bucket])
		bucket++;
	metrics_add(&stats->status[hundreds], 1);
	metrics_add(&stats->buckets[bucket], 1);
	metrics_add(&stats->sum_us, (guint64)MAX(us, 0));
	metrics_add(&stats->bytes, bytes);
}

void route_stats_sum(RouteStats *into, const RouteStats *from)
{
	for (guint i = 0; i < G_N_ELEMENTS(into->status); i++)
		into->status[i] += metrics_read(&from->status[i]);
	for (guint i = 0; i <= METRICS_BUCKETS; i++)
		into->buckets[i] += metrics_read(&from->buckets[i]);
	into->sum_us += metrics_read(&from->sum_us);
	into->bytes += metrics_read(&from->bytes);
}

void metrics_head(GString *out)
{
	g_string_append(out, "# HELP zhen_http_requests_total Requests answered, by route and class of status.\n"
	                     "# TYPE zhen_http_requests_total counter\n"
	                     "# HELP zhen_http_response_bytes_total Bytes of bodies sent.\n"
	                     "# TYPE zhen_http_response_bytes_total counter\n"
	                     "# HELP zhen_http_request_seconds From the head to the answer.\n"
	                     "# TYPE zhen_http_request_seconds histogram\n");
}

void route_stats_print(const RouteStats *stats, const char *method, const char *route, GString *out)
{
	guint64 count = 0;

	for (guint i = 0; i <= METRICS_BUCKETS; i++)
		count += stats->buckets[i];
	if (count == 0)
		return;
	for (guint i = 1; i < G_N_ELEMENTS(stats->status); i++)
		if (stats->status[i] > 0)
			g_string_append_printf(out,
			                       "zhen_http_requests_total{method=\"%s\",route=\"%s\",status=\"%uxx\"} %"
			                       G_GUINT64_FORMAT "\n",
			                       method, route, i, stats->status[i]);
	g_string_append_printf(out,
	                       "zhen_http_response_bytes_total{method=\"%s\",route=\"%s\"} %" G_GUINT64_FORMAT "\n",
	                       method, route, stats->bytes);
	count = 0;
	for (guint i = 0; i <= METRICS_BUCKETS; i++) {
		char bound[G_ASCII_DTOSTR_BUF_SIZE] = "+Inf";

		if (i < METRICS_BUCKETS)
			g_ascii_formatd(bound, sizeof(bound), "%g", metrics_bounds_us[i] / 1e6);
		count += stats->buckets[i];
		g_string_append_printf(out,
		                       "zhen_http_request_seconds_bucket{method=\"%s\",route=\"%s\",le=\"%s\"} %"
		                       G_GUINT64_FORMAT "\n",
		                       method, route, bound, count);
	}
	g_string_append_printf(out,
	                       "zhen_http_request_seconds_sum{method=\"%s\",route=\"%s\"} %" G_GUINT64_FORMAT
	                       ".%06u\n"
	                       "zhen_http_request_seconds_count{method=\"%s\",route=\"%s\"} %" G_GUINT64_FORMAT "\n",
	                       method, route, stats->sum_us / 1000000, (guint)(stats->sum_us % 1000000), method, route,
	                       count);
}
