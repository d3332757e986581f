/* SPDX-License-Identifier: Apache-2.0
 * Counts events per key. */
#include <zhen/zhen.h>

static const zhen_migration migrations[] = {
	{ .number = 1, .sql = "CREATE TABLE effect(key BIGINT PRIMARY KEY, n BIGINT NOT NULL) {{without rowid}}" }, { 0 } };

static const zhen_field fields[] = { { .name = "key", .type = ZHEN_INT, .flags = ZHEN_REQUIRED }, { 0 } };

static zhen_result made(zhen_call *call)
{
	zhen_run(call, "INSERT INTO effect(key, n) VALUES($1, 1) {{upsert key}} n = effect.n + 1",
	         zhen_int(call, "key"));
	return zhen_ok(call);
}

static const zhen_subscription subscriptions[] = {
	{ .topic = "bus_source.made", .handle = made, .fields = fields }, { 0 } };

ZHEN_PLUGIN(bus_sink, "1.0.0", .title = "测速去处", .migrations = migrations, .subscriptions = subscriptions);
