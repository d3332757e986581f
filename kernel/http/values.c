/* SPDX-License-Identifier: Apache-2.0 */
#include "http/values.h"

#include <string.h>

#define LEVEL_MAX 6        /* of headings: what lies deeper is shown as text */
#define WIDE_CHARACTERS 60 /* longer facts take the whole line */
#define MANY_FACTS 16      /* more stand in two columns where there is room */
#define MANY_COLUMNS 8     /* more make a dense table */
#define SHORT_CHARACTERS 8 /* a cell of a table is not broken over lines */

static gboolean is_href(const char *name)
{
	return strcmp(name, "href") == 0 || strcmp(name, "url") == 0 || g_str_has_suffix(name, "_href") ||
	       g_str_has_suffix(name, "_url");
}

/* Drawn elsewhere, or not meant for people. */
static gboolean is_left_out(const zhen_field *field, const char *name)
{
	return (field != NULL && (field->flags & ZHEN_HIDDEN) != 0) || strcmp(name, "actions") == 0 ||
	       (field == NULL && strcmp(name, "ticket") == 0) || strcmp(name, PAGE_MAY) == 0 || name[0] == '_';
}

static gboolean is_scalar(const json_t *value)
{
	return !json_is_object(value) && !json_is_array(value);
}

static gboolean is_number(const zhen_field *field, const char *name, const json_t *value)
{
	if (field != NULL)
		return field->type == ZHEN_INT || field->type == ZHEN_MONEY || field->type == ZHEN_DECIMAL;
	return json_is_real(value) || (json_is_integer(value) && g_str_has_suffix(name, "_fen"));
}

static void draw_scalar(const ValueView *view, Html *html, const zhen_field *field, const char *name,
                        const json_t *value, gboolean full)
{
	g_autofree char *text = value_text(view, field, name, value, full);
	const char *raw = json_string_value(value);

	if (view->dense && field != NULL && field->type == ZHEN_TIME && strchr(text, ' ') != NULL)
		*strchr(text, ' ') = '\0';

	if (raw != NULL && is_href(name) && html_url_safe(raw)) {
		html_link(html, raw, NULL, "查看");
	} else if (raw != NULL &&
	           ((field != NULL && field->type == ZHEN_SECRET) || g_str_has_suffix(name, "query_code"))) {
		html_leaf(html, "code", "code", text);
	} else if (raw != NULL && strcmp(raw, text) != 0 &&
	           (strlen(raw) == 12 || (field != NULL && field->type == ZHEN_BODY))) {
		html_open(html, "span", "title", raw, NULL);
		html_text(html, text);
		html_close(html);
	} else {
		html_text(html, text);
	}
}

static void draw_fact(const ValueView *view, Html *html, const char *name, const json_t *value)
{
	const zhen_field *field = value_field(view, name);
	const char *text = json_string_value(value);
	gboolean wide = text != NULL && (g_utf8_strlen(text, -1) > WIDE_CHARACTERS || strchr(text, '\n') != NULL);

	html_open(html, "div", "class", wide ? "wide" : NULL, NULL);
	html_leaf(html, "dt", NULL, value_label(field, name));
	html_open(html, "dd", NULL);
	draw_scalar(view, html, field, name, value, TRUE);
	html_close(html);
	html_close(html);
}

/* {"receipt": "/p/…"} or [{title, href}] */
static void draw_links(Html *html, const json_t *links)
{
	const char *name;
	json_t *link;
	size_t i;

	html_open(html, "ul", "class", "plain", NULL);
	if (json_is_object(links))
		json_object_foreach ((json_t *)links, name, link) {
			html_open(html, "li", NULL);
			html_link(html, json_string_value(link), NULL, value_label(NULL, name));
			html_close(html);
		}
	else
		json_array_foreach (links, i, link) {
			const char *href = json_string_value(json_object_get(link, "href"));
			const char *title = json_string_value(json_object_get(link, "title"));

			html_open(html, "li", NULL);
			html_link(html, href, NULL, title == NULL ? href : title);
			html_close(html);
		}
	html_close(html);
}

static void heading(Html *html, guint level, const char *text)
{
	static const char *const names[] = { "h2", "h2", "h2", "h3", "h4", "h5", "h6" };

	html_leaf(html, names[MIN(level, LEVEL_MAX)], NULL, text);
}

