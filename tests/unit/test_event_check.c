/* SPDX-License-Identifier: Apache-2.0
 * What a log says is an event, held against what its topic declares: one row per way to be wrong. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include "base/divisions.h"
#include "bus/bus.h"

#define PLACE "532327101000"

static const zhen_field fields[] = {
	{ .name = "name", .type = ZHEN_TEXT },
	{ .name = "place", .type = ZHEN_DIVISION },
	{ .name = "n", .type = ZHEN_INT },
	{ .name = "fee_fen", .type = ZHEN_MONEY },
	{ .name = "open", .type = ZHEN_BOOL },
	{ .name = "day", .type = ZHEN_DATE },
	{ .name = "at", .type = ZHEN_TIME },
	{ .name = "kind", .type = ZHEN_CHOICE, .choices = "house=住房|yard=院落|barn" },
	{ .name = "note", .type = ZHEN_LONG_TEXT },
	{ .name = "area", .type = ZHEN_DECIMAL },
	{ 0 },
};

static const zhen_topic topics[] = {
	{ .name = "aa.item.set", .fields = fields, .subject = "name", .scope = "place" },
	{ .name = "aa.item.numbered", .fields = fields, .subject = "n" },
	{ .name = "aa.item.dated", .fields = fields, .subject = "at" },
	{ .name = "aa.item.switched", .fields = fields, .subject = "open" },
	{ .name = "aa.item.bare" },
	{ 0 },
};

static const zhen_plugin plugin_aa = { ZHEN_PLUGIN_SIZES, .id = "aa", .version = "1.0.0", .title = "甲", .topics = topics };

typedef struct Case {
	const char *topic, *subject, *division, *body;
	const char *fault; /* NULL = it fits */
} Case;

#define SET(body_, fault_) { "aa.item.set", "", "", body_, fault_ }
#define FIELD(name, what) "aa.item.set: field " name " " what

