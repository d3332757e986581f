/* SPDX-License-Identifier: Apache-2.0
 * The plugin at the other end of both of relay's events: gives it drops as fast as it takes them, and counts its entries. Is not
 * swapped. */
#include <zhen/zhen.h>

static const zhen_migration migrations[] = {
	{ .number = 1,
	  .sql = "CREATE TABLE given(name TEXT NOT NULL PRIMARY KEY, last BIGINT NOT NULL);"
		 "CREATE TABLE effect(id {{id}}, number BIGINT NOT NULL, token TEXT NOT NULL, event TEXT NOT NULL)" },
	{ 0 },
};

static const zhen_field fell[] = { { .name = "number", .type = ZHEN_INT }, { 0 } };

static const zhen_topic topics[] = {
	{ .name = "pump.drop.fell", .fields = fell, .summary = "a drop fell" },
	{ 0 },
};

static const zhen_field many[] = { { .name = "count", .type = ZHEN_INT, .min = 1, .max = 5000, .flags = ZHEN_REQUIRED }, { 0 } };

static zhen_result give(zhen_call *call)
{
	int64_t last = zhen_column_int(zhen_one(call, "SELECT last FROM given"), "last");
	int64_t end = last + zhen_int(call, "count");

	zhen_run(call, "INSERT INTO given(name, last) VALUES('drop', $1) {{upsert name}} last = excluded.last", end);
	while (last < end)
		zhen_emit(call, "pump.drop.fell", "number", ++last);
	zhen_put(call, "last", end);
	return zhen_ok(call);
}

static const zhen_field added[] = {
	{ .name = "number", .type = ZHEN_INT, .flags = ZHEN_REQUIRED },
	{ .name = "token", .type = ZHEN_TEXT, .flags = ZHEN_REQUIRED },
	{ 0 },
};

static zhen_result hear(zhen_call *call)
{
	zhen_run(call, "INSERT INTO effect(number, token, event) VALUES($1, $2, $3)", zhen_int(call, "number"),
	         zhen_text(call, "token"), zhen_text(call, "event_id"));
	return zhen_ok(call);
}

static const zhen_subscription subscriptions[] = {
	{ .topic = "relay.entry.added", .handle = hear, .fields = added },
	{ 0 },
};

static zhen_result count(zhen_call *call)
{
	return zhen_item(call, "SELECT COALESCE(MAX(id), 0) AS effects FROM effect");
}

static const zhen_route routes[] = {
	{ .method = ZHEN_POST, .path = "/drops", .handle = give, .fields = many, .flags = ZHEN_PUBLIC, .summary = "给" },
	{ .method = ZHEN_GET, .path = "/count", .handle = count, .flags = ZHEN_PUBLIC, .summary = "收到多少" },
	{ 0 },
};

ZHEN_PLUGIN(pump, "1.0.0", .title = "水泵", .migrations = migrations, .topics = topics, .subscriptions = subscriptions,
            .routes = routes);
