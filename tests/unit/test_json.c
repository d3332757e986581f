/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"

Test(json_out, commas_and_names_go_where_they_belong)
{
	g_autoptr(GString) text = g_string_new(NULL);
	JsonOut out;

	json_out_init(&out, text);
	json_open(&out, NULL, FALSE);
	json_put_int(&out, "id", 7);
	json_open(&out, "items", TRUE);
	json_open(&out, NULL, FALSE);
	json_close_one(&out);
	json_open(&out, NULL, TRUE);
	json_put_bool(&out, NULL, TRUE);
	json_put_bool(&out, NULL, FALSE);
	json_close_one(&out);
	json_put_text(&out, NULL, NULL);
	json_close_one(&out);
	json_put_text(&out, "a\"b", "x");
	json_put_raw(&out, "raw", "[1,2]", 5);
	json_put_time(&out, "at", 1789695000000);
	json_close_one(&out);
	cr_assert_str_eq(text->str, "{\"id\":7,\"items\":[{},[true,false],null],\"a\\\"b\":\"x\",\"raw\":[1,2],"
	                            "\"at\":\"2026-09-18T09:30:00.000+08:00\"}");
}

Test(json_out, a_list_after_an_object_at_the_same_depth_is_a_list)
{
	g_autoptr(GString) text = g_string_new("head ");
	JsonOut out;

	json_out_init(&out, text);
	json_open(&out, NULL, TRUE);
	for (guint i = 0; i < 3; i++) {
		json_open(&out, NULL, i % 2 == 1);
		json_put_int(&out, i % 2 == 1 ? NULL : "n", i);
		json_close_one(&out);
	}
	json_close_one(&out);
	cr_assert_str_eq(text->str, "head [{\"n\":0},[1],{\"n\":2}]");
}

Test(json_out, a_member_without_a_name_still_makes_json)
{
	g_autoptr(GString) text = g_string_new(NULL);
	JsonOut out;

	json_out_init(&out, text);
	json_open(&out, NULL, FALSE);
	json_put_int(&out, NULL, 1);
	json_close_one(&out);
	cr_assert_str_eq(text->str, "{\"\":1}");
}

Test(json_out, numbers_read_back)
{
	static const struct {
		gint64 value;
		const char *text;
	} cases[] = {
		{ 0, "0" },
		{ -1, "-1" },
		{ 10, "10" },
		{ G_MAXINT64, "9223372036854775807" },
		{ G_MININT64, "-9223372036854775808" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GString) text = g_string_new(NULL);
		JsonOut out;

		json_out_init(&out, text);
		json_put_int(&out, NULL, cases[i].value);
		cr_assert_str_eq(text->str, cases[i].text);
	}
}

Test(json_out, a_name_is_escaped_wherever_it_needs_it)
{
	static const char odd[] = { '"', '\\', '\x01', '\x1f', 'x' };

	for (gsize length = 1; length <= 20; length++)
		for (gsize i = 0; i < length * sizeof(odd); i++) {
			g_autoptr(GString) text = g_string_new(NULL);
			char name[24] = "";
			JsonOut out;

			memset(name, 'n', length);
			name[i / sizeof(odd)] = odd[i % sizeof(odd)];
			json_out_init(&out, text);
			json_open(&out, NULL, FALSE);
			json_put_int(&out, name, 7);
			json_close_one(&out);
			g_autoptr(json_t) read = json_read(text->str, text->len, NULL);
			cr_assert_eq(json_integer_value(json_object_get(read, name)), 7, "%s", text->str);
		}
}

Test(json_out, values_of_every_kind_are_written)
{
	static const struct {
		zhen_value value;
		const char *text;
	} cases[] = {
		{ { ZHEN_KIND_NULL, 0, { 0 } }, "null" },
		{ { ZHEN_KIND_INT, 0, { .integer = -5 } }, "-5" },
		{ { ZHEN_KIND_REAL, 0, { .real = 0.1 } }, "0.1" },
		{ { ZHEN_KIND_REAL, 0, { .real = 1.0 / 3 } }, "0.33333333333333331" },
		{ { ZHEN_KIND_REAL, 0, { .real = INFINITY } }, "null" },
		{ { ZHEN_KIND_REAL, 0, { .real = NAN } }, "null" },
		{ { ZHEN_KIND_TEXT, 3, { .text = "a\0b" } }, "\"a\\u0000b\"" },
		{ { ZHEN_KIND_BLOB, 3, { .blob = "\x00\xff\x7a" } }, "\"00ff7a\"" },
		{ { ZHEN_KIND_BLOB, 0, { .blob = "" } }, "\"\"" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GString) text = g_string_new(NULL);
		JsonOut out;

		json_out_init(&out, text);
		json_put_value(&out, NULL, &cases[i].value);
		cr_assert_str_eq(text->str, cases[i].text);
	}
}

