/* SPDX-License-Identifier: Apache-2.0
 * The test host: one plugin in either home, called without sockets. */
#include <string.h>
#include "base/clock.h"
#include "base/log.h"
#include "testhost/test.h"

#define START_MS G_GINT64_CONSTANT(1789693200000) /* 2026-09-18T09:00:00+08:00 */
#define POOL_THREADS 2
#define TEST_EPOCH 1

static GError *last_error; /* of a zhen_test_new that failed */

ZHEN_EXPORT zhen_test *zhen_test_new(const zhen_test_options *options);

/* ---- making ---- */

static char *settings_json(const char *const *pairs)
{
	GString *text = g_string_new(NULL);
	JsonOut out;

	json_out_init(&out, text);
	json_open(&out, NULL, FALSE);
	for (; pairs != NULL && pairs[0] != NULL; pairs += 2) {
		char *end;
		gint64 number = g_ascii_strtoll(pairs[1], &end, 10);

		if (pairs[1][0] != '\0' && *end == '\0')
			json_put_int(&out, pairs[0], number);
		else
			json_put_text(&out, pairs[0], pairs[1]);
	}
	json_close_one(&out);
	return g_string_free(text, FALSE);
}

static gboolean start_inproc(zhen_test *test, const char *json, GError **error)
{
	Settings *settings = settings_from_json(test->loaded->plugin, json, error);
	StoreOptions store = { 0 };

	if (settings == NULL)
		return FALSE;
	test->pool = pool_new(&test->world->env, POOL_THREADS);
	test->runtime =
		runtime_new(&test->world->env, test->pool, test->loaded->plugin, test->dir, &store, settings, error);
	if (test->runtime == NULL)
		return FALSE;
	test->home = home_new_inproc(test->runtime, test->loaded->plugin);
	runtime_run_jobs(test->runtime, test->loop);
	runtime_jobs_by_hand(test->runtime);
	return TRUE;
}

static gboolean start_worker(zhen_test *test, const char *plugin, const char *json, GError **error)
{
	const char *from_env = g_getenv("ZHEN_WORKER");
	g_auto(GStrv) divisions = g_strsplit(test->world->divisions_csv, ":", -1);
	const char *bodies[] = { test->world->bodies_csv, NULL };
	WorkerOptions options = {
		.worker_path = from_env != NULL ? from_env : ZHEN_WORKER_PATH,
		.plugin_path = plugin,
		.divisions = (const char *const *)divisions,
		.bodies = bodies,
		.dir = test->dir,
		.anchors_dir = test->world->anchors,
		.base_url = test->world->env.base_url,
		.sql_log = g_getenv("ZHEN_SQL_LOG"),
		.settings_json = json,
		.jobs_by_hand = TRUE,
		.keys = test->world->keys,
		.sm2 = test->world->sm2,
		.idempotency_ms = test->world->env.idempotency_ms,
		.idempotency_max = test->world->env.idempotency_max,
	};
	StoreOptions store = { .dir = test->dir, .name = test->loaded->plugin->id };

	test->home = home_new_worker(test->loop, &options, test->loaded->plugin, error);
	if (test->home == NULL)
		return FALSE;
	test->peek = store_open(test->world->stores, &store, error);
	return test->peek != NULL;
}

static void read_done(void *data)
{
	runtime_turn(data, 0);
}

static gboolean test_start(zhen_test *test, const zhen_test_options *options, GError **error)
{
	const char *home = g_getenv("ZHEN_TEST_HOME");
	g_autofree char *json = settings_json(options->settings);
	gboolean worker = options->worker != 0 || (home != NULL && strcmp(home, "worker") == 0);

	test->world = world_new(options->divisions, options->bodies, error);
	if (test->world == NULL)
		return FALSE;
	clock_stand(options->now != 0 ? options->now : START_MS);
	test->loop = loop_new(0, error);
	if (test->loop == NULL)
		return FALSE;
	loop_add_turn_hook(test->loop, read_done, &test->world->env);
	test->loaded = plugin_load(options->plugin, error);
	if (test->loaded == NULL)
		return FALSE;
	test->dir = g_build_filename(test->world->dir, test->loaded->plugin->id, NULL);
	zhen_test_as(test, "1", "government-990101101000", NULL, "*");
	return worker ? start_worker(test, options->plugin, json, error) : start_inproc(test, json, error);
}

