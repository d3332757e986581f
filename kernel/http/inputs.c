/* SPDX-License-Identifier: Apache-2.0 */
#include "http/inputs.h"

#include <string.h>
#include "http/values.h"

#define OPTIONS_MAX 200 /* of one list; above it nobody finds anything */

char *input_id(const char *name)
{
	return g_strdelimit(g_strconcat("f-", name, NULL), ".", '-');
}

static const Division *place_above(const InputView *view, const char *code)
{
	const Division *place = code != NULL && view->page->divisions != NULL ? divisions_find(view->page->divisions, code) : NULL;

	return place != NULL ? place->parent : NULL;
}

const Division *input_division_root(const InputView *view)
{
	const char *at = page_param(view->params, view->n_params, "_at");
	const PageView *page = view->page;
	const Division *top = NULL;

	if (page->divisions != NULL && at != NULL)
		top = divisions_find(page->divisions, at);
	if (top == NULL && page->session != NULL)
		top = page->session->division;
	/* A form that comes back with its place filled in: the list that it stands in. */
	for (const zhen_field *f = view->route->fields; top == NULL && !view->filter && f != NULL && f->name != NULL;
	     f++)
		if (f->type == ZHEN_DIVISION && f->min > 0)
			top = place_above(view, page_param(view->params, view->n_params, f->name));
	if (top != NULL || page->bodies == NULL || bodies_count(page->bodies) == 0)
		return top;
	/* Nobody's: from any body up to the highest that still branches. */
	top = bodies_nth(page->bodies, 0)->division;
	while (top != NULL && top->parent != NULL)
		top = top->parent;
	while (top != NULL && top->n_children == 1)
		top = top->children[0];
	return top;
}

/* Of the one level @least, or of all from the root down to @deepest. */
static gboolean collect(GPtrArray *out, const Division *division, guint least, guint deepest)
{
	if (out->len > OPTIONS_MAX)
		return FALSE;
	if (division->level >= least)
		g_ptr_array_add(out, (gpointer)division);
	for (guint i = 0; division->level < deepest && i < division->n_children; i++)
		if (!collect(out, division->children[i], least, deepest))
			return FALSE;
	return out->len <= OPTIONS_MAX;
}

GPtrArray *input_divisions(const InputView *view, const zhen_field *field)
{
	const Division *root = input_division_root(view);
	guint deepest = field->min > 0 ? (guint)field->min : field->max > 0 ? (guint)field->max : LEVEL_VILLAGE;
	g_autoptr(GPtrArray) found = g_ptr_array_new();

	if (root == NULL || root->level > deepest || !collect(found, root, (guint)field->min, deepest) ||
	    found->len == 0)
		return NULL;
	return g_steal_pointer(&found);
}

/* Of what the page is about, where its path says so. */
static const Division *bodies_root(const InputView *view)
{
	for (const zhen_field *f = view->route->fields; f != NULL && f->name != NULL; f++)
		if (f->type == ZHEN_DIVISION && path_has_param(view->route->path, f->name))
			return divisions_find(view->page->divisions, page_param(view->params, view->n_params, f->name));
	return input_division_root(view);
}

/* Bodies of that division, of what is below it, and of what is above it, of the field's levels; NULL = too many. */
static GPtrArray *offered_bodies(const InputView *view, const zhen_field *field)
{
	const Bodies *bodies = view->page->bodies;
	const Division *root = bodies_root(view);
	g_autoptr(GPtrArray) found = g_ptr_array_new();

	for (guint i = 0; bodies != NULL && root != NULL && i < bodies_count(bodies); i++) {
		const Body *body = bodies_nth(bodies, i);
		const Division *at = body->division;

		if (at != NULL && (gint64)at->level >= field->min &&
		    (field->max == 0 || (gint64)at->level <= field->max) &&
		    (division_covers(root, at) || division_covers(at, root)))
			g_ptr_array_add(found, (gpointer)body);
	}
	return found->len == 0 || found->len > OPTIONS_MAX ? NULL : g_steal_pointer(&found);
}

static void count_account(void *data, const char *account, const char *name, const char *body)
{
	(void)account, (void)name, (void)body;
	(*(guint *)data)++;
}

/* Within the chosen place or the caller's own; of what may be named anywhere too: the rest is for programs. */
static void each_account(const InputView *view, const zhen_field *field, PageAccountFunc *each, void *data)
{
	if (view->page->each_account != NULL)
		view->page->each_account(view->page->may_data, view->plugin, field->choices, input_division_root(view),
		                         each, data);
}

