/* SPDX-License-Identifier: Apache-2.0 */
#include "http/forms.h"

#include <string.h>
#include "base/digest.h"
#include "http/inputs.h"

#define ROWS_LEAST 3
#define ROWS_MOST 50
#define KEY_CHARACTERS 24

void form_errors_init(FormErrors *errors)
{
	errors->fields = g_ptr_array_new_with_free_func(g_free);
	errors->titles = g_ptr_array_new_with_free_func(g_free);
	errors->key_reused = FALSE;
}

void form_errors_clear(FormErrors *errors)
{
	g_clear_pointer(&errors->fields, g_ptr_array_unref);
	g_clear_pointer(&errors->titles, g_ptr_array_unref);
}

/* a[0].b and /a/0/b -> a.0.b */
static char *dotted(const char *field)
{
	GString *name = g_string_new(NULL);

	for (const char *c = field; *c != '\0'; c++) {
		if (*c == ']')
			continue;
		if (*c == '[' || *c == '/' || *c == '.') {
			if (name->len > 0 && name->str[name->len - 1] != '.')
				g_string_append_c(name, '.');
			continue;
		}
		g_string_append_c(name, *c);
	}
	return g_string_free(name, FALSE);
}

void form_errors_read(FormErrors *errors, const json_t *problem)
{
	json_t *error;
	size_t i;

	errors->key_reused =
		g_strcmp0(json_string_value(json_object_get(problem, "code")), "idempotency-key-reused") == 0;
	json_array_foreach (json_object_get(problem, "errors"), i, error) {
		const char *field = json_string_value(json_object_get(error, "field"));
		const char *title = json_string_value(json_object_get(error, "title"));

		if (title == NULL)
			title = json_string_value(json_object_get(error, "detail"));
		g_ptr_array_add(errors->fields, dotted(field == NULL ? "" : field));
		g_ptr_array_add(errors->titles, g_strdup(title == NULL ? "填写有误" : title));
	}
	const char *detail = json_string_value(json_object_get(problem, "detail"));
	if (detail == NULL)
		detail = json_string_value(json_object_get(problem, "title"));
	/* A refusal that names no field still belongs to the form. */
	if (errors->fields->len == 0 && detail != NULL) {
		g_ptr_array_add(errors->fields, g_strdup(""));
		g_ptr_array_add(errors->titles, g_strdup(detail));
	}
}

const char *form_errors_find(const FormErrors *errors, const char *field)
{
	for (guint i = 0; i < errors->fields->len; i++)
		if (strcmp(errors->fields->pdata[i], field) == 0)
			return errors->titles->pdata[i];
	return NULL;
}

/* The declared field a dotted name means: "members.0.name" -> name of members. */
static const zhen_field *field_of(const zhen_field *fields, const char *dotted_name, const zhen_field **out_list)
{
	g_auto(GStrv) parts = g_strsplit(dotted_name, ".", 3);

	*out_list = NULL;
	if (fields == NULL || parts[0] == NULL)
		return NULL;
	const zhen_field *field = field_find(fields, parts[0]);
	if (field == NULL || field->type != ZHEN_LIST || parts[1] == NULL || parts[2] == NULL || field->fields == NULL)
		return field;
	*out_list = field;
	return field_find(field->fields, parts[2]);
}

static const char *label_of(const zhen_field *field)
{
	return field->label == NULL ? field->name : field->label;
}

static void draw_summary(Html *html, const zhen_route *route, const FormErrors *errors)
{
	html_open(html, "div", "class", "panel wrong", "role", "alert", "tabindex", "-1", "id", "errors", NULL);
	html_leaf(html, "h2", NULL, errors->key_reused ? "没有再次提交" : "填写有误，请改正后重新提交");
	html_open(html, "ul", NULL);
	for (guint i = 0; i < errors->fields->len; i++) {
		const char *name = errors->fields->pdata[i], *title = errors->titles->pdata[i];
		const zhen_field *list, *field = field_of(route->fields, name, &list);
		g_autofree char *id = input_id(name), *anchor = g_strconcat("#", id, NULL);
		g_autofree char *where = NULL;

		if (field != NULL && list != NULL)
			where = g_strdup_printf("%s第 %d 行 %s：%s", label_of(list), atoi(strchr(name, '.') + 1) + 1,
			                        label_of(field), title);
		else
			where = field == NULL ? g_strdup(title) : g_strdup_printf("%s：%s", label_of(field), title);
		html_open(html, "li", NULL);
		html_link(html, field == NULL || (field->flags & ZHEN_HIDDEN) != 0 ? NULL : anchor, NULL, where);
		html_close(html);
	}
	html_close(html);
	html_close(html);
}

