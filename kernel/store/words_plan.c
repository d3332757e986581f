/* SPDX-License-Identifier: Apache-2.0
 * The second and third steps of expansion: a scanned text becomes SQL for one shape; values are picked for one call. */
#include "store/words_plan.h"

#include <string.h>
#include "base/error.h"

/* Numbers of merged townships are rounded up to one of these, so that few statements serve every county. */
static const guint8 paddings[] = { 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, WORDS_MERGE_MAX };

/* The divisions of a level at or below one: at most one more than can be merged. */
typedef struct Below {
	const Division *list[WORDS_MERGE_MAX + 1];
	guint count;
} Below;

static void below_add(Below *below, const Division *division, DivisionLevel level)
{
	if (below->count > WORDS_MERGE_MAX)
		return;
	if (division->level == level) {
		below->list[below->count++] = division;
		return;
	}
	if (division->level > level)
		return;
	for (guint i = 0; i < division->n_children && below->count <= WORDS_MERGE_MAX; i++)
		below_add(below, division->children[i], level);
}

static void below_find(Below *below, const Division *division, DivisionLevel level)
{
	below->count = 0;
	if (level == LEVEL_TOWNSHIP && division->level < LEVEL_TOWNSHIP) {
		below->count = MIN(division->n_townships, WORDS_MERGE_MAX + 1);
		for (guint i = 0; i < below->count; i++)
			below->list[i] = division->townships[i];
	} else {
		below_add(below, division, level);
	}
}

static guint below_count(const Division *division, DivisionLevel level)
{
	Below below;

	if (level == LEVEL_TOWNSHIP && division->level < LEVEL_TOWNSHIP)
		return division->n_townships;
	below_find(&below, division, level);
	return below.count;
}

/* Of a narrowed scope: the divisions of a level at, below or above its townships, which come by code. */
static void below_only(Below *below, const Scope *scope, DivisionLevel level)
{
	below->count = 0;
	for (guint i = 0; i < scope->n_only && below->count <= WORDS_MERGE_MAX; i++) {
		const Division *above = division_at(scope->only[i], level);

		if (level >= LEVEL_TOWNSHIP)
			below_add(below, scope->only[i], level);
		else if (above != NULL && (below->count == 0 || below->list[below->count - 1] != above))
			below->list[below->count++] = above;
	}
}

static guint8 padded(guint count)
{
	for (gsize i = 0; i < G_N_ELEMENTS(paddings); i++)
		if (count <= paddings[i])
			return paddings[i];
	return 0;
}

/* The column of the caller's own level, else the coarsest finer one: fewest values to compare with. */
static void shape_division(const ScopeWord *word, const Division *division, ScopeShape *out)
{
	for (guint i = word->n_columns; i-- > 0;) {
		guint count;

		if (word->levels[i] < division->level)
			continue;
		out->column = (guint8)i;
		if (word->levels[i] == division->level) {
			out->form = FORM_EQUAL;
			return;
		}
		count = below_count(division, word->levels[i]);
		out->form = count == 0 ? FORM_NOTHING : count > WORDS_MERGE_MAX ? FORM_RANGE : FORM_MANY;
		out->padded = out->form == FORM_MANY ? padded(count) : 0;
		return;
	}
}

/* The coarsest column that tells townships apart; what is scoped by coarser ones only is told as finely as it can be. Rows of
 * the own body are no exception where a division is known as well. */
static void shape_only(const ScopeWord *word, const Scope *scope, ScopeShape *out)
{
	Below below;
	guint at = 0;

	while (at + 1 < word->n_columns && word->levels[at + 1] >= LEVEL_TOWNSHIP)
		at++;
	if (word->n_columns == 0) {
		out->body = word->body != NULL && scope->body != NULL && *scope->body != '\0';
		return;
	}
	below_only(&below, scope, word->levels[at]);
	out->column = (guint8)at;
	out->form = below.count == 0 ? FORM_NOTHING : below.count > WORDS_MERGE_MAX ? FORM_AMONG : FORM_MANY;
	out->padded = out->form == FORM_MANY ? padded(below.count) : 0;
}