gboolean input_accounts_many(const InputView *view, const zhen_field *field)
{
	guint count = 0;

	each_account(view, field, count_account, &count);
	return count > OPTIONS_MAX;
}

/* What ties a control to its words. */
typedef struct Control {
	const InputView *view;
	Html *html;
	const zhen_field *field;
	const char *name, *id, *value;
	const char *described; /* ids of help and error; NULL = none */
	const char *required;  /* "" or NULL */
	const char *invalid;   /* "true" or NULL */
} Control;

static void draw_option(const Control *control, const char *value, const char *title)
{
	html_open(control->html, "option", "value", value, "selected",
	          control->value != NULL && strcmp(control->value, value) == 0 ? "" : NULL, NULL);
	html_text(control->html, title);
	html_close(control->html);
}

static void on_option(void *data, const char *value, const char *title)
{
	draw_option(data, value, title);
}

static void open_select(const Control *control)
{
	html_open(control->html, "select", "id", control->id, "name", control->name, "required", control->required,
	          "aria-describedby", control->described, "aria-invalid", control->invalid, NULL);
	draw_option(control, "", control->view->filter ? "全部" : "请选择");
}

static void draw_choice(const Control *control)
{
	open_select(control);
	choices_each(control->field->choices, on_option, (void *)control);
	html_close(control->html);
}

/* What an input of text needs beyond its name, by type. */
static const struct {
	guint32 type;
	const char *input, *mode, *complete, *length, *pattern, *css;
} texts[] = {
	{ ZHEN_DATE, "date", NULL, NULL, NULL, NULL, NULL },
	{ ZHEN_TIME, "datetime-local", NULL, NULL, NULL, NULL, NULL },
	{ ZHEN_PHONE, "tel", "tel", "tel", "20", NULL, "short" },
	{ ZHEN_NAME, "text", NULL, "name", "50", NULL, "short" },
	{ ZHEN_ID_CARD, "text", NULL, "off", "18", "[0-9]{17}[0-9Xx]", "id-card" },
	{ ZHEN_SECRET, "text", NULL, "off", "64", NULL, "short" },
	{ ZHEN_DECIMAL, "text", "decimal", "off", "24", NULL, "short" },
	{ ZHEN_MONEY, "text", "decimal", "off", "20", NULL, NULL },
	{ ZHEN_DIVISION, "text", "numeric", "off", "12", "[0-9]{12}", "short" },
	{ ZHEN_BODY, "text", NULL, "off", "64", NULL, NULL },
	{ ZHEN_FILE, "text", NULL, "off", "64", NULL, NULL },
	{ ZHEN_ACCOUNT, "text", "numeric", "off", "20", NULL, "short" },
};

static void draw_text(const Control *control)
{
	guint32 type = control->field->type;
	g_autofree char *limit =
		g_strdup_printf("%" G_GINT64_FORMAT, control->field->max > 0 ? control->field->max : 200);
	guint row = 0;

	while (row < G_N_ELEMENTS(texts) && texts[row].type != type)
		row++;
	gboolean known = row < G_N_ELEMENTS(texts);
	/* A filter may look for less than a whole value. */
	html_void(control->html, "input", "id", control->id, "name", control->name, "type",
	          known ? texts[row].input : "text", "inputmode", known ? texts[row].mode : NULL, "autocomplete",
	          known ? texts[row].complete : NULL, "maxlength", known ? texts[row].length : limit, "pattern",
	          known && !control->view->filter ? texts[row].pattern : NULL, "class", known ? texts[row].css : NULL,
	          "spellcheck", type == ZHEN_ID_CARD || type == ZHEN_SECRET ? "false" : NULL, "value",
	          type == ZHEN_SECRET ? NULL : control->value, "required", control->required, "aria-describedby",
	          control->described, "aria-invalid", control->invalid, NULL);
}

static void draw_number(const Control *control)
{
	const zhen_field *field = control->field;
	gboolean bounded = field->max > field->min;
	g_autofree char *min = g_strdup_printf("%" G_GINT64_FORMAT, field->min);
	g_autofree char *max = g_strdup_printf("%" G_GINT64_FORMAT, field->max);

	html_void(control->html, "input", "id", control->id, "name", control->name, "type", "number", "inputmode",
	          "numeric", "step", "1", "min", bounded ? min : NULL, "max", bounded ? max : NULL, "value",
	          control->value, "required", control->required, "aria-describedby", control->described, "aria-invalid",
	          control->invalid, NULL);
}

static void draw_money(const Control *control)
{
	html_open(control->html, "div", "class", "unit", NULL);
	draw_text(control);
	html_leaf(control->html, "span", NULL, "元");
	html_close(control->html);
}