gint forms_next_row(const char *list, gint from, const CallParam *params, guint n_params)
{
	gsize length = strlen(list);
	gint found = -1;

	for (guint i = 0; i < n_params; i++) {
		const char *rest = params[i].name + length;
		const char *blank = params[i].value;
		char *end;

		if (strncmp(params[i].name, list, length) != 0 || rest[0] != '.' || !g_ascii_isdigit(rest[1]))
			continue;
		gint64 row = g_ascii_strtoll(rest + 1, &end, 10);
		while (g_ascii_isspace(*blank))
			blank++;
		if (*end == '.' && *blank != '\0' && row >= from && row < G_MAXINT && (found < 0 || row < found))
			found = (gint)row;
	}
	return found;
}

/* What names the rows of a list: carried by the address of the form and typed by nobody, so there are only those that came.
 * NULL = rows are filled in freely. */
static const zhen_field *name_of_rows(const zhen_field *list)
{
	for (const zhen_field *f = list->fields; f != NULL && f->name != NULL; f++)
		if (f->type == ZHEN_TEXT && (f->flags & ZHEN_HIDDEN) != 0 && (f->flags & ZHEN_REQUIRED) != 0)
			return f;
	return NULL;
}

static void draw_row_legend(const InputView *view, Html *html, const zhen_field *list, const zhen_field *named,
                            gint from, gint shown)
{
	g_autofree char *name = named == NULL ? NULL : g_strdup_printf("%s.%d.%s", list->name, from, named->name);

	html_open(html, "legend", NULL);
	if (name != NULL)
		html_text(html, page_param(view->params, view->n_params, name));
	else
		html_textf(html, "第 %d 行", shown + 1);
	html_close(html);
}

static void draw_rows_help(Html *html, const zhen_field *list, gboolean named)
{
	if (named && list->help == NULL)
		return;
	html_open(html, "p", "class", "help", NULL);
	html_textf(html, "%s%s%s", list->help == NULL ? "" : list->help,
	           list->help == NULL || named || g_str_has_suffix(list->help, "。") ? "" : "。",
	           named ? "" : "空着的行不算；填了的行，没有注明选填的都要填。行数不够时先提交，再继续填写。");
	html_close(html);
}

/* Rows with values close up to 0, 1, 2, as they did on their way to validation: so its errors find them. */
static void draw_rows(const InputView *view, Html *html, const zhen_field *list)
{
	gint most = list->max > 0 && list->max < ROWS_MOST ? (gint)list->max : ROWS_MOST;
	gint filled = 0, from = forms_next_row(list->name, 0, view->params, view->n_params);
	const char *error = view->errors == NULL ? NULL : form_errors_find(view->errors, list->name);
	g_autofree char *id = input_id(list->name);

	for (gint row = from; row >= 0; row = forms_next_row(list->name, row + 1, view->params, view->n_params))
		filled++;
	const zhen_field *named = name_of_rows(list);
	gint rows = named != NULL ? filled : MIN(MAX(filled + 1, ROWS_LEAST), MAX(most, filled));
	InputView inner = *view;
	inner.named = named != NULL;
	if (rows == 0 && error == NULL)
		return;
	html_open(html, "fieldset", "class", error == NULL ? "rows" : "rows field bad", "id", id, NULL);
	html_open(html, "legend", NULL);
	html_text(html, label_of(list));
	if ((list->flags & ZHEN_REQUIRED) != 0)
		html_leaf(html, "span", "must", "（至少一行）");
	html_close(html);
	draw_rows_help(html, list, named != NULL);
	if (error != NULL)
		html_leaf(html, "p", "error", error);
	for (gint shown = 0; shown < rows; shown++) {
		html_open(html, "fieldset", "class", "row", NULL);
		draw_row_legend(view, html, list, named, from, shown);
		html_open(html, "div", "class", "cells", NULL);
		for (const zhen_field *f = list->fields; f != NULL && f->name != NULL; f++) {
			g_autofree char *name =
				g_strdup_printf("%s.%d.%s", list->name, from >= 0 ? from : G_MAXINT, f->name);
			g_autofree char *shown_as = g_strdup_printf("%s.%d.%s", list->name, shown, f->name);

			if (f->type != ZHEN_LIST)
				input_draw(&inner, html, f, name, shown_as, TRUE);
		}
		html_close_to(html, html->depth - 2);
		if (from >= 0)
			from = forms_next_row(list->name, from + 1, view->params, view->n_params);
	}
	html_close(html);
}

