/* SPDX-License-Identifier: Apache-2.0
 * CALL_PURGE: the plugin's handler removes a subject's personal fields; in the same transaction the host drops its stored
 * answers, its references of files and what is queued for it. After the COMMIT the files and the write-ahead log go; what is
 * in the way of that now is tried again each minute, also by the next process. */
#include <string.h>
#include "base/clock.h"
#include "base/log.h"
#include "runtime/events.h"

#define SUBJECT_MAX 200
#define WAIT_MS 3000  /* for readers of the write-ahead log, while somebody waits for the answer */
#define PAUSE_US 300000

typedef struct Leftover {
	char *kind, *subject, *digest;
	gint64 at;
	gboolean gone;
} Leftover;

static gint64 machine_ms(void)
{
	return g_get_real_time() / 1000; /* files carry the machine's own time, not a turned clock */
}

/* ---- in the transaction ---- */

static gboolean note(Call *call, StoreConn *conn, const char *digest, GError **error)
{
	zhen_value args[] = { zhen_from_text(call->purging->row->subject), zhen_from_text(call->purging->subject),
		              zhen_from_text(digest), zhen_from_int(machine_ms()) };

	return store_exec(conn, STORE_HOST,
	                  "INSERT INTO _purge(kind, subject, digest, at, done) VALUES($1, $2, $3, $4, 0) "
	                  "{{upsert kind, subject, digest}} at = excluded.at, done = 0",
	                  args, G_N_ELEMENTS(args), NULL, error);
}

void purge_dropped(Call *call, const char *digest)
{
	g_autoptr(GError) error = NULL;

	if (!call->failed && digest != NULL && !note(call, call->conn, digest, &error))
		exec_error(call, error);
}

static char *text_of(StoreStmt *stmt, guint column)
{
	zhen_value value;

	store_column(stmt, column, &value);
	return value.kind == ZHEN_KIND_TEXT ? g_strndup(value.as.text, value.length) : g_strdup("");
}

/* An argument is the subject itself: as a text or as a number. */
static gboolean names_subject(const char *args, const char *subject)
{
	g_autoptr(json_t) json = json_read(args, strlen(args), NULL);
	const char *name;
	json_t *value;

	json_object_foreach(json, name, value)
	{
		char number[24];

		g_snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
		if (g_strcmp0(json_is_integer(value) ? number : json_string_value(value), subject) == 0)
			return TRUE;
	}
	return FALSE;
}

static gboolean drop(StoreConn *conn, const char *sql, const char *text, gint64 *out_count, GError **error)
{
	zhen_value arg = zhen_from_text(text);

	if (!store_exec(conn, STORE_HOST, sql, &arg, 1, NULL, error))
		return FALSE;
	*out_count = store_changes(conn);
	return TRUE;
}

/* Jobs that nobody said a subject of: by the clock, or of before there was one. */
static gboolean find_nameless(StoreConn *conn, const char *subject, GArray *out, GError **error)
{
	StoreStmt *stmt =
		store_prepare(conn, STORE_HOST, "SELECT id, args FROM _job WHERE subject = ''", NULL, NULL, 0, error);
	StoreStep step = STORE_FAILED;

	while (stmt != NULL && (step = store_step(stmt, error)) == STORE_ROW) {
		g_autofree char *args = text_of(stmt, 1);
		zhen_value id;

		store_column(stmt, 0, &id);
		if (names_subject(args, subject))
			g_array_append_val(out, id);
	}
	if (stmt != NULL)
		store_reset(stmt);
	return step == STORE_DONE;
}

static gboolean drop_jobs(StoreConn *conn, const char *subject, gint64 *out_count, GError **error)
{
	g_autoptr(GArray) nameless = g_array_new(FALSE, FALSE, sizeof(zhen_value));

	if (!find_nameless(conn, subject, nameless, error) ||
	    !drop(conn, "DELETE FROM _job WHERE subject = $1", subject, out_count, error))
		return FALSE;
	for (guint i = 0; i < nameless->len; i++)
		if (!store_exec(conn, STORE_HOST, "DELETE FROM _job WHERE id = $1", &g_array_index(nameless, zhen_value, i), 1, NULL,
		                error))
			return FALSE;
	*out_count += nameless->len;
	return TRUE;
}

