/* SPDX-License-Identifier: Apache-2.0
 * The quick reader beside the full one: what it takes must be what that one says. */
#include <criterion/criterion.h>
#include <string.h>

#include "base/json.h"
#include "base/json_flat.h"

static void same_as_tree(const char *text, gsize length, const JsonFlat *members, guint count)
{
	g_autoptr(json_t) tree = json_read(text, length, NULL);

	cr_assert(json_is_object(tree), "json_read refuses %s", text);
	cr_assert_eq(json_object_size(tree), count, "%s", text);
	for (guint i = 0; i < count; i++) {
		const JsonFlat *member = &members[i];
		const json_t *value = json_object_get(tree, member->name);

		cr_assert_not_null(value, "%s: %s", text, member->name);
		switch (member->kind) {
		case JSON_FLAT_NULL:
			cr_assert(json_is_null(value));
			break;
		case JSON_FLAT_BOOL:
			cr_assert(json_is_boolean(value) && json_is_true(value) == (member->integer != 0));
			break;
		case JSON_FLAT_INT:
			cr_assert(json_is_integer(value) && json_integer_value(value) == member->integer, "%s", text);
			break;
		default:
			cr_assert(json_is_string(value) && json_string_length(value) == member->length &&
			                  memcmp(json_string_value(value), member->text, member->length) == 0,
			          "%s", text);
		}
	}
}

static gboolean takes(const char *text, gsize length)
{
	/* Of its own, so that the address sanitizer sees a byte read beyond. */
	g_autofree char *copy = g_memdup2(text, MAX(length, 1));
	Arena *arena = arena_new();
	JsonFlat members[JSON_FLAT_MAX];
	guint count = 0;
	gboolean taken = json_flat_read(copy, length, arena, members, &count);

	if (taken)
		same_as_tree(copy, length, members, count);
	arena_free(arena);
	return taken;
}

Test(json_flat, takes_one_object_of_plain_members)
{
	const char *const rows[] = {
		"{}",
		" { } \n",
		"{\"a\":1}",
		"{\"a\":-0,\"b\":0,\"c\":-17}",
		"{\"a\":999999999999999999,\"b\":-999999999999999999}",
		"{\"a\":\"\",\"b\":null,\"c\":true,\"d\":false}",
		"\t{ \"a\" : \"x\" ,\r\n\"b\" : \"y\" }",
		"{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"}",
		"{\"名\":\"永定镇 \xf0\xa0\x80\x80\"}",
		"{\"a\\n\":\"\x7f\"}",
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		cr_assert(takes(rows[i], strlen(rows[i])), "%s", rows[i]);
}

Test(json_flat, leaves_the_rest_to_json_read)
{
	const char *const rows[] = {
		"", "{", "}", "[]", "1", "\"a\"", "null", "{}x", "{,}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{\"a\":1 \"b\":2}",
		"{a:1}", "{\"a\":01}", "{\"a\":-}", "{\"a\":1.5}", "{\"a\":1e3}", "{\"a\":+1}", "{\"a\":1234567890123456789}",
		"{\"a\":{}}", "{\"a\":[]}", "{\"a\":tru}", "{\"a\":\"\\u0041\"}", "{\"a\":\"\\x\"}", "{\"a\":\"\\\"}",
		"{\"a\":\"\n\"}", "{\"a\":\"x}", "{\"a\":1,\"a\":2}", "{\"a\":\"\xc0\x80\"}", "{\"a\":\"\xed\xa0\x80\"}",
		"{\"a\":\"\xe6\x98\"}", "{\"\xff\":1}", "{\"a\":\"\xf4\x90\x80\x80\"}",
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		cr_assert_not(takes(rows[i], strlen(rows[i])), "%s", rows[i]);
	cr_assert_not(takes("{\"a\":\"\0\"}", 9));
}

Test(json_flat, cut_anywhere_it_takes_nothing)
{
	const char text[] =
		"{\"village\":\"532301101001\",\"title\":\"宅基地\\n\",\"area\":120,\"yes\":true,\"no\":null}";

	for (gsize length = 0; length + 1 < strlen(text); length++)
		cr_assert_not(takes(text, length), "%.*s", (int)length, text);
	cr_assert(takes(text, strlen(text)));
}

/* One changed byte at a time: never more than json_read takes. */
Test(json_flat, bent_anywhere_it_still_agrees)
{
	const char *const rows[] = { "{\"a\":\"宅\\t\",\"b\":-120,\"c\":true, \"d\":null}",
		                     "{\"longer than a word\":\"0123456789 abcdefghijklmno\\\"pqrstuvwxyz 宅基地\",\"b\":\"\"}" };

	for (gsize row = 0; row < G_N_ELEMENTS(rows); row++)
		for (gsize i = 0; i < strlen(rows[row]); i++)
			for (guint byte = 0; byte < 256; byte++) {
				g_autofree char *text = g_strdup(rows[row]);

				text[i] = (char)byte;
				takes(text, strlen(rows[row]));
			}
}

Test(json_flat, takes_no_more_members_than_it_has_room_for)
{
	g_autoptr(GString) text = g_string_new("{\"m0\":0");

	for (guint i = 1; i < JSON_FLAT_MAX; i++)
		g_string_append_printf(text, ",\"m%u\":%u", i, i);
	g_string_append_c(text, '}');
	cr_assert(takes(text->str, text->len));
	g_string_truncate(text, text->len - 1);
	g_string_append(text, ",\"more\":1}");
	cr_assert_not(takes(text->str, text->len));
}