static gboolean is_carried(const zhen_field *fields, const char *name)
{
	const zhen_field *list, *field = field_of(fields, name, &list);

	return field != NULL && (field->flags & ZHEN_HIDDEN) != 0;
}

/* The same form under another place; what it only carries goes along, nothing that was typed. (transfer full) */
static char *form_at(const InputView *view, const char *at)
{
	GString *url = g_string_new(view->filter ? "?" : "?_form=POST&");

	if (at != NULL)
		g_string_append_printf(url, "_at=%s&", at);
	for (guint i = 0; i < view->n_params; i++) {
		const CallParam *param = &view->params[i];

		if (path_has_param(view->route->path, param->name) || !is_carried(view->route->fields, param->name))
			continue;
		g_string_append_uri_escaped(url, param->name, NULL, FALSE);
		g_string_append_c(url, '=');
		g_string_append_uri_escaped(url, param->value, NULL, FALSE);
		g_string_append_c(url, '&');
	}
	if (url->str[url->len - 1] == '&')
		g_string_truncate(url, url->len - 1);
	return g_string_free(url, FALSE);
}

static void draw_place_links(const InputView *view, Html *html, const Division *above)
{
	html_open(html, "ul", "class", "places", NULL);
	for (guint i = 0; i < above->n_children; i++) {
		g_autofree char *url = form_at(view, above->children[i]->code);

		html_open(html, "li", NULL);
		html_link(html, url, NULL, above->children[i]->name);
		html_close(html);
	}
	html_close(html);
}

/* The level of a required division that has more places than one list shows and that nobody has given yet; 0 = none. */
static guint level_to_choose(const InputView *view)
{
	if (page_param(view->params, view->n_params, "_at") != NULL)
		return 0;
	for (const zhen_field *f = view->route->fields; f != NULL && f->name != NULL; f++) {
		const char *value = page_param(view->params, view->n_params, f->name);

		if (f->type == ZHEN_ACCOUNT && (value == NULL || value[0] == '\0') && input_accounts_many(view, f))
			return LEVEL_VILLAGE;
		if (f->type != ZHEN_DIVISION || (f->flags & ZHEN_REQUIRED) == 0 || (f->flags & ZHEN_HIDDEN) != 0 ||
		    (value != NULL && value[0] != '\0') || path_has_param(view->route->path, f->name))
			continue;
		g_autoptr(GPtrArray) divisions = input_divisions(view, f);
		if (divisions == NULL)
			return f->min > 0 ? (guint)f->min : f->max > 0 ? (guint)f->max : LEVEL_VILLAGE;
	}
	return 0;
}

/* Instead of a form with a list nobody can search: the counties, each with its townships, lead to the form under one of
 * them. FALSE: nothing has to be chosen first. */
static gboolean draw_places(const InputView *view, Html *html)
{
	const Division *root = input_division_root(view);
	guint level = level_to_choose(view);

	if (level == 0 || root == NULL || root->n_children == 0)
		return FALSE;
	html_open(html, "section", "class", "panel", NULL);
	html_leaf(html, "h2", NULL, "第一步：选择所在地");
	html_leaf(html, "p", "help", "点开县（市），再点乡镇（街道），然后填写表单。");
	if (root->children[0]->level + 1 >= level)
		draw_place_links(view, html, root);
	else
		for (guint i = 0; i < root->n_children; i++) {
			if (root->children[i]->n_children == 0)
				continue;
			html_open(html, "details", "class", "place", NULL);
			html_leaf(html, "summary", NULL, root->children[i]->name);
			draw_place_links(view, html, root->children[i]);
			html_close(html);
		}
	html_close(html);
	html_open(html, "p", NULL);
	g_autofree char *typed = form_at(view, "");
	html_link(html, typed, NULL, "知道 12 位区划代码，直接填写");
	html_close(html);
	return TRUE;
}

