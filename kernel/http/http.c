/* SPDX-License-Identifier: Apache-2.0 */
#include "http/internal.h"

#include <unistd.h>

#define FILE_THREADS 2

static void copy_options(Http *http, const HttpOptions *options)
{
	http->options = *options;
	http->options.address = g_strdup(options->address != NULL ? options->address : "127.0.0.1");
	http->options.base_url = g_intern_string(options->base_url); /* handlers may read it when all of http is gone */
	http->options.access_log = g_strdup(options->access_log != NULL ? options->access_log : "");
	http->options.proxies = g_strdupv(options->proxies);
	http->options.site_title = g_strdup(options->site_title != NULL ? options->site_title : "Zhen");
}

static void default_limits(HttpLimits *limits)
{
	static const HttpLimits usual = {
		.header_bytes = 16 * 1024,
		.body_bytes = 1024 * 1024,
		.upload_bytes = 20 * 1024 * 1024,
		.uploads_per_ticket = 20,
		.upload_bytes_per_address = 200 * 1024 * 1024,
		.connections = 10000,
		.header_ms = 10 * 1000,
		.body_ms = 60 * 1000,
		.idle_ms = 75 * 1000,
		.call_ms = 60 * 1000,
		.streams = 1000,
		.streams_per_account = 8,
	};

#define USUAL(member) limits->member = limits->member > 0 ? limits->member : usual.member
	USUAL(header_bytes);
	USUAL(body_bytes);
	USUAL(upload_bytes);
	USUAL(uploads_per_ticket);
	USUAL(upload_bytes_per_address);
	USUAL(connections);
	USUAL(header_ms);
	USUAL(body_ms);
	USUAL(idle_ms);
	USUAL(call_ms);
	USUAL(streams);
	USUAL(streams_per_account);
#undef USUAL
}

Http *http_new(const HttpOptions *options, GError **error)
{
	Http *http;
	HttpLimits limits = options->limits;

	default_limits(&limits);
	if (limits.header_bytes > G_MAXUINT16 || limits.body_bytes > 64 * 1024 * 1024) {
		throw_error(error, ERROR_INVALID, "header limit is at most 64 KiB, body limit at most 64 MiB");
		return NULL;
	}
	http = g_new0(Http, 1);
	copy_options(http, options);
	http->options.limits = limits;
	http->port = options->port;
	http->adopted = http->listener = -1;
	http->host_router = router_new();
	http->host_entries = g_ptr_array_new_with_free_func((GDestroyNotify)route_entry_free);
	g_mutex_init(&http->lock);
	http->switched = g_ptr_array_new_with_free_func((GDestroyNotify)switches_unref);
	http->retired = g_ptr_array_new_with_free_func((GDestroyNotify)mount_table_free);
	http->mounts = g_ptr_array_new_with_free_func((GDestroyNotify)mount_free);
	http->table = mount_table_new(NULL, NULL);
	http->limits = limits_new(&(LimitsOptions){ .connections = limits.connections,
	                                            .connections_per_address = limits.connections_per_address,
	                                            .upload_bytes_per_address = limits.upload_bytes_per_address,
	                                            .writes_per_minute = limits.anonymous_writes_per_minute,
	                                            .writes_per_hour = limits.anonymous_writes_per_hour,
	                                            .codes_per_minute = limits.wrong_codes_per_minute });
	http->stream_limits = stream_limits_new();
	http->files = g_thread_pool_new(upload_sync, http, FILE_THREADS, FALSE, NULL);
	own_add(http);
	login_add(http);
	return http;
}

/* ---- loops ---- */

static gboolean admit(void *data, const char *address)
{
	return limits_enter(((HttpLoop *)data)->http->limits, address);
}

static void on_turn(void *data)
{
	HttpLoop *home = data;

	accesslog_flush(home->log);
	net_bury(home->net);
}