Test(json_out, texts_are_escaped_and_made_valid)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "", "" },
		{ "永定镇", "永定镇" },
		{ "\"\\/", "\\\"\\\\/" },
		{ "\b\f\n\r\t", "\\b\\f\\n\\r\\t" },
		{ "\x01\x1f\x7f", "\\u0001\\u001f\x7f" },
		{ "é镇😀", "é镇😀" },
		{ "a\xff" "b", "a\xef\xbf\xbd" "b" },
		{ "\xe9\x95", "\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xc0\x80", "\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xf4\x90\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GString) text = g_string_new(NULL);
		g_autofree char *wanted = g_strconcat("\"", cases[i].out, "\"", NULL);

		json_append_quoted(text, cases[i].in, strlen(cases[i].in));
		cr_assert_str_eq(text->str, wanted, "case %zu gave %s", i, text->str);
	}
}

Test(json_out, any_bytes_become_what_the_parser_reads)
{
	g_autoptr(GRand) random = g_rand_new_with_seed(20260918);

	for (guint round = 0; round < 5000; round++) {
		g_autoptr(GString) text = g_string_new(NULL);
		g_autoptr(GError) error = NULL;
		char bytes[24];
		gsize length = (gsize)g_rand_int_range(random, 0, sizeof bytes + 1);

		/* Many lead and continuation bytes, so that well-formed and nearly well-formed characters come up. */
		for (gsize i = 0; i < length; i++)
			bytes[i] = (char)(g_rand_boolean(random) ? g_rand_int_range(random, 0x80, 0x100) :
			                                           g_rand_int_range(random, 1, 0x80));
		json_append_quoted(text, bytes, length);

		g_autoptr(json_t) json = json_read(text->str, text->len, &error);

		cr_assert_not_null(json, "round %u: %s: %s", round, error != NULL ? error->message : "", text->str);
		if (g_utf8_validate(bytes, (gssize)length, NULL)) {
			cr_assert_eq(json_string_length(json), length);
			cr_assert_eq(memcmp(json_string_value(json), bytes, length), 0, "round %u", round);
		}
	}
}

/* Long texts are gone through many bytes at a time: one byte of them bent, at every place and every length. */
Test(json_out, a_bent_byte_is_found_wherever_it_stands)
{
	static const char *const texts[] = {
		"a plain sentence of more than two times sixteen bytes", "永定镇人民政府关于宅基地审批的决定",
		"a永定镇bc人民政府defg关于宅基地的决定，第12号。", "ÀÉé😀永😀定镇é人民政府😀关于宅基地",
	};
	static const guchar bent[] = { '\n', 0x1f, '"',  '\\', 'a',  0x7f, 0x80, 0x9f,
		                       0xa0, 0xbf, 0xc1, 0xe0, 0xe9, 0xed, 0xf0, 0xff };

	for (gsize t = 0; t < G_N_ELEMENTS(texts); t++) {
		const gsize whole = strlen(texts[t]);

		for (gsize length = 1; length <= whole; length++)
			for (gsize i = 0; i < length * G_N_ELEMENTS(bent); i++) {
				g_autoptr(GString) text = g_string_new(NULL);
				g_autofree char *bytes = g_strndup(texts[t], length);

				bytes[i % length] = (char)bent[i / length];
				json_append_quoted(text, bytes, length);

				g_autoptr(json_t) json = json_read(text->str, text->len, NULL);

				cr_assert_not_null(json, "text %zu, %zu bytes, case %zu: %s", t, length, i, text->str);
				if (g_utf8_validate(bytes, (gssize)length, NULL))
					cr_assert_str_eq(json_string_value(json), bytes);
			}
	}
}

Test(json_read, one_value_of_any_kind_is_read)
{
	static const char *const cases[] = { "{}",   "[]",   " [1, 2] \n",       "\"x\"", "7", "-1.5e3",
					     "true", "null", "{\"a\":{\"a\":1}}" };

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(json_t) json = json_read(cases[i], strlen(cases[i]), &error);

		cr_assert_not_null(json, "%s: %s", cases[i], error != NULL ? error->message : "");
	}

	g_autoptr(json_t) most = json_read("9223372036854775807xx", 19, NULL);

	cr_assert_eq(json_integer_value(most), G_MAXINT64, "only @length bytes are read");
}

