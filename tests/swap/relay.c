/* SPDX-License-Identifier: Apache-2.0
 * The plugin that is swapped under load, one build per version: RELAY_N is how often its schema grew, RELAY_AGAIN tells builds of
 * one schema apart, and each of the RELAY_ words makes one that must be refused. Every row and every answer says which
 * version made it. No row is looked for before it is written: what comes twice stands there twice. */
#include <time.h>
#include <zhen/zhen.h>

#ifndef RELAY_AGAIN
#define RELAY_AGAIN 0
#endif
#define TEXT_(x) #x
#define TEXT(x) TEXT_(x)
#define VERSION "1." TEXT(RELAY_N) "." TEXT(RELAY_AGAIN)
#define GROWN "grown" TEXT(RELAY_N) /* the column that this version brought, and that none before it can know */

/* Rows beyond RELAY_N are zero, so the table ends there. */
#define GROW(n)                                             \
	{ .number = RELAY_N >= (n) ? (n) + 1 : 0,           \
	  .sql = RELAY_N >= (n) ? "ALTER TABLE entry ADD COLUMN grown" #n " BIGINT NOT NULL DEFAULT 0" : NULL }

static const zhen_migration migrations[] = {
	{ .number = 1,
	  .sql = "CREATE TABLE entry(id {{id}}, township TEXT NOT NULL, token TEXT NOT NULL, version TEXT NOT NULL, "
		 "grown0 BIGINT NOT NULL DEFAULT 0);"
		 "CREATE INDEX entry_township ON entry(township, id);"
		 "CREATE TABLE file(id {{id}}, token TEXT NOT NULL, digest TEXT NOT NULL, version TEXT NOT NULL);"
		 "CREATE TABLE taken(id {{id}}, number BIGINT NOT NULL, event TEXT NOT NULL, version TEXT NOT NULL)" },
	GROW(1), GROW(2), GROW(3), GROW(4), GROW(5), GROW(6), GROW(7), GROW(8), GROW(9),
#ifdef RELAY_BAD_MIGRATION
	/* Right on an empty database; in one with two entries of a township it fails. */
	{ .number = RELAY_N + 2,
	  .sql = "CREATE TABLE place(township TEXT NOT NULL PRIMARY KEY);"
		 "INSERT INTO place(township) SELECT township FROM entry" },
#elif defined(RELAY_BREAKING)
	/* The version that runs would not find its column. */
	{ .number = RELAY_N + 2, .sql = "ALTER TABLE file RENAME COLUMN digest TO sm3" },
#endif
	{ 0 },
};

static const zhen_permission permissions[] = { { .name = "relay.use", .title = "使用" }, { 0 } };

/* ---- entries ---- */

static const zhen_field new_entry[] = {
	{ .name = "township", .type = ZHEN_DIVISION, .flags = ZHEN_REQUIRED, .label = "乡镇" },
	{ .name = "token", .type = ZHEN_TEXT, .flags = ZHEN_REQUIRED, .label = "标记" },
	{ 0 },
};

static const zhen_field added[] = {
	{ .name = "number", .type = ZHEN_INT },
	{ .name = "token", .type = ZHEN_TEXT },
	{ .name = "township", .type = ZHEN_DIVISION },
	{ 0 },
};

static const zhen_topic topics[] = {
	{ .name = "relay.entry.added", .fields = added, .scope = "township", .permission = "relay.use",
	  .summary = "an entry was added" },
	{ 0 },
};

static zhen_result add(zhen_call *call)
{
	int64_t id = zhen_insert(
		call, "INSERT INTO entry(township, token, version, " GROWN ") VALUES($1, $2, $3, $4) RETURNING id",
		zhen_text(call, "township"), zhen_text(call, "token"), VERSION, RELAY_N);

	zhen_emit(call, "relay.entry.added", "number", id, "token", zhen_text(call, "token"), "township",
	          zhen_text(call, "township"));
	zhen_put(call, "token", zhen_text(call, "token"));
	zhen_put(call, "version", VERSION);
	return zhen_created(call, id);
}

static zhen_result list(zhen_call *call)
{
	return zhen_page(call, "SELECT id, township, token, " GROWN " AS grown, $1 AS version FROM entry "
	                       "WHERE {{scope township}} {{page id DESC}}", VERSION);
}

static const zhen_field one[] = { { .name = "id", .type = ZHEN_INT, .flags = ZHEN_REQUIRED }, { 0 } };

static zhen_result show(zhen_call *call)
{
	return zhen_item(call, "SELECT id, township, token, " GROWN " AS grown, $2 AS version FROM entry "
	                       "WHERE id = $1 AND {{scope township}}", zhen_int(call, "id"), VERSION);
}

/* ---- files ---- */

static const zhen_field new_file[] = {
	{ .name = "token", .type = ZHEN_TEXT, .flags = ZHEN_REQUIRED, .label = "标记" },
	{ .name = "file", .type = ZHEN_FILE, .flags = ZHEN_REQUIRED, .label = "文件" },
	{ 0 },
};

static zhen_result add_file(zhen_call *call)
{
	const char *digest = zhen_text(call, "file");
	int64_t id = zhen_insert(call, "INSERT INTO file(token, digest, version) VALUES($1, $2, $3) RETURNING id",
	                         zhen_text(call, "token"), digest, VERSION);

	call->host->blob_keep(call, digest, zhen_text(call, "token"));
	zhen_put(call, "token", zhen_text(call, "token"));
	zhen_put(call, "version", VERSION);
	return zhen_created(call, id);
}

static zhen_result show_file(zhen_call *call)
{
	const zhen_row *row = zhen_one(call, "SELECT digest FROM file WHERE id = $1", zhen_int(call, "id"));

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这个文件");
	return call->host->send_blob(call, zhen_column_text(row, "digest"), "application/octet-stream", "file");
}

static const zhen_field whose[] = { { .name = "token", .type = ZHEN_TEXT, .flags = ZHEN_REQUIRED, .label = "标记" }, { 0 } };

static zhen_result ticket(zhen_call *call)
{
	zhen_put(call, "ticket", call->host->ticket(call, zhen_text(call, "token"), 3600 * 1000));
	zhen_put(call, "version", VERSION);
	return zhen_ok(call);
}

/* ---- what the pump gives ---- */

static const zhen_field fell[] = { { .name = "number", .type = ZHEN_INT, .flags = ZHEN_REQUIRED }, { 0 } };

static zhen_result take(zhen_call *call)
{
	zhen_run(call, "INSERT INTO taken(number, event, version) VALUES($1, $2, $3)", zhen_int(call, "number"),
	         zhen_text(call, "event_id"), VERSION);
	return zhen_ok(call);
}

static const zhen_subscription subscriptions[] = {
	{ .topic = "pump.drop.fell", .handle = take, .fields = fell },
	{ 0 },
};

static zhen_result count(zhen_call *call)
{
	return zhen_item(call, "SELECT (SELECT COALESCE(MAX(id), 0) FROM entry) AS entries, "
	                       "(SELECT COALESCE(MAX(id), 0) FROM taken) AS taken, $1 AS version", VERSION);
}

/* ---- the plugin ---- */

#define ROUTE(method_, path_, handle_, fields_, ...) \
	{ .method = method_, .path = path_, .handle = handle_, .fields = fields_, .permission = "relay.use", __VA_ARGS__ }

static const zhen_route routes[] = {
	ROUTE(ZHEN_POST, "/entries", add, new_entry, .subject = "token", .summary = "记一条"),
	ROUTE(ZHEN_GET, "/entries", list, NULL, .summary = "查看"),
	ROUTE(ZHEN_GET, "/entries/{id}", show, one, .summary = "查看一条"),
	ROUTE(ZHEN_POST, "/files", add_file, new_file, .subject = "token", .flags = ZHEN_UPLOADS, .summary = "存文件"),
	ROUTE(ZHEN_GET, "/files/{id}", show_file, one, .summary = "取文件"),
	ROUTE(ZHEN_GET, "/ticket", ticket, whose, .summary = "上传凭证"),
	ROUTE(ZHEN_GET, "/count", count, NULL, .summary = "多少"),
	{ 0 },
};

#if defined(RELAY_FAILING)
#define LIFE .start = start,
static zhen_result start(zhen_call *call)
{
	return zhen_fail(call, ZHEN_CONFLICT, "asleep", "睡着了");
}
#elif defined(RELAY_CRASHING)
#define LIFE .start = start,
static zhen_result start(zhen_call *call)
{
	(void)call;
	__builtin_trap();
}
#elif defined(RELAY_HANGING)
#define LIFE .start = start,
static zhen_result start(zhen_call *call)
{
	nanosleep(&(struct timespec){ 3600, 0 }, NULL);
	return zhen_ok(call);
}
#elif defined(RELAY_UNREADY)
#define LIFE .ready = ready,
static zhen_result ready(zhen_call *call)
{
	return zhen_fail(call, ZHEN_UNAVAILABLE, "warming-up", "还没准备好");
}
#else
#define LIFE
#endif

ZHEN_PLUGIN(relay, VERSION, LIFE.title = "接力", .migrations = migrations, .permissions = permissions, .topics = topics,
            .subscriptions = subscriptions, .routes = routes);
