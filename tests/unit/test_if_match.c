/* SPDX-License-Identifier: Apache-2.0
 * If-Match by RFC 9110: strong tags, lists of them, nothing that only looks like one. */
#include <criterion/criterion.h>
#include <string.h>
#include <zhen/zhen.h>

#include "base/log.h"
#include "testhost/world.h"

static gint tries; /* runs of edit */

static zhen_result reset(zhen_call *call)
{
	zhen_run(call, "DELETE FROM tried");
	zhen_run(call, "DELETE FROM sheet");
	zhen_run(call, "INSERT INTO sheet(id, version) VALUES(1, 3)");
	return zhen_ok(call);
}

/* Leaves a row of each try, also of one that turns out to be stale. */
static zhen_result edit(zhen_call *call)
{
	int64_t version = zhen_int(call, "version");

	g_atomic_int_inc(&tries);
	zhen_run(call, "INSERT INTO tried(version) VALUES($1)", version);
	if (zhen_run(call, "UPDATE sheet SET version = version + 1 WHERE id = 1 AND version = $1", version) == 0)
		return zhen_fail(call, 412, "stale", "旧");
	return zhen_ok(call);
}

static zhen_result look(zhen_call *call)
{
	return zhen_item(call, "SELECT version, (SELECT COUNT(*) FROM tried) AS tried FROM sheet WHERE id = 1");
}

static const zhen_migration migrations[] = {
	{ .number = 1, .sql = "CREATE TABLE sheet(id BIGINT NOT NULL PRIMARY KEY, version BIGINT NOT NULL);"
	                      "CREATE TABLE tried(version BIGINT NOT NULL)" },
	{ 0 },
};
static const zhen_field sheet[] = { { .name = "version", .type = ZHEN_INT }, { .name = "tried", .type = ZHEN_INT }, { 0 } };
static const zhen_route routes[] = {
	{ .path = "/sheet", .method = ZHEN_POST, .handle = reset, .flags = ZHEN_PUBLIC, .summary = "x" },
	{ .path = "/sheet", .method = ZHEN_PATCH, .handle = edit, .version = "version", .flags = ZHEN_PUBLIC, .summary = "x" },
	{ .path = "/sheet", .method = ZHEN_GET, .handle = look, .reply = sheet, .version = "version", .flags = ZHEN_PUBLIC, .summary = "x" },
	{ 0 },
};
enum { RESET, EDIT, LOOK };
ZHEN_PLUGIN(sheets, "1.0.0", .title = "sheets", .migrations = migrations, .routes = routes);

typedef struct Edits {
	World *world;
	Plugin *plugin;
	Pool *pool;
	Loop *loop;
	Runtime *runtime;
	CallReply *reply;
} Edits;

static void turn(void *data)
{
	runtime_turn(data, 0);
}

static void on_reply(void *data, CallReply *reply)
{
	Edits *edits = data;

	edits->reply = reply;
	loop_stop(edits->loop);
}

static gint call(Edits *edits, guint index, const char *if_match, char **out_body)
{
	CallRequest request = { .kind = CALL_ROUTE, .index = index, .caller = { "", "", "", "", "", 0, FALSE }, .now_ms = 1,
		                .request_id = "r", .base_url = "", .address = "", .if_match = if_match };
	gint status;

	edits->reply = NULL;
	runtime_submit(edits->runtime, edits->loop, &request, on_reply, edits);
	while (edits->reply == NULL)
		loop_run(edits->loop);
	status = edits->reply->status;
	if (out_body != NULL)
		*out_body = g_strdup(edits->reply->body->str);
	call_reply_free(edits->reply);
	return status;
}