/* "/cases/{id}/steps/{step}" is the page, or the form, of each of the "steps" that "/cases/{id}" shows. (transfer full) */
static char *nested_row_path(const ValueView *view, const char *name, const char **out_action)
{
	const zhen_route *from = view->route;

	for (guint i = 0; from != NULL && from->method == ZHEN_GET && i < view->plugin->n_routes; i++) {
		const zhen_route *to = &view->plugin->routes[i];
		g_autofree char *start = g_strconcat(from->path, "/", name, "/{", NULL);

		if (!g_str_has_prefix(to->path, start) || strchr(to->path + strlen(start), '/') != NULL ||
		    (to->method != ZHEN_GET && !pages_has_form(to)) ||
		    !page_may(view->page, view->plugin, (to->flags & ZHEN_PUBLIC) != 0 ? NULL : to->permission,
		              to->feature))
			continue;
		*out_action = to->method == ZHEN_GET ? NULL : to->summary == NULL ? "办理" : to->summary;
		return g_strconcat(view->page->path, to->path + strlen(from->path),
		                   to->method == ZHEN_GET ? NULL : "?_form=POST", NULL);
	}
	return NULL;
}

/* @named: the answer itself says what can be done, so no row says it again. */
static void draw_nested(const ValueView *view, Html *html, const char *name, const json_t *value, guint level,
                        gboolean named)
{
	const zhen_field *field = value_field(view, name);
	ValueView inner = *view;

	inner.fields = field != NULL && field->type == ZHEN_LIST ? field->fields : NULL;
	inner.row_action = NULL;
	g_autofree char *row_path = nested_row_path(view, name, &inner.row_action);
	inner.row_path = named && inner.row_action != NULL ? NULL : row_path;
	if (named)
		inner.row_action = NULL;
	inner.route = NULL;
	html_open(html, "section", NULL);
	heading(html, level, value_label(field, name));
	if (level >= LEVEL_MAX)
		draw_scalar(&inner, html, NULL, name, value, TRUE);
	else if (strcmp(name, "links") == 0)
		draw_links(html, value);
	else if (json_is_array(value))
		values_rows(&inner, html, value, level + 1);
	else
		values_object(&inner, html, value, level + 1);
	html_close(html);
}

/* A fact without a value says nothing; in a table the place stays. */
gboolean values_said(const json_t *value)
{
	return is_scalar(value) && !json_is_null(value) && !(json_is_string(value) && json_string_length(value) == 0);
}