static void shape_scope(const ScopeWord *word, const Scope *scope, ScopeShape *out)
{
	if (scope == NULL)
		return;
	if (scope->only != NULL && (scope->all || scope->division != NULL)) {
		shape_only(word, scope, out);
		return;
	}
	if (scope->all) {
		out->form = FORM_ALL;
		return;
	}
	if (scope->division != NULL)
		shape_division(word, scope->division, out);
	out->body = word->body != NULL && scope->body != NULL && *scope->body != '\0';
}

gboolean words_shape(const WordsScan *scan, const WordsContext *context, WordsShape *out, GError **error)
{
	const Page *page = context->page;

	memset(out, 0, sizeof(*out));
	for (guint i = 0; i < scan->n_scopes; i++)
		shape_scope(&scan->scopes[i], context->scope, &out->scopes[i]);
	if (!scan->has_page)
		return TRUE;
	if (page == NULL)
		return throw_error(error, ERROR_INVALID, "SQL: {{page}} only where a list is answered");
	if (page->after != NULL && page->n_after != scan->page_columns->len)
		return throw_error(error, ERROR_INVALID, "SQL: {{page}} of %u columns cannot go on after %u values",
		                   scan->page_columns->len, page->n_after);
	out->page = page->after == NULL ? 1 : 2;
	return TRUE;
}

/* ---- text ---- */

typedef struct Out {
	const WordsScan *scan;
	const WordsShape *shape;
	WordsEngine engine;
	GString *sql;
	GArray *binds;
	gboolean merging; /* this is one term of several */
} Out;

#define TERM_WHOLE (-1)
#define TERM_BODY (-2)

/* A host parameter; the same source is the same parameter. */
static void put_bind(Out *out, BindKind kind, guint scope, guint index)
{
	Bind bind = { (guint8)kind, (guint8)scope, (guint8)index };
	guint at = 0;

	while (at < out->binds->len && memcmp(&g_array_index(out->binds, Bind, at), &bind, sizeof(bind)) != 0)
		at++;
	if (at == out->binds->len)
		g_array_append_val(out->binds, bind);
	g_string_append_printf(out->sql, "%c%u", out->engine == WORDS_SQLITE ? '?' : '$', out->scan->n_args + at + 1);
}

static const char *truth(const Out *out, gboolean value)
{
	if (out->engine == WORDS_SQLITE)
		return value ? "1" : "0";
	return value ? "TRUE" : "FALSE";
}

static void put_codes(Out *out, guint n, const char *column, const ScopeShape *shape)
{
	if (shape->padded == 1) {
		g_string_append_printf(out->sql, "%s = ", column);
		put_bind(out, BIND_CODE, n, 0);
		return;
	}
	g_string_append_printf(out->sql, "%s IN (", column);
	for (guint i = 0; i < shape->padded; i++) {
		if (i > 0)
			g_string_append(out->sql, ", ");
		put_bind(out, BIND_CODE, n, i);
	}
	g_string_append_c(out->sql, ')');
}

/* The index on the column is left alone: a range over it would sort all of a prefecture's rows. */
static void put_range(Out *out, guint n, const char *column)
{
	const char *before = out->engine == WORDS_SQLITE ? "+" : "";
	const char *after = out->engine == WORDS_SQLITE ? "" : " || ''";

	g_string_append_printf(out->sql, "(%s%s%s >= ", before, column, after);
	put_bind(out, BIND_LOW, n, 0);
	g_string_append_printf(out->sql, " AND %s%s%s < ", before, column, after);
	put_bind(out, BIND_HIGH, n, 0);
	g_string_append_c(out->sql, ')');
}

/* As the range, for those who see much of what is not one piece. */
static void put_among(Out *out, guint n, const char *column)
{
	g_string_append(out->sql, out->engine == WORDS_SQLITE ? "instr(" : "strpos(");
	put_bind(out, BIND_AMONG, n, 0);
	g_string_append_printf(out->sql, ", ',' || %s || ',') > 0", column);
}

