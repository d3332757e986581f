/* SPDX-License-Identifier: Apache-2.0
 * 便笺: a whole plugin. Copy this folder, rename it, and go on from here. */
#include <zhen/zhen.h>

static const zhen_migration migrations[] = {
	{ .number = 1,
	  .sql = "CREATE TABLE note(id {{id}}, township TEXT NOT NULL, text TEXT NOT NULL, at BIGINT NOT NULL);"
	         "CREATE INDEX note_township ON note(township, id, text, at)" },
	{ 0 },
};

/* One list serves request validation, the OpenAPI document and the form that the host draws. */
static const zhen_field new_note[] = {
	{ .name = "township", .type = ZHEN_DIVISION, .label = "乡镇", .flags = ZHEN_REQUIRED, .min = 4 },
	{ .name = "text", .type = ZHEN_TEXT, .label = "内容", .flags = ZHEN_REQUIRED, .max = 500 },
	{ 0 },
};

static const zhen_field note[] = {
	{ .name = "id", .type = ZHEN_INT, .label = "编号" },
	{ .name = "township", .type = ZHEN_DIVISION, .label = "乡镇" },
	{ .name = "text", .type = ZHEN_TEXT, .label = "内容", .max = 500 },
	{ .name = "at", .type = ZHEN_TIME, .label = "时间" },
	{ 0 },
};

static const zhen_field note_added[] = {
	{ .name = "id", .type = ZHEN_INT },
	{ .name = "township", .type = ZHEN_DIVISION },
	{ 0 },
};

static const zhen_topic topics[] = {
	{ .name = "notes.added",
	  .fields = note_added,
	  .subject = "id",
	  .scope = "township",
	  .permission = "notes.read",
	  .summary = "a note was written" },
	{ 0 },
};

/* A handler is a transaction: the row, the event and the audit record are kept together or not at all. */
static zhen_result add(zhen_call *call)
{
	int64_t id = zhen_insert(call, "INSERT INTO note(township, text, at) VALUES($1, $2, $3) RETURNING id",
	                         zhen_text(call, "township"), zhen_text(call, "text"), zhen_now(call));

	zhen_emit(call, "notes.added", "id", id, "township", zhen_text(call, "township"));
	return zhen_created(call, id);
}

static zhen_result list(zhen_call *call)
{
	return zhen_page(call, "SELECT id, township, text, at FROM note WHERE {{scope township}} {{page id DESC}}");
}

static const zhen_route routes[] = {
	{ .method = ZHEN_POST,
	  .path = "/notes",
	  .handle = add,
	  .fields = new_note,
	  .permission = "notes.write",
	  .summary = "记一条" },
	{ .method = ZHEN_GET,
	  .path = "/notes",
	  .handle = list,
	  .reply = note,
	  .permission = "notes.read",
	  .summary = "查看" },
	{ 0 },
};

static const zhen_permission permissions[] = {
	{ .name = "notes.read", .title = "查看便笺" },
	{ .name = "notes.write", .title = "记便笺" },
	{ 0 },
};

static const zhen_menu menu[] = {
	{ .title = "便笺", .path = "/notes", .permission = "notes.read" },
	{ 0 },
};

ZHEN_PLUGIN(notes, "1.0.0", .title = "便笺", .summary = "记录和查看便笺", .migrations = migrations, .topics = topics,
            .routes = routes, .permissions = permissions, .menu = menu);
