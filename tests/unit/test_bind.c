/* SPDX-License-Identifier: Apache-2.0
 * Binding a plugin's tables: what is taken, and the exact words for what is not. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "runtime/rows.h"
#include "runtime/table.h"

static zhen_result handle(zhen_call *call)
{
	(void)call;
	return ZHEN_OK;
}

static const zhen_migration migrations[] = {
	{ .number = 1, .sql = "CREATE TABLE note(id {{id}}, township TEXT NOT NULL)" },
	{ .number = 2, .phase = ZHEN_BACKFILL, .handle = handle },
	{ 0 },
};

static const zhen_field inner[] = { { .name = "name", .type = ZHEN_TEXT }, { 0 } };
static const zhen_field fields[] = {
	{ .name = "id", .type = ZHEN_INT },
	{ .name = "township", .type = ZHEN_DIVISION, .label = "乡镇", .flags = ZHEN_REQUIRED, .min = 4 },
	{ .name = "kind", .type = ZHEN_CHOICE, .choices = "house=住房|yard=院落" },
	{ .name = "members", .type = ZHEN_LIST, .fields = inner },
	{ 0 },
};
static const zhen_field event[] = {
	{ .name = "id", .type = ZHEN_INT },
	{ .name = "township", .type = ZHEN_DIVISION },
	{ 0 },
};
static const zhen_topic topics[] = {
	{ .name = "notes.added", .fields = event, .subject = "id", .scope = "township", .permission = "notes.read" },
	{ 0 },
};
static const zhen_feature features[] = { { .name = "sharing" }, { 0 } };
static const zhen_route routes[] = {
	{ .method = ZHEN_POST, .path = "/notes", .handle = handle, .fields = fields, .permission = "notes.write", .summary = "记" },
	{ .method = ZHEN_GET, .path = "/notes/{id}", .handle = handle, .fields = fields, .permission = "notes.read",
	  .summary = "看", .feature = "sharing" },
	{ 0 },
};

#define GOOD .routes = routes, .topics = topics, .migrations = migrations, .features = features
/* Rows below are a good row with one member written over. */
#pragma GCC diagnostic ignored "-Woverride-init"
#define ENTRY(...) { ZHEN_PLUGIN_SIZES, .id = "notes", .version = "1.0.0", __VA_ARGS__ }
#define ROUTE(...)                                                                                     \
	.routes = (const zhen_route[])                                                                 \
	{                                                                                              \
		{ .method = ZHEN_GET, .path = "/a", .handle = handle, .permission = "notes.read",      \
		  .summary = "看", __VA_ARGS__ },                                                      \
		{ 0 }                                                                                  \
	}
#define FIELD(...) ROUTE(.fields = (const zhen_field[]){ { __VA_ARGS__ }, { 0 } })
#define TABLE(member, row, ...) .member = (const row[]) { __VA_ARGS__, { 0 } }

Test(bind, copies_a_good_plugin_with_its_tables_counted_and_its_note_written)
{
	const zhen_plugin entry = ENTRY(.title = "便笺", GOOD);
	g_autoptr(GError) error = NULL;
	g_autoptr(Plugin) plugin = plugin_bind(&entry, &error);

	cr_assert_not_null(plugin, "%s", error != NULL ? error->message : "");
	cr_assert_eq(plugin->n_routes, 2);
	cr_assert_eq(plugin->n_migrations, 2, "a backfill without SQL does not end the table");
	cr_assert_eq(plugin->routes[2].path, NULL, "host rows end as the SDK's do");
	cr_assert_str_eq(plugin->routes[0].fields[3].fields[0].name, "name");
	cr_assert_neq((const void *)plugin->routes[0].fields, (const void *)fields);
	cr_assert_eq(plugin->n_permissions, 2,
	             "permissions that are named and nowhere declared are declared by naming");
	cr_assert_str_eq(plugin->permissions[1].title, "notes.read");
	cr_assert_not_null(
		strstr(plugin->note,
	               "{\"id\":\"notes\",\"version\":\"1.0.0\",\"title\":\"便笺\",\"migrations\":[{\"number\":1,"));
	cr_assert_not_null(strstr(plugin->note, "{\"handle\":true,\"number\":2,\"phase\":1}"));
}