static void draw_long_text(const Control *control)
{
	g_autofree char *limit =
		g_strdup_printf("%" G_GINT64_FORMAT, control->field->max > 0 ? control->field->max : 10000);

	html_open(control->html, "textarea", "id", control->id, "name", control->name, "rows", "4", "maxlength", limit,
	          "required", control->required, "aria-describedby", control->described, "aria-invalid",
	          control->invalid, NULL);
	/* A newline right after the tag is the parser's, not the text's. */
	g_string_append_c(control->html->text, '\n');
	html_text(control->html, control->value);
	html_close(control->html);
}

static void draw_bool(const Control *control)
{
	gboolean given = control->value != NULL && control->value[0] != '\0';
	gboolean yes = given && (strcmp(control->value, "true") == 0 || strcmp(control->value, "1") == 0);
	static const char *const options[][2] = { { "true", "是" }, { "false", "否" } };

	html_open(control->html, "div", "class", "choices", NULL);
	for (guint i = 0; i < G_N_ELEMENTS(options); i++) {
		g_autofree char *id = i == 0 ? g_strdup(control->id) : g_strconcat(control->id, "-no", NULL);

		html_open(control->html, "label", "for", id, NULL);
		html_void(control->html, "input", "type", "radio", "id", id, "name", control->name, "value",
		          options[i][0], "checked", given && yes == (i == 0) ? "" : NULL, "required", control->required,
		          "aria-describedby", control->described, "aria-invalid", control->invalid, NULL);
		html_text(control->html, options[i][1]);
		html_close(control->html);
	}
	html_close(control->html);
}

/* Grouped by the one above when the list reaches over several; where it has several levels, each stands in under the one above. */
static void draw_division(const Control *control)
{
	static const char *const insets[] = { "", "　", "　　", "　　　", "　　　　" };
	g_autoptr(GPtrArray) divisions = input_divisions(control->view, control->field);
	const Division *group = NULL;

	if (divisions == NULL) {
		draw_text(control);
		return;
	}
	const Division *first = divisions->pdata[0], *last = divisions->pdata[divisions->len - 1];
	gboolean grouped = control->field->min > 0 && first->parent != last->parent;
	open_select(control);
	for (guint i = 0; i < divisions->len; i++) {
		const Division *one = divisions->pdata[i];

		if (grouped && one->parent != group && one->parent != NULL) {
			if (group != NULL)
				html_close(control->html);
			html_open(control->html, "optgroup", "label", one->parent->name, NULL);
			group = one->parent;
		}
		gsize depth = MIN((gsize)(one->level - first->level), G_N_ELEMENTS(insets) - 1);
		g_autofree char *title = g_strconcat(insets[depth], one->name, NULL);
		draw_option(control, one->code, title);
	}
	if (group != NULL)
		html_close(control->html);
	html_close(control->html);
}

static void draw_body(const Control *control)
{
	g_autoptr(GPtrArray) bodies = offered_bodies(control->view, control->field);

	if (bodies == NULL) {
		draw_text(control);
		return;
	}
	open_select(control);
	for (guint i = 0; i < bodies->len; i++) {
		const Body *body = bodies->pdata[i];

		draw_option(control, body->id, body->name);
	}
	html_close(control->html);
}

typedef struct People {
	const Control *control;
	char last[24]; /* account */
} People;

/* Somebody with two posts stands there once, at the first. */
static void draw_account_option(void *data, const char *account, const char *name, const char *body)
{
	People *people = data;
	g_autofree char *title = g_strconcat(name, body[0] != '\0' ? " · " : NULL, body, NULL);

	if (strcmp(people->last, account) == 0)
		return;
	g_strlcpy(people->last, account, sizeof(people->last));
	draw_option(people->control, account, title);
}

static void draw_account(const Control *control)
{
	People people = { .control = control };

	if (input_accounts_many(control->view, control->field)) {
		draw_text(control);
		return;
	}
	open_select(control);
	each_account(control->view, control->field, draw_account_option, &people);
	html_close(control->html);
}

static void draw_file(const Control *control)
{
	if ((control->view->route->flags & ZHEN_UPLOADS) == 0) {
		draw_text(control);
		return;
	}
	html_void(control->html, "input", "id", control->id, "name", control->name, "type", "file", "required",
	          control->required, "aria-describedby", control->described, "aria-invalid", control->invalid, NULL);
}

