/* SPDX-License-Identifier: Apache-2.0
 * Pages of /kernel/admin: where one may go, what a verb found, and forms for what can be done there. */
#include <string.h>

#include "daemon/admin_sections.h"
#include "http/values.h"

#define T(name_, label_) { .name = name_, .label = label_, .type = ZHEN_TEXT }
#define N(name_, label_) { .name = name_, .label = label_, .type = ZHEN_INT }
#define AT(name_, label_) { .name = name_, .label = label_, .type = ZHEN_TIME }
#define YES(name_, label_) { .name = name_, .label = label_, .type = ZHEN_BOOL }

/* What members are called, in the order of columns. */
static const zhen_field columns[] = {
	N("seq", "序号"), AT("at", "时间"), T("id", "编号"), T("plugin", "模块"), T("login", "登录名"), T("name", "名称"),
	T("title", "名称"), T("version", "版本"),
	{ .name = "home", .label = "运行方式", .type = ZHEN_CHOICE, .choices = "inproc=主机内|process=独立进程|host=主进程|worker=工作进程" },
	{ .name = "state", .label = "状态", .type = ZHEN_CHOICE,
	  .choices = "up=正常|catching-up=补齐数据|restarting=重新启动中|left-out=未启动|at-end=已跟上|refused=停止|reading=读取中" },
	T("fault", "原因"), T("job", "任务"), T("summary", "说明"), AT("ran_at", "上次运行"), N("outcome", "结果"),
	AT("due_at", "应于"), N("waiting", "等待"), N("parked", "搁置"), T("body", "单位"), T("role", "角色"), T("roles", "角色"),
	T("posts", "任职"), YES("valid", "在任"), AT("from", "起"), AT("until", "止"), AT("made_at", "建立"), AT("expires_at", "到期"),
	YES("demo", "演示"), T("account", "账号"), T("route", "操作"), T("subject", "对象"), T("request", "请求编号"),
	T("group", "组"), T("key", "键"), T("feature", "功能"), { .name = "division", .label = "区划", .type = ZHEN_DIVISION }, T("value", "现值"),
	T("default", "默认"), YES("on", "开通"), T("by", "出自"), YES("per_division", "可按地区"), YES("by_reload", "重新读取后生效"), T("after_restart", "重启后"), T("where", "出处"), T("kind", "类别"),
	T("superior", "上级单位"), T("of", "所属试点"), YES("runs", "启用"), T("permissions", "权限"), T("scope", "范围"),
	T("divisions", "区划"), T("plugins", "模块"), T("features", "功能"), T("places", "区划文件"), T("path", "位置"),
	N("bytes", "字节"), YES("there", "仍在原处"), T("level", "现在"), T("configured", "配置"), N("total", "共"), N("page", "页"),
	N("pages", "共几页"), N("rows", "行数"), N("vouched_to", "锚点证明到"), N("first_bad", "首个不符"), T("restores", "恢复情况"),
	T("subscriber", "订阅者"), T("publisher", "发布者"), T("position", "位置"), N("lag", "未处理"), T("topic", "事件"),
	N("tries", "次数"), AT("next_try", "下次"), AT("parked_at", "搁置于"), YES("dead", "已放弃"), T("error", "错误"), T("code", "代码"),
	YES("running", "正在备份"), T("last_fault", "上次失败"), T("handler", "处理"), T("what", "事情"), T("ended", "结束"),
	T("password", "密码（只显示这一次）"), N("every_ms", "间隔（毫秒）"), N("pid", "进程号"), N("dead_events", "放弃的事件"),
	N("waiting_events", "等待的事件"), N("crowded_subjects", "拥挤的对象"), T("topics", "发布的事件"), T("subscriptions", "订阅的事件"),
	N("routes", "地址数"), N("by_the_clock", "定时"), N("ended_its_process", "终止进程次数"), AT("now", "现在"), AT("started_at", "启动于"),
	N("townships", "乡镇数"), N("villages", "村（社区）数"), YES("live", "运行"), YES("ready", "就绪"), T("notice", "提示"),
	YES("unsigned_allowed", "允许未签名"),
	/* Elsewhere, or for programs. */
	{ .name = "databases", .type = ZHEN_TEXT, .flags = ZHEN_HIDDEN }, { .name = "links", .type = ZHEN_TEXT, .flags = ZHEN_HIDDEN },
	{ .name = "parked_jobs", .type = ZHEN_TEXT, .flags = ZHEN_HIDDEN }, { 0 }
};

#define LIST(name_, label_) { .name = name_, .label = label_, .type = ZHEN_LIST, .fields = columns }

