/* SPDX-License-Identifier: Apache-2.0
 * What has to be said twice is said alike, and the probe that is to call all of the SDK does. */
#include <criterion/criterion.h>
#include <glib.h>
#include <string.h>

static char *read_text(const char *path)
{
	char *text = NULL;
	g_autoptr(GError) error = NULL;

	cr_assert(g_file_get_contents(path, &text, NULL, &error), "%s", error != NULL ? error->message : "");
	return text;
}

Test(readme, the_plugin_in_one_page_is_the_template)
{
	static const char *const pages[] = { SOURCE_DIR "/README.md", SOURCE_DIR "/README.zh-CN.md" };
	g_autofree char *template = read_text(SOURCE_DIR "/sdk/template/notes.c");
	g_autofree char *block = g_strconcat("```c\n", template, "```\n", NULL);

	for (guint i = 0; i < G_N_ELEMENTS(pages); i++) {
		g_autofree char *page = read_text(pages[i]);

		cr_assert_not_null(strstr(page, block), "%s does not show sdk/template/notes.c as it is", pages[i]);
	}
}

/* Wrappers of zhen.h by the member that they call: "insert" -> "zhen_insert". */
static GHashTable *read_wrappers(void)
{
	GHashTable *wrappers =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
	g_autofree char *header = read_text(SOURCE_DIR "/sdk/include/zhen/zhen.h");
	g_autoptr(GRegex) regex = g_regex_new("\\b(zhen_\\w+)\\([^;{}]*\\)\\s*\\{[^}]*?->host->(\\w+)\\(", 0, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;

	for (g_regex_match(regex, header, 0, &match); g_match_info_matches(match); g_match_info_next(match, NULL)) {
		g_autofree char *member = g_match_info_fetch(match, 2);
		char *name = g_match_info_fetch(match, 1);
		char *values = g_strrstr(name, "_values"); /* zhen_one(...) is a macro over zhen_one_values */
		GPtrArray *names = g_hash_table_lookup(wrappers, member);

		if (names == NULL)
			g_hash_table_insert(wrappers, g_strdup(member), names = g_ptr_array_new_with_free_func(g_free));
		if (values != NULL)
			*values = '\0';
		g_ptr_array_add(names, name);
	}
	return wrappers;
}

static gboolean calls(const char *code, const char *format, const char *name)
{
	g_autofree char *pattern = g_strdup_printf(format, name);

	return g_regex_match_simple(pattern, code, 0, 0);
}

Test(probe, every_function_of_the_host_table_is_called_by_it)
{
	g_autofree char *table = read_text(SOURCE_DIR "/sdk/include/zhen/host.h");
	g_autofree char *code = read_text(SOURCE_DIR "/tests/fixtures/probe/probe.c");
	g_autoptr(GHashTable) wrappers = read_wrappers();
	g_autoptr(GRegex) regex = g_regex_new("\\(\\*(\\w+)\\)\\(zhen_call \\*call", 0, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;
	guint members = 0;

	for (g_regex_match(regex, table, 0, &match); g_match_info_matches(match); g_match_info_next(match, NULL)) {
		g_autofree char *member = g_match_info_fetch(match, 1);
		GPtrArray *names = g_hash_table_lookup(wrappers, member);
		gboolean called = calls(code, "(host->|\\bzhen_)%s\\(", member);

		members++;
		for (guint i = 0; names != NULL && i < names->len && !called; i++)
			called = calls(code, "\\b%s\\(", names->pdata[i]);
		cr_expect(called, "%s is in no fixture that both homes are compared by", member);
	}
	cr_assert_gt(members, 40);
}
