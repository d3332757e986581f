/* SPDX-License-Identifier: Apache-2.0
 * Start and stop: one ordered list, emptied backwards. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "daemon/admin.h"
#include "daemon/admin_routes.h"
#include "daemon/backup.h"
#include "daemon/crashes.h"
#include "daemon/demo_clock.h"
#include "daemon/events.h"
#include "daemon/signing.h"
#include "daemon/supervised.h"
#include "daemon/verbs.h"

#define LOCK_US (3 * G_USEC_PER_SEC) /* one that was killed may not be gone yet */

/* ---- steps, in order ---- */

/* What is against it is all said, whether it ends the start or leaves a plugin out. */
static gboolean start_verdict(Daemon *daemon, GError **error)
{
	daemon->verdict = verdict_new(daemon->conf_path, daemon->over);
	return verdict_pass(daemon->verdict, error);
}

static gboolean start_conf(Daemon *daemon, GError **error)
{
	const char *address, *url;

	(void)error;
	daemon->conf = g_steal_pointer(&daemon->verdict->conf);
	daemon->divisions = g_steal_pointer(&daemon->verdict->divisions);
	daemon->bodies = g_steal_pointer(&daemon->verdict->bodies);
	daemon->pilots = g_steal_pointer(&daemon->verdict->pilots);
	daemon->demo = daemon->verdict->demo;
	supervised_limits(daemon->conf);
	daemon->backup_dir = conf_path(daemon->conf, "host", "backup_dir");
	address = conf_text(daemon->conf, "host", "address");
	url = conf_text(daemon->conf, "host", "base_url");
	daemon->base_url = url[0] != '\0' ? g_strdup(url) :
	                                    g_strdup_printf(strchr(address, ':') != NULL ? "http://[%s]:%" G_GINT64_FORMAT :
	                                                                                   "http://%s:%" G_GINT64_FORMAT,
	                                                    address, conf_int(daemon->conf, "host", "port"));
	return TRUE;
}

static gboolean lock_data(int fd)
{
	const gint64 until = clock_mono_us() + LOCK_US;

	while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno != EWOULDBLOCK || clock_mono_us() > until)
			return FALSE;
		g_usleep(5000);
	}
	return TRUE;
}

static gboolean start_data(Daemon *daemon, GError **error)
{
	g_autofree char *lock = NULL;

	daemon->data = conf_path(daemon->conf, "host", "data");
	lock = g_build_filename(daemon->data, "zhend.lock", NULL);
	if (g_mkdir_with_parents(daemon->data, 0700) != 0)
		return throw_error(error, ERROR_IO, "数据目录 %s: %s", daemon->data, g_strerror(errno));
	daemon->lock_fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (daemon->lock_fd < 0 || !lock_data(daemon->lock_fd))
		return throw_error(error, ERROR_BUSY, "数据目录 %s 正被另一个 zhend 使用 (in use by another zhend)",
		                   daemon->data);
	/* Again, now that nobody else restores into it. */
	if (!restore_is_whole(daemon->data, error))
		return FALSE;
	daemon->anchors = g_build_filename(daemon->data, "anchors", NULL);
	if (g_mkdir_with_parents(daemon->anchors, 0700) != 0)
		return throw_error(error, ERROR_IO, "%s: %s", daemon->anchors, g_strerror(errno));
	daemon->keys = keys_load(daemon->data, error);
	return daemon->keys != NULL && signing_load(daemon, error);
}

static void each_turn(void *data)
{
	runtime_turn(data, 0);
}

