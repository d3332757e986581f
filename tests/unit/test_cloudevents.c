/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <string.h>

#include "base/json.h"
#include "bus/cloudevents.h"

static const Plugin plugin = { .id = "notes", .version = "1.0.0" };

static LogEvent event_of(const char *subject, const char *division, const char *body)
{
	return (LogEvent){ .position = { 0x5f, 17 }, .topic = "notes.note.added", .subject = subject, .division = division,
		           .body = body, .body_length = strlen(body), .at_ms = G_GINT64_CONSTANT(1789695000000) };
}

static json_t *put(const LogEvent *event)
{
	g_autoptr(GString) text = g_string_new("before");
	g_autoptr(GError) error = NULL;
	json_t *json;

	cloudevent_put(text, &plugin, event);
	cr_assert(g_str_has_prefix(text->str, "before{"));
	cr_assert_null(strpbrk(text->str, "\r\n"), "%s", text->str);
	json = json_read(text->str + 6, text->len - 6, &error);
	cr_assert_not_null(json, "%s: %s", text->str, error != NULL ? error->message : "");
	return json;
}

Test(cloudevents, an_event_has_every_attribute_the_standard_asks_for)
{
	static const struct {
		const char *name, *value;
	} rows[] = {
		{ "specversion", "1.0" },
		{ "id", "notes:5f-17" },
		{ "source", "/p/notes" },
		{ "type", "cn.zhen.notes.note.added.v1" },
		{ "time", "2026-09-18T09:30:00.000+08:00" },
		{ "subject", "7" },
		{ "division", "532327101000" },
		{ "datacontenttype", "application/json" },
	};
	LogEvent event = event_of("7", "532327101000", "{\"id\":7,\"text\":\"永定镇\"}");
	g_autoptr(json_t) json = put(&event);

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
		cr_expect_str_eq(json_string_value(json_object_get(json, rows[i].name)), rows[i].value);
	cr_expect_eq(json_object_size(json), G_N_ELEMENTS(rows) + 1);
	cr_expect_eq(json_integer_value(json_object_get(json_object_get(json, "data"), "id")), 7);
	cr_expect_str_eq(json_string_value(json_object_get(json_object_get(json, "data"), "text")), "永定镇");
}

Test(cloudevents, an_attribute_without_a_value_is_left_out)
{
	LogEvent event = event_of("", "", "{}");
	g_autoptr(json_t) json = put(&event);

	cr_expect_null(json_object_get(json, "subject"));
	cr_expect_null(json_object_get(json, "division"));
	cr_expect_eq(json_object_size(json_object_get(json, "data")), 0);
}

Test(cloudevents, a_body_written_over_several_lines_becomes_one)
{
	LogEvent event = event_of("a\"b\\c\nd", "", "{\r\n \"text\" : \"a\\nb\"\n}");
	g_autoptr(json_t) json = put(&event);

	cr_expect_str_eq(json_string_value(json_object_get(json, "subject")), "a\"b\\c\nd");
	cr_expect_str_eq(json_string_value(json_object_get(json_object_get(json, "data"), "text")), "a\nb");
}
