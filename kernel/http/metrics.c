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

void metrics_head(MetricFamily family, GString *out)
{
	static const char *const heads[METRIC_FAMILIES] = {
		[METRIC_REQUESTS] = "# HELP zhen_http_requests_total Requests answered, by route and class of status.\n"
				    "# TYPE zhen_http_requests_total counter\n",
		[METRIC_BYTES] = "# HELP zhen_http_response_bytes_total Bytes of bodies sent.\n"
				 "# TYPE zhen_http_response_bytes_total counter\n",
		[METRIC_SECONDS] = "# HELP zhen_http_request_seconds From the head to the answer.\n"
				   "# TYPE zhen_http_request_seconds histogram\n",
	};

	g_string_append(out, heads[family]);
}

static void print_requests(const RouteStats *stats, const char *labels, GString *out)
{
	for (guint i = 1; i < G_N_ELEMENTS(stats->status); i++)
		if (stats->status[i] > 0)
			g_string_append_printf(out,
			                       "zhen_http_requests_total{%s,status=\"%uxx\"} %" G_GUINT64_FORMAT "\n",
			                       labels, i, stats->status[i]);
}

static void print_seconds(const RouteStats *stats, const char *labels, GString *out)
{
	guint64 count = 0;

	for (guint i = 0; i <= METRICS_BUCKETS; i++) {
		char bound[G_ASCII_DTOSTR_BUF_SIZE] = "+Inf";

		if (i < METRICS_BUCKETS)
			g_ascii_formatd(bound, sizeof(bound), "%g", metrics_bounds_us[i] / 1e6);
		count += stats->buckets[i];
		g_string_append_printf(out, "zhen_http_request_seconds_bucket{%s,le=\"%s\"} %" G_GUINT64_FORMAT "\n",
		                       labels, bound, count);
	}
	g_string_append_printf(out,
	                       "zhen_http_request_seconds_sum{%s} %" G_GUINT64_FORMAT ".%06u\n"
	                       "zhen_http_request_seconds_count{%s} %" G_GUINT64_FORMAT "\n",
	                       labels, stats->sum_us / 1000000, (guint)(stats->sum_us % 1000000), labels, count);
}

void route_stats_print(const RouteStats *stats, MetricFamily family, const char *method, const char *route,
                       GString *out)
{
	g_autofree char *labels = g_strdup_printf("method=\"%s\",route=\"%s\"", method, route);
	guint64 count = 0;

	for (guint i = 0; i <= METRICS_BUCKETS; i++)
		count += stats->buckets[i];
	if (count == 0)
		return;
	switch (family) {
	case METRIC_REQUESTS:
		print_requests(stats, labels, out);
		return;
	case METRIC_BYTES:
		g_string_append_printf(out, "zhen_http_response_bytes_total{%s} %" G_GUINT64_FORMAT "\n", labels,
		                       stats->bytes);
		return;
	default:
		print_seconds(stats, labels, out);
	}
}