zhen_test *zhen_test_new(const zhen_test_options *options)
{
	zhen_test *test = g_new0(zhen_test, 1);

	g_clear_error(&last_error);
	log_set_level(LOG_WARN);
	test->blob = g_byte_array_new();
	if (test_start(test, options, &last_error))
		return test;
	zhen_test_free(test);
	return NULL;
}

ZHEN_EXPORT void zhen_test_free(zhen_test *test)
{
	if (test == NULL)
		return;
	if (test->home != NULL)
		zhen_test_run_jobs(test); /* a run under way has its answer before the end */
	if (test->runtime != NULL)
		runtime_stop_jobs(test->runtime);
	store_close(test->peek);
	home_free(test->home);
	pool_free(test->pool);
	loaded_plugin_free(test->loaded);
	loop_free(test->loop);
	world_free(test->world);
	call_reply_free(test->reply);
	if (test->json != NULL)
		json_decref(test->json);
	g_byte_array_unref(test->blob);
	g_clear_error(&test->error);
	g_free(test->account);
	g_free(test->body);
	g_free(test->division);
	g_free(test->permissions);
	g_free(test->dir);
	g_free(test->text);
	g_free(test);
	clock_turn(0);
}

ZHEN_EXPORT const char *zhen_test_error(const zhen_test *test)
{
	const GError *error = test != NULL ? test->error : last_error;

	return error != NULL ? error->message : "";
}

/* ---- who ---- */

ZHEN_EXPORT void zhen_test_as(zhen_test *test, const char *account, const char *body, const char *division,
                              const char *permissions)
{
	const Body *known = body != NULL ? bodies_find(test->world->bodies, body) : NULL;
	g_autofree char *old[4] = { test->account, test->body, test->division, test->permissions };

	test->account = g_strdup(account);
	test->body = g_strdup(body != NULL ? body : "");
	test->division = g_strdup(division != NULL ? division : known != NULL ? known->division->code : "");
	test->permissions = g_strdup(permissions);
	for (guint i = 0; i < G_N_ELEMENTS(old); i++)
		g_clear_pointer(&old[i], g_free);
}

ZHEN_EXPORT void zhen_test_anonymous(zhen_test *test)
{
	zhen_test_as(test, "", NULL, "", "");
}

static guint64 permission_mask(const zhen_test *test, const char *permissions)
{
	const Plugin *plugin = test->loaded->plugin;
	g_auto(GStrv) words = g_strsplit(permissions, " ", -1);
	guint64 mask = 0;

	for (guint i = 0; i < plugin->n_permissions && i < 64; i++)
		if (g_strv_contains((const char *const *)words, "*") ||
		    g_strv_contains((const char *const *)words, plugin->permissions[i].name))
			mask |= G_GUINT64_CONSTANT(1) << i;
	return mask;
}

ZHEN_EXPORT void zhen_test_account(zhen_test *test, const char *id, const char *name, const char *body,
                                   const char *permissions)
{
	world_account(test->world, id, name, body, permission_mask(test, permissions));
}

/* ---- calling ---- */