static gboolean start_stores(Daemon *daemon, GError **error)
{
	guint threads = (guint)conf_int(daemon->conf, "host", "pool_threads");
	/* The front's loop and the bus's, the pool, and one slot for tools such as audit verify. */
	StoreHostOptions options = { .writers = (guint)conf_int(daemon->conf, "host", "writers"),
		                     .readers = 2 + threads + 1, .sql_log = g_getenv("ZHEN_SQL_LOG") };
	g_autofree char *dir = g_build_filename(daemon->data, "host", NULL);
	StoreOptions own = host_store_options(daemon->conf, dir, "host");

	daemon->stores = store_host_new(&options, error);
	if (daemon->stores == NULL)
		return FALSE;
	daemon->env = (RuntimeEnv){
		.stores = daemon->stores,
		.divisions = daemon->divisions,
		.bodies = daemon->bodies,
		.keys = daemon->keys,
		.sm2 = daemon->sm2,
		.readers = options.readers,
		.loops = 2,
		.idempotency_ms = conf_int(daemon->conf, "limits", "idempotency_time"),
		.idempotency_max = (guint)conf_int(daemon->conf, "limits", "idempotency_keys"),
		.page_limit = (guint)conf_int(daemon->conf, "limits", "page_rows"),
		.anchors_dir = daemon->anchors,
		.base_url = daemon->base_url,
	};
	delivery_settings(daemon);
	if (g_mkdir_with_parents(dir, 0700) != 0)
		return throw_error(error, ERROR_IO, "%s: %s", dir, g_strerror(errno));
	daemon->store = store_open(daemon->stores, &own, error);
	if (daemon->store == NULL || !host_audit_start(daemon, error) || !backups_table(daemon->store, error))
		return FALSE;
	daemon->loop = loop_new(0, error);
	if (daemon->loop == NULL)
		return FALSE;
	loop_add_turn_hook(daemon->loop, each_turn, &daemon->env);
	daemon->pool = pool_new(&daemon->env, threads);
	return TRUE;
}

static gboolean start_access(Daemon *daemon, GError **error)
{
	AccessOptions options = { daemon->store, daemon->conf, daemon->divisions, daemon->bodies, daemon->keys,
		                  daemon->demo };

	daemon->access = access_new(&options, error);
	return daemon->access != NULL;
}

static gboolean start_http(Daemon *daemon, GError **error)
{
	const Conf *conf = daemon->conf;
	const char *log = conf_text(conf, "host", "access_log");
	g_autofree char *log_path = log[0] != '\0' ? g_strdup(log) : g_build_filename(daemon->data, "access.log", NULL);
	g_auto(GStrv) proxies = conf_list(conf, "host", "proxies");
	HttpOptions options = {
		.address = conf_text(conf, "host", "address"),
		.port = (guint)conf_int(conf, "host", "port"),
		.limits = {
			.header_bytes = conf_int(conf, "limits", "header_bytes"),
			.body_bytes = conf_int(conf, "limits", "body_bytes"),
			.upload_bytes = conf_int(conf, "limits", "upload_bytes"),
			.uploads_per_ticket = (guint)conf_int(conf, "limits", "uploads_per_ticket"),
			.upload_bytes_per_address = conf_int(conf, "limits", "upload_bytes_per_address"),
			.anonymous_writes_per_minute = (guint)conf_int(conf, "limits", "anonymous_writes_per_minute"),
			.anonymous_writes_per_hour = (guint)conf_int(conf, "limits", "anonymous_writes_per_hour"),
			.wrong_codes_per_minute = (guint)conf_int(conf, "limits", "wrong_codes_per_minute"),
			.connections = (guint)conf_int(conf, "limits", "connections"),
			.connections_per_address = (guint)conf_int(conf, "limits", "connections_per_address"),
			.header_ms = conf_int(conf, "limits", "header_time"),
			.body_ms = conf_int(conf, "limits", "body_time"),
			.idle_ms = conf_int(conf, "limits", "idle_time"),
			.call_ms = conf_int(conf, "limits", "call_time"),
			.streams = (guint)conf_int(conf, "limits", "streams"),
			.streams_per_account = (guint)conf_int(conf, "limits", "streams_per_account"),
			.streams_per_address = (guint)conf_int(conf, "limits", "streams_per_address"),
		},
		.access = daemon->access,
		.keys = daemon->keys,
		.divisions = daemon->divisions,
		.bodies = daemon->bodies,
		.base_url = daemon->base_url,
		.access_log = log_path,
		.demo = daemon->demo,
		.proxies = proxies,
		.site_title = conf_text(conf, "host", "title"),
	};

	daemon->http = http_new(&options, error);
	if (daemon->http == NULL)
		return FALSE;
	routes_add(daemon);
	daemon->admin_routes = admin_routes_new(daemon);
	return TRUE;
}

