/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>
#include "base/json.h"
#include "http/forms.h"

#define NASTY "<script>alert(1)</script>&\"'"
#define INERT "&lt;script&gt;alert(1)&lt;/script&gt;&amp;&quot;&#39;"

static const zhen_field member[] = {
	{ .name = "name", .label = "姓名", .type = ZHEN_NAME, .flags = ZHEN_REQUIRED },
	{ .name = "share_fen", .label = "出资", .type = ZHEN_MONEY },
	{ 0 },
};
static const zhen_field asked[] = {
	{ .name = "name", .type = ZHEN_TEXT, .flags = ZHEN_REQUIRED | ZHEN_HIDDEN },
	{ .name = "value", .label = "内容", .type = ZHEN_TEXT },
	{ 0 },
};
static const zhen_field fields[] = {
	{ .name = "id", .type = ZHEN_INT, .flags = ZHEN_REQUIRED },
	{ .name = "text", .label = "标题", .type = ZHEN_TEXT, .flags = ZHEN_REQUIRED, .max = 50, .help = "一句话" },
	{ .name = "long", .type = ZHEN_LONG_TEXT },
	{ .name = "area", .label = "面积", .type = ZHEN_INT, .min = 1, .max = 150 },
	{ .name = "agreed", .label = "已同意", .type = ZHEN_BOOL, .flags = ZHEN_REQUIRED },
	{ .name = "fee_fen", .type = ZHEN_MONEY },
	{ .name = "day", .type = ZHEN_DATE },
	{ .name = "visit", .type = ZHEN_TIME },
	{ .name = "kind", .type = ZHEN_CHOICE, .choices = "house=住房|yard=<院落>" },
	{ .name = "village", .label = "村", .type = ZHEN_DIVISION, .min = 5, .flags = ZHEN_REQUIRED },
	{ .name = "unit", .type = ZHEN_BODY },
	{ .name = "keeper", .label = "保管人", .type = ZHEN_ACCOUNT, .choices = "t.keep", .flags = ZHEN_REQUIRED },
	{ .name = "who", .type = ZHEN_NAME },
	{ .name = "card", .type = ZHEN_ID_CARD },
	{ .name = "phone", .type = ZHEN_PHONE },
	{ .name = "secret", .type = ZHEN_SECRET },
	{ .name = "plan", .type = ZHEN_FILE },
	{ .name = "members", .label = "成员", .type = ZHEN_LIST, .fields = member, .max = 5 },
	{ .name = "asked", .label = "要填写的", .type = ZHEN_LIST, .fields = asked, .max = 5 },
	{ .name = "height", .type = ZHEN_DECIMAL },
	{ .name = "ticket", .type = ZHEN_TEXT, .flags = ZHEN_HIDDEN },
	{ 0 },
};
static const zhen_route route = {
	.method = ZHEN_POST, .path = "/cases/{id}/edit", .fields = fields, .summary = "修改"
};
static const Plugin plugin = { .id = "t", .version = "1.0.0", .title = "测试" };

static Divisions *divisions;
static Bodies *bodies;

/* One county of two townships of 150 villages each: too many for one list, few enough under one township. */
static void load_world(void)
{
	GError *error = NULL;
	g_autofree char *folder = g_dir_make_tmp("zhen-forms-XXXXXX", &error);
	g_autofree char *places = g_build_filename(folder, "d.csv", NULL),
			*units = g_build_filename(folder, "b.csv", NULL);
	g_autoptr(GString) csv = g_string_new("code,name,level,parent\n530000000000,云南省,province,\n"
	                                      "532300000000,楚雄州,prefecture,530000000000\n"
	                                      "532327000000,永仁县,county,532300000000\n");

	for (guint t = 1; t <= 2; t++) {
		g_string_append_printf(csv, "53232710%u000,镇%u,township,532327000000\n", t, t);
		for (guint v = 1; v <= 150; v++)
			g_string_append_printf(csv, "53232710%u%03u,镇%u村%u,village,53232710%u000\n", t, v, t, v, t);
	}
	cr_assert(g_file_set_contents(places, csv->str, -1, &error));
	cr_assert(g_file_set_contents(units,
	                              "id,kind,name,division,superior\nyd,township,镇1政府,532327101000,\n"
	                              "yj,township,镇2政府,532327102000,\nyr,county,县编办,532327000000,\n",
	                              -1, &error));
	const char *d[] = { places, NULL }, *b[] = { units, NULL };
	divisions = divisions_load(d, &error);
	cr_assert_not_null(divisions, "%s", error == NULL ? "" : error->message);
	bodies = bodies_load(b, divisions, &error);
	cr_assert_not_null(bodies, "%s", error == NULL ? "" : error->message);
	g_unlink(places);
	g_unlink(units);
	g_rmdir(folder);
}