static gboolean drop_files(Call *call, StoreConn *conn, GError **error)
{
	zhen_value args[] = { zhen_from_text(call->purging->row->subject), zhen_from_text(call->purging->subject),
		              zhen_from_int(machine_ms()) };

	return store_exec(conn, STORE_HOST,
	                  "INSERT INTO _purge(kind, subject, digest, at, done) "
	                  "SELECT $1, $2, digest, $3, 0 FROM _blob WHERE subject = $2 ON CONFLICT DO NOTHING",
	                  args, 3, NULL, error) &&
	       store_exec(conn, STORE_HOST, "DELETE FROM _blob WHERE subject = $1", &args[1], 1, NULL, error) &&
	       store_exec(conn, STORE_HOST,
	                  "SELECT count(*) FROM _purge WHERE kind = $1 AND subject = $2 AND digest <> ''", args, 2,
	                  &call->purging->files, error);
}

static gboolean forget(Call *call, StoreConn *conn, GError **error)
{
	Purging *purging = call->purging;
	gint64 parked;

	if (!drop(conn, "DELETE FROM _idempotency WHERE subject = $1", purging->subject, &purging->answers, error) ||
	    !drop_jobs(conn, purging->subject, &purging->jobs, error) ||
	    /* The event itself names nobody; what a handler said of it may. */
	    !drop(conn, "UPDATE _parked SET error = '' WHERE subject = $1 AND error <> ''", purging->subject, &parked,
	          error) ||
	    !drop_files(call, conn, error))
		return FALSE;
	if (purging->again && purging->answers + purging->jobs + purging->files == 0)
		return TRUE; /* the time at which it was done stays */
	return note(call, conn, "", error);
}

static Call *call_of_job(StoreJob *job)
{
	return (Call *)((char *)job - G_STRUCT_OFFSET(Call, store_job));
}

static gboolean purge_run(StoreJob *job, StoreConn *conn)
{
	Call *call = call_of_job(job);
	g_autoptr(GError) error = NULL;

	exec_begin(call);
	exec_digest(call, call->runtime->request_digest);
	if (!exec_run(call, conn, TRUE))
		return FALSE;
	call->purging->again = call->status == ZHEN_NO_CONTENT;
	call->status = ZHEN_OK;
	if (forget(call, conn, &error))
		return TRUE;
	exec_error(call, error);
	return FALSE;
}

static gboolean purge_record(StoreJob *job, StoreConn *conn, gboolean kept, GError **error)
{
	Call *call = call_of_job(job);
	AuditRow row = exec_audit_row(call);

	(void)kept;
	return audit_append(call->runtime->audit, conn, &row, error);
}

/* ---- after the COMMIT ---- */

static void leftover_free(void *data)
{
	Leftover *left = data;

	g_free(left->kind);
	g_free(left->subject);
	g_free(left->digest);
	g_free(left);
}

static gboolean read_leftovers(StoreConn *conn, GPtrArray *out, GError **error)
{
	StoreStmt *stmt = store_prepare(conn, STORE_HOST, "SELECT kind, subject, digest, at FROM _purge WHERE done = 0", NULL,
	                                NULL, 0, error);
	StoreStep step = STORE_FAILED;

	while (stmt != NULL && (step = store_step(stmt, error)) == STORE_ROW) {
		Leftover *left = g_new0(Leftover, 1);
		zhen_value at;

		left->kind = text_of(stmt, 0);
		left->subject = text_of(stmt, 1);
		left->digest = text_of(stmt, 2);
		store_column(stmt, 3, &at);
		left->at = zhen_value_int(&at);
		g_ptr_array_add(out, left);
	}
	if (stmt != NULL)
		store_reset(stmt);
	return step == STORE_DONE;
}