static HttpLoop *loop_join(Http *http, Loop *loop, GError **error)
{
	const HttpLimits *limits = &http->options.limits;
	AccessLog *log = accesslog_new(http->options.access_log, error);
	guint32 prefix;
	HttpLoop *home;

	if (log == NULL)
		return NULL;
	home = g_new0(HttpLoop, 1);
	home->http = http;
	home->loop = loop;
	home->index = loop_index(loop);
	home->log = log;
	home->orphans = g_hash_table_new(NULL, NULL);
	home->date_s = -1;
	random_bytes(&prefix, sizeof(prefix));
	g_snprintf(home->id_prefix, sizeof(home->id_prefix), "%08x", prefix);
	home->handler = (NetHandler){ .admit = admit,
		                      .ready = serve_ready,
		                      .late = serve_late,
		                      .gone = serve_gone,
		                      .data = home,
		                      .in_max = (gsize)limits->header_bytes + 1024 };
	home->handler.wait_us[WAIT_IDLE] = limits->idle_ms * 1000;
	home->handler.wait_us[WAIT_HEAD] = limits->header_ms * 1000;
	home->handler.wait_us[WAIT_BODY] = limits->body_ms * 1000;
	home->handler.wait_us[WAIT_CALL] = limits->call_ms * 1000;
	home->handler.wait_us[WAIT_SEND] = limits->idle_ms * 1000;
	home->handler.wait_us[WAIT_LINGER] = 2 * G_USEC_PER_SEC;
	/* What is followed may have nothing to say for years. */
	home->handler.wait_us[WAIT_STREAM] = G_MAXINT64 / 4;
	home->net = net_new(loop, &home->handler);
	loop_add_turn_hook(loop, on_turn, home);
	return home;
}

void http_adopt(Http *http, int fd)
{
	http->adopted = fd;
}

int http_listener(const Http *http)
{
	return http->listener;
}

static int listener_of(Http *http, guint *port, GError **error)
{
	const int adopted = http->adopted;

	http->adopted = -1;
	if (adopted >= 0 && net_is_bound(adopted, http->options.address, port))
		return adopted;
	if (adopted >= 0)
		close(adopted);
	return net_bind(http->options.address, port, http->n_loops == 0, error);
}

gboolean http_listen(Http *http, Loop *loop, GError **error)
{
	HttpLoop *home;
	guint port = http->port;
	int fd;

	g_assert(loop_index(loop) < HTTP_LOOPS_MAX);
	fd = listener_of(http, &port, error);
	if (fd < 0)
		return FALSE;
	home = loop_join(http, loop, error);
	if (home == NULL) {
		close(fd);
		return FALSE;
	}
	net_listen(home->net, fd);
	if (http->listener < 0)
		http->listener = fd;
	g_mutex_lock(&http->lock);
	http->port = port;
	http->loops[http->n_loops++] = home;
	g_mutex_unlock(&http->lock);
	return TRUE;
}

guint http_port(const Http *http)
{
	return http->port;
}

guint http_open_connections(const Http *http)
{
	return limits_open(http->limits);
}

static void run_drain(void *data)
{
	HttpLoop *home = data;

	net_close_listener(home->net);
	streams_stopping(home);
	net_bury(home->net);
}

static void run_reopen(void *data)
{
	HttpLoop *home = data;

	g_atomic_int_set(&home->reopening, 0);
	accesslog_reopen(home->log);
}

/* Each loop looks after its own sockets and log, so these are sent to them. */
void http_close_listeners(Http *http)
{
	g_mutex_lock(&http->lock);
	for (guint i = 0; i < http->n_loops; i++) {
		HttpLoop *home = http->loops[i];

		if (!g_atomic_int_compare_and_exchange(&home->draining, 0, 1))
			continue;
		home->drain = (LoopItem){ .run = run_drain, .data = home };
		loop_post(home->loop, &home->drain);
	}
	g_mutex_unlock(&http->lock);
}