static const Case cases[] = {
	SET("{}", NULL),
	SET(" { } ", NULL),
	{ "aa.item.set", "永定", PLACE,
	  "{\"name\":\"永定\",\"place\":\"" PLACE "\",\"n\":-7,\"fee_fen\":12000,\"open\":true,\"day\":\"2026-09-18\","
	  "\"at\":\"2026-09-18T09:30:00.000+08:00\",\"kind\":\"yard\",\"note\":\"a\\nb\",\"area\":\"120.5\"}",
	  NULL },
	{ "aa.item.set", "a\"b", "", "{\"name\":\"a\\\"b\"}", NULL },
	{ "aa.item.set", "\xe6\xb0\xb8", "", "{\"name\":\"\\u6c38\"}", NULL },
	SET("{\"name\":null,\"place\":null,\"n\":null}", NULL),
	SET("{\"n\":9223372036854775807}", NULL),
	SET("{\"kind\":\"barn\"}", NULL),
	{ "aa.item.numbered", "-7", "", "{\"n\":-7}", NULL },
	{ "aa.item.numbered", "", "", "{}", NULL },
	{ "aa.item.dated", "1789695000000", "", "{\"at\":\"2026-09-18T09:30:00.000+08:00\"}", NULL },
	{ "aa.item.switched", "1", "", "{\"open\":true}", NULL },
	{ "aa.item.bare", "", "", "{}", NULL },
	/* What was right when it was emitted: a field, a choice, a township, a subject that are no more. */
	SET("{\"phase\":\"1\",\"old_2\":null,\"count\":7}", NULL),
	{ "aa.item.bare", "", "", "{\"n\":1}", NULL },
	SET("{\"kind\":\"hut\"}", NULL),
	{ "aa.item.set", "", "532327999000", "{\"place\":\"532327999000\"}", NULL },
	{ "aa.item.set", "", "532327101999", "{\"place\":\"532327101999\"}", NULL },
	{ "aa.item.set", "", "532399000000", "{\"place\":\"532399000000\"}", NULL },
	{ "aa.item.bare", "x7", "", "{\"case_no\":\"x7\"}", NULL },
	{ "aa.item.bare", "-7", PLACE, "{\"case_no\":-7,\"old_place\":\"" PLACE "\"}", NULL },
	SET("{\"kind\":\"hous\"}", NULL),

	{ "", "", "", "", "the row is no event" },
	{ "aa.item.lost", "", "", "{}", "its topic is not declared" },
	{ "aa.item.se", "", "", "{}", "its topic is not declared" },
	SET("", "its body is no JSON object"),
	SET("[]", "its body is no JSON object"),
	SET("{\"n\":1", "its body is no JSON object"),
	SET("{\"n\":1,\"n\":1}", "its body is no JSON object"),
	SET("{\"n\":1}{}", "its body is no JSON object"),
	SET("null", "its body is no JSON object"),
	SET("{\"\":1}", FIELD("", "is not declared")),
	SET("{\"phone\":[1]}", FIELD("phone", "is not declared")),
	SET("{\"phone\":{}}", FIELD("phone", "is not declared")),
	SET("{\"Phone\":1}", FIELD("Phone", "is not declared")),
	SET("{\"kind\":\"a|b\"}", FIELD("kind", "is none of its choices")),
	{ "aa.item.set", "", "53232710100", "{\"place\":\"53232710100\"}", FIELD("place", "is no known division") },
	{ "aa.item.set", "", "53232710100x", "{\"place\":\"53232710100x\"}", FIELD("place", "is no known division") },
	{ "aa.item.bare", "x", "", "{\"case_no\":\"y\"}", "its subject is not what its body says" },
	{ "aa.item.set", "x", "", "{\"name\":\"y\",\"n\":1}", "its subject is not what its body says" },
	SET("{\"_csrf\":1}", FIELD("_csrf", "is not declared")),
	SET("{\"n\":\"1\"}", FIELD("n", "is no whole number")),
	SET("{\"n\":1.5}", FIELD("n", "is no whole number")),
	SET("{\"n\":[1]}", FIELD("n", "is no whole number")),
	SET("{\"n\":true}", FIELD("n", "is no whole number")),
	SET("{\"fee_fen\":\"12\"}", FIELD("fee_fen", "is no whole number")),
	SET("{\"open\":1}", FIELD("open", "is neither true nor false")),
	SET("{\"name\":1}", FIELD("name", "is no text")),
	SET("{\"name\":{\"a\":1}}", FIELD("name", "is no text")),
	SET("{\"note\":[\"a\"]}", FIELD("note", "is no text")),
	SET("{\"day\":\"2026-02-30\"}", FIELD("day", "is no day")),
	SET("{\"at\":\"2026-09-18\"}", FIELD("at", "is no time")),
	SET("{\"at\":1789695000000}", FIELD("at", "is no text")),
	SET("{\"kind\":\"house=住房\"}", FIELD("kind", "is none of its choices")),
	SET("{\"kind\":\"\"}", FIELD("kind", "is none of its choices")),
	{ "aa.item.set", "", "110101001000", "{\"place\":\"110101001000\"}", FIELD("place", "is no known division") },
	SET("{\"place\":\"5323271010005323271010005323271010005323271010005323271010005323271010\"}",
	    FIELD("place", "is too long")),
	SET("{\"name\":\"x\"}", "its subject is not what its body says"),
	{ "aa.item.set", "x", "", "{}", "its subject is not what its body says" },
	{ "aa.item.set", "x", "", "{\"name\":\"y\"}", "its subject is not what its body says" },
	{ "aa.item.numbered", "07", "", "{\"n\":7}", "its subject is not what its body says" },
	{ "aa.item.bare", "x", "", "{}", "its subject is not what its body says" },
	{ "aa.item.set", "", PLACE, "{}", "its division is not what its body says" },
	SET("{\"place\":\"" PLACE "\"}", "its division is not what its body says"),
	{ "aa.item.numbered", "", PLACE, "{\"place\":\"" PLACE "\"}", "its division is not what its body says" },
	/* What is not declared speaks for a column only where nothing that is declared does. */
	{ "aa.item.set", "", "532328101000", "{\"place\":\"" PLACE "\",\"zz\":\"532328101000\"}", "its division is not what its body says" },
	{ "aa.item.set", "x", "", "{\"name\":\"y\",\"zz\":\"x\"}", "its subject is not what its body says" },
	{ "aa.item.bare", "", "garbage", "{\"zz\":\"garbage\"}", "its division is none" },
};

