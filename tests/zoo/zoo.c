/* SPDX-License-Identifier: Apache-2.0
 * A small sound plugin, and with one of the ZOO_ words a broken one. */
#include <zhen/zhen.h>

static const zhen_migration migrations[] = {
	{ .number = 1, .sql = "CREATE TABLE animal(id {{id}}, name TEXT NOT NULL)" },
#ifdef ZOO_MIGRATION_GAP
	{ .number = 3, .sql = "CREATE TABLE keeper(id {{id}}, name TEXT NOT NULL)" },
#endif
	{ 0 },
};

static const zhen_field fields[] = { { .name = "name", .type = ZHEN_TEXT, .flags = ZHEN_REQUIRED }, { 0 } };
static const zhen_field by_id[] = { { .name = "id", .type = ZHEN_INT }, { 0 } };
static const zhen_field event[] = {
	{ .name = "id", .type = ZHEN_INT },
#ifdef ZOO_PERSONAL_TOPIC
	{ .name = "keeper", .type = ZHEN_NAME },
#endif
	{ 0 },
};

static const zhen_topic topics[] = { { .name = "zoo.animal.came", .fields = event, .summary = "an animal came" },
	                             { 0 } };

#ifdef ZOO_UNDEFINED
extern int64_t nobody_defines_this(void);
#endif

static zhen_result add(zhen_call *call)
{
	int64_t id = zhen_insert(call, "INSERT INTO animal(name) VALUES($1) RETURNING id", zhen_text(call, "name"));

	zhen_emit(call, "zoo.animal.came", "id", id);
#ifdef ZOO_UNDEFINED
	id = nobody_defines_this();
#endif
	return zhen_created(call, id);
}

static zhen_result one(zhen_call *call)
{
	return zhen_item(call, "SELECT id, name FROM animal WHERE id = $1", zhen_int(call, "id"));
}

/* Ends the process it runs in. */
static zhen_result crash(zhen_call *call)
{
	(void)call;
	__builtin_trap();
}

static const zhen_route routes[] = {
	{ .method = ZHEN_POST,
	  .path = "/animals",
	  .handle = add,
	  .fields = fields,
	  .permission = "zoo.keep",
	  .summary = "添" },
	{ .method = ZHEN_GET,
	  .path = "/animals/{id}",
	  .handle = one,
	  .fields = by_id,
	  .summary = "看",
#ifdef ZOO_OTHER_PERMISSION
	  .permission = "zoo.keep" },
#else
	  .permission = "zoo.look" },
#endif
	{ .method = ZHEN_POST, .path = "/crash", .handle = crash, .permission = "zoo.keep", .summary = "崩" },
#ifdef ZOO_DUPLICATE_ROUTE
	{ .method = ZHEN_POST,
	  .path = "/animals",
	  .handle = add,
	  .fields = fields,
	  .permission = "zoo.keep",
	  .summary = "添" },
#endif
	{ 0 },
};

static const zhen_permission permissions[] = {
	{ .name = "zoo.look", .title = "看" },
	{ .name = "zoo.keep", .title = "养" },
	{ 0 },
};

#pragma GCC diagnostic ignored "-Woverride-init"
#if defined(ZOO_NO_SYMBOL)
#define zhen_plugin_entry some_other_name
#endif

#if defined(ZOO_WRONG_MAJOR)
#define ZOO_ABI .abi_major = 2,
#elif defined(ZOO_NEWER_MINOR)
#define ZOO_ABI .abi_minor = 7,
#else
#define ZOO_ABI
#endif

#ifdef ZOO_OTHER_ID
ZHEN_PLUGIN(other, "1.0.0", .title = "动物园", .migrations = migrations, .topics = (topics + 1), .routes = routes + 3,
            .permissions = permissions + 2);
#else
ZHEN_PLUGIN(zoo, "1.0.0", ZOO_ABI.title = "动物园", .migrations = migrations, .topics = topics, .routes = routes,
            .permissions = permissions);
#endif