static void drop_world(void)
{
	bodies_free(bodies);
	divisions_free(divisions);
}

TestSuite(forms, .init = load_world, .fini = drop_world);

static guint crowd; /* people besides the two */

static void each_account(const void *data, const Plugin *of, const char *permission, const Division *within,
                         PageAccountFunc *each, void *each_data)
{
	(void)data;
	(void)within;
	cr_expect_str_eq(of->id, "t");
	cr_expect_str_eq(permission, "t.keep");
	each(each_data, "3", "周<掌印>", "镇1政府");
	each(each_data, "3", "周<掌印>", "镇1便民服务中心");
	each(each_data, "4", "赵", "");
	for (guint i = 0; i < crowd; i++)
		each(each_data, "5", "众", "");
}

static char *draw(const CallParam *params, guint n, const char *problem)
{
	PageView view = { .site_title = "站",
		          .path = "/p/t/cases/7/edit",
		          .divisions = divisions,
		          .bodies = bodies,
		          .csrf = "the-token",
		          .each_account = each_account };
	GString *out = g_string_new(NULL);
	FormErrors errors;
	Html html;

	form_errors_init(&errors);
	if (problem != NULL) {
		g_autoptr(json_t) json = json_loads(problem, 0, NULL);
		form_errors_read(&errors, json);
	}
	html_init(&html, out);
	forms_draw(&view, &html, &plugin, &route, params, n, problem == NULL ? NULL : &errors);
	form_errors_clear(&errors);
	cr_expect_eq(html.depth, 0);
	return g_string_free(out, FALSE);
}

#define has(text, part) cr_expect_not_null(strstr((text), (part)), "no %s in: %s", (part), (text))
#define lacks(text, part) cr_expect_null(strstr((text), (part)), "%s in: %s", (part), (text))
#define ID                                                                                                             \
	{                                                                                                              \
		"id", "7", 1                                                                                           \
	}
#define AT                                                                                                             \
	{                                                                                                              \
		"_at", "532327101000", 12                                                                              \
	}

Test(forms, every_type_has_its_control_tied_to_its_label)
{
	static const char *const parts[] = {
		"<form class=\"fields\" method=\"post\" action=\"/p/t/cases/7/edit\"",
		"name=\"_csrf\" value=\"the-token\"",
		"name=\"_key\" value=\"",
		"<label for=\"f-text\">标题<span class=\"must\">（必填）</span></label>",
		"<p class=\"help\" id=\"f-text-help\">一句话</p>",
		"id=\"f-text\" name=\"text\" type=\"text\" maxlength=\"50\" required aria-describedby=\"f-text-help\"",
		"<textarea id=\"f-long\" name=\"long\" rows=\"4\" maxlength=\"10000\"",
		"name=\"area\" type=\"number\" inputmode=\"numeric\" step=\"1\" min=\"1\" max=\"150\"",
		"<fieldset class=\"field\"><legend>已同意",
		"type=\"radio\" id=\"f-agreed\" name=\"agreed\" value=\"true\"",
		"type=\"radio\" id=\"f-agreed-no\" name=\"agreed\" value=\"false\"",
		"name=\"fee_fen\" type=\"text\" inputmode=\"decimal\"",
		"<span>元</span>",
		"name=\"day\" type=\"date\"",
		"name=\"visit\" type=\"datetime-local\"",
		"<option value=\"yard\">&lt;院落&gt;</option>",
		"<option value=\"532327101001\">镇1村1</option>",
		"<option value=\"yd\">镇1政府</option>",
		"name=\"who\" type=\"text\" autocomplete=\"name\"",
		"name=\"card\" type=\"text\" autocomplete=\"off\" maxlength=\"18\" pattern=\"[0-9]{17}[0-9Xx]\"",
		"name=\"phone\" type=\"tel\" inputmode=\"tel\"",
		"name=\"secret\" type=\"text\" autocomplete=\"off\"",
		"name=\"plan\" type=\"text\"",
		"<legend>成员</legend>",
		"name=\"members.0.name\"",
		"name=\"members.2.name\"",
		"name=\"height\" type=\"text\" inputmode=\"decimal\"",
		"<input type=\"hidden\" name=\"ticket\" value=\"tt\">",
	};
	CallParam params[] = { ID, AT, { "ticket", "tt", 2 } };
	g_autofree char *form = draw(params, G_N_ELEMENTS(params), NULL);

	for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
		has(form, parts[i]);
	lacks(form, "name=\"id\"");
	lacks(form, "members.3");
	lacks(form, "镇2村1");
}