Test(bind, a_note_read_back_is_the_same_note_without_handlers)
{
	const zhen_plugin entry = ENTRY(.title = "便笺", .start = handle, GOOD);
	g_autoptr(GError) error = NULL;
	g_autoptr(Plugin) plugin = plugin_bind(&entry, NULL);
	g_autoptr(Plugin) again = plugin_from_note(plugin->note, strlen(plugin->note), &error);

	cr_assert_not_null(again, "%s", error != NULL ? error->message : "");
	cr_assert_str_eq(again->note, plugin->note);
	cr_assert_eq(again->routes[0].handle, NULL);
	cr_assert_eq(again->start, NULL);
	cr_assert_eq(again->migrations[1].handle, NULL);
	cr_assert_eq(again->n_routes, 2);
	cr_assert_str_eq(again->routes[0].fields[2].choices, "house=住房|yard=院落");
}

/* Every member of every row is in its list: otherwise the note would keep quiet about it. */
Test(bind, the_member_lists_cover_every_byte_of_every_row)
{
	for (guint i = 0; i <= N_ROW_TYPES; i++) {
		const RowType *type = i < N_ROW_TYPES ? &row_types[i] : &row_field;
		gsize bytes = 0;

		for (guint m = 0; m < type->n_members; m++) {
			bytes += type->members[m].size;
			cr_assert(m == 0 || strcmp(type->members[m - 1].name, type->members[m].name) < 0,
			          "%s is not sorted", type->table);
		}
		cr_assert_eq(bytes, type->size, "%s: %zu of %zu bytes", type->table, bytes, type->size);
	}
}

/* A plugin of an older SDK: shorter rows, shorter struct. What it does not have is zero. */
Test(bind, reads_shorter_rows_at_their_own_size)
{
	struct short_need {
		const char *plugin;
		const char *min_version;
	} const needs[] = { { "dispatch", "1.0.0" }, { "training", NULL }, { NULL, NULL } };
	zhen_plugin entry = ENTRY(GOOD);
	g_autofree char *exact = NULL;
	g_autoptr(Plugin) plugin = NULL;

	entry.needs = (const zhen_need *)(const void *)needs;
	entry.needs_size = sizeof(needs[0]);
	plugin = plugin_bind(&entry, NULL);
	cr_assert_not_null(plugin);
	cr_assert_eq(plugin->n_needs, 2);
	cr_assert_str_eq(plugin->needs[1].plugin, "training");
	cr_assert_eq(plugin->needs[1].flags, 0);
	plugin_free(g_steal_pointer(&plugin));

	/* The whole struct shorter: tables past its end are not there, and not one byte past it is read (ASan watches). */
	entry.size = offsetof(zhen_plugin, permissions);
	exact = g_malloc(entry.size);
	memcpy(exact, &entry, entry.size);
	entry.field_size = 0;
	plugin = plugin_bind((const zhen_plugin *)(const void *)exact, NULL);
	cr_assert_null(plugin, "its fields have no size any more");
	/* By offset: to the compiler a pointer to the whole struct reaches past its end. */
	memset((char *)exact + offsetof(zhen_plugin, routes), 0, sizeof(entry.routes));
	memset((char *)exact + offsetof(zhen_plugin, topics), 0, sizeof(entry.topics));
	plugin = plugin_bind((const zhen_plugin *)(const void *)exact, NULL);
	cr_assert_not_null(plugin);
	cr_assert_eq(plugin->n_needs, 0);
}

Test(bind, takes_longer_rows_whose_tail_is_zero_and_refuses_others)
{
	struct long_need {
		zhen_need need;
		const char *added;
	} needs[] = { { .need = { .plugin = "dispatch" } }, { .need = { .plugin = NULL } } };
	zhen_plugin entry = ENTRY(GOOD);
	g_autoptr(GError) error = NULL;
	g_autoptr(Plugin) plugin = NULL;

	entry.needs = &needs[0].need;
	entry.needs_size = sizeof(needs[0]);
	plugin = plugin_bind(&entry, NULL);
	cr_assert_not_null(plugin);
	needs[0].added = "news";
	cr_assert_null(plugin_bind(&entry, &error));
	cr_assert_str_eq(error->message,
	                 "needs[0]: uses members that this host does not know (row of 32 bytes, here 24)");
}