static Edits edits_new(void)
{
	Edits edits = { 0 };
	g_autoptr(GError) error = NULL;
	StoreOptions store = { 0 };

	log_set_level(LOG_ERROR);
	edits.world = world_new(NULL, NULL, &error);
	cr_assert_not_null(edits.world, "%s", error != NULL ? error->message : "");
	edits.plugin = plugin_bind(&zhen_plugin_entry, &error);
	cr_assert_not_null(edits.plugin, "%s", error != NULL ? error->message : "");
	edits.pool = pool_new(&edits.world->env, 2);
	edits.loop = loop_new(0, NULL);
	loop_add_turn_hook(edits.loop, turn, &edits.world->env);
	g_autofree char *dir = g_build_filename(edits.world->dir, "edits", NULL);
	edits.runtime = runtime_new(&edits.world->env, edits.pool, edits.plugin, dir, &store,
	                             settings_from_json(edits.plugin, "{}", &error), &error);
	cr_assert_not_null(edits.runtime, "%s", error != NULL ? error->message : "");
	return edits;
}

static void edits_clear(Edits *edits)
{
	runtime_free(edits->runtime);
	pool_free(edits->pool);
	loop_free(edits->loop);
	plugin_free(edits->plugin);
	world_free(edits->world);
}

/* The sheet has version 3. */
static const struct {
	const char *if_match;
	gint status, tries;
} rows[] = {
	{ NULL, 428, 0 },
	{ "*", 428, 0 },
	{ "\"3\"", 200, 1 },
	{ "\"2\"", 412, 1 },
	{ " \"3\"\t", 200, 1 },
	{ "W/\"3\"", 412, 0 },
	{ "W/\"3\", \"3\"", 200, 1 },
	{ "\"2\", \"3\"", 200, 2 },
	{ "\"2\",\"1\" , \"3\",\"4\"", 200, 3 },
	{ "\"2\", \"4\"", 412, 2 },
	{ ",\"3\",,", 200, 1 },
	{ "\"abc\", \"3\"", 200, 1 },
	{ "\"abc\"", 412, 0 },
	{ "\"a,b\", \"3\"", 200, 1 },
	{ "\"\"", 412, 0 },
	{ "\"03\"", 412, 0 },
	{ "\"+3\"", 412, 0 },
	{ "\"99999999999999999999\"", 412, 0 },
	{ "3", 400, 0 },
	{ "\"3", 400, 0 },
	{ "3\"", 400, 0 },
	{ "\"3\" \"4\"", 400, 0 },
	{ "\"3\"4", 400, 0 },
	{ "w/\"3\"", 400, 0 },
	{ "W/ \"3\"", 400, 0 },
	{ "W/3", 400, 0 },
	{ "W/", 400, 0 },
	{ "\"3 4\"", 400, 0 },
	{ "*, \"3\"", 400, 0 },
	{ "\"3\", *", 400, 0 },
	{ ",", 400, 0 },
	{ " ", 400, 0 },
	{ "\"3\";", 400, 0 },
	{ "\"1\",\"1\",\"1\",\"1\",\"1\",\"1\",\"1\",\"1\",\"1\",\"1\",\"1\",\"1\",\"1\",\"1\",\"1\",\"1\",\"3\"", 400, 0 },
};

Test(if_match, each_form_of_the_header_is_answered_as_the_rfc_says, .timeout = 60)
{
	Edits edits = edits_new();

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *body = NULL, *left = NULL, *wanted = NULL;
		gint status;

		call(&edits, RESET, NULL, NULL);
		g_atomic_int_set(&tries, 0);
		status = call(&edits, EDIT, rows[i].if_match, &body);
		cr_expect_eq(status, rows[i].status, "%s: %d %s", rows[i].if_match, status, body);
		cr_expect_eq(g_atomic_int_get(&tries), rows[i].tries, "%s: tried %d times", rows[i].if_match, tries);
		cr_expect(status != 400 || strstr(body, "{\"field\":\"If-Match\"") != NULL, "%s: %s", rows[i].if_match,
		          body);
		/* One change at most, and nothing of the tries that were stale. */
		call(&edits, LOOK, NULL, &left);
		wanted = g_strdup_printf("{\"version\":%d,\"tried\":%d}", status == 200 ? 4 : 3, status == 200);
		cr_expect_str_eq(left, wanted, "%s: left %s", rows[i].if_match, left);
	}
	edits_clear(&edits);
}