/* "/cases/{id}/accept" against "/cases/7/accept": the parameters found are added to @params. */
static gboolean path_matches(const char *pattern, const char *path, GArray *params)
{
	g_auto(GStrv) want = g_strsplit(pattern, "/", -1);
	g_auto(GStrv) have = g_strsplit(path, "/", -1);
	guint before = params->len;

	if (g_strv_length(want) != g_strv_length(have))
		return FALSE;
	for (guint i = 0; want[i] != NULL; i++) {
		gsize length = strlen(want[i]);

		if (want[i][0] == '{') {
			CallParam param = { g_strndup(want[i] + 1, length - 2), g_uri_unescape_string(have[i], NULL),
				            0 };

			param.length = strlen(param.value);
			g_array_append_val(params, param);
		} else if (strcmp(want[i], have[i]) != 0) {
			g_array_set_size(params, before);
			return FALSE;
		}
	}
	return TRUE;
}

static void param_clear(gpointer data)
{
	CallParam *param = data;

	g_free((char *)param->name);
	g_free((char *)param->value);
}

static void query_params(const char *query, GArray *params)
{
	g_auto(GStrv) pairs = g_strsplit(query, "&", -1);

	for (guint i = 0; pairs[i] != NULL; i++) {
		char *equals = strchr(pairs[i], '=');
		CallParam param = { 0 };

		if (equals == NULL)
			continue;
		*equals = '\0';
		param.name = g_uri_unescape_string(pairs[i], NULL);
		param.value = g_uri_unescape_string(equals + 1, NULL);
		param.length = strlen(param.value);
		g_array_append_val(params, param);
	}
}

typedef struct Waiting {
	zhen_test *test;
	gboolean answered;
} Waiting;

static void on_reply(void *data, CallReply *reply)
{
	Waiting *waiting = data;

	call_reply_free(waiting->test->reply);
	waiting->test->reply = reply;
	waiting->answered = TRUE;
	loop_stop(waiting->test->loop);
}

static void keep_answer(zhen_test *test)
{
	g_autofree char *path = NULL;
	g_autofree char *bytes = NULL;
	gsize length = 0;

	if (test->json != NULL)
		json_decref(test->json);
	test->json = json_read(test->reply->body->str, test->reply->body->len, NULL);
	g_byte_array_set_size(test->blob, 0);
	if (test->reply->blob == NULL)
		return;
	path = g_strdup_printf("%s/blobs/%.2s/%s", test->dir, test->reply->blob, test->reply->blob);
	if (g_file_get_contents(path, &bytes, &length, NULL))
		g_byte_array_append(test->blob, (guint8 *)bytes, (guint)length);
}

static void submit_and_wait(zhen_test *test, CallRequest *request)
{
	Waiting waiting = { test, FALSE };

	test->home->submit(test->home, test->loop, request, on_reply, &waiting);
	while (!waiting.answered)
		loop_run(test->loop);
	keep_answer(test);
}

static gint find_route(zhen_test *test, const char *method, const char *path, GArray *params)
{
	const Plugin *plugin = test->loaded->plugin;

	for (guint i = 0; i < plugin->n_routes; i++)
		if (strcmp(method_name(plugin->routes[i].method), method) == 0 &&
		    strchr(plugin->routes[i].path, '{') == NULL && path_matches(plugin->routes[i].path, path, params))
			return (gint)i;
	for (guint i = 0; i < plugin->n_routes; i++)
		if (strcmp(method_name(plugin->routes[i].method), method) == 0 &&
		    path_matches(plugin->routes[i].path, path, params))
			return (gint)i;
	return -1;
}