/* Member names: declared ones in declared order, then the others as they come. (transfer container) */
static GPtrArray *member_names(const ValueView *view, const json_t *object, GPtrArray *names)
{
	const char *name;
	json_t *value;

	if (names == NULL)
		names = g_ptr_array_new();
	for (const zhen_field *f = view->fields; f != NULL && f->name != NULL; f++)
		if (json_object_get(object, f->name) != NULL &&
		    !g_ptr_array_find_with_equal_func(names, f->name, g_str_equal, NULL))
			g_ptr_array_add(names, (gpointer)f->name);
	json_object_foreach ((json_t *)object, name, value)
		if (!g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
			g_ptr_array_add(names, (gpointer)name);
	return names;
}

void values_object(const ValueView *view, Html *html, const json_t *object, guint level)
{
	g_autoptr(GPtrArray) names = member_names(view, object, NULL);
	g_autoptr(GPtrArray) facts = g_ptr_array_new();

	for (guint i = 0; i < names->len; i++)
		if (values_said(json_object_get(object, names->pdata[i])) &&
		    !is_left_out(value_field(view, names->pdata[i]), names->pdata[i]))
			g_ptr_array_add(facts, names->pdata[i]);
	if (facts->len > 0)
		html_open(html, "dl", "class", facts->len > MANY_FACTS ? "facts many" : "facts", NULL);
	for (guint i = 0; i < facts->len; i++)
		draw_fact(view, html, facts->pdata[i], json_object_get(object, facts->pdata[i]));
	if (facts->len > 0)
		html_close(html);
	for (guint i = 0; i < names->len; i++) {
		const char *name = names->pdata[i];
		const json_t *value = json_object_get(object, name);

		if (!is_scalar(value) && !is_left_out(value_field(view, name), name))
			draw_nested(view, html, name, value, level, json_is_array(json_object_get(object, "actions")));
	}
}

/* The row path filled from the row's members. NULL = none. (transfer full) */
static char *row_key_url(const ValueView *view, const json_t *row)
{
	const char *open = view->row_path == NULL ? NULL : strchr(view->row_path, '{');
	const char *end = open == NULL ? NULL : strchr(open, '}');
	if (end == NULL)
		return NULL;
	g_autofree char *name = g_strndup(open + 1, (gsize)(end - open - 1));
	const json_t *key = json_object_get(row, name);
	/* A step is named "step" in the path and goes by its code among its equals. */
	if (key == NULL)
		key = json_object_get(row, "code");
	if (key == NULL)
		key = json_object_get(row, "id");
	g_autofree char *text = json_is_integer(key)
	                                ? g_strdup_printf("%" G_GINT64_FORMAT, (gint64)json_integer_value(key))
	                        : json_is_string(key) ? g_uri_escape_string(json_string_value(key), NULL, FALSE)
	                                              : NULL;
	if (text == NULL || text[0] == '\0')
		return NULL;
	return g_strdup_printf("%.*s%s%s", (int)(open - view->row_path), view->row_path, text, end + 1);
}

/* The page of one row: its href, else the row path. (transfer full) */
static char *row_url(const ValueView *view, const json_t *row)
{
	const char *href = json_string_value(json_object_get(row, "href"));

	if (href != NULL)
		return html_url_safe(href) ? g_strdup(href) : NULL;
	return row_key_url(view, row);
}

static gboolean is_column(const ValueView *view, const json_t *list, const char *name, gboolean linked)
{
	size_t i;
	json_t *row;

	if (is_left_out(value_field(view, name), name) || strcmp(name, "href") == 0)
		return FALSE;
	/* The key of a row that is a link already tells nobody anything. */
	if (linked && strcmp(name, "id") == 0 && (view->fields == NULL || field_find(view->fields, "id") == NULL))
		return FALSE;
	json_array_foreach (list, i, row)
		if (!json_is_null(json_object_get(row, name)) && json_object_get(row, name) != NULL)
			return TRUE;
	return FALSE;
}

/* Numbers to the right; days, and words too short to be broken, in one line; for the rest a column of some width. */
static const char *cell_class(const zhen_field *field, const char *name, const json_t *value)
{
	const char *text = json_string_value(value);

	if (is_number(field, name, value))
		return "number";
	if (field != NULL ? field->type == ZHEN_DATE || field->type == ZHEN_TIME : g_str_has_suffix(name, "_at"))
		return "day";
	if (text == NULL)
		return NULL;
	return g_utf8_strlen(text, -1) <= SHORT_CHARACTERS ||
	                       (g_str_is_ascii(text) && strlen(text) <= 3 * SHORT_CHARACTERS)
	               ? "short"
	               : "text";
}

static void draw_cell(const ValueView *view, Html *html, const char *name, const json_t *value, const char *url)
{
	const zhen_field *field = value_field(view, name);

	/* A place that is empty stays in a table; on a telephone, where it would be a line, it goes. */
	html_open(html, "td", "role", "cell", "data-label", value_label(field, name), "class",
	          is_scalar(value) && !values_said(value) ? "none" : cell_class(field, name, value), NULL);
	if (url != NULL) {
		g_autofree char *text = value_text(view, field, name, value, FALSE);
		html_link(html, url, NULL, text);
	} else if (json_is_array(value) && json_array_size(value) > 0 && is_scalar(json_array_get(value, 0))) {
		json_t *item;
		size_t i;

		json_array_foreach (value, i, item) {
			g_autofree char *text = value_text(view, field, name, item, FALSE);
			html_textf(html, "%s%s", i > 0 ? "、" : "", text);
		}
	} else if (strcmp(name, "links") == 0 && !is_scalar(value)) {
		draw_links(html, value);
	} else {
		html_open(html, "span", NULL);
		draw_scalar(view, html, field, name, value, FALSE);
		html_close(html);
	}
	html_close(html);
}

/* What a row is called is what leads to it, else its first column. */
static guint link_column(const GPtrArray *columns)
{
	guint column;

	return g_ptr_array_find_with_equal_func((GPtrArray *)columns, "name", g_str_equal, &column) ? column : 0;
}

static gboolean has_word(const char *words, const char *word)
{
	gsize length = strlen(word);

	for (const char *at = words; (at = strstr(at, word)) != NULL; at += length)
		if ((at == words || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
			return TRUE;
	return FALSE;
}

/* "/seals/{id}/handover" is an act on a row of "/seals", when the row says that it may be. NULL = this route is none. */
static const char *row_verb(const ValueView *view, const zhen_route *route)
{
	const char *list = view->route->path, *rest = route->path + strlen(list), *verb;

	if (!g_str_has_prefix(route->path, list) || !g_str_has_prefix(rest, "/{"))
		return NULL;
	verb = strchr(rest + 1, '/');
	if (verb == NULL || strchr(verb + 1, '/') != NULL || (route->method != ZHEN_GET && !pages_has_form(route)) ||
	    !page_may(view->page, view->plugin, (route->flags & ZHEN_PUBLIC) != 0 ? NULL : route->permission, route->feature))
		return NULL;
	return verb + 1;
}

static void draw_row_acts(const ValueView *view, Html *html, const json_t *row)
{
	const char *may = json_string_value(json_object_get(row, PAGE_MAY));

	html_open(html, "td", "role", "cell", "data-label", "操作", "class", may == NULL || may[0] == '\0' ? "none" : "acts", NULL);
	html_open(html, "span", NULL); /* one cell beside its label on a telephone */
	for (guint i = 0; may != NULL && i < view->plugin->n_routes; i++) {
		const zhen_route *route = &view->plugin->routes[i];
		const char *verb = row_verb(view, route);
		ValueView one = *view;

		if (verb == NULL || !has_word(may, verb))
			continue;
		g_autofree char *path = g_strconcat("/p/", view->plugin->id, route->path, NULL);
		one.row_path = path;
		g_autofree char *url = row_key_url(&one, row);
		g_autofree char *form = url == NULL || route->method == ZHEN_GET ? NULL : g_strconcat(url, "?_form=POST", NULL);
		if (url != NULL)
			html_link(html, form != NULL ? form : url, "button second small", route->summary != NULL ? route->summary : verb);
	}
	html_close(html);
	html_close(html);
}

static gboolean has_row_acts(const ValueView *view, const json_t *list)
{
	size_t i;
	json_t *row;

	json_array_foreach (list, i, row)
		if (view->route != NULL && view->plugin != NULL && json_is_string(json_object_get(row, PAGE_MAY)))
			return TRUE;
	return FALSE;
}

static void draw_table(const ValueView *view, Html *html, const json_t *list, GPtrArray *columns)
{
	const guint linked = link_column(columns);
	const gboolean acts = view->row_action == NULL && has_row_acts(view, list);
	size_t i;
	json_t *row;

	html_open(html, "div", "class", "scroll", NULL);
	html_open(html, "table", "class", view->dense ? "fold many" : "fold", "role", "table", NULL);
	html_open(html, "thead", "role", "rowgroup", NULL);
	html_open(html, "tr", "role", "row", NULL);
	for (guint c = 0; c < columns->len; c++) {
		const zhen_field *field = value_field(view, columns->pdata[c]);
		const json_t *first = json_object_get(json_array_get(list, 0), columns->pdata[c]);

		html_open(html, "th", "scope", "col", "role", "columnheader", "class",
		          is_number(field, columns->pdata[c], first) ? "number" : NULL, NULL);
		html_text(html, value_label(field, columns->pdata[c]));
		html_close(html);
	}
	if (view->row_action != NULL || acts) {
		html_open(html, "th", "scope", "col", "role", "columnheader", NULL);
		html_text(html, "操作");
		html_close(html);
	}
	html_close(html);
	html_close(html);
	html_open(html, "tbody", "role", "rowgroup", NULL);
	json_array_foreach (list, i, row) {
		g_autofree char *url = row_url(view, row);

		html_open(html, "tr", "role", "row", NULL);
		for (guint c = 0; c < columns->len; c++)
			draw_cell(view, html, columns->pdata[c], json_object_get(row, columns->pdata[c]),
			          c == linked && view->row_action == NULL ? url : NULL);
		if (view->row_action != NULL) {
			html_open(html, "td", "role", "cell", "data-label", "操作", NULL);
			html_link(html, url, NULL, view->row_action);
			html_close(html);
		}
		if (acts)
			draw_row_acts(view, html, row);
		html_close(html);
	}
	html_close(html);
	html_close(html);
	html_close(html);
}

void values_rows(const ValueView *view, Html *html, const json_t *list, guint level)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new(), columns = g_ptr_array_new();
	gboolean linked = FALSE;
	size_t i;
	json_t *row;

	(void)level;
	if (json_array_size(list) == 0) {
		html_leaf(html, "p", "soft panel", "没有记录。");
		return;
	}
	if (!json_is_object(json_array_get(list, 0))) {
		html_open(html, "ul", "class", "panel plain", NULL);
		json_array_foreach (list, i, row) {
			html_open(html, "li", NULL);
			draw_scalar(view, html, NULL, "", row, TRUE);
			html_close(html);
		}
		html_close(html);
		return;
	}
	json_array_foreach (list, i, row) {
		g_autofree char *url = row_url(view, row);
		linked = linked || (url != NULL && view->row_action == NULL);
		member_names(view, row, names);
	}
	for (guint c = 0; c < names->len; c++)
		if (is_column(view, list, names->pdata[c], linked))
			g_ptr_array_add(columns, names->pdata[c]);
	if (columns->len == 0 && names->len > 0)
		g_ptr_array_add(columns, names->pdata[0]);
	ValueView table = *view;
	table.dense = columns->len > MANY_COLUMNS;
	if (columns->len > 0)
		draw_table(&table, html, list, columns);
}