static gboolean start_events(Daemon *daemon, GError **error)
{
	(void)error;
	g_atomic_pointer_set(&daemon->events, events_new(daemon));
	return TRUE;
}

static gboolean start_listening(Daemon *daemon, GError **error)
{
	access_seal(daemon->access);
	http_adopt(daemon->http, supervised_listener());
	if (!http_listen(daemon->http, daemon->loop, error))
		return FALSE;
	supervised_listening(http_listener(daemon->http));
	daemon->admin = admin_new(daemon, error);
	return daemon->admin != NULL;
}

typedef gboolean Step(Daemon *daemon, GError **error);

static Step *const start_order[] = {
	start_verdict, start_conf,    start_data,     crashes_start, plugins_load,    start_stores, start_access,
	start_http,    plugins_start, delivery_start, start_events,  start_listening,
};

/* ---- stopping ---- */

static void all_answered(void *data)
{
	Daemon *daemon = data;
	guint calls = delivery_under_way(daemon);

	for (guint i = 0; i < daemon->slots->len; i++) {
		const Slot *slot = daemon->slots->pdata[i];

		calls += slot->runtime != NULL ? runtime_calls(slot->runtime) : 0;
	}
	if (calls == 0 && http_open_connections(daemon->http) == 0)
		loop_stop(daemon->loop);
}

static void grace_over(void *data)
{
	Daemon *daemon = data;

	log_warn("%u connections still open after the grace", http_open_connections(daemon->http));
	loop_stop(daemon->loop);
}

static void stop(void *data)
{
	Daemon *daemon = data;

	if (daemon->stopping)
		return;
	daemon->stopping = TRUE;
	supervised_say("STOPPING=1");
	log_notice("stopping");
	for (guint i = 0; i < daemon->slots->len; i++) {
		Slot *slot = daemon->slots->pdata[i];

		if (slot->runtime != NULL)
			runtime_stop_jobs(slot->runtime);
	}
	delivery_stop(daemon);
	http_close_listeners(daemon->http);
	daemon->drain_timer = loop_timer_new(daemon->loop, 20, TRUE, all_answered, daemon);
	daemon->stop_timer = loop_timer_new(daemon->loop, MAX(conf_int(daemon->conf, "host", "stop_grace"), 1), FALSE,
	                                    grace_over, daemon);
}

static void reload(void *data)
{
	Daemon *daemon = data;
	g_autoptr(GError) error = NULL;
	g_autofree char *said = daemon_reload(daemon, &error);

	if (said == NULL)
		log_error("not reloaded, everything stays as it was: %s", error->message);
	http_reopen_log(daemon->http);
}

static void daemon_clear(Daemon *daemon)
{
	admin_stop(daemon->admin);
	admin_routes_stop(daemon->admin_routes);
	admin_free(daemon->admin);
	events_stop(daemon->events);
	if (daemon->drain_timer != NULL)
		loop_timer_free(daemon->drain_timer);
	if (daemon->stop_timer != NULL)
		loop_timer_free(daemon->stop_timer);
	/* What pool and writers still run after the grace reads requests and databases: first it ends. Connections end before
	 * the homes that answer them. */
	pool_free(daemon->pool);
	for (guint i = 0; daemon->slots != NULL && i < daemon->slots->len; i++)
		if (((Slot *)daemon->slots->pdata[i])->runtime != NULL)
			runtime_drain(((Slot *)daemon->slots->pdata[i])->runtime);
	delivery_stop(daemon);
	http_free(daemon->http);
	plugins_stop(daemon);
	events_free(daemon->events);
	delivery_free(daemon);
	demo_clock_free(daemon->demo_clock);
	g_clear_pointer(&daemon->slots, g_ptr_array_unref);
	access_free(daemon->access);
	g_clear_pointer(&daemon->plugins, g_ptr_array_unref);
	g_clear_pointer(&daemon->retired, g_ptr_array_unref);
	loop_free(daemon->loop);
	admin_routes_free(daemon->admin_routes);
	store_close(daemon->store);
	host_audit_free(daemon);
	store_host_free(daemon->stores);
	pilots_free(daemon->pilots);
	bodies_free(daemon->bodies);
	divisions_free(daemon->divisions);
	keys_free(daemon->keys);
	sm2_free(daemon->sm2);
	conf_free(daemon->conf);
	conf_free(daemon->started_conf);
	crashes_free(daemon->crashes);
	g_clear_pointer(&daemon->pending, g_ptr_array_unref);
	verdict_free(daemon->verdict);
	g_clear_pointer(&daemon->files, g_ptr_array_unref);
	if (daemon->lock_fd > 0)
		close(daemon->lock_fd);
	g_free(daemon->anchors);
	g_free(daemon->base_url);
	g_free(daemon->backup_dir);
	g_free(daemon->data);
}