/* Lists within an answer. */
static const zhen_field lists[] = {
	LIST("plugins", "模块"), LIST("features", "功能"), LIST("settings", "设置"), LIST("host", "主机的设置"), LIST("pilots", "试点"), LIST("jobs", "任务"),
	LIST("parked", "搁置"), LIST("crashes", "崩溃"), LIST("backups", "备份"), LIST("users", "账号"), LIST("posts", "任职"),
	LIST("roles", "角色"), LIST("bodies", "单位"), LIST("sessions", "登录"), LIST("audit", "审计"), LIST("links", "订阅"),
	LIST("bus", "订阅"), LIST("health", "状态"), LIST("parked_jobs", "搁置的任务"), LIST("waits_for_restart", "等待重启"), { 0 }
};

gboolean admin_may(const Session *session, guint who)
{
	for (guint i = 0; session != NULL && i < HOST_PERMISSIONS; i++)
		if ((who >> i & 1) != 0 && session_may(session, i))
			return TRUE;
	return FALSE;
}

/* ---- parts ---- */

static void draw_ways(const PageView *view, Html *html, const AdminSection *here)
{
	html_open(html, "nav", "class", "actions", "aria-label", "系统管理", NULL);
	for (const AdminSection *section = admin_sections; section->path != NULL; section++) {
		g_autofree char *url = g_strconcat(ADMIN_PATH "/", section->path, NULL);

		if (admin_may(view->session, section->who) && !section->of_row)
			html_link(html, url, section == here ? "button small" : "button second small", section->title);
	}
	html_close(html);
}

static void draw_choice(void *data, const char *value, const char *title)
{
	Html *html = data;

	html_open(html, "option", "value", value, NULL);
	html_text(html, title);
	html_close(html);
}

/* Given each time anew. */
static void draw_consent(Html *html, const AdminField *field)
{
	html_open(html, "div", "class", "choices", NULL);
	html_open(html, "label", NULL);
	html_void(html, "input", "type", "checkbox", "name", field->name, "value", "yes", "required", "", NULL);
	html_text(html, field->label);
	html_close(html);
	html_close(html);
}

static void draw_field(Html *html, const char *form, const AdminField *field, const char *value)
{
	g_autofree char *id = g_strdup_printf("%s-%s", form, field->name);

	g_strdelimit(id, "/", '-');
	html_open(html, "div", "class", "field", NULL);
	if (field->consent) {
		draw_consent(html, field);
		html_close(html);
		return;
	}
	html_open(html, "label", "for", id, NULL);
	html_text(html, field->label);
	html_close(html);
	if (field->choices != NULL) {
		html_open(html, "select", "id", id, "name", field->name, NULL);
		choices_each(field->choices, draw_choice, html);
		html_close(html);
	} else {
		html_void(html, "input", "id", id, "name", field->name, "type", "text", "autocomplete", "off", "value", value,
		          "required", field->optional ? NULL : "", NULL);
	}
	html_close(html);
}

static void draw_form(const PageView *view, Html *html, const AdminAct *act, const char *const *values)
{
	g_autofree char *url = g_strconcat(ADMIN_PATH "/", act->path, NULL);

	html_leaf(html, "h2", NULL, act->title);
	html_open(html, "form", "class", "panel", "method", "post", "action", url, NULL);
	html_void(html, "input", "type", "hidden", "name", "_csrf", "value", page_csrf(view), NULL);
	for (guint i = 0; act->fields[i].name != NULL; i++)
		draw_field(html, act->path, &act->fields[i], values[i]);
	html_open(html, "div", "class", "submit", NULL);
	html_leaf(html, "button", NULL, act->title);
	html_close(html);
	html_close(html);
}

/* What a list can be narrowed by. */
static void draw_query(Html *html, const AdminSection *section, const char *const *values)
{
	g_autofree char *url = g_strconcat(ADMIN_PATH "/", section->path, NULL);

	if (section->query[0].name == NULL)
		return;
	html_open(html, "form", "class", "filter panel", "method", "get", "action", url, NULL);
	for (guint i = 0; section->query[i].name != NULL; i++)
		if (strcmp(section->query[i].name, "page") != 0)
			draw_field(html, section->path, &section->query[i], values[i]);
	html_open(html, "div", "class", "submit", NULL);
	html_leaf(html, "button", "second", "查询");
	html_close(html);
	html_close(html);
}

/* Rows that have what leads on from them: "{id}". */
static gboolean leads_on(const AdminSection *section, const json_t *rows)
{
	const char *open = section->row_path != NULL ? strchr(section->row_path, '{') : NULL;
	g_autofree char *key = open != NULL ? g_strndup(open + 1, strcspn(open + 1, "}")) : NULL;

	return key != NULL && json_object_get(json_array_get(rows, 0), key) != NULL;
}

