/* SPDX-License-Identifier: Apache-2.0
 * A runtime's life: opened, started, stopped. */
#include <string.h>
#include "base/clock.h"
#include "base/log.h"
#include "runtime/events.h"
#include "runtime/running.h"

typedef struct Hook {
	Runtime *runtime;
	CallKind kind;
	zhen_handle *handle;
} Hook;

/* start and stop run as calls of the host, in a transaction of their own with its audit row. */
static gboolean run_hook(StoreConn *conn, void *data, GError **error)
{
	Hook *hook = data;
	CallRequest request = {
		.kind = hook->kind,
		.caller = { .account = "host", .name = "", .body = "", .division = "", .on_behalf = "",
		            .permissions = G_MAXUINT64, .sees_all = TRUE },
		.now_ms = clock_now_ms(),
		.request_id = hook->kind == CALL_STOP ? "stop" : "start",
		.base_url = hook->runtime->env->base_url,
		.address = "",
	};
	Call *call = exec_new(hook->runtime, NULL, &request, NULL, NULL);
	gboolean fine;

	call->handle = hook->handle;
	fine = exec_run(call, conn, TRUE);
	if (fine && call->status != ZHEN_NO_CONTENT) {
		AuditRow row = exec_audit_row(call);

		fine = audit_append(hook->runtime->audit, conn, &row, error);
	} else if (!fine) {
		throw_error(error, ERROR_FAILED, "%s answered %d %s", request.request_id, call->status,
		            call->fail_text != NULL ? call->fail_text : "");
	}
	exec_free(call);
	return fine;
}

static gboolean hook(Runtime *runtime, CallKind kind, zhen_handle *handle, GError **error)
{
	Hook data = { runtime, kind, handle };

	return handle == NULL || store_write_now(runtime->store, run_hook, &data, error);
}

static gboolean runtime_open(Runtime *runtime, const StoreOptions *options, GError **error)
{
	const char *dir = runtime->env->anchors_dir;
	g_autofree char *anchors = dir != NULL ? g_strdup_printf("%s/%s.anchors", dir, runtime->plugin->id) : NULL;
	guint8 key[KEY_SIZE];

	runtime->store = store_open(runtime->env->stores, options, error);
	if (runtime->store == NULL)
		return FALSE;
	if (!store_migrate(runtime->store, runtime->plugin->migrations, sizeof(zhen_migration), NULL, error))
		return FALSE;
	if (!store_search(runtime->store, runtime->plugin->searches, runtime->plugin->n_searches, error))
		return FALSE;
	if (!parked_check_counts(runtime->store, error))
		return FALSE;
	if (runtime->plugin->n_subscriptions > 0 && !parked_recover(runtime, error))
		return FALSE;
	runtime->audit = audit_new(runtime->store, anchors, runtime->env->keys, runtime->plugin->id, error);
	if (runtime->audit == NULL)
		return FALSE;
	keys_derive(runtime->env->keys, "audit", key);
	runtime->request_digest = digest_new_keyed(key, sizeof key);
	return hook(runtime, CALL_START, runtime->plugin->start, error);
}

static void spare_free(gpointer data)
{
	Call *call = data;

	arena_free(call->keep);
	arena_free(call->arena);
	g_free(call);
}

Runtime *runtime_new(const RuntimeEnv *env, Pool *pool, const Plugin *plugin, const char *dir,
                     const StoreOptions *store, Settings *settings, GError **error)
{
	Runtime *runtime = g_new0(Runtime, 1);
	StoreOptions options = *store;

	runtime->env = env;
	runtime->pool = pool;
	runtime->plugin = plugin;
	runtime->dir = g_strdup(dir);
	runtime->settings = settings;
	features_note(runtime);
	pthread_mutex_init(&runtime->lock, NULL);
	runtime->personal = mask_names(plugin);
	runtime->running = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	runtime->slow_until = g_new0(gint64, plugin->n_routes + 1);
	runtime->spare = g_new0(GPtrArray *, env->loops + 1);
	for (guint i = 0; i < env->loops; i++)
		runtime->spare[i] = g_ptr_array_new_with_free_func(spare_free);
	options.dir = runtime->dir;
	options.name = plugin->id;
	options.version = plugin->version;
	if (!runtime_open(runtime, &options, error)) {
		prefix_error(error, "plugin %s", plugin->id);
		runtime->stopping = TRUE; /* never started: not stopped */
		runtime_free(runtime);
		return NULL;
	}
	return runtime;
}

void runtime_free(Runtime *runtime)
{
	g_autoptr(GError) error = NULL;

	if (runtime == NULL)
		return;
	g_clear_pointer(&runtime->upkeep, upkeep_free);
	if (!runtime->stopping && !hook(runtime, CALL_STOP, runtime->plugin->stop, &error))
		log_write(LOG_WARN, runtime->plugin->id, "stop: %s", error->message);
	runtime->stopping = TRUE;
	g_clear_error(&error);
	if (g_atomic_int_get(&runtime->calls) > 0)
		log_write(LOG_WARN, runtime->plugin->id, "%d calls unanswered at the end", runtime->calls);
	if (runtime->audit != NULL && !runtime_anchor(runtime, &error))
		log_write(LOG_ERROR, runtime->plugin->id, "audit head not anchored: %s", error->message);
	jobs_free(runtime);
	store_close(runtime->store);
	running_close(runtime->at_work);
	audit_free(runtime->audit);
	digest_free(runtime->request_digest);
	for (guint i = 0; i < runtime->env->loops; i++)
		g_ptr_array_unref(runtime->spare[i]);
	g_free(runtime->spare);
	g_free(runtime->slow_until);
	g_hash_table_unref(runtime->running);
	g_hash_table_unref(runtime->personal);
	pthread_mutex_destroy(&runtime->lock);
	settings_unref(runtime->settings);
	g_free(runtime->dir);
	g_free(runtime);
}

static gboolean nothing(StoreConn *conn, void *data, GError **error)
{
	(void)conn;
	(void)data;
	(void)error;
	return TRUE;
}

/* The queue is in order: when this is answered, all before it is. */
void runtime_drain(Runtime *runtime)
{
	g_autoptr(GError) error = NULL;

	while (!store_write_now(runtime->store, nothing, NULL, &error) &&
	       g_error_matches(error, ZHEN_ERROR_DOMAIN, ERROR_BUSY)) {
		g_clear_error(&error);
		g_usleep(1000);
	}
}

guint runtime_under_way(Runtime *runtime)
{
	return (guint)g_atomic_int_get(&runtime->calls);
}

void runtime_set_settings(Runtime *runtime, Settings *settings)
{
	Settings *before;

	pthread_mutex_lock(&runtime->lock);
	before = runtime->settings;
	runtime->settings = settings;
	features_note(runtime);
	pthread_mutex_unlock(&runtime->lock);
	settings_unref(before);
}

Store *runtime_store(Runtime *runtime)
{
	return runtime->store;
}

guint runtime_calls(const Runtime *runtime)
{
	return (guint)g_atomic_int_get(&runtime->calls);
}

void runtime_turn(const RuntimeEnv *env, guint loop_index)
{
	store_read_done(env->stores, loop_index);
}

gboolean runtime_anchor(Runtime *runtime, GError **error)
{
	return audit_anchor(runtime->audit, clock_now_ms(), error);
}