Test(forms, a_place_too_big_for_one_list_is_chosen_first)
{
	CallParam id = ID, open[] = { ID, { "_at", "", 0 } };
	g_autofree char *first = draw(&id, 1, NULL), *direct = draw(open, 2, NULL);

	has(first, "href=\"?_form=POST&amp;_at=532327101000\">镇1</a>");
	lacks(first, "<form");
	has(direct, "name=\"village\" type=\"text\" inputmode=\"numeric\"");
}

/* Rows that have names are those that the form's address brought: none is added, none is renamed. */
Test(forms, rows_with_names_are_drawn_as_they_came_and_none_besides)
{
	static const char problem[] = "{\"errors\":[{\"field\":\"asked.0.value\",\"title\":\"应为整数\"}]}";
	CallParam came[] = { ID, AT, { "asked.0.name", "家庭人口<i>", 16 }, { "asked.1.name", "住房", 6 } };
	CallParam sent[] = { ID, AT, { "asked.0.name", "家庭人口<i>", 16 }, { "asked.0.value", "三", 3 }, { "asked.1.name", "住房", 6 } };
	CallParam none[] = { ID, AT };
	g_autofree char *form = draw(came, G_N_ELEMENTS(came), NULL), *again = draw(sent, G_N_ELEMENTS(sent), problem);
	g_autofree char *bare = draw(none, G_N_ELEMENTS(none), NULL);

	has(form, "<legend>家庭人口&lt;i&gt;</legend>");
	has(form, "<input type=\"hidden\" name=\"asked.1.name\" value=\"住房\">");
	has(form, "name=\"asked.1.value\"");
	has(form, "<label for=\"f-asked-0-value\">内容</label>");
	lacks(form, "asked.2");
	has(again, "name=\"asked.0.value\" type=\"text\" maxlength=\"200\" value=\"三\"");
	has(again, "name=\"asked.1.value\"");
	lacks(bare, "要填写的");
}

Test(forms, choosing_a_place_keeps_what_the_form_only_carries_and_drops_what_was_typed)
{
	static const char problem[] = "{\"errors\":[{\"field\":\"text\",\"title\":\"必填\"}]}";
	CallParam came[] = { ID, { "ticket", "t&1", 3 }, { "asked.0.name", "人口", 6 }, { "text", "私", 3 } };
	CallParam sent[] = { ID, AT, { "ticket", "t&1", 3 }, { "asked.0.name", "人口", 6 }, { "asked.0.value", "7", 1 }, { "secret", "7KQ4M9", 6 } };
	g_autofree char *first = draw(came, G_N_ELEMENTS(came), NULL), *again = draw(sent, G_N_ELEMENTS(sent), problem);

	has(first,
	    "href=\"?_form=POST&amp;_at=532327101000&amp;ticket=t%261&amp;asked.0.name=%E4%BA%BA%E5%8F%A3\">镇1</a>");
	has(again, "href=\"?_form=POST&amp;ticket=t%261&amp;asked.0.name=%E4%BA%BA%E5%8F%A3\">更换</a>");
}