static void put_division(Out *out, guint n)
{
	const ScopeShape *shape = &out->shape->scopes[n];
	const char *column = out->scan->scopes[n].columns[shape->column];

	switch ((ScopeForm)shape->form) {
	case FORM_NOTHING:
		g_string_append(out->sql, truth(out, FALSE));
		break;
	case FORM_ALL:
		g_string_append(out->sql, truth(out, TRUE));
		break;
	case FORM_EQUAL:
		g_string_append_printf(out->sql, "%s = ", column);
		put_bind(out, BIND_CODE, n, 0);
		break;
	case FORM_MANY:
		put_codes(out, n, column, shape);
		break;
	case FORM_RANGE:
		put_range(out, n, column);
		break;
	case FORM_AMONG:
		put_among(out, n, column);
		break;
	}
}

static void put_body(Out *out, guint n)
{
	g_string_append_printf(out->sql, "%s = ", out->scan->scopes[n].body);
	put_bind(out, BIND_BODY, n, 0);
}

static void put_scope(Out *out, guint n, int term)
{
	const ScopeShape *shape = &out->shape->scopes[n];

	if (term >= 0) {
		g_string_append_printf(out->sql, "%s = ", out->scan->scopes[n].columns[shape->column]);
		put_bind(out, BIND_CODE, n, (guint)term);
	} else if (term == TERM_BODY) {
		put_body(out, n);
		g_string_append(out->sql, " AND NOT coalesce(");
		put_division(out, n);
		g_string_append_printf(out->sql, ", %s)", truth(out, FALSE));
	} else if (shape->body && shape->form == FORM_NOTHING) {
		put_body(out, n);
	} else if (shape->body) {
		g_string_append_c(out->sql, '(');
		put_division(out, n);
		g_string_append(out->sql, " OR ");
		put_body(out, n);
		g_string_append_c(out->sql, ')');
	} else {
		put_division(out, n);
	}
}

/* The index answers in the order of its rows: told by its own name, it need not be sorted. */
static const char *page_column(const Out *out, const char *column, char *buffer, gsize size)
{
	const WordsScan *scan = out->scan;

	if (scan->search.name == NULL || out->engine != WORDS_SQLITE || scan->page_columns->len != 1 ||
	    strcmp(scan->search.key, column) != 0)
		return column;
	g_snprintf(buffer, size, "_search_%s.rowid", scan->search.name);
	return buffer;
}

static void put_search_table(Out *out)
{
	if (out->scan->search.name == NULL || out->engine != WORDS_SQLITE)
		return;
	g_string_append_printf(out->sql, " _search_%s(", out->scan->search.name);
	put_bind(out, BIND_MATCH, 0, 0);
	g_string_append(out->sql, ") CROSS JOIN");
}

static void put_search(Out *out)
{
	const SearchWord *search = &out->scan->search;

	if (out->engine != WORDS_SQLITE) {
		g_string_append_printf(out->sql, "position(lower($%u) IN lower(concat_ws(' '", search->param);
		for (guint i = 0; i < search->n_columns; i++)
			g_string_append_printf(out->sql, ", %s", search->columns[i]);
		g_string_append(out->sql, "))) > 0");
		return;
	}
	g_string_append_printf(out->sql, "(%s = _search_%s.rowid AND zhen_found(", search->key, search->name);
	put_bind(out, BIND_FOUND, 0, 0);
	for (guint i = 0; i < search->n_columns; i++)
		g_string_append_printf(out->sql, ", %s%s", search->levels[i] != LEVEL_NONE ? "char(1) || " : "",
		                       search->columns[i]);
	g_string_append(out->sql, "))");
}

static void put_order(Out *out, char **columns)
{
	char buffer[96];

	g_string_append(out->sql, " ORDER BY ");
	for (guint i = 0; columns[i] != NULL; i++)
		g_string_append_printf(out->sql, "%s%s%s", i > 0 ? ", " : "",
		                       page_column(out, columns[i], buffer, sizeof(buffer)),
		                       out->scan->page_descending ? " DESC" : "");
	g_string_append(out->sql, " LIMIT ");
	put_bind(out, BIND_LIMIT, 0, 0);
}