/* Where the lists of the form stand, when that was chosen. */
static void draw_chosen_place(const InputView *view, Html *html)
{
	const char *at = page_param(view->params, view->n_params, "_at");
	const Division *place =
		at == NULL || view->page->divisions == NULL ? NULL : divisions_find(view->page->divisions, at);

	if (place == NULL)
		return;
	html_open(html, "p", "class", "panel note", NULL);
	html_textf(html, "所在地：%s%s　", place->parent == NULL ? "" : place->parent->name, place->name);
	g_autofree char *other = form_at(view, NULL);
	html_link(html, other, NULL, "更换");
	html_close(html);
}

const zhen_field *forms_file(const zhen_route *route)
{
	for (const zhen_field *f = route->fields; f != NULL && f->name != NULL; f++)
		if (f->type == ZHEN_FILE && (route->flags & ZHEN_UPLOADS) != 0)
			return f;
	return NULL;
}

/* Without one before the file not a byte of it is taken: no plugin has to think of it. */
static void draw_ticket(const InputView *view, Html *html)
{
	const PageView *page = view->page;
	const zhen_route *route = view->route;

	if (forms_file(route) == NULL || page->ticket == NULL ||
	    !page_may(page, view->plugin, (route->flags & ZHEN_PUBLIC) != 0 ? NULL : route->permission, route->feature))
		return;
	g_autofree char *ticket = page->ticket(page->may_data, view->plugin);
	if (ticket != NULL)
		html_void(html, "input", "type", "hidden", "name", "_ticket", "value", ticket, NULL);
}

/* What a POST carries besides its fields. */
static void draw_hidden(const InputView *view, Html *html)
{
	static const char *const kept[] = { "_match", "_at" };
	const char *csrf = page_csrf(view->page);
	const char *sent = page_param(view->params, view->n_params, "_key");
	gboolean keep = view->errors != NULL && view->errors->key_reused && sent != NULL;
	char key[KEY_CHARACTERS + 1];

	if (csrf != NULL)
		html_void(html, "input", "type", "hidden", "name", "_csrf", "value", csrf, NULL);
	/* Each drawing has its own, since what was refused is not kept. But a form that was accepted before and then
	 * changed (the back button) keeps its key: under a new one, pressing again would file a second time. */
	random_code(key, KEY_CHARACTERS);
	html_void(html, "input", "type", "hidden", "name", "_key", "value", keep ? sent : key, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(kept); i++) {
		const char *value = page_param(view->params, view->n_params, kept[i]);

		if (value != NULL)
			html_void(html, "input", "type", "hidden", "name", kept[i], "value", value, NULL);
	}
	draw_ticket(view, html);
}

void forms_draw(const PageView *view, Html *html, const Plugin *plugin, const zhen_route *route,
                const CallParam *params, guint n_params, const FormErrors *errors)
{
	gboolean get = route->method == ZHEN_GET;
	g_autofree char *action = page_route_url(plugin, route, params, n_params);
	InputView input = {
		.page = view,
		.plugin = plugin,
		.route = route,
		.params = params,
		.n_params = n_params,
		.errors = errors,
		.filter = get,
	};

	if (errors != NULL && errors->fields->len > 0)
		draw_summary(html, route, errors);
	if (errors == NULL && draw_places(&input, html))
		return;
	draw_chosen_place(&input, html);
	html_open(html, "form", "class", "fields", "method", get ? "get" : "post", "action",
	          action == NULL ? view->path : action, "accept-charset", get ? NULL : "utf-8", "enctype",
	          !get && forms_file(route) != NULL ? "multipart/form-data" : NULL, NULL);
	if (!get)
		draw_hidden(&input, html);
	for (const zhen_field *f = route->fields; f != NULL && f->name != NULL; f++) {
		if (path_has_param(route->path, f->name))
			continue;
		if (f->type == ZHEN_LIST)
			draw_rows(&input, html, f);
		else
			input_draw(&input, html, f, f->name, f->name, FALSE);
	}
	html_open(html, "div", "class", "submit field", NULL);
	html_leaf(html, "button", NULL, get ? "查询" : route->summary == NULL ? "提交" : route->summary);
	html_close(html);
	html_close(html);
}
