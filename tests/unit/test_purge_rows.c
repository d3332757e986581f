/* SPDX-License-Identifier: Apache-2.0
 * What the host itself keeps of a subject: queued jobs, and what was said of parked events. A purge takes those of the subject
 * and no others. */
#include <criterion/criterion.h>
#include <string.h>
#include "base/log.h"
#include "runtime/exec.h"
#include "testhost/world.h"

static zhen_result late(zhen_call *call)
{
	zhen_enqueue(call, "late", "number", "A-1");
	return zhen_ok(call);
}

/* Says whose it is before one job and after the other. */
static zhen_result queue(zhen_call *call)
{
	zhen_enqueue(call, "late", "n", 1);
	call->host->subject(call, zhen_text(call, "number"));
	zhen_enqueue(call, "late", "n", 2);
	return zhen_ok(call);
}

static zhen_result make(zhen_call *call)
{
	call->host->subject(call, zhen_text(call, "number"));
	return zhen_created(call, 1);
}

static zhen_result purge(zhen_call *call)
{
	return zhen_ok(call);
}

static const zhen_field number_field[] = { { .name = "number", .type = ZHEN_TEXT, .flags = ZHEN_REQUIRED }, { 0 } };
static const zhen_job jobs[] = { { .name = "late", .handle = late, .summary = "x" }, { 0 } };
static const zhen_purge purges[] = { { .subject = "case", .handle = purge, .summary = "x" }, { 0 } };
static const zhen_route routes[] = {
	{ .path = "/q",
	  .method = ZHEN_POST,
	  .handle = queue,
	  .fields = number_field,
	  .flags = ZHEN_PUBLIC,
	  .summary = "x" },
	{ .path = "/m",
	  .method = ZHEN_POST,
	  .handle = make,
	  .fields = number_field,
	  .flags = ZHEN_PUBLIC,
	  .summary = "x" },
	{ 0 },
};
enum { QUEUE, MAKE };
ZHEN_PLUGIN(owner, "1.0.0", .title = "owner", .jobs = jobs, .routes = routes, .purges = purges);

typedef struct Owner {
	World *world;
	Plugin *plugin;
	Pool *pool;
	Loop *loop;
	Runtime *runtime;
	CallReply *reply;
} Owner;

static void turn(void *data)
{
	runtime_turn(data, 0);
}

static Owner owner_new(void)
{
	Owner owner = { 0 };
	g_autoptr(GError) error = NULL;
	g_autofree char *dir = NULL;

	log_set_level(LOG_ERROR);
	owner.world = world_new(NULL, NULL, &error);
	cr_assert_not_null(owner.world, "%s", error != NULL ? error->message : "");
	owner.plugin = plugin_bind(&zhen_plugin_entry, &error);
	cr_assert_not_null(owner.plugin, "%s", error != NULL ? error->message : "");
	owner.pool = pool_new(&owner.world->env, 2);
	owner.loop = loop_new(0, NULL);
	loop_add_turn_hook(owner.loop, turn, &owner.world->env);
	dir = g_build_filename(owner.world->dir, "owner", NULL);
	owner.runtime = runtime_new(&owner.world->env, owner.pool, owner.plugin, dir, &(StoreOptions){ 0 },
	                            settings_from_json(owner.plugin, "{}", &error), &error);
	cr_assert_not_null(owner.runtime, "%s", error != NULL ? error->message : "");
	return owner;
}

static void owner_clear(Owner *owner)
{
	runtime_free(owner->runtime);
	pool_free(owner->pool);
	loop_free(owner->loop);
	plugin_free(owner->plugin);
	call_reply_free(owner->reply);
	world_free(owner->world);
}

static void on_reply(void *data, CallReply *reply)
{
	Owner *owner = data;

	owner->reply = reply;
	loop_stop(owner->loop);
}

static void call(Owner *owner, CallKind kind, guint index, const char *number, gint64 job_id, gint64 now_ms)
{
	const CallParam params[] = { { "number", number, strlen(number) } };
	g_autofree char *body = g_strdup_printf("{\"subject\":\"%s\"}", number);
	const gboolean route = kind == CALL_ROUTE;
	CallRequest request = { .kind = kind,
		                .index = index,
		                .caller = { "", "", "", "", "", 0, FALSE },
		                .now_ms = now_ms,
		                .request_id = "r",
		                .base_url = "",
		                .address = "",
		                .params = params,
		                .n_params = route ? 1 : 0,
		                .body = route ? NULL : body,
		                .body_length = route ? 0 : strlen(body),
		                .job_id = job_id };

	g_clear_pointer(&owner->reply, call_reply_free);
	runtime_submit(owner->runtime, owner->loop, &request, on_reply, owner);
	while (owner->reply == NULL)
		loop_run(owner->loop);
	cr_assert_lt(owner->reply->status, 300, "%d %s", owner->reply->status, owner->reply->body->str);
}

static gboolean exec(StoreConn *conn, void *data, GError **error)
{
	return store_exec(conn, STORE_HOST, data, NULL, 0, NULL, error);
}

static void write_sql(Owner *owner, const char *sql)
{
	g_autoptr(GError) error = NULL;

	cr_assert(store_write_now(runtime_store(owner->runtime), exec, (char *)sql, &error), "%s",
	          error != NULL ? error->message : "");
}