static void put_keyset(Out *out)
{
	const GPtrArray *columns = out->scan->page_columns;
	char buffer[96];

	g_string_append(out->sql, out->scan->has_where ? ") AND (" : " WHERE (");
	for (guint i = 0; i < columns->len; i++)
		g_string_append_printf(out->sql, "%s%s", i > 0 ? ", " : "",
		                       page_column(out, columns->pdata[i], buffer, sizeof(buffer)));
	g_string_append_printf(out->sql, ") %c (", out->scan->page_descending ? '<' : '>');
	for (guint i = 0; i < columns->len; i++) {
		if (i > 0)
			g_string_append(out->sql, ", ");
		put_bind(out, BIND_AFTER, 0, i);
	}
	g_string_append_c(out->sql, ')');
}

static void put_page(Out *out)
{
	g_autoptr(GPtrArray) columns = g_ptr_array_new();

	if (out->sql->len > 0 && out->sql->str[out->sql->len - 1] == ' ')
		g_string_truncate(out->sql, out->sql->len - 1);
	if (out->shape->page == 2)
		put_keyset(out);
	if (out->merging)
		return; /* the order stands once, behind all terms */
	g_ptr_array_extend(columns, out->scan->page_columns, NULL, NULL);
	g_ptr_array_add(columns, NULL);
	put_order(out, (char **)columns->pdata);
}

static void put_statement(Out *out, int term)
{
	const GArray *pieces = out->scan->pieces;

	for (guint i = 0; i < pieces->len; i++) {
		const Piece *piece = &g_array_index(pieces, Piece, i);

		switch (piece->kind) {
		case PIECE_TEXT:
			g_string_append(out->sql, piece->text[0]);
			break;
		case PIECE_ENGINE:
			g_string_append(out->sql, piece->text[out->engine == WORDS_SQLITE ? 0 : 1]);
			break;
		case PIECE_PARAM:
			g_string_append_printf(out->sql, "%c%u", out->engine == WORDS_SQLITE ? '?' : '$', piece->n);
			break;
		case PIECE_NOW:
			put_bind(out, BIND_NOW, 0, 0);
			break;
		case PIECE_SCOPE:
			put_scope(out, piece->n, term);
			break;
		case PIECE_FROM:
			put_search_table(out);
			break;
		case PIECE_SEARCH:
			put_search(out);
			break;
		case PIECE_WHERE:
			if (out->shape->page == 2)
				g_string_append(out->sql, " (");
			break;
		case PIECE_PAGE:
			put_page(out);
			break;
		}
	}
}

/* One order behind all terms: both engines then read every term in the order of its own piece of the index and merge,
 * only as far as the page goes. (A limit in each term would make SQLite collect k pages and sort them: ten times the time.) */
static void put_merged(Out *out)
{
	const ScopeShape *shape = &out->shape->scopes[0];
	guint codes = shape->form == FORM_EQUAL ? 1 : shape->padded;

	out->merging = TRUE;
	for (guint i = 0; i < codes + shape->body; i++) {
		g_string_append(out->sql, i == 0 ? "SELECT * FROM (" : " UNION ALL SELECT * FROM (");
		put_statement(out, i < codes ? (int)i : TERM_BODY);
		g_string_append_printf(out->sql, ") AS s%u", i + 1);
	}
	put_order(out, out->scan->page_names);
}

static gboolean is_merged(const WordsScan *scan, const WordsShape *shape)
{
	const ScopeShape *scope = &shape->scopes[0];

	if (!scan->mergeable)
		return FALSE;
	return (scope->form == FORM_MANY && scope->padded > 1) ||
	       (scope->body && (scope->form == FORM_MANY || scope->form == FORM_EQUAL));
}

WordsPlan *words_plan(const WordsScan *scan, WordsEngine engine, const WordsShape *shape)
{
	WordsPlan *plan = g_new0(WordsPlan, 1);
	Out out = { .scan = scan, .shape = shape, .engine = engine, .sql = g_string_new(NULL) };

	plan->binds = out.binds = g_array_new(FALSE, FALSE, sizeof(Bind));
	if (is_merged(scan, shape))
		put_merged(&out);
	else
		put_statement(&out, TERM_WHOLE);
	plan->sql = g_string_free(out.sql, FALSE);
	plan->sees_nothing = scan->n_scopes > 0;
	for (guint i = 0; i < scan->n_scopes; i++)
		if (shape->scopes[i].form != FORM_NOTHING || shape->scopes[i].body)
			plan->sees_nothing = FALSE;
	return plan;
}

