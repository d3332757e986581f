/* SPDX-License-Identifier: Apache-2.0 */
#include "http/values.h"

#include <string.h>
#include "base/clock.h"

/* What keys usually mean where no table says so. */
static const struct {
	const char *name, *label;
} common_labels[] = {
	{ "id", "编号" },
	{ "number", "文号" },
	{ "code", "代码" },
	{ "title", "标题" },
	{ "name", "名称" },
	{ "text", "内容" },
	{ "note", "备注" },
	{ "state", "状态" },
	{ "status", "状态" },
	{ "division", "区划" },
	{ "county", "县（市）" },
	{ "township", "乡镇（街道）" },
	{ "village", "村（社区）" },
	{ "body", "单位" },
	{ "at", "时间" },
	{ "created_at", "创建时间" },
	{ "updated_at", "更新时间" },
	{ "due_at", "到期时间" },
	{ "due_day", "到期日" },
	{ "version", "版本" },
	{ "steps", "办理过程" },
	{ "step", "环节" },
	{ "items", "列表" },
	{ "links", "相关链接" },
	{ "href", "查看" },
	{ "valid", "是否有效" },
	{ "reason", "原因" },
	{ "detail", "说明" },
	{ "outcome", "结果" },
	{ "query_code", "查询码" },
	{ "value", "数值" },
	{ "unit", "单位" },
	{ "demo", "演示环境" },
	{ "documents", "文书" },
	{ "hint", "提示" },
	{ "item_name", "事项" },
	{ "state_title", "状态" },
	{ "step_title", "环节" },
	{ "result_title", "结果" },
	{ "issuer", "签发单位" },
	{ "dated_on", "日期" },
	{ "started_on", "开始日期" },
	{ "done_on", "完成日期" },
	{ "due_on", "到期日" },
	{ "filed_at", "提交时间" },
	{ "filed_on", "提交日期" },
	{ "accepted_at", "受理时间" },
	{ "accepted_on", "受理日期" },
	{ "digest", "摘要" },
	{ "signature", "签名" },
	{ "person", "经办人" },
	{ "opinion", "意见" },
	{ "phase", "阶段" },
	{ "phases", "办理阶段" },
	{ "materials", "材料" },
	{ "journal", "办理记录" },
	{ "contact", "联系人" },
	{ "kind", "类别" },
	{ "what", "事情" },
	{ "account", "账号" },
	{ "roles", "角色" },
};

/* What the plugin's other routes call a member that this one does not declare, when they all call it alike. One that
 * knows the titles of its values is the best. */
static const zhen_field *field_elsewhere(const Plugin *plugin, const char *name)
{
	const zhen_field *found = NULL;

	for (guint i = 0; i < plugin->n_routes * 2; i++) {
		const zhen_route *route = &plugin->routes[i / 2];
		const zhen_field *fields = i % 2 == 0 ? route->reply : route->fields;
		const zhen_field *field = fields == NULL ? NULL : field_find(fields, name);

		if (field == NULL || field->label == NULL)
			continue;
		if (found != NULL && strcmp(found->label, field->label) != 0)
			return NULL;
		if (found == NULL || field->type == ZHEN_CHOICE)
			found = field;
	}
	return found;
}

const zhen_field *value_field(const ValueView *view, const char *name)
{
	const zhen_field *field = view->fields == NULL ? NULL : field_find(view->fields, name);

	if (field == NULL && view->fallback != NULL)
		field = field_find(view->fallback, name);
	if (field == NULL && view->route != NULL && view->plugin != NULL)
		field = field_elsewhere(view->plugin, name);
	return field;
}

const char *value_label(const zhen_field *field, const char *name)
{
	if (field != NULL && field->label != NULL)
		return field->label;
	for (guint i = 0; i < G_N_ELEMENTS(common_labels); i++)
		if (strcmp(common_labels[i].name, name) == 0)
			return common_labels[i].label;
	return name;
}

char *yuan_text(gint64 fen)
{
	guint64 all = fen < 0 ? 0 - (guint64)fen : (guint64)fen;
	g_autofree char *digits = g_strdup_printf("%" G_GUINT64_FORMAT, all / 100);
	gsize length = strlen(digits);
	GString *text = g_string_new(fen < 0 ? "-¥" : "¥");

	for (gsize i = 0; i < length; i++) {
		g_string_append_c(text, digits[i]);
		if ((length - i - 1) % 3 == 0 && i + 1 < length)
			g_string_append_c(text, ',');
	}
	g_string_append_printf(text, ".%02u", (guint)(all % 100));
	return g_string_free(text, FALSE);
}