Test(forms, a_place_filled_in_comes_back_as_the_list_it_stands_in)
{
	CallParam wrong[] = { ID, { "village", "532327101003", 12 } }, unknown[] = { ID, { "village", "1", 1 } };
	static const char problem[] = "{\"errors\":[{\"field\":\"text\",\"title\":\"必填\"}]}";
	g_autofree char *form = draw(wrong, 2, problem), *none = draw(unknown, 2, problem);

	has(form, "<option value=\"532327101003\" selected>镇1村3</option>");
	lacks(form, "镇2村1");
	has(none, "name=\"village\" type=\"text\"");
}

Test(forms, what_a_row_needs_is_said_above_the_rows_not_in_empty_ones)
{
	CallParam params[] = { ID, AT };
	g_autofree char *form = draw(params, 2, NULL);

	has(form, "没有注明选填的都要填");
	has(form, "<label for=\"f-members-0-name\">姓名</label>");
	has(form, "<label for=\"f-members-0-share_fen\">出资<span class=\"may\">（选填）</span></label>");
}

Test(forms, errors_stand_on_top_and_beside_their_fields_with_the_values_kept)
{
	CallParam params[] = { ID,
		               AT,
		               { "text", NASTY, 0 },
		               { "long", "</textarea>" NASTY, 0 },
		               { "secret", "7KQ4M9", 6 },
		               { "kind", "yard", 4 },
		               { "agreed", "false", 5 },
		               { "village", "532327101002", 12 },
		               { "members.0.name", "张三", 6 },
		               { "members.4.name", "李四", 6 },
		               { "members.4.share_fen", "x", 1 },
		               { "_key", "SAMEKEY", 7 },
		               { "_match", "\"3\"", 3 } };
	g_autofree char *form = draw(params, G_N_ELEMENTS(params),
	                             "{\"title\":\"填写有误\",\"errors\":["
	                             "{\"field\":\"text\",\"code\":\"x\",\"title\":\"太长<b>\"},"
	                             "{\"field\":\"members[1].share_fen\",\"code\":\"x\",\"title\":\"应为金额\"},"
	                             "{\"field\":\"\",\"code\":\"x\",\"title\":\"总的错\"}]}");

	has(form, "role=\"alert\"");
	has(form, "<a href=\"#f-text\">标题：太长&lt;b&gt;</a>");
	has(form, "<a href=\"#f-members-1-share_fen\">成员第 2 行 出资：应为金额</a>");
	has(form, "<li>总的错</li>");
	has(form, "<p class=\"error\" id=\"f-text-error\">太长&lt;b&gt;</p>");
	has(form, "aria-describedby=\"f-text-error f-text-help\" aria-invalid=\"true\"");
	has(form, "value=\"" INERT "\"");
	has(form, "\n&lt;/textarea&gt;" INERT "</textarea>");
	has(form, "<option value=\"yard\" selected>");
	has(form, "<option value=\"532327101002\" selected>");
	has(form, "value=\"false\" checked");
	has(form, "name=\"members.1.name\" type=\"text\" autocomplete=\"name\" maxlength=\"50\" class=\"short\" "
	          "value=\"李四\"");
	has(form, "name=\"members.1.share_fen\"");
	has(form, "name=\"_match\" value=\"&quot;3&quot;\"");
	lacks(form, "SAMEKEY");
	lacks(form, "7KQ4M9");
	lacks(form, "<script");
	lacks(form, "name=\"members.4.name\"");
}