void words_plan_free(WordsPlan *plan)
{
	if (plan == NULL)
		return;
	g_free(plan->sql);
	g_clear_pointer(&plan->binds, g_array_unref);
	g_free(plan);
}

/* ---- values ---- */

/* The first code after all that lie in a division: its significant digits plus one. */
static void range_end(const Division *division, char high[16])
{
	static const guint digits[] = { 0, 2, 4, 6, 9, 12 };
	guint at = digits[division->level];

	g_strlcpy(high, division->code, 16);
	high[at] = '\0';
	while (at > 0 && high[at - 1] == '9')
		high[--at] = '\0';
	if (at == 0)
		g_strlcpy(high, "a", 16);
	else
		high[at - 1]++;
}

static void among_add(GString *out, const Division *division, DivisionLevel level)
{
	if (division->level == level)
		g_string_append_printf(out, "%s,", division->code);
	for (guint i = 0; division->level < level && i < division->n_children; i++)
		among_add(out, division->children[i], level);
}

/* Of as many as there are: coarser than a township, the same one may come more than once. */
static char *among(const Scope *scope, DivisionLevel level)
{
	GString *text = g_string_new(",");

	for (guint i = 0; i < scope->n_only; i++) {
		const Division *at = level < LEVEL_TOWNSHIP ? division_at(scope->only[i], level) : scope->only[i];

		if (at != NULL)
			among_add(text, at, level);
	}
	return g_string_free(text, FALSE);
}

static zhen_value code_value(const Below *below, guint index, gboolean merged)
{
	if (index < below->count)
		return zhen_from_text(below->list[index]->code);
	/* A term more than there are townships finds nothing; a list just says its last code again. */
	return merged || below->count == 0 ? zhen_from_null() : zhen_from_text(below->list[below->count - 1]->code);
}

void words_values(const WordsScan *scan, const WordsPlan *plan, const WordsShape *shape, const WordsContext *context,
                  const zhen_value *args, gsize n_args, WordsTexts *texts, GArray *out)
{
	gboolean merged = is_merged(scan, shape);
	guint below_of = G_MAXUINT;
	Below below;

	for (guint i = 0; i < plan->binds->len; i++) {
		const Bind *bind = &g_array_index(plan->binds, Bind, i);
		const ScopeShape *scope = &shape->scopes[bind->scope];
		zhen_value value = zhen_from_null();

		switch ((BindKind)bind->kind) {
		case BIND_NOW:
			value = zhen_from_int(context->now_ms);
			break;
		case BIND_LIMIT:
			value = zhen_from_int((gint64)context->page->limit + 1);
			break;
		case BIND_AFTER:
			value = context->page->after[bind->index];
			break;
		case BIND_BODY:
			value = zhen_from_text(context->scope->body);
			break;
		case BIND_CODE:
			if (below_of != bind->scope && context->scope->only != NULL)
				below_only(&below, context->scope, scan->scopes[bind->scope].levels[scope->column]);
			else if (below_of != bind->scope)
				below_find(&below, context->scope->division,
				           scan->scopes[bind->scope].levels[scope->column]);
			below_of = bind->scope;
			value = code_value(&below, bind->index, merged);
			break;
		case BIND_LOW:
			value = zhen_from_text(context->scope->division->code);
			break;
		case BIND_HIGH:
			range_end(context->scope->division, texts->high);
			value = zhen_from_text(texts->high);
			break;
		case BIND_AMONG:
			g_free(texts->among[bind->scope]);
			texts->among[bind->scope] =
				among(context->scope, scan->scopes[bind->scope].levels[scope->column]);
			value = zhen_from_text(texts->among[bind->scope]);
			break;
		case BIND_MATCH:
		case BIND_FOUND:
			if (texts->found == NULL)
				words_find(scan, shape, context, args, n_args, texts);
			value = zhen_from_text(bind->kind == BIND_MATCH ? texts->match : texts->found);
			break;
		}
		g_array_append_val(out, value);
	}
}
