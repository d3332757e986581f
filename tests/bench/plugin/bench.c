/* SPDX-License-Identifier: Apache-2.0
 * The plainest handlers there can be: what is left is the price of the host. */
#include <zhen/zhen.h>

static const zhen_migration migrations[] = {
	{ .number = 1,
	  .sql = "CREATE TABLE item(id {{id}}, village TEXT NOT NULL, township TEXT NOT NULL, state TEXT NOT NULL, "
		 "title TEXT NOT NULL, area BIGINT NOT NULL, at BIGINT NOT NULL, note TEXT NOT NULL);"
		 "CREATE INDEX item_village ON item(village, id, township, state, title, area, at);"
		 "CREATE INDEX item_township ON item(township, id, village, state, title, area, at)" },
	{ 0 },
};

static const zhen_field new_item[] = {
	{ .name = "village", .type = ZHEN_DIVISION, .label = "村", .flags = ZHEN_REQUIRED },
	{ .name = "township", .type = ZHEN_DIVISION, .label = "乡镇", .flags = ZHEN_REQUIRED },
	{ .name = "state", .type = ZHEN_TEXT, .label = "状态", .flags = ZHEN_REQUIRED, .max = 20 },
	{ .name = "title", .type = ZHEN_TEXT, .label = "名称", .flags = ZHEN_REQUIRED },
	{ .name = "area", .type = ZHEN_INT, .label = "面积", .flags = ZHEN_REQUIRED },
	{ .name = "note", .type = ZHEN_LONG_TEXT, .label = "说明", .flags = ZHEN_REQUIRED },
	{ 0 },
};

static const zhen_field one[] = { { .name = "id", .type = ZHEN_INT, .flags = ZHEN_REQUIRED }, { 0 } };

static const zhen_field added[] = {
	{ .name = "id", .type = ZHEN_INT },
	{ .name = "village", .type = ZHEN_DIVISION },
	{ .name = "area", .type = ZHEN_INT },
	{ 0 },
};

static const zhen_topic topics[] = {
	{ .name = "bench.item.added", .fields = added, .subject = "id", .scope = "village", .permission = "bench.read",
	  .summary = "an item was added" },
	{ 0 },
};

static const zhen_permission permissions[] = {
	{ .name = "bench.read", .title = "查看" },
	{ .name = "bench.write", .title = "登记" },
	{ 0 },
};

static zhen_result noop(zhen_call *call)
{
	zhen_put(call, "greeting", "你好");
	zhen_put(call, "now", zhen_now(call));
	return zhen_ok(call);
}

static zhen_result add(zhen_call *call)
{
	const char *village = zhen_text(call, "village");
	int64_t id = zhen_insert(call,
	                         "INSERT INTO item(village, township, state, title, area, at, note) "
	                         "VALUES($1, $2, $3, $4, $5, $6, $7) RETURNING id",
	                         village, zhen_text(call, "township"), zhen_text(call, "state"), zhen_text(call, "title"),
	                         zhen_int(call, "area"), zhen_now(call), zhen_text(call, "note"));

	zhen_emit(call, "bench.item.added", "id", id, "village", village, "area", zhen_int(call, "area"));
	return zhen_created(call, id);
}

static zhen_result get(zhen_call *call)
{
	return zhen_item(call, "SELECT id, village, township, state, title, area, at, note FROM item WHERE id = $1",
	                 zhen_int(call, "id"));
}

static zhen_result list(zhen_call *call)
{
	return zhen_page(call, "SELECT id, village, township, state, title, area, at FROM item "
	                       "WHERE {{scope village township}} {{page id DESC}}");
}

static const zhen_route routes[] = {
	{ .method = ZHEN_GET, .path = "/noop", .handle = noop, .permission = "bench.read", .summary = "什么也不做" },
	{ .method = ZHEN_POST, .path = "/rows", .handle = add, .fields = new_item, .permission = "bench.write",
	  .summary = "登记一条" },
	{ .method = ZHEN_GET, .path = "/rows", .handle = list, .permission = "bench.read", .summary = "查看列表" },
	{ .method = ZHEN_GET, .path = "/rows/{id}", .handle = get, .fields = one, .permission = "bench.read",
	  .summary = "查看一条" },
	{ 0 },
};

ZHEN_PLUGIN(bench, "1.0.0", .title = "测速", .migrations = migrations, .topics = topics, .permissions = permissions,
            .routes = routes);