typedef struct World {
	Plugin *plugin;
	Divisions *divisions;
	Arena *arena;
} World;

static World world_new(void)
{
	static const char *const paths[] = { SOURCE_DIR "/conf/data/divisions/chuxiong-532300.csv", NULL };
	g_autoptr(GError) error = NULL;
	World world = { plugin_bind(&plugin_aa, &error), divisions_load(paths, NULL), arena_new() };

	cr_assert_not_null(world.plugin, "%s", error != NULL ? error->message : "");
	cr_assert_not_null(world.divisions);
	return world;
}

static void world_clear(World *world)
{
	plugin_free(world->plugin);
	divisions_free(world->divisions);
	arena_free(world->arena);
}

static LogEvent event_of(const Case *row)
{
	return (LogEvent){ .position = { 1, 1 }, .topic = row->topic, .subject = row->subject, .division = row->division,
		           .body = row->body, .body_length = strlen(row->body) };
}

Test(event_check, each_fault_is_found_and_named)
{
	World world = world_new();

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		LogEvent event = event_of(&cases[i]);
		const char *fault = event_fault(world.plugin, world.divisions, &event, world.arena);

		cr_expect(g_strcmp0(fault, cases[i].fault) == 0, "%s %s: %s", cases[i].topic, cases[i].body,
		          fault != NULL ? fault : "taken");
		arena_reset(world.arena);
	}
	world_clear(&world);
}

Test(event_check, members_that_are_not_declared_go_no_further)
{
	static const Case rows[] = {
		SET("{\"n\":7,\"id_card\":\"x\",\"note\":null,\"open\":true}", "{\"n\":7,\"note\":null,\"open\":true}"),
		SET("{\"old\":\"x\"}", "{}"),
		SET("{ \"n\" : 7 }", "{ \"n\" : 7 }"),
	};
	World world = world_new();

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		LogEvent event = event_of(&rows[i]);

		cr_assert_null(event_fault(world.plugin, world.divisions, &event, world.arena));
		cr_expect_str_eq(event.body, rows[i].fault);
		cr_expect_eq(event.body_length, strlen(rows[i].fault));
	}
	world_clear(&world);
}

Test(event_check, a_personal_field_is_a_fault_however_it_came_into_the_table)
{
	static const guint32 types[] = { ZHEN_NAME, ZHEN_PHONE, ZHEN_ID_CARD };
	World world = world_new();

	for (gsize i = 0; i < G_N_ELEMENTS(types); i++) {
		Case row = SET("{\"note\":null}", NULL);
		LogEvent event = event_of(&row);
		zhen_field *field = (zhen_field *)field_find(world.plugin->topics[0].fields, "note");
		const char *fault;

		field->type = types[i];
		fault = event_fault(world.plugin, world.divisions, &event, world.arena);
		cr_expect_str_eq(fault != NULL ? fault : "", "aa.item.set: field note is personal");
	}
	world_clear(&world);
}

Test(event_check, members_beyond_what_is_read_flat_are_looked_at_too)
{
	World world = world_new();
	g_autoptr(GString) body = g_string_new("{");
	LogEvent event;
	Case row;

	for (guint i = 0; i < 70; i++)
		g_string_append_printf(body, "%s\"m%u\":%u", i > 0 ? "," : "", i, i);
	g_string_append(body, ",\"n\":\"no number\"");
	g_string_append(body, "}");
	row = (Case)SET(body->str, NULL);
	event = event_of(&row);
	cr_expect_not_null(event_fault(world.plugin, world.divisions, &event, world.arena));
	world_clear(&world);
}