/* ---- what a person at the terminal sees ---- */

static gboolean print_accounts(Daemon *daemon, GError **error)
{
	/* The main story's township (永定镇), else the first there is. */
	const Division *shown = divisions_find(daemon->divisions, "532327101000");
	g_auto(GStrv) lines = NULL;
	guint count;
	const Division *const *all = divisions_all(daemon->divisions, &count);

	for (guint i = 0; shown == NULL && i < count; i++)
		shown = all[i]->level == LEVEL_TOWNSHIP ? all[i] : NULL;
	if (shown == NULL)
		return TRUE;
	/* Every body has its account; the screen shows those of one township and what is above it. */
	for (guint i = 0; i < count; i++) {
		g_auto(GStrv) whole = all[i]->parent == NULL ? access_demo_accounts(daemon->access, all[i], error) : NULL;

		if (all[i]->parent == NULL && whole == NULL)
			return FALSE;
	}
	lines = access_demo_accounts(daemon->access, shown, error);
	if (lines == NULL)
		return FALSE;
	printf("  演示账号（密码均为 %s）：\n", ACCESS_DEMO_PASSWORD);
	for (guint i = 0; lines[i] != NULL; i++)
		printf("    %s\n", lines[i]);
	return TRUE;
}

static gboolean announce(Daemon *daemon, GError **error)
{
	printf("\n  %s\n  http://%s:%u/   (Ctrl-C 停止)\n", conf_text(daemon->conf, "host", "title"),
	        conf_text(daemon->conf, "host", "address"), http_port(daemon->http));
	if (daemon->demo && !print_accounts(daemon, error))
		return FALSE;
	printf("\n");
	fflush(stdout);
	supervised_say("READY=1");
	return TRUE;
}

/* `zhend --check`: zhenctl check says more. */
static gboolean check_run(const char *conf_path, const Overrides *over, GError **error)
{
	g_autoptr(Verdict) verdict = verdict_new(conf_path, over);
	g_autoptr(GString) text = g_string_new(NULL);

	verdict_databases(verdict);
	for (guint i = 0; i < verdict->complaints->len; i++) {
		const Complaint *complaint = verdict->complaints->pdata[i];

		if (!complaint->warning)
			g_string_append_printf(text, "%s%s", text->len > 0 ? "\n" : "", complaint->text);
	}
	return text->len == 0 || throw_error(error, ERROR_INVALID, "%s", text->str);
}

gboolean daemon_run(const char *conf_path, const Overrides *over, gboolean check_only, GError **error)
{
	Daemon daemon = { .conf_path = conf_path, .over = over, .started_ms = clock_now_ms(), .lock_fd = -1 };
	gboolean fine = TRUE;

	memory_give_back_large();
	umask(077); /* databases and files of people: not every program opens them by hand with a mode */
	if (check_only)
		return check_run(conf_path, over, error);
	for (guint i = 0; fine && i < G_N_ELEMENTS(start_order); i++)
		fine = start_order[i](&daemon, error);
	if (fine) {
		/* Before anybody is told that it runs: who then says at once that it is to end is heard. */
		loop_on_signal(daemon.loop, SIGINT, stop, &daemon);
		loop_on_signal(daemon.loop, SIGTERM, stop, &daemon);
		loop_on_signal(daemon.loop, SIGHUP, reload, &daemon);
		if (announce(&daemon, error))
			loop_run(daemon.loop);
	}
	daemon_clear(&daemon);
	return fine && (error == NULL || *error == NULL);
}