/* FALSE: some are held. */
static gboolean remove_files(Runtime *runtime, GPtrArray *left)
{
	gboolean all = TRUE;

	for (guint i = 0; i < left->len; i++) {
		Leftover *one = left->pdata[i];
		g_autoptr(GError) error = NULL;
		gboolean held = FALSE;

		if (one->digest[0] == '\0')
			continue;
		one->gone = blob_remove(runtime->store, one->digest, one->at, &held, &error) && !held;
		if (error != NULL)
			log_write(LOG_ERROR, runtime->plugin->id, "a purged file stays: %s", error->message);
		all = all && one->gone;
	}
	return all;
}

typedef struct Settling {
	GPtrArray *left;
	gboolean all;
} Settling;

/* Only what was looked at: the same subject may have been purged again meanwhile. */
static gboolean settle(StoreConn *conn, void *data, GError **error)
{
	const Settling *settling = data;

	for (guint i = 0; i < settling->left->len; i++) {
		const Leftover *one = settling->left->pdata[i];
		zhen_value args[] = { zhen_from_text(one->kind), zhen_from_text(one->subject),
			              zhen_from_text(one->digest), zhen_from_int(one->at),
			              zhen_from_int(clock_now_ms()) };

		if (one->digest[0] == '\0' && settling->all &&
		    !store_exec(conn, STORE_HOST,
		                "UPDATE _purge SET done = $5 WHERE kind = $1 AND subject = $2 AND digest = $3 AND at = $4", args,
		                5, NULL, error))
			return FALSE;
		if (one->gone && !store_exec(conn, STORE_HOST,
		                             "DELETE FROM _purge WHERE kind = $1 AND subject = $2 AND digest = $3 AND at = $4",
		                             args, 4, NULL, error))
			return FALSE;
	}
	return TRUE;
}

gboolean purge_clean(Runtime *runtime, guint slot, gint64 wait_ms)
{
	g_autoptr(GPtrArray) left = g_ptr_array_new_with_free_func(leftover_free);
	g_autoptr(GError) error = NULL;
	StoreConn *conn = store_read(runtime->store, slot, &error);
	Settling settling = { left, FALSE };

	if (conn != NULL)
		store_read_budget(conn, FALSE);
	if (conn != NULL && read_leftovers(conn, left, &error) && left->len == 0)
		return TRUE;
	store_read_done(runtime->env->stores, slot); /* or this would be the reader in the way */
	if (error == NULL) {
		const gboolean files = remove_files(runtime, left);

		settling.all = store_forget(runtime->store, wait_ms, &error) && files;
	}
	if (error != NULL)
		log_write(error->code == ERROR_BUSY ? LOG_INFO : LOG_ERROR, runtime->plugin->id, "purged, not yet off the disk: %s",
		          error->message);
	g_clear_error(&error);
	if (!store_write_now(runtime->store, settle, &settling, &error))
		log_write(LOG_WARN, runtime->plugin->id, "purged, to be looked at again: %s", error->message);
	return settling.all;
}

/* ---- the answer ---- */

typedef struct Outcome {
	gboolean clean;
	gint64 since, until; /* what was made in between has the subject in it; until 0 = up to now */
} Outcome;

static void read_times(Call *call, StoreConn *conn, Outcome *out)
{
	const Purging *purging = call->purging;
	zhen_value args[] = { zhen_from_text(purging->subject), zhen_from_text(purging->row->subject) };

	store_read_budget(conn, FALSE);
	/* Proven where the first that is known of it is that it was made (201); what else was there before nobody knows. */
	if (!store_exec(conn, STORE_HOST,
	                "SELECT CASE WHEN outcome = 201 THEN at ELSE 0 END FROM _audit WHERE subject = $1 ORDER BY seq LIMIT 1",
	                args, 1, &out->since, NULL))
		out->since = 0;
	if (!store_exec(conn, STORE_HOST, "SELECT done FROM _purge WHERE subject = $1 AND kind = $2 AND digest = ''",
	                args, 2, &out->until, NULL))
		out->until = 0;
}

