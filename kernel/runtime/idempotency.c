/* SPDX-License-Identifier: Apache-2.0
 * Idempotency-Key: the answer of a committed call is kept in its own transaction and given again. */
#include <string.h>
#include "base/log.h"
#include "runtime/exec.h"

#define ANONYMOUS_KEY_MIN 22 /* characters: without an account only an unguessable key may name an answer */
#define KEY_MAX 128

/* A path alone is its POST; the other methods of a path have answers of their own. */
static const char *route_name(Call *call)
{
	return call->route->method == ZHEN_POST ?
	               call->route->path :
	               arena_printf(call->arena, "%s %s", method_name(call->route->method), call->route->path);
}

static char *running_name(Call *call)
{
	return arena_printf(call->keep, "%s\n%s\n%s", call->request->caller.account, route_name(call),
	                    call->request->idempotency_key);
}

gboolean idempotency_claim(Call *call)
{
	Runtime *runtime = call->runtime;
	const char *name = running_name(call);
	gboolean fresh;

	pthread_mutex_lock(&runtime->lock);
	fresh = g_hash_table_add(runtime->running, g_strdup(name));
	pthread_mutex_unlock(&runtime->lock);
	call->running_key = fresh;
	return fresh;
}

void idempotency_release(Call *call)
{
	if (!call->running_key)
		return;
	pthread_mutex_lock(&call->runtime->lock);
	g_hash_table_remove(call->runtime->running, running_name(call));
	pthread_mutex_unlock(&call->runtime->lock);
	call->running_key = FALSE;
}

static gboolean key_acceptable(Call *call)
{
	const char *key = call->request->idempotency_key;
	gsize length = strlen(key);

	if (length >= (call->request->caller.account[0] == '\0' ? ANONYMOUS_KEY_MIN : 1) && length <= KEY_MAX)
		return TRUE;
	exec_refuse(call, ZHEN_BAD_REQUEST, "bad-idempotency-key", "Idempotency-Key 长度应为 %d 至 %d 个字符",
	            call->request->caller.account[0] == '\0' ? ANONYMOUS_KEY_MIN : 1, KEY_MAX);
	return FALSE;
}

static void answer_again(Call *call, StoreStmt *stmt)
{
	zhen_value value;

	store_column(stmt, 1, &value);
	call->status = (gint)value.as.integer;
	store_column(stmt, 2, &value);
	call->location = value.length > 0 ? arena_strndup(call->arena, value.as.text, value.length) : NULL;
	store_column(stmt, 3, &value);
	g_string_truncate(call->text, 0);
	g_string_append_len(call->text, value.as.text, value.length);
	call->replayed = TRUE;
}

KeyState idempotency_look_up(Call *call, StoreConn *conn)
{
	g_autoptr(GError) error = NULL;
	zhen_value args[] = { zhen_from_text(call->request->caller.account), zhen_from_text(route_name(call)),
		              zhen_from_text(call->request->idempotency_key) };
	KeyState state = KEY_NEW;
	StoreStmt *stmt;
	zhen_value digest;

	if (!key_acceptable(call))
		return KEY_FAILED;
	stmt = store_prepare(conn, STORE_HOST,
	                     "SELECT digest, status, location, reply FROM _idempotency "
	                     "WHERE owner = $1 AND route = $2 AND key = $3",
	                     NULL, args, G_N_ELEMENTS(args), &error);
	switch (stmt != NULL ? store_step(stmt, &error) : STORE_FAILED) {
	case STORE_ROW:
		store_column(stmt, 0, &digest);
		if (strcmp(digest.as.text, call->request_digest) == 0) {
			answer_again(call, stmt);
			state = KEY_ANSWERED;
		} else {
			exec_refuse(call, ZHEN_INVALID, "idempotency-key-reused",
			            "刚才已经提交过一次，这次的内容与上次不同，没有再次提交；"
			            "如需修改，请到进度查询中办理，或重新打开表单");
			state = KEY_FAILED;
		}
		break;
	case STORE_FAILED:
		exec_error(call, error);
		state = KEY_FAILED;
		break;
	default:
		break;
	}
	if (stmt != NULL)
		store_reset(stmt);
	return state;
}

gboolean idempotency_store(Call *call, StoreConn *conn, GError **error)
{
	zhen_value args[] = {
		zhen_from_text(call->request->caller.account),
		zhen_from_text(route_name(call)),
		zhen_from_text(call->request->idempotency_key),
		zhen_from_text(call->request_digest),
		zhen_from_int(call->status),
		zhen_from_text(call->location != NULL ? call->location : ""),
		zhen_from_text(call->text->str),
		zhen_from_int(call->request->now_ms),
		zhen_from_text(exec_audit_row(call).subject),
	};

	return store_exec(conn, STORE_HOST,
	                  "INSERT INTO _idempotency(owner, route, key, digest, status, location, reply, at, subject) "
	                  "VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9)",
	                  args, G_N_ELEMENTS(args), NULL, error);
}

typedef struct Prune {
	gint64 before;
	gint64 most;
} Prune;

/* An owner over its share loses the oldest: those before the newest @most. */
static gboolean prune_owner(StoreConn *conn, const char *owner, gint64 most, GError **error)
{
	zhen_value args[] = { zhen_from_text(owner), zhen_from_int(most - 1) };
	gint64 since = 0;

	if (!store_exec(conn, STORE_HOST,
	                "SELECT at FROM _idempotency WHERE owner = $1 ORDER BY at DESC LIMIT 1 OFFSET $2", args,
	                G_N_ELEMENTS(args), &since, error))
		return FALSE;
	args[1] = zhen_from_int(since);
	return store_exec(conn, STORE_HOST, "DELETE FROM _idempotency WHERE owner = $1 AND at < $2", args,
	                  G_N_ELEMENTS(args), NULL, error);
}

static gboolean prune(StoreConn *conn, void *data, GError **error)
{
	const Prune *limits = data;
	zhen_value before = zhen_from_int(limits->before), most = zhen_from_int(limits->most);
	g_autoptr(GPtrArray) owners = g_ptr_array_new_with_free_func(g_free);
	StoreStep step = STORE_FAILED;
	StoreStmt *stmt;

	if (!store_exec(conn, STORE_HOST, "DELETE FROM _idempotency WHERE at < $1", &before, 1, NULL, error))
		return FALSE;
	stmt = store_prepare(conn, STORE_HOST, "SELECT owner FROM _idempotency GROUP BY owner HAVING COUNT(*) > $1",
	                     NULL, &most, 1, error);
	while (stmt != NULL && (step = store_step(stmt, error)) == STORE_ROW) {
		zhen_value owner;

		store_column(stmt, 0, &owner);
		g_ptr_array_add(owners, g_strndup(owner.as.text, owner.length));
	}
	if (step == STORE_FAILED)
		return FALSE;
	store_reset(stmt);
	for (guint i = 0; i < owners->len; i++)
		if (!prune_owner(conn, owners->pdata[i], limits->most, error))
			return FALSE;
	return TRUE;
}

void idempotency_prune(Runtime *runtime, gint64 now_ms)
{
	Prune limits = { now_ms - runtime->env->idempotency_ms, MAX(runtime->env->idempotency_max, 1) };
	g_autoptr(GError) error = NULL;

	if (!store_write_now(runtime->store, prune, &limits, &error))
		log_write(LOG_WARN, runtime->plugin->id, "old idempotency keys stay: %s", error->message);
}