static const zhen_field deep3[] = { { .name = "c", .type = ZHEN_LIST, .fields = inner }, { 0 } };
static const zhen_field deep2[] = { { .name = "b", .type = ZHEN_LIST, .fields = deep3 }, { 0 } };

static const struct {
	zhen_plugin entry;
	const char *message;
} broken[] = {
	{ { ZHEN_PLUGIN_SIZES, .id = "N", .version = "1.0.0" }, "plugin: id: \"N\" is not 2 to 31 of a-z, 0-9 and _" },
	{ { ZHEN_PLUGIN_SIZES, .version = "1.0.0" }, "plugin: id: \"\" is not 2 to 31 of a-z, 0-9 and _" },
	{ { ZHEN_PLUGIN_SIZES, .id = "notes", .version = "1.0" }, "plugin: version: \"1.0\" is not like 1.2.3" },
	{ { ZHEN_PLUGIN_SIZES, .id = "notes", .version = "01.0.0" }, "plugin: version: \"01.0.0\" is not like 1.2.3" },
	{ { ZHEN_PLUGIN_SIZES, .id = "notes", .version = "1.0.0", .title = "\xff" },
	  "plugin: title: 不是 UTF-8 文本，或超过 999 字节 (not UTF-8, or longer than 999 bytes)" },
	{ { ZHEN_PLUGIN_SIZES, .id = "notes", .version = "1.0.0", .reserved = 1 }, "plugin: 保留字不是 0 (its reserved word is not 0)" },
	{ { ZHEN_PLUGIN_SIZES, .id = "notes", .version = "1.0.0", .routes = routes, .routes_reserved = 1 },
	  "routes: its reserved word is not 0" },
	{ { .size = sizeof(zhen_plugin), .abi_major = 2, .id = "notes", .version = "1.0.0" },
	  "按 SDK 2.0 编译，本机提供 1.1：请用 SDK 1.x 重新编译 (built for SDK 2.0, this host offers 1.1: rebuild it with an SDK 1.x)" },
	{ { .size = sizeof(zhen_plugin), .abi_major = 1, .abi_minor = 7, .id = "notes", .version = "1.0.0" },
	  "按 SDK 1.7 编译，本机提供 1.1：请升级本机，或用较旧的 SDK 重新编译 (built for SDK 1.7, this host offers 1.1: update the host or rebuild with an older SDK)" },
	{ { .size = 16, .abi_major = 1 }, "plugin: 大小不可能是 16 字节 (a size of 16 bytes is not possible)" },
	{ { .size = sizeof(zhen_plugin), .abi_major = 1, .id = "notes", .version = "1.0.0", .routes = routes },
	  "routes: a row size of 0 bytes is not possible" },

	{ ENTRY(TABLE(migrations, zhen_migration, { .number = 1, .sql = "CREATE TABLE a(b TEXT)" },
	              { .number = 3, .sql = "CREATE TABLE c(d TEXT)" })),
	  "notes: migrations[1]: number: 3 where 2 comes next (numbered from 1 without gaps)" },
	{ ENTRY(TABLE(migrations, zhen_migration, { .number = 1, .sql = " ;\n" })), "notes: migrations[0]: sql: missing" },
	{ ENTRY(TABLE(migrations, zhen_migration, { .number = 1, .sql = "x", .phase = ZHEN_BACKFILL })),
	  "notes: migrations[0]: handle: missing" },
	{ ENTRY(TABLE(migrations, zhen_migration, { .number = 1, .sql = "x", .phase = 9 })),
	  "notes: migrations[0]: phase: 9 is no phase" },

	{ ENTRY(ROUTE(.method = 9)), "notes: routes[0] ? /a: method: 9 is no method" },
	{ ENTRY(ROUTE(.handle = NULL)), "notes: routes[0] GET /a: handle: missing" },
	{ ENTRY(ROUTE(.summary = NULL)), "notes: routes[0] GET /a: summary: missing" },
	{ ENTRY(ROUTE(.permission = NULL)),
	  "notes: routes[0] GET /a: permission: missing (only a ZHEN_PUBLIC route has none)" },
	{ ENTRY(ROUTE(.flags = 1u << 30)), "notes: routes[0] GET /a: flags: unknown bits 0x40000000" },
	{ ENTRY(ROUTE(.prepare = handle)), "notes: routes[0] GET /a: prepare: belongs to a write" },
	{ ENTRY(ROUTE(.path = "a")),
	  "notes: routes[0] GET a: path: does not begin with '/', or is longer than 200 bytes" },
	{ ENTRY(ROUTE(.path = "/a//b")), "notes: routes[0] GET /a//b: path: segment \"\" is not made of a-z 0-9 _ - ." },
	{ ENTRY(ROUTE(.path = "/a/../b")), "notes: routes[0] GET /a/../b: path: segment \"..\" is not made of a-z 0-9 _ - ." },
	{ ENTRY(ROUTE(.path = "/a/{id}")), "notes: routes[0] GET /a/{id}: path: parameter \"id\" is not among the fields" },
	{ ENTRY(ROUTE(.path = "/a/{members}", .fields = fields)),
	  "notes: routes[0] GET /a/{members}: path: parameter \"members\" cannot be of type list" },
	{ ENTRY(ROUTE(.feature = "sharing")), "notes: routes[0] GET /a: feature: \"sharing\" is not declared in features" },
	{ ENTRY(ROUTE(.subject = "no")), "notes: routes[0] GET /a: subject: \"no\" is not among the fields" },
	{ ENTRY(ROUTE(.version = "no", .reply = fields)),
	  "notes: routes[0] GET /a: version: \"no\" is not a field of the reply" },
	{ ENTRY(ROUTE(.subject = "who", .fields = (const zhen_field[]){ { .name = "who", .type = ZHEN_ID_CARD }, { 0 } })),
	  "notes: routes[0] GET /a: subject: \"who\" is personal: it would stand in the audit for ever" },
	{ ENTRY(ROUTE(.upload_bytes = -1)), "notes: routes[0] GET /a: upload_bytes: below 0" },
	{ ENTRY(TABLE(routes, zhen_route,
	              { .method = ZHEN_GET, .path = "/a/{id}", .handle = handle, .fields = fields, .permission = "notes.read",
	                .summary = "a" },
	              { .method = ZHEN_GET, .path = "/a/{kind}", .handle = handle, .fields = fields,
	                .permission = "notes.read", .summary = "b" })),
	  "notes: routes[1] GET /a/{kind}: path: \"GET /a/{}\" is also routes[0]" },
	{ ENTRY(ROUTE(.unmask = "notes.see"), TABLE(permissions, zhen_permission, { .name = "notes.read" })),
	  "notes: routes[0] GET /a: unmask: \"notes.see\" is not declared in permissions" },

	{ ENTRY(FIELD(.name = "Id", .type = ZHEN_INT)),
	  "notes: routes[0] GET /a: fields[0] Id: name: \"Id\" is not a name (a-z, then a-z 0-9 _)" },
	{ ENTRY(FIELD(.name = "id")), "notes: routes[0] GET /a: fields[0] id: type: 0 is no type" },
	{ ENTRY(FIELD(.name = "id", .type = 99)), "notes: routes[0] GET /a: fields[0] id: type: 99 is no type" },
	{ ENTRY(FIELD(.name = "amount", .type = ZHEN_MONEY)),
	  "notes: routes[0] GET /a: fields[0] amount: name: money is counted in fen, its name ends in _fen" },
	{ ENTRY(FIELD(.name = "k", .type = ZHEN_CHOICE)), "notes: routes[0] GET /a: fields[0] k: choices: missing" },
	{ ENTRY(FIELD(.name = "k", .type = ZHEN_CHOICE, .choices = "a=甲|a=乙")),
	  "notes: routes[0] GET /a: fields[0] k: choices: value \"a\" stands twice" },
	{ ENTRY(FIELD(.name = "k", .type = ZHEN_CHOICE, .choices = "a=甲|")),
	  "notes: routes[0] GET /a: fields[0] k: choices: \"a=甲|\" is not value=label|value=label" },
	{ ENTRY(FIELD(.name = "k", .type = ZHEN_CHOICE, .choices = "甲")),
	  "notes: routes[0] GET /a: fields[0] k: choices: value \"甲\" may have letters, digits and _-. only" },
	{ ENTRY(FIELD(.name = "l", .type = ZHEN_LIST)), "notes: routes[0] GET /a: fields[0] l: fields: missing" },
	{ ENTRY(FIELD(.name = "t", .type = ZHEN_TEXT, .fields = inner)),
	  "notes: routes[0] GET /a: fields[0] t: fields: belongs to a list only" },
	{ ENTRY(FIELD(.name = "n", .type = ZHEN_INT, .min = 5)),
	  "notes: routes[0] GET /a: fields[0] n: max: 0 is not above min 5" },
	{ ENTRY(FIELD(.name = "d", .type = ZHEN_DIVISION, .min = 6)),
	  "notes: routes[0] GET /a: fields[0] d: min: a division's level is 0 to 5, and has a deepest one where it may be any" },
	{ ENTRY(FIELD(.name = "d", .type = ZHEN_DIVISION, .min = 4, .max = 5)),
	  "notes: routes[0] GET /a: fields[0] d: min: a division's level is 0 to 5, and has a deepest one where it may be any" },
	{ ENTRY(FIELD(.name = "l", .type = ZHEN_LIST, .fields = deep2)),
	  "routes[0] fields[0] fields[0] fields[0]: fields: lists are nested deeper than 2" },
	{ ENTRY(FIELD(.name = "l", .label = "\xc3", .type = ZHEN_TEXT)), "routes[0] fields[0]: label: not UTF-8" },

	{ ENTRY(TABLE(topics, zhen_topic, { .name = "other.added" })),
	  "notes: topics[0] other.added: name: \"other.added\" is not like notes.noun.verb" },
	{ ENTRY(TABLE(topics, zhen_topic, { .name = "notes.added" }, { .name = "notes.added" })),
	  "notes: topics[1] notes.added: name: \"notes.added\" is also topics[0]" },
	{ ENTRY(TABLE(topics, zhen_topic,
	              { .name = "notes.added", .fields = (const zhen_field[]){ { .name = "who", .type = ZHEN_NAME }, { 0 } } })),
	  "notes: topics[0] notes.added: fields[0] who: type: name: events carry no personal data" },
	{ ENTRY(TABLE(topics, zhen_topic, { .name = "notes.added", .fields = event, .scope = "id" })),
	  "notes: topics[0] notes.added: scope: \"id\" is not a division among the fields" },
	{ ENTRY(TABLE(topics, zhen_topic, { .name = "notes.added", .fields = event, .subject = "no" })),
	  "notes: topics[0] notes.added: subject: \"no\" is not among the fields" },
	{ ENTRY(TABLE(subscriptions, zhen_subscription, { .topic = "grid" })),
	  "notes: subscriptions[0] grid: topic: \"grid\" is not like plugin.noun.verb" },
	{ ENTRY(TABLE(subscriptions, zhen_subscription, { .topic = "grid.found", .publisher_min = "1" })),
	  "notes: subscriptions[0] grid.found: publisher_min: \"1\" is not like 1.2.3" },
	{ ENTRY(TABLE(subscriptions, zhen_subscription, { .topic = "grid.found" })),
	  "notes: subscriptions[0] grid.found: handle: missing" },
	{ ENTRY(TABLE(jobs, zhen_job, { .name = "tidy", .handle = handle }, { .name = "tidy", .handle = handle })),
	  "notes: jobs[1] tidy: name: \"tidy\" is also jobs[0]" },
	{ ENTRY(TABLE(jobs, zhen_job, { .name = "tidy", .handle = handle, .every_ms = -1 })),
	  "notes: jobs[0] tidy: every_ms: below 0" },
	{ ENTRY(TABLE(settings, zhen_setting, { .key = "days", .type = ZHEN_LIST })),
	  "notes: settings[0] days: type: list is no type of a setting" },
	{ ENTRY(TABLE(settings, zhen_setting, { .key = "days", .type = ZHEN_INT, .def = "x" })),
	  "notes: settings[0] days: def: \"x\" is not a number" },
	{ ENTRY(TABLE(settings, zhen_setting, { .key = "days", .type = ZHEN_INT, .def = "9", .min = 1, .max = 5 })),
	  "notes: settings[0] days: def: 9 is outside 1 to 5" },
	{ ENTRY(TABLE(settings, zhen_setting, { .key = "way", .type = ZHEN_CHOICE, .choices = "a=甲|b", .def = "c" })),
	  "notes: settings[0] way: def: \"c\" is not one of the choices" },
	{ ENTRY(TABLE(settings, zhen_setting, { .key = "on", .type = ZHEN_BOOL, .def = "yes" })),
	  "notes: settings[0] on: def: \"yes\" is neither true nor false" },
	{ ENTRY(TABLE(settings, zhen_setting, { .key = "on", .type = ZHEN_BOOL, .flags = ZHEN_CONTENT })),
	  "notes: settings[0] on: flags: ZHEN_CONTENT belongs to a text" },
	{ ENTRY(TABLE(permissions, zhen_permission, { .name = "read" })),
	  "notes: permissions[0] read: name: \"read\" is not like notes.verb" },
	{ ENTRY(TABLE(menu, zhen_menu, { .title = "便笺", .path = "/notes" })),
	  "notes: menu[0] 便笺: path: \"/notes\" is not a GET route of this plugin" },
	{ ENTRY(TABLE(menu, zhen_menu, { .title = "便笺", .path = "/x", .module = "x.js" })),
	  "notes: menu[0] 便笺: element: missing (the module defines it)" },
	{ ENTRY(ROUTE(.summary = "a"), TABLE(tiles, zhen_tile, { .name = "t", .path = "/a", .pillar = "wall" })),
	  "notes: tiles[0] t: pillar: \"wall\" is none of list, seal, team, coordination" },
	{ ENTRY(ROUTE(.summary = "a"), TABLE(tasks, zhen_task, { .name = "t", .path = "/a", .permission = "notes.x" })),
	  "notes: tasks[0] t: permission: \"notes.x\" is not declared in permissions" },
	{ ENTRY(TABLE(searches, zhen_search, { .name = "s", .table = "_audit" })),
	  "notes: searches[0] s: table: \"_audit\" is no table of a plugin" },
	{ ENTRY(TABLE(searches, zhen_search, { .name = "s", .table = "note", .columns = "a, b c" })),
	  "notes: searches[0] s: columns: \"b c\" is no column" },
	{ ENTRY(TABLE(searches, zhen_search, { .name = "s", .table = "note", .columns = "a", .scope = "township or" })),
	  "notes: searches[0] s: scope: \"township or\" is not written as in {{scope}}" },
	{ ENTRY(TABLE(searches, zhen_search, { .name = "s-s", .table = "note", .columns = "a" })),
	  "notes: searches[0] s-s: name: \"s-s\" is not a name (a-z, then a-z 0-9 _)" },
	{ ENTRY(TABLE(needs, zhen_need, { .plugin = "notes" })), "notes: needs[0] notes: plugin: is this plugin itself" },
	{ ENTRY(TABLE(needs, zhen_need, { .plugin = "grid", .min_version = "x" })),
	  "notes: needs[0] grid: min_version: \"x\" is not like 1.2.3" },
	{ ENTRY(TABLE(purges, zhen_purge, { .subject = "note" })), "notes: purges[0] note: handle: missing" },
};