static gint64 read_sql(Owner *owner, const char *sql)
{
	StoreConn *conn = store_read(runtime_store(owner->runtime), owner->world->env.readers - 1, NULL);
	gint64 value = -1;

	cr_assert(store_exec(conn, STORE_HOST, sql, NULL, 0, &value, NULL), "%s", sql);
	store_read_done(owner->world->stores, owner->world->env.readers - 1);
	return value;
}

static gint64 said(const Owner *owner, const char *name)
{
	g_autoptr(json_t) json = json_read(owner->reply->body->str, owner->reply->body->len, NULL);

	return json_integer_value(json_object_get(json, name));
}

Test(purge_rows, a_job_is_of_the_subject_its_call_says_and_hands_it_down)
{
	Owner owner = owner_new();

	call(&owner, CALL_ROUTE, QUEUE, "A-1", 0, 1);
	call(&owner, CALL_ROUTE, QUEUE, "B-2", 0, 1);
	cr_expect_eq(read_sql(&owner, "SELECT COUNT(*) FROM _job WHERE subject = 'A-1'"), 2);
	cr_expect_eq(read_sql(&owner, "SELECT COUNT(*) FROM _job WHERE subject = 'B-2'"), 2);
	call(&owner, CALL_JOB, 0, "", read_sql(&owner, "SELECT MIN(id) FROM _job WHERE subject = 'B-2'"), 1);
	cr_expect_eq(read_sql(&owner, "SELECT COUNT(*) FROM _job WHERE subject = 'B-2'"), 2, "one ran, one came of it");
	call(&owner, CALL_PURGE, 0, "A-1", 0, 1);
	cr_expect_eq(said(&owner, "jobs"), 2);
	cr_expect_eq(read_sql(&owner, "SELECT COUNT(*) FROM _job"), 2, "those of the other went too, or hers stayed");
	owner_clear(&owner);
}

Test(purge_rows, a_job_of_nobody_goes_when_an_argument_is_the_subject_and_else_stays)
{
	static const struct {
		const char *args, *subject, *purged;
		gboolean goes;
	} rows[] = {
		{ "{\"number\":\"A-1\"}", "", "A-1", TRUE },
		{ "{\"number\":\"a-1\"}", "", "A-1", FALSE },
		{ "{\"number\":\"A-12\"}", "", "A-1", FALSE },
		{ "{\"id\":17}", "", "17", TRUE },
		{ "{\"id\":117}", "", "17", FALSE },
		{ "{\"id\":\"17\"}", "", "17", TRUE },
		{ "{\"days\":17}", "B-2", "17", FALSE },
		{ "{\"days\":\"17\"}", "B-2", "17", FALSE },
		{ "{}", "17", "17", TRUE },
		{ "{\"17\":1}", "", "17", FALSE },
		{ "no json", "", "17", FALSE },
		{ "{\"text\":\"100%\"}", "", "1", FALSE },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		Owner owner = owner_new();
		g_autofree char *sql = g_strdup_printf(
			"INSERT INTO _job(name, args, not_before, tries, error, subject) VALUES('late', '%s', "
			"9000000000000, 0, '', '%s')",
			rows[i].args, rows[i].subject);

		write_sql(&owner, sql);
		call(&owner, CALL_PURGE, 0, rows[i].purged, 0, 1);
		cr_expect_eq(read_sql(&owner, "SELECT COUNT(*) FROM _job"), rows[i].goes ? 0 : 1, "%s of %s",
		             rows[i].args, rows[i].subject);
		owner_clear(&owner);
	}
}

Test(purge_rows, what_a_handler_said_of_a_parked_event_goes_and_the_event_stays)
{
	Owner owner = owner_new();

	write_sql(&owner,
	          "INSERT INTO _parked(publisher, epoch, seq, topic, subject, division, at, body, code, error, tries, "
	          "not_before, "
	          "parked_at) VALUES('p', 1, 1, 't', 'A-1', '', 1, '{}', 'failed', 'of NAME', 1, 9000000000000, 1)");
	write_sql(&owner,
	          "INSERT INTO _parked(publisher, epoch, seq, topic, subject, division, at, body, code, error, tries, "
	          "not_before, "
	          "parked_at) VALUES('p', 1, 2, 't', 'B-2', '', 1, '{}', 'failed', 'of OTHER', 1, 9000000000000, 1)");
	call(&owner, CALL_PURGE, 0, "A-1", 0, 1);
	cr_expect_eq(read_sql(&owner, "SELECT COUNT(*) FROM _parked WHERE subject = 'A-1' AND error = ''"), 1);
	cr_expect_eq(read_sql(&owner, "SELECT COUNT(*) FROM _parked WHERE error = 'of OTHER'"), 1);
	owner_clear(&owner);
}

/* Backups of before that are not named, so it has to be sure. */
Test(purge_rows, since_when_it_is_known_is_said_only_where_it_was_made)
{
	Owner owner = owner_new();

	call(&owner, CALL_ROUTE, MAKE, "A-1", 0, 700);
	call(&owner, CALL_PURGE, 0, "A-1", 0, 800);
	cr_expect_eq(said(&owner, "since"), 700);
	call(&owner, CALL_ROUTE, QUEUE, "B-2", 0, 700);
	call(&owner, CALL_PURGE, 0, "B-2", 0, 800);
	cr_expect_eq(said(&owner, "since"), 0);
	owner_clear(&owner);
}