Test(forms, only_a_form_sent_before_and_changed_keeps_its_key)
{
	static const struct {
		const char *problem;
		gboolean kept;
	} cases[] = {
		{ "{\"code\":\"idempotency-key-reused\",\"detail\":\"刚才已经提交过\"}", TRUE },
		{ "{\"code\":\"invalid\",\"detail\":\"填错了\"}", FALSE },
		{ "{\"detail\":\"idempotency-key-reused\"}", FALSE },
		{ NULL, FALSE },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		CallParam params[] = { ID, AT, { "_key", "SAME\"KEY", 8 } };
		g_autofree char *form = draw(params, G_N_ELEMENTS(params), cases[i].problem);

		has(form, "name=\"_key\" value=\"");
		cr_expect_eq(strstr(form, "name=\"_key\" value=\"SAME&quot;KEY\"") != NULL, cases[i].kept, "case %u",
		             i);
		cr_expect_eq(strstr(form, "改正后重新提交") != NULL, cases[i].problem != NULL && !cases[i].kept,
		             "case %u", i);
	}
}

Test(forms, rows_grow_by_one_and_stop_at_the_most)
{
	static const struct {
		guint filled;
		const char *last, *beyond;
	} cases[] = { { 0, "members.2.name", "members.3.name" },
		      { 3, "members.3.name", "members.4.name" },
		      { 5, "members.4.name", "members.5.name" } };

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		CallParam params[8] = { ID, AT };
		char names[5][24];

		for (guint r = 0; r < cases[i].filled; r++) {
			g_snprintf(names[r], sizeof(names[r]), "members.%u.name", r);
			params[2 + r] = (CallParam){ names[r], "某", 3 };
		}
		g_autofree char *form = draw(params, 2 + cases[i].filled, NULL);
		has(form, cases[i].last);
		lacks(form, cases[i].beyond);
	}
}

Test(forms, what_a_browser_sends_becomes_the_declared_json)
{
	static const CallParam params[] = {
		ID,
		{ "_csrf", "x", 1 },
		{ "_key", "x", 1 },
		{ "text", "  一 ", 0 },
		{ "long", "一\r\n二", 0 },
		{ "area", "90", 2 },
		{ "agreed", "true", 4 },
		{ "fee_fen", "￥1,234.5", 0 },
		{ "day", "2026-09-18", 10 },
		{ "visit", "2026-09-18T09:30", 16 },
		{ "kind", "", 0 },
		{ "card", "53232719800101001x", 18 },
		{ "members.0.name", " ", 1 },
		{ "members.2.name", "李四", 0 },
		{ "members.2.share_fen", "3", 1 },
		{ "members.1.name", "张三", 0 },
		{ "odd", "1", 1 },
		{ "odd", "2", 1 },
	};
	g_autoptr(GString) out = g_string_new(NULL);

	forms_to_json(fields, route.path, params, G_N_ELEMENTS(params), out);
	cr_expect_str_eq(out->str,
	                 "{\"text\":\"一\",\"long\":\"一\\n二\",\"area\":90,\"agreed\":true,\"fee_fen\":123450,"
	                 "\"day\":\"2026-09-18\",\"visit\":\"2026-09-18T09:30:00+08:00\","
	                 "\"card\":\"53232719800101001X\",\"members\":[{\"name\":\"张三\"},"
	                 "{\"name\":\"李四\",\"share_fen\":300}],\"odd\":\"1\"}");
}

Test(forms, what_does_not_convert_stays_for_validation_to_name)
{
	static const CallParam params[] = {
		{ "area", "9.5", 3 },
		{ "agreed", "maybe", 5 },
		{ "fee_fen", "15万", 0 },
		{ "visit", "明天", 0 },
	};
	g_autoptr(GString) out = g_string_new(NULL);

	forms_to_json(fields, route.path, params, G_N_ELEMENTS(params), out);
	cr_expect_str_eq(out->str, "{\"area\":\"9.5\",\"agreed\":\"maybe\",\"fee_fen\":\"15万\",\"visit\":\"明天\"}");
}