/* Lists by their rows; the rest as facts. */
static void draw_data(const PageView *view, Html *html, const AdminSection *section, json_t *data)
{
	const ValueView facts = { .page = view, .fields = columns };
	ValueView rows = { .page = view, .fields = columns };
	g_autoptr(json_t) rest = json_object();
	const char *name;
	json_t *value;

	json_object_foreach (data, name, value) {
		if (json_is_array(value)) {
			const zhen_field *field = field_find(lists, name);

			rows.row_path = leads_on(section, value) ? section->row_path : NULL;
			rows.row_action = rows.row_path != NULL ? section->row_action : NULL;
			html_leaf(html, "h2", NULL, value_label(field, name));
			values_rows(&rows, html, value, 3);
		} else if (json_is_object(value)) {
			draw_data(view, html, section, value);
		} else {
			json_object_set(rest, name, value);
		}
	}
	if (json_object_size(rest) > 0)
		values_object(&facts, html, rest, 2);
}

/* ---- pages ---- */

static void begin(const PageView *view, Html *html, GString *out, const AdminSection *section)
{
	page_begin(view, html, out, section != NULL ? section->title : "系统管理", NULL);
	draw_ways(view, html, section);
}

static guint fields_of(const AdminAct *act)
{
	guint count = 0;

	while (act->fields[count].name != NULL)
		count++;
	return count;
}

/* Those that are about a row wait until one is chosen. */
static void draw_forms(const PageView *view, Html *html, const AdminSection *section, const char *const *values)
{
	g_autofree char *own = g_strconcat(ADMIN_PATH "/", section->path, "?", NULL);
	const gboolean of_rows = section->row_path != NULL && g_str_has_prefix(section->row_path, own);

	for (guint a = 0; section->acts[a] != NULL && (!of_rows || values[0] != NULL); a++) {
		draw_form(view, html, section->acts[a], values);
		values += fields_of(section->acts[a]);
	}
}

static void draw_pager(Html *html, const AdminSection *section, const json_t *data, const char *const *values)
{
	const gint64 page = json_integer_value(json_object_get(data, "page")),
		     pages = json_integer_value(json_object_get(data, "pages"));
	g_autoptr(GString) url = g_string_new(ADMIN_PATH "/");

	if (pages <= 1)
		return;
	g_string_append_printf(url, "%s?", section->path);
	for (guint i = 0; section->query[i].name != NULL; i++)
		if (values[i] != NULL && strcmp(section->query[i].name, "page") != 0) {
			g_string_append_printf(url, "%s=", section->query[i].name);
			g_string_append_uri_escaped(url, values[i], NULL, FALSE);
			g_string_append_c(url, '&');
		}
	html_open(html, "nav", "class", "actions", "aria-label", "翻页", NULL);
	for (gint64 to = page - 1; to <= page + 1; to += 2) {
		g_autofree char *there = g_strdup_printf("%spage=%" G_GINT64_FORMAT, url->str, to);

		if (to >= 1 && to <= pages)
			html_link(html, there, "button second", to < page ? "上一页" : "下一页");
	}
	html_close(html);
}

void admin_page(const PageView *view, const AdminSection *section, const AdminAct *act, json_t *data, const char *said,
                const char *const *values, GString *out)
{
	g_autofree char *url = g_strconcat(ADMIN_PATH "/", section->path, NULL);
	guint first = 0;
	Html html;

	begin(view, &html, out, section);
	if (act != NULL) {
		html_open(&html, "div", "class", "panel note", "role", "status", NULL);
		html_leaf(&html, "p", NULL, act->title);
		html_leaf(&html, "p", NULL, said);
		html_close(&html);
		html_open(&html, "p", NULL);
		html_link(&html, url, "button", section->title);
		html_close(&html);
		page_end(view, &html);
		return;
	}
	for (guint a = 0; section->acts[a] != NULL; a++)
		first += fields_of(section->acts[a]);
	draw_query(&html, section, values + first);
	if (said != NULL) {
		html_open(&html, "div", "class", "panel wrong", "role", "alert", NULL);
		html_leaf(&html, "p", NULL, said);
		html_close(&html);
	}
	/* What a row was chosen for comes first. */
	if (values[0] != NULL)
		draw_forms(view, &html, section, values);
	if (data != NULL)
		draw_data(view, &html, section, data);
	draw_pager(&html, section, data, values + first);
	if (values[0] == NULL)
		draw_forms(view, &html, section, values);
	page_end(view, &html);
}

void admin_index_page(const PageView *view, GString *out)
{
	Html html;

	begin(view, &html, out, NULL);
	html_leaf(&html, "p", "soft",
	          "系统管理员、安全管理员和审计管理员各办各的事，由不同的人担任；所做的变更都记入审计。");
	page_end(view, &html);
}