Test(json_read, what_is_not_strict_json_is_refused_with_its_place)
{
#define TEXT(literal) literal, sizeof literal - 1
	static const struct {
		const char *text;
		gsize length;
		const char *says;
	} cases[] = {
		{ TEXT(""), "第 1 行第 1 列：没有内容" },
		{ TEXT("   "), "内容不完整" },
		{ TEXT("{\"a\":1,\n\"a\":2}"), "第 2 行" },
		{ TEXT("{\"a\":1,\"a\":2}"), "键重复" },
		{ TEXT("{\"a\":1,\"\\u0061\":2}"), "键重复" },
		{ TEXT("{} {}"), "结尾之后还有内容" },
		{ TEXT("[1,]"), "语法错误" },
		{ TEXT("{a:1}"), "语法错误" },
		{ TEXT("['a']"), "语法错误" },
		{ TEXT("[01]"), "语法错误" },
		{ TEXT("[NaN]"), "语法错误" },
		{ TEXT("// x\n1"), "语法错误" },
		{ TEXT("[1"), "内容不完整" },
		{ TEXT("\"abc"), "内容不完整" },
		{ TEXT("[9223372036854775808]"), "数值超出范围" },
		{ TEXT("[1e999]"), "数值超出范围" },
		{ TEXT("[\"a\\u0000b\"]"), "含有空字符" },
		{ TEXT("{\"a\\u0000b\":1}"), "含有空字符" },
		{ TEXT("[\"永\",\n\"a\0b\"]"), "第 2 行第 3 列：含有空字符" },
		{ TEXT("[1]\0"), "第 1 行第 4 列：含有空字符" },
		{ TEXT("[\"永\xff\"]"), "第 1 行第 4 列：不是有效的 UTF-8" },
		{ TEXT("[\"\xed\xa0\x80\"]"), "不是有效的 UTF-8" },
		{ TEXT("[\"\\ud800\"]"), "语法错误" },
		{ TEXT("[\"a\nb\"]"), "语法错误" },
		{ TEXT("\xef\xbb\xbf{}"), "语法错误" },
	};
#undef TEXT

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(json_t) json = json_read(cases[i].text, cases[i].length, &error);

		cr_assert_null(json, "case %zu '%s' was read", i, cases[i].text);
		cr_assert(g_error_matches(error, ZHEN_ERROR_DOMAIN, ERROR_INVALID));
		cr_assert_not_null(strstr(error->message, cases[i].says), "case %zu: '%s' does not say '%s'", i,
		                   error->message, cases[i].says);
	}
}

Test(json_read, an_error_does_not_quote_the_text)
{
	static const char text[] = "{\"id_card\": 532327199001011234x}";
	g_autoptr(GError) error = NULL;

	cr_assert_null(json_read(text, sizeof text - 1, &error));
	cr_assert_null(strstr(error->message, "5323"), "%s", error->message);
}

/* @depth lists in each other. */
static char *nested(guint depth)
{
	g_autofree char *open = g_strnfill(depth, '['), *close = g_strnfill(depth, ']');

	return g_strconcat(open, close, NULL);
}

Test(json_read, depth_ends_at_its_limit)
{
	g_autofree char *most = nested(JSON_DEPTH), *more = nested(JSON_DEPTH + 1), *far = nested(100000);
	g_autoptr(json_t) json = json_read(most, strlen(most), NULL);
	g_autoptr(GError) error = NULL;

	cr_assert_not_null(json);
	cr_assert_null(json_read(more, strlen(more), &error));
	cr_assert_not_null(strstr(error->message, "第 1 行第 17 列：嵌套太深"), "%s", error->message);
	cr_assert_null(json_read(far, strlen(far), NULL));
}

Test(json_read, brackets_inside_a_text_are_no_depth)
{
	static const char text[] = "[\"[[[[[[[[[[[[[[[[[[[[\", \"\\\"{{{{{{{{{{{{{{{{{{{\\\\\", []]";
	g_autoptr(GError) error = NULL;
	g_autoptr(json_t) json = json_read(text, sizeof text - 1, &error);

	cr_assert_eq(json_array_size(json), 3, "%s", error != NULL ? error->message : "");
}