Test(bind, refuses_each_broken_table_naming_table_row_and_member)
{
	for (gsize i = 0; i < G_N_ELEMENTS(broken); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(Plugin) plugin = plugin_bind(&broken[i].entry, &error);

		cr_expect_null(plugin, "accepted what should say: %s", broken[i].message);
		cr_expect_str_eq(error != NULL ? error->message : "", broken[i].message);
	}
}

static const struct {
	const char *note, *message;
} broken_notes[] = {
	{ "[]", "note: not an object" },
	{ "{\"id\":\"notes\",\"version\":\"1.0.0\",\"rows\":[]}", "note: unknown member \"rows\"" },
	{ "{\"id\":\"notes\",\"version\":1}", "note: \"version\" is not a text" },
	{ "{\"id\":\"notes\",\"version\":\"1.0.0\",\"start\":false}", "note: \"start\" is not true" },
	{ "{\"id\":\"notes\",\"version\":\"1.0.0\",\"needs\":{}}", "note: needs: not a list" },
	{ "{\"id\":\"notes\",\"version\":\"1.0.0\",\"needs\":[{}]}", "note: needs: a row is empty" },
	{ "{\"id\":\"notes\",\"version\":\"1.0.0\",\"needs\":[{\"flags\":4294967296,\"plugin\":\"grid\"}]}",
	  "note: needs: \"flags\" has the wrong type or range" },
	{ "{\"id\":\"notes\",\"version\":\"1.0.0\",\"needs\":[{\"plugin\":\"grid\",\"news\":1}]}",
	  "note: needs: unknown member \"news\"" },
	{ "{\"id\":\"notes\",\"version\":\"1.0.0\",\"needs\":[{\"plugin\":\"grid\",\"flags\":0}]}",
	  "note: not in its canonical form" },
	{ "{\"version\":\"1.0.0\",\"id\":\"notes\"}", "note: not in its canonical form" },
	{ "{\"id\":\"notes\",\"version\":\"1.0.0\",\"purges\":[{\"subject\":\"note\"}]}",
	  "notes: purges[0] note: handle: missing" },
};

