/* SPDX-License-Identifier: Apache-2.0
 * The three steps of expansion in one: for tests, tools and what runs once. */
#include "store/words.h"

#include <string.h>
#include "base/error.h"
#include "store/words_plan.h"

static gboolean is_one_of(const WordsTexts *texts, const char *text)
{
	gboolean own = text == texts->high || text == texts->match || text == texts->found;

	for (guint i = 0; i < SCAN_SCOPES_MAX; i++)
		own |= text == texts->among[i];
	return own;
}

gboolean words_expand(const char *sql, const WordsContext *context, Words *out, GError **error)
{
	g_autoptr(WordsScan) scan = words_scan(sql, error);
	g_autoptr(WordsPlan) plan = NULL;
	g_auto(WordsTexts) texts = { 0 };
	WordsShape shape;

	if (scan == NULL || !words_shape(scan, context, &shape, error))
		return FALSE;
	plan = words_plan(scan, context->engine, &shape);
	memset(out, 0, sizeof(*out));
	out->values = g_array_new(FALSE, FALSE, sizeof(zhen_value));
	words_values(scan, plan, &shape, context, NULL, 0, &texts, out->values);
	for (guint i = 0; i < out->values->len; i++) {
		zhen_value *value = &g_array_index(out->values, zhen_value, i);

		/* As many as there are prefectures, and searches of tests: kept for good, so that nobody has to own it. */
		if (value->kind == ZHEN_KIND_TEXT && is_one_of(&texts, value->as.text))
			value->as.text = g_intern_string(value->as.text);
	}
	out->sql = g_steal_pointer(&plan->sql);
	out->n_args = scan->n_args;
	out->page_columns = g_strdupv(scan->page_names);
	out->page_descending = scan->page_descending;
	out->has_scope = scan->n_scopes > 0;
	out->sees_nothing = plan->sees_nothing;
	return TRUE;
}

void words_clear(Words *words)
{
	g_clear_pointer(&words->sql, g_free);
	g_clear_pointer(&words->values, g_array_unref);
	g_clear_pointer(&words->page_columns, g_strfreev);
}