Test(forms, yuan_are_read_as_people_write_them)
{
	static const struct {
		const char *text;
		gboolean ok;
		gint64 fen;
	} cases[] = {
		{ "1", TRUE, 100 },        { "1.5", TRUE, 150 },
		{ "1.05", TRUE, 105 },     { "¥1,234.56", TRUE, 123456 },
		{ "￥ 20元", TRUE, 2000 }, { "-3.20", TRUE, -320 },
		{ ".5", TRUE, 50 },        { "7.", TRUE, 700 },
		{ "1.234", FALSE, 0 },     { "1.2.3", FALSE, 0 },
		{ "", FALSE, 0 },          { "元", FALSE, 0 },
		{ "1e3", FALSE, 0 },       { "1-2", FALSE, 0 },
		{ "abc", FALSE, 0 },       { "9999999999999999", FALSE, 0 },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		gint64 fen = 0;

		cr_expect_eq(forms_parse_yuan(cases[i].text, &fen), cases[i].ok, "%s", cases[i].text);
		cr_expect_eq(fen, cases[i].fen, "%s: %ld", cases[i].text, (long)fen);
	}
}

/* Of the people who may be named one is chosen by name; more than fit a list are first sought by place. */
Test(forms, people_are_chosen_by_name)
{
	const CallParam params[] = { ID, { "village", "532327101001", 12 }, { "keeper", "4", 1 } };
	g_autofree char *page = draw(params, 2, NULL), *chosen = draw(params, 3, NULL);

	has(page, "<option value=\"3\">周&lt;掌印&gt; · 镇1政府</option>");
	has(page, "<option value=\"4\">赵</option>");
	lacks(page, "便民服务中心");
	has(chosen, "<option value=\"4\" selected>赵</option>");
	crowd = 300;
	g_autofree char *many = draw(params, 2, NULL);
	has(many, "第一步：选择所在地");
	crowd = 0;
}

Test(forms, a_list_of_places_or_bodies_ends_at_the_levels_that_are_meant)
{
	static const zhen_field of_place[] = {
		{ .name = "township", .type = ZHEN_DIVISION, .min = 4 },
		{ .name = "place", .type = ZHEN_DIVISION, .max = 4 },
		{ .name = "office", .type = ZHEN_BODY },
		{ .name = "from", .type = ZHEN_BODY, .min = 2, .max = 3 },
		{ 0 },
	};
	static const zhen_route report = { .method = ZHEN_POST, .path = "/places/{township}", .fields = of_place };
	const CallParam params[] = { { "township", "532327102000", 12 } };
	PageView view = { .site_title = "站", .path = "/p/t/places/532327102000", .divisions = divisions, .bodies = bodies };
	g_autoptr(GString) page = g_string_new(NULL);
	Html html;

	html_init(&html, page);
	forms_draw(&view, &html, &plugin, &report, params, 1, NULL);
	/* Few enough for one list without the villages; each under the one above. */
	has(page->str, "<option value=\"532327000000\">永仁县</option><option value=\"532327101000\">　镇1</option>");
	lacks(page->str, "镇1村1");
	lacks(page->str, "镇1政府");
	has(page->str, "<option value=\"yj\">镇2政府</option>");
	char *last = strstr(page->str, "name=\"from\"");
	cr_assert_not_null(last);
	has(last, "<option value=\"yr\">县编办</option>");
	lacks(last, "镇2政府");
}

Test(forms, a_page_that_asks_for_a_place_lets_it_be_chosen_too)
{
	static const zhen_field where[] = { { .name = "village", .type = ZHEN_DIVISION, .min = 5, .flags = ZHEN_REQUIRED }, { 0 } };
	static const zhen_route roster = { .method = ZHEN_GET, .path = "/rosters", .fields = where };
	const CallParam at[] = { AT };
	PageView view = { .site_title = "站", .path = "/p/t/rosters", .divisions = divisions, .bodies = bodies };
	g_autoptr(GString) first = g_string_new(NULL), second = g_string_new(NULL);
	Html html;

	html_init(&html, first);
	forms_draw(&view, &html, &plugin, &roster, NULL, 0, NULL);
	has(first->str, "href=\"?_at=532327101000\">镇1</a>");
	lacks(first->str, "<form");
	html_init(&html, second);
	forms_draw(&view, &html, &plugin, &roster, at, 1, NULL);
	has(second->str, "镇1村1</option>");
	has(second->str, "<a href=\"?\">更换</a>");
}