void http_reopen_log(Http *http)
{
	g_mutex_lock(&http->lock);
	for (guint i = 0; i < http->n_loops; i++) {
		HttpLoop *home = http->loops[i];

		if (!g_atomic_int_compare_and_exchange(&home->reopening, 0, 1))
			continue; /* already on its way */
		home->reopen = (LoopItem){ .run = run_reopen, .data = home };
		loop_post(home->loop, &home->reopen);
	}
	g_mutex_unlock(&http->lock);
}

void http_loop_free(HttpLoop *home)
{
	while (home->spare != NULL) {
		HttpCall *spare = home->spare;

		home->spare = spare->spare;
		call_destroy(spare);
	}
	g_hash_table_unref(home->orphans);
	g_free(home);
}

static void loop_leave(HttpLoop *home)
{
	loop_remove_turn_hook(home->loop, on_turn, home);
	net_free(home->net);
	accesslog_free(home->log);
	/* A home that has not answered yet still reads its request: what it holds ends with its answer. */
	home->closed = TRUE;
	if (g_hash_table_size(home->orphans) == 0)
		http_loop_free(home);
}

void http_free(Http *http)
{
	if (http == NULL)
		return;
	if (http->adopted >= 0)
		close(http->adopted);
	g_thread_pool_free(http->files, FALSE, TRUE);
	for (guint i = 0; i < http->n_loops; i++)
		loop_leave(http->loops[i]);
	mount_table_free(http->table);
	g_ptr_array_unref(http->switched);
	g_ptr_array_unref(http->retired);
	g_ptr_array_unref(http->mounts);
	router_free(http->host_router);
	g_ptr_array_unref(http->host_entries);
	limits_free(http->limits);
	stream_limits_free(http->stream_limits);
	g_mutex_clear(&http->lock);
	g_free((char *)http->options.address);
	g_free((char *)http->options.access_log);
	g_strfreev(http->options.proxies);
	g_free((char *)http->options.site_title);
	g_free(http);
}

/* ---- metrics ---- */

static void print_entry(const RouteEntry *entry, MetricFamily family, GString *out)
{
	RouteStats sum = { 0 };

	for (guint i = 0; i < HTTP_LOOPS_MAX; i++) {
		const RouteStats *stats = g_atomic_pointer_get((RouteStats **)&entry->stats[i]);

		if (stats != NULL)
			route_stats_sum(&sum, stats);
	}
	route_stats_print(&sum, family, method_name(entry->method), entry->pattern, out);
}

void http_metrics(Http *http, GString *out)
{
	const MountTable *table = mount_table(http);
	RouteStats unmatched = { 0 };
	guint64 refused = 0;

	g_mutex_lock(&http->lock);
	for (guint i = 0; i < http->n_loops; i++) {
		route_stats_sum(&unmatched, &http->loops[i]->unmatched);
		refused += metrics_read(&http->loops[i]->refused);
	}
	g_mutex_unlock(&http->lock);
	for (MetricFamily family = 0; family < METRIC_FAMILIES; family++) {
		metrics_head(family, out);
		for (guint i = 0; i < http->host_entries->len; i++)
			print_entry(http->host_entries->pdata[i], family, out);
		for (guint i = 0; i < table->count; i++)
			for (guint j = 0; j < table->mounts[i]->entries->len; j++)
				print_entry(table->mounts[i]->entries->pdata[j], family, out);
		route_stats_print(&unmatched, family, "-", "-", out);
	}
	g_string_append_printf(out,
	                       "# TYPE zhen_http_connections gauge\nzhen_http_connections %u\n"
	                       "# TYPE zhen_http_streams gauge\nzhen_http_streams %u\n"
	                       "# TYPE zhen_http_refused_requests_total counter\nzhen_http_refused_requests_total %"
	                       G_GUINT64_FORMAT "\n"
	                       "# TYPE zhen_http_refused_connections_total counter\nzhen_http_refused_connections_total %"
	                       G_GUINT64_FORMAT "\n",
	                       limits_open(http->limits), stream_count(http), refused, limits_refused(http->limits));
}
