/* SPDX-License-Identifier: Apache-2.0
 * A small plugin of which the bench makes thousands: its id stands in the file as often as it likes, always eleven letters long. */
#include <zhen/zhen.h>

static const zhen_migration migrations[] = {
	{ .number = 1,
	  .sql = "CREATE TABLE note(id {{id}}, township TEXT NOT NULL, text TEXT NOT NULL, at BIGINT NOT NULL);"
	         "CREATE INDEX note_township ON note(township, id)" },
	{ 0 },
};

static const zhen_field new_note[] = {
	{ .name = "township", .type = ZHEN_DIVISION, .label = "乡镇", .flags = ZHEN_REQUIRED },
	{ .name = "text", .type = ZHEN_TEXT, .label = "内容", .flags = ZHEN_REQUIRED, .max = 500 },
	{ 0 },
};
static const zhen_field added[] = { { .name = "id", .type = ZHEN_INT },
	                            { .name = "township", .type = ZHEN_DIVISION },
	                            { 0 } };
static const zhen_topic topics[] = { { .name = "small_p0000.note.added", .fields = added, .summary = "a note was written" }, { 0 } };
static const zhen_setting settings[] = {
	{ .key = "days", .type = ZHEN_INT, .def = "10", .min = 1, .max = 100, .help = "how long a note stays" },
	{ 0 },
};

static zhen_result add(zhen_call *call)
{
	int64_t id = zhen_insert(call, "INSERT INTO note(township, text, at) VALUES($1, $2, $3) RETURNING id",
	                         zhen_text(call, "township"), zhen_text(call, "text"), zhen_now(call));

	zhen_emit(call, "small_p0000.note.added", "id", id, "township", zhen_text(call, "township"));
	return zhen_created(call, id);
}

static zhen_result list(zhen_call *call)
{
	return zhen_page(call, "SELECT id, township, text, at FROM note WHERE {{scope township}} {{page id DESC}}");
}

static const zhen_route routes[] = {
	{ .method = ZHEN_POST, .path = "/notes", .handle = add, .fields = new_note, .permission = "small_p0000.write", .summary = "记一条" },
	{ .method = ZHEN_GET, .path = "/notes", .handle = list, .permission = "small_p0000.read", .summary = "查看" },
	{ 0 },
};

ZHEN_PLUGIN(small_p0000, "1.0.0", .title = "便笺", .migrations = migrations, .topics = topics, .routes = routes,
            .settings = settings);