static void draw_control(const Control *control)
{
	static void (*const draw[ZHEN_TYPES])(const Control *) = {
		[ZHEN_LONG_TEXT] = draw_long_text, [ZHEN_INT] = draw_number,    [ZHEN_BOOL] = draw_bool,
		[ZHEN_MONEY] = draw_money,         [ZHEN_CHOICE] = draw_choice, [ZHEN_DIVISION] = draw_division,
		[ZHEN_BODY] = draw_body,           [ZHEN_FILE] = draw_file,
		[ZHEN_ACCOUNT] = draw_account,
	};
	guint32 type = control->field->type;

	(type < ZHEN_TYPES && draw[type] != NULL ? draw[type] : draw_text)(control);
}

/* What the type asks for, where the table has no help of its own. (transfer full) */
static char *help_of(const InputView *view, const zhen_field *field, gboolean in_row)
{
	if (field->help != NULL)
		return g_strdup(field->help);
	if (in_row) /* side by side there is no room for what the type says anyway */
		return NULL;
	switch (field->type) {
	case ZHEN_INT:
		return field->max > field->min ? g_strdup_printf("%" G_GINT64_FORMAT " 至 %" G_GINT64_FORMAT " 的整数",
		                                                 field->min, field->max)
		                               : NULL;
	case ZHEN_MONEY:
		return g_strdup("以元为单位，最多两位小数");
	case ZHEN_ID_CARD:
		return g_strdup("18 位，末位可能是 X");
	case ZHEN_DIVISION: {
		g_autoptr(GPtrArray) divisions = input_divisions(view, field);
		return divisions == NULL ? g_strdup("12 位区划代码") : NULL;
	}
	case ZHEN_ACCOUNT:
		return input_accounts_many(view, field) ? g_strdup("账号的编号") : NULL;
	case ZHEN_FILE:
		return field->max > 0 ? g_strdup_printf("不超过 %.1f MB", (double)field->max / 1048576.0) : NULL;
	default:
		return NULL;
	}
}

static void draw_label(const InputView *view, Html *html, const zhen_field *field, const char *id, gboolean in_row)
{
	if (field->type == ZHEN_BOOL)
		html_open(html, "legend", NULL);
	else
		html_open(html, "label", "for", id, NULL);
	html_text(html, field->label == NULL ? field->name : field->label);
	/* A row may stay empty: what has to be in one that does not is said above the rows. */
	if (!view->filter && !in_row && (field->flags & ZHEN_REQUIRED) != 0)
		html_leaf(html, "span", "must", "（必填）");
	else if (!view->filter && !view->named && (field->flags & ZHEN_REQUIRED) == 0)
		html_leaf(html, "span", "may", "（选填）");
	html_close(html);
}

void input_draw(const InputView *view, Html *html, const zhen_field *field, const char *name, const char *shown_as,
                gboolean in_row)
{
	const char *value = page_param(view->params, view->n_params, name);
	const char *error = view->errors == NULL ? NULL : form_errors_find(view->errors, shown_as);

	if ((field->flags & ZHEN_HIDDEN) != 0) {
		if (value != NULL)
			html_void(html, "input", "type", "hidden", "name", shown_as, "value", value, NULL);
		return;
	}
	g_autofree char *id = input_id(shown_as), *help = view->filter ? NULL : help_of(view, field, in_row);
	g_autofree char *help_id = help == NULL ? NULL : g_strconcat(id, "-help", NULL);
	g_autofree char *error_id = error == NULL ? NULL : g_strconcat(id, "-error", NULL);
	g_autofree char *both = help != NULL && error != NULL ? g_strconcat(error_id, " ", help_id, NULL) : NULL;
	gboolean required = (field->flags & ZHEN_REQUIRED) != 0 && !in_row && !view->filter;
	Control control = {
		.view = view,
		.html = html,
		.field = field,
		.name = shown_as,
		.id = id,
		.value = value,
		.described = both != NULL       ? both
		             : error_id != NULL ? error_id
		                                : help_id,
		.required = required ? "" : NULL,
		.invalid = error == NULL ? NULL : "true",
	};

	html_open(html, field->type == ZHEN_BOOL ? "fieldset" : "div", "class", error == NULL ? "field" : "field bad",
	          NULL);
	draw_label(view, html, field, id, in_row);
	if (help != NULL) {
		html_open(html, "p", "class", "help", "id", help_id, NULL);
		html_text(html, help);
		html_close(html);
	}
	if (error != NULL) {
		html_open(html, "p", "class", "error", "id", error_id, NULL);
		html_text(html, error);
		html_close(html);
	}
	draw_control(&control);
	html_close(html);
}