char *moment_text(gint64 ms)
{
	g_autoptr(GDateTime) moment = g_date_time_new_from_unix_utc(ms >= 0 ? ms / 1000 : -((999 - ms) / 1000));
	g_autoptr(GDateTime) local = moment == NULL ? NULL : g_date_time_add_hours(moment, 8);

	if (local == NULL)
		return g_strdup_printf("%" G_GINT64_FORMAT, ms);
	return g_strdup_printf("%d年%d月%d日 %02d:%02d", g_date_time_get_year(local), g_date_time_get_month(local),
	                       g_date_time_get_day_of_month(local), g_date_time_get_hour(local),
	                       g_date_time_get_minute(local));
}

static char *day_text(const char *day)
{
	return g_strdup_printf("%d年%d月%d日", atoi(day), atoi(day + 5), atoi(day + 8));
}

void choices_each(const char *choices, ChoiceFunc *each, void *data)
{
	g_auto(GStrv) rows = g_strsplit(choices == NULL ? "" : choices, "|", -1);

	for (guint i = 0; rows[i] != NULL; i++) {
		char *title = strchr(rows[i], '=');

		if (rows[i][0] == '\0')
			continue;
		if (title != NULL)
			*title++ = '\0';
		each(data, rows[i], title == NULL ? rows[i] : title);
	}
}

typedef struct Wanted {
	const char *value;
	char *title;
} Wanted;

static void on_choice(void *data, const char *value, const char *title)
{
	Wanted *wanted = data;

	if (wanted->title == NULL && strcmp(value, wanted->value) == 0)
		wanted->title = g_strdup(title);
}

char *choice_title(const char *choices, const char *value)
{
	Wanted wanted = { value, NULL };

	choices_each(choices, on_choice, &wanted);
	return wanted.title;
}

/* Villages and townships of one name are many: the one above tells them apart. */
static char *division_text(const ValueView *view, const char *code, gboolean full)
{
	const Division *division = view->page->divisions == NULL ? NULL : divisions_find(view->page->divisions, code);

	if (division == NULL)
		return NULL;
	if (full && division->level >= LEVEL_TOWNSHIP && division->parent != NULL)
		return g_strconcat(division->parent->name, division->name, NULL);
	return g_strdup(division->name);
}

static char *body_text(const ValueView *view, const char *id)
{
	const Body *body = view->page->bodies == NULL ? NULL : bodies_find(view->page->bodies, id);

	return body == NULL ? NULL : g_strdup(body->name);
}

static char *string_text(const ValueView *view, const zhen_field *field, const char *name, const char *text,
                         gboolean full)
{
	guint32 type = field == NULL ? 0 : field->type;
	gint64 ms;
	char *drawn = NULL;

	if (type == ZHEN_CHOICE)
		drawn = choice_title(field->choices, text);
	else if (type == ZHEN_BODY || (type == 0 && g_str_has_suffix(name, "body")))
		drawn = body_text(view, text);
	else if (type == ZHEN_DIVISION || (type == 0 && strlen(text) == 12 && strspn(text, "0123456789") == 12))
		drawn = division_text(view, text, full);
	else if (type == ZHEN_DATE || (type == 0 && strlen(text) == 10))
		drawn = clock_day_valid(text) ? day_text(text) : NULL;
	else if ((type == ZHEN_TIME || (type == 0 && strlen(text) >= 20)) && clock_parse(text, &ms))
		drawn = ms == 0 ? g_strdup("—") : moment_text(ms); /* 0: it has not happened */
	return drawn == NULL ? g_strdup(text) : drawn;
}

static char *integer_text(const zhen_field *field, const char *name, gint64 value)
{
	guint32 type = field == NULL ? 0 : field->type;

	if (type == ZHEN_MONEY || (type == 0 && g_str_has_suffix(name, "_fen")))
		return yuan_text(value);
	if (type == ZHEN_BOOL)
		return g_strdup(value != 0 ? "是" : "否");
	/* Milliseconds of this century: 2001 .. 2286. */
	if (type == ZHEN_TIME || (type == 0 && value > 1000000000000 && value < 10000000000000 &&
	                          (g_str_has_suffix(name, "_at") || strcmp(name, "at") == 0)))
		return value == 0 ? g_strdup("—") : moment_text(value);
	return g_strdup_printf("%" G_GINT64_FORMAT, value);
}

char *value_text(const ValueView *view, const zhen_field *field, const char *name, const json_t *value, gboolean full)
{
	if (name == NULL)
		name = "";
	if (value == NULL || json_is_null(value))
		return g_strdup("—");
	if (json_is_boolean(value))
		return g_strdup(json_is_true(value) ? "是" : "否");
	if (json_is_integer(value))
		return integer_text(field, name, json_integer_value(value));
	if (json_is_real(value))
		return g_strdup_printf("%.10g", json_real_value(value));
	if (json_is_string(value))
		return json_string_value(value)[0] == '\0'
		               ? g_strdup("—")
		               : string_text(view, field, name, json_string_value(value), full);
	char *raw = json_dumps(value, JSON_COMPACT);
	char *copy = g_strdup(raw == NULL ? "" : raw);
	free(raw);
	return copy;
}
