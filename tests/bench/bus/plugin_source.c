/* SPDX-License-Identifier: Apache-2.0
 * Publishes as many events as it is told to, in one call. */
#include <zhen/zhen.h>

#define FIRST_KEY 1000
#define KEYS 5000

static const zhen_field made[] = {
	{ .name = "sent", .type = ZHEN_INT },
	{ .name = "key", .type = ZHEN_INT },
	{ .name = "pad", .type = ZHEN_TEXT },
	{ 0 },
};

static const zhen_topic topics[] = {
	{ .name = "bus_source.made", .fields = made, .subject = "key", .permission = "bus_source.use", .summary = "an event" },
	{ 0 },
};

static const zhen_permission permissions[] = { { .name = "bus_source.use", .title = "发布" }, { 0 } };

static const zhen_field fields[] = {
	{ .name = "sent", .type = ZHEN_INT, .label = "时刻", .flags = ZHEN_REQUIRED },
	{ .name = "number", .type = ZHEN_INT, .label = "序号", .flags = ZHEN_REQUIRED },
	{ .name = "count", .type = ZHEN_INT, .label = "个数", .flags = ZHEN_REQUIRED },
	{ .name = "pad", .type = ZHEN_LONG_TEXT, .label = "填充", .flags = ZHEN_REQUIRED },
	{ 0 },
};

static zhen_result publish(zhen_call *call)
{
	const int64_t sent = zhen_int(call, "sent"), number = zhen_int(call, "number"), count = zhen_int(call, "count");
	const char *pad = zhen_text(call, "pad");

	for (int64_t i = 0; i < count; i++)
		zhen_emit(call, "bus_source.made", "sent", sent, "key", FIRST_KEY + (number + i) % KEYS, "pad", pad);
	return zhen_ok(call);
}

static const zhen_route routes[] = {
	{ .method = ZHEN_POST, .path = "/events", .handle = publish, .fields = fields, .permission = "bus_source.use",
	  .summary = "发布" },
	{ 0 },
};

ZHEN_PLUGIN(bus_source, "1.0.0", .title = "测速来源", .topics = topics, .permissions = permissions, .routes = routes);