Test(bind, refuses_each_broken_note_with_its_reason)
{
	for (gsize i = 0; i < G_N_ELEMENTS(broken_notes); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(Plugin) plugin = plugin_from_note(broken_notes[i].note, strlen(broken_notes[i].note), &error);

		cr_expect_null(plugin, "accepted what should say: %s", broken_notes[i].message);
		cr_expect_str_eq(error != NULL ? error->message : "", broken_notes[i].message);
	}
}

Test(bind, every_fault_of_a_note_is_named)
{
	static const char note[] =
		"{\"id\":\"zoo\",\"version\":\"1\",\"routes\":["
		"{\"feature\":\"f\",\"method\":9,\"path\":\"a\",\"permission\":\"zoo.x\"},"
		"{\"fields\":[{\"name\":\"A\",\"type\":1},{\"name\":\"A\",\"type\":99}],\"handle\":true,\"method\":1,"
		"\"path\":\"/b/{c}\",\"permission\":\"zoo.y\",\"summary\":\"s\"}],"
		"\"needs\":[{\"plugin\":\"zoo\"}]}";
	static const char *const says[] = {
		"plugin: version: \"1\" is not like 1.2.3",
		"zoo: routes[0] ? a: method: 9 is no method",
		"zoo: routes[0] ? a: handle: missing",
		"zoo: routes[0] ? a: path: does not begin with '/', or is longer than 200 bytes",
		"zoo: routes[0] ? a: summary: missing",
		"zoo: routes[0] ? a: feature: \"f\" is not declared in features",
		"zoo: routes[1] GET /b/{c}: fields[0] A: name: \"A\" is not a name (a-z, then a-z 0-9 _)",
		"zoo: routes[1] GET /b/{c}: fields[1] A: name: \"A\" is not a name (a-z, then a-z 0-9 _)",
		"zoo: routes[1] GET /b/{c}: fields[1] A: type: 99 is no type",
		"zoo: routes[1] GET /b/{c}: fields[1] A: name: stands twice",
		"zoo: routes[1] GET /b/{c}: path: parameter \"c\" is not among the fields",
		"zoo: needs[0] zoo: plugin: is this plugin itself",
	};
	g_autoptr(Faults) faults = faults_new();

	cr_assert_null(plugin_from_note_all(note, strlen(note), faults));
	cr_assert_eq(faults_count(faults), G_N_ELEMENTS(says), "%u", faults_count(faults));
	for (guint i = 0; i < G_N_ELEMENTS(says); i++)
		cr_expect_str_eq(faults_nth(faults, i)->message, says[i]);
}

/* Notes are in files already: they were written by jansson, and are compared letter by letter. */
Test(bind, the_note_is_what_jansson_makes_of_it)
{
	const zhen_plugin entry = ENTRY(.title = "便\t笺 \"x\" \\ / \x1b \x7f é 𝄞\n", GOOD);
	g_autoptr(Plugin) plugin = plugin_bind(&entry, NULL);
	g_autoptr(json_t) read = json_loads(plugin->note, 0, NULL);
	char *again = json_dumps(read, JSON_COMPACT);

	cr_assert_str_eq(plugin->note, again);
	free(again);
}