ZHEN_EXPORT int32_t zhen_test_call_with(zhen_test *test, const char *method, const char *path, const char *json,
                                        const char *idempotency_key, const char *if_match)
{
	g_autoptr(GArray) params = g_array_new(FALSE, TRUE, sizeof(CallParam));
	g_auto(GStrv) parts = g_strsplit(path, "?", 2);
	gint route;

	g_array_set_clear_func(params, param_clear);
	route = find_route(test, method, parts[0], params);
	if (route < 0) {
		call_reply_free(test->reply);
		test->reply = call_reply_problem(404, "not-found", "没有这个地址", path);
		keep_answer(test);
		return 404;
	}
	if (parts[1] != NULL)
		query_params(parts[1], params);
	CallRequest request = {
		.kind = CALL_ROUTE,
		.index = (guint)route,
		.caller = { test->account, test->account[0] != '\0' ? "测试人员" : "", test->body, test->division, "",
		            permission_mask(test, test->permissions), FALSE },
		.now_ms = clock_now_ms(),
		.request_id = "test",
		.base_url = test->world->env.base_url,
		.address = "127.0.0.1",
		.params = (CallParam *)(void *)params->data,
		.n_params = params->len,
		.body = json,
		.body_length = json != NULL ? strlen(json) : 0,
		.accounts = (CallAccount *)(void *)test->world->accounts->data,
		.n_accounts = test->world->accounts->len,
		.idempotency_key = idempotency_key,
		.if_match = if_match,
	};
	submit_and_wait(test, &request);
	return test->reply->status;
}

ZHEN_EXPORT int32_t zhen_test_call(zhen_test *test, const char *method, const char *path, const char *json)
{
	return zhen_test_call_with(test, method, path, json, NULL, NULL);
}

/* ---- what only the host asks ---- */

static CallRequest request_of_host(const zhen_test *test, CallKind kind)
{
	return (CallRequest){
		.kind = kind,
		.caller = { .account = "host", .name = "", .body = "", .division = "", .on_behalf = "",
		            .permissions = G_MAXUINT64, .sees_all = TRUE },
		.now_ms = clock_now_ms(),
		.request_id = "test",
		.base_url = test->world->env.base_url,
		.address = "",
	};
}

ZHEN_EXPORT int32_t zhen_test_purge(zhen_test *test, const char *kind, const char *subject)
{
	const Plugin *plugin = test->loaded->plugin;
	g_autofree char *body = g_strdup_printf("{\"subject\":\"%s\"}", subject);
	CallRequest request = request_of_host(test, CALL_PURGE);

	while (request.index < plugin->n_purges && strcmp(plugin->purges[request.index].subject, kind) != 0)
		request.index++;
	request.body = body;
	request.body_length = strlen(body);
	submit_and_wait(test, &request);
	return test->reply->status;
}

/* One sequence for all publishers: each sees gaps, as in a log of many topics. */
ZHEN_EXPORT int32_t zhen_test_deliver(zhen_test *test, const char *topic, const char *subject, const char *json)
{
	g_autofree char *publisher = g_strndup(topic, strcspn(topic, "."));
	const CallEvent event = {
		.position = { TEST_EPOCH, ++test->delivered },
		.topic = topic,
		.subject = subject,
		.division = "",
		.body = json,
		.body_length = strlen(json),
		.at_ms = clock_now_ms(),
	};
	CallRequest request = request_of_host(test, CALL_EVENTS);

	request.publisher = publisher;
	request.events = &event;
	request.n_events = 1;
	request.after = (LogPosition){ TEST_EPOCH, 0 }; /* how far its cursor has come is nobody's question here */
	request.upto = event.position;
	submit_and_wait(test, &request);
	if (test->reply->status != ZHEN_OK || zhen_test_int(test, "parked") == 0)
		return test->reply->status;
	return zhen_test_value(test, "outcome") != NULL ? (int32_t)zhen_test_int(test, "outcome") : ZHEN_ACCEPTED;
}

/* ---- the clock ---- */

ZHEN_EXPORT void zhen_test_turn_to(zhen_test *test, int64_t now)
{
	clock_stand(now);
	home_turn_clock(test->home);
	zhen_test_run_jobs(test);
}

static void settled(void *data)
{
	Waiting *waiting = data;

	waiting->answered = TRUE;
	loop_stop(waiting->test->loop);
}

ZHEN_EXPORT void zhen_test_run_jobs(zhen_test *test)
{
	Waiting waiting = { test, FALSE };

	home_settle_jobs(test->home, settled, &waiting);
	while (!waiting.answered)
		loop_run(test->loop);
}