static void compose(Call *call, const Outcome *outcome)
{
	const Purging *purging = call->purging;
	g_autofree char *said = g_strndup(call->text->str, call->text->len);

	g_string_truncate(call->text, 0);
	json_out_init(&call->out, call->text);
	json_open(&call->out, NULL, FALSE);
	json_put_text(&call->out, "kind", purging->row->subject);
	json_put_text(&call->out, "subject", purging->subject);
	json_put_bool(&call->out, "again", purging->again);
	json_put_raw(&call->out, "removed", said[0] != '\0' ? said : "{}", said[0] != '\0' ? strlen(said) : 2);
	json_put_int(&call->out, "answers", purging->answers);
	json_put_int(&call->out, "jobs", purging->jobs);
	json_put_int(&call->out, "files", purging->files);
	json_put_bool(&call->out, "clean", outcome->clean);
	json_put_int(&call->out, "since", outcome->since);
	json_put_int(&call->out, "until", outcome->until);
	json_close_one(&call->out);
}

static void finish(void *data, guint slot)
{
	Call *call = data;
	const gint64 until = clock_mono_us() + WAIT_MS * 1000;
	Outcome outcome = { .clean = purge_clean(call->runtime, slot, WAIT_MS) };
	StoreConn *conn;

	while (!outcome.clean && clock_mono_us() < until) {
		g_usleep(PAUSE_US);
		outcome.clean = purge_clean(call->runtime, slot, 0);
	}
	conn = store_read(call->runtime->store, slot, NULL);
	if (conn != NULL)
		read_times(call, conn, &outcome);
	compose(call, &outcome);
	exec_post(call);
}

static void purge_done(StoreJob *job, const GError *error)
{
	Call *call = call_of_job(job);
	const Outcome later = { .clean = FALSE };

	if (error != NULL) {
		call->failed = FALSE; /* why it was lost outweighs what the handler said */
		call->outcome = g_error_copy(error);
		exec_post(call);
		return;
	}
	events_committed(call);
	if (call->failed || call->status >= 400) {
		exec_post(call);
	} else if (!pool_push(call->runtime->pool, finish, call, NULL)) {
		compose(call, &later);
		exec_post(call);
	}
}

/* ---- the way in ---- */

/* FALSE: refused, says why. */
static gboolean bind(Call *call)
{
	const Plugin *plugin = call->runtime->plugin;
	g_autoptr(json_t) body = json_read(call->request->body, call->request->body_length, NULL);
	const char *subject = json_string_value(json_object_get(body, "subject"));
	Extra extra;

	if (call->request->index >= plugin->n_purges) {
		exec_refuse(call, ZHEN_NOT_FOUND, "not-found", "模块没有声明这一类清除");
		return FALSE;
	}
	if (subject == NULL || subject[0] == '\0' || strlen(subject) > SUBJECT_MAX) {
		exec_refuse(call, ZHEN_INVALID, "bad-subject", "要说明清除的是哪一件，至多 %d 字节", SUBJECT_MAX);
		return FALSE;
	}
	call->purging = arena_alloc0(call->keep, sizeof *call->purging);
	call->purging->row = &plugin->purges[call->request->index];
	call->purging->subject = arena_strdup(call->keep, subject);
	call->handle = call->purging->row->handle;
	extra = (Extra){ "subject", zhen_from_text(call->purging->subject) };
	call->extra = g_array_new(FALSE, FALSE, sizeof(Extra));
	g_array_append_val(call->extra, extra);
	return TRUE;
}

gboolean purge_submit(Call *call)
{
	g_autoptr(GError) error = NULL;

	if (call->request->kind != CALL_PURGE)
		return FALSE;
	call->store_job = (StoreJob){ .run = purge_run, .record = purge_record, .done = purge_done };
	if (!bind(call)) {
		exec_answer(call);
	} else if (!store_submit(call->runtime->store, &call->store_job, &error)) {
		exec_error(call, error);
		exec_answer(call);
	}
	return TRUE;
}
