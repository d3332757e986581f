/* SPDX-License-Identifier: Apache-2.0
 * 一看就懂: what people ask of a guide (到哪办、找谁办、怎么办、要哪些资料、怎么填), answered from the object that the flow runs on,
 * and the form itself filled in as a sample. On the page and on paper alike. */
#include "items.h"
#include "licence.h"

#include <strings.h>

static const char *joined(zhen_call *call, const json_t *list, const char *between)
{
	const char *text = "";
	size_t i;
	json_t *one;

	json_array_foreach(list, i, one)
		text = zhen_format(call, "%s%s%s", text, i > 0 ? between : "", or_empty(json_string_value(one)));
	return text;
}

static bool is_at_village(const json_t *content)
{
	size_t i;
	json_t *level;

	json_array_foreach(item_at(content, "levels"), i, level)
		if (strstr(or_empty(json_string_value(level)), "村") != NULL)
			return true;
	return false;
}

const char *guide_promise(zhen_call *call, int64_t days, const char *unit)
{
	if (days == 0)
		return "当场办结";
	return zhen_format(call, "受理后%lld个%s内办结", (long long)days, unit[0] != '\0' ? unit : "工作日");
}

static const char *where(zhen_call *call, const json_t *content, const struct office *office)
{
	const char *online = json_is_true(item_at(content, "online.available")) ? "；也可以在网上办理" : "";

	if (office == NULL)
		return zhen_format(call, "%s；%s%s", item_text(content, "place"), item_text(content, "hours"), online);
	const char *hours = office->hours[0] != '\0' ? office->hours : item_text(content, "hours");
	bool station = office->station[0] != '\0' && is_at_village(content);
	return zhen_format(call, "%s%s%s%s综合窗口；%s%s%s%s", office->window, office->address[0] != '\0' ? "（" : "",
	                   office->address, office->address[0] != '\0' ? "）" : "", hours, station ? "；也可到" : "",
	                   station ? office->station : "", online);
}

static const char *who(zhen_call *call, const json_t *content, const struct office *office)
{
	const char *person = office != NULL ? office->person : "";
	const char *phone = office != NULL && office->phone[0] != '\0' ? office->phone : item_text(content, "phones.consult");

	return zhen_format(call, "综合窗口，由受理人一人联系到底%s%s；咨询电话：%s；监督电话：%s",
	                   person[0] != '\0' ? "；窗口责任人：" : "", person, phone, item_text(content, "phones.complaint"));
}

static const char *how(zhen_call *call, const json_t *content, const struct office *office)
{
	const char *flow = "受理";
	size_t i;
	json_t *one;

	(void)office;
	json_array_foreach(item_at(content, "steps"), i, one)
		flow = zhen_format(call, "%s → %s", flow, item_text(one, "title"));
	const char *term = term_text(call, content);
	return zhen_format(call, "条件：%s。流程：%s。%s。%s。结果：%s（%s）%s%s",
	                   joined(call, item_at(content, "conditions"), "；"), flow,
	                   guide_promise(call, item_number(content, "promised.days"), item_text(content, "promised.unit")),
	                   item_number(content, "fee.amount_fen") == 0 ? "不收费" : item_text(content, "fee.basis"),
	                   item_text(content, "result.name"), joined(call, item_at(content, "delivery"), "、"), term[0] != '\0' ? "。" : "", term);
}

static const char *what(zhen_call *call, const json_t *content, const struct office *office)
{
	const char *text = "";
	size_t i;
	json_t *one;

	(void)office;
	json_array_foreach(item_at(content, "materials"), i, one) {
		int64_t copies = item_number(one, "copies");

		text = zhen_format(call, "%s%s%zu．%s（%s）", text, i > 0 ? "；" : "", i + 1, item_text(one, "name"),
		                   copies == 0 ? zhen_format(call, "%s，不用您提供", item_text(one, "source")) :
		                                 zhen_format(call, "%lld份，%s", (long long)copies, item_text(one, "necessity")));
	}
	return text;
}

static const char *fill_in(zhen_call *call, const json_t *content, const struct office *office)
{
	(void)office;
	return zhen_format(call, "照着样表填写《%s》申请表，一次申请只填这一张表", item_text(content, "name"));
}

const struct guide_question guide_questions[N_QUESTIONS] = {
	{ "where", "到哪办", where }, { "who", "找谁办", who },     { "how", "怎么办", how },
	{ "what", "要哪些资料", what }, { "form", "怎么填", fill_in },
};

/* ---- finding a guide ---- */

/* Whether the text has the word in it; letters in either case. */
static bool says(const char *text, const char *word, size_t length)
{
	for (; *text != '\0'; text++)
		if (strncasecmp(text, word, length) == 0)
			return true;
	return false;
}

static bool has_word(const json_t *content, const char *word, size_t length)
{
	static const char *const paths[] = { "name", "code", "content", "result.name" };
	static const char *const lists[] = { "keywords", "service_target" };
	size_t i;
	json_t *one;

	for (size_t p = 0; p < sizeof(paths) / sizeof(paths[0]); p++)
		if (says(item_text(content, paths[p]), word, length))
			return true;
	for (size_t p = 0; p < sizeof(lists) / sizeof(lists[0]); p++)
		json_array_foreach(item_at(content, lists[p]), i, one)
			if (says(or_empty(json_string_value(one)), word, length))
				return true;
	return false;
}

bool guide_matches(const json_t *content, const char *q)
{
	while (*q != '\0') {
		size_t length = 0;

		while (*q == ' ' || strncmp(q, "　", 3) == 0)
			q += *q == ' ' ? 1 : 3;
		while (q[length] != '\0' && q[length] != ' ' && strncmp(q + length, "　", 3) != 0)
			length++;
		if (length > 0 && !has_word(content, q, length))
			return false;
		q += length;
	}
	return true;
}

/* ---- the form, filled in ---- */

static const struct {
	const char *name, *value;
} samples[] = {
	{ "village", "示例镇示例村" },
	{ "applicant", "张三" },
	{ "id_card", "11010519491231002X" }, /* the specimen of GB 11643 */
	{ "credit_code", "91350100M000100Y43" }, /* the specimen of GB 32100 */
	{ "representative", "张三" },
	{ "phone", "13800000000" },
	{ "members", "李四，110101198001010029，配偶" },
	{ "old_area", "0" },
	{ "site_area", "120" },
	{ "house_area", "80" },
	{ "ancillary_area", "20" },
	{ "courtyard_area", "20" },
	{ "address", "三组大坪子" },
	{ "east", "村道" },
	{ "south", "李四宅" },
	{ "west", "水沟" },
	{ "north", "菜地" },
	{ "conversion", "（占用集体建设用地，不填）" },
	{ "floor_area", "160" },
	{ "storeys", "2" },
	{ "height", "7.2" },
	{ "group_opinion", "经本组村民会议讨论，同意" },
	{ "village_opinion", "经讨论通过并公示，同意上报" },
};

/* The item itself, and what follows from who applies. */
static bool is_asked(const zhen_field *field)
{
	return (field->flags & ZHEN_HIDDEN) == 0 && strcmp(field->name, "code") != 0 &&
	       strcmp(field->name, "answers") != 0;
}

static const char *sample_of(zhen_call *call, const zhen_field *field, const json_t *content)
{
	if (strcmp(field->name, "applicant") == 0 && !item_serves(content, false))
		return "示例有限公司";
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++)
		if (strcmp(samples[i].name, field->name) == 0)
			return samples[i].value;
	if (field->type == ZHEN_CHOICE) {
		const char *title = strchr(field->choices, '=') + 1;

		return zhen_format(call, "%.*s", (int)strcspn(title, "|"), title);
	}
	if (field->type == ZHEN_BOOL)
		return "是";
	return strcmp(field->name, "content") == 0 ? zhen_format(call, "申请办理%s", item_text(content, "name")) : "据实填写";
}

static void add(json_t *list, const char *label, const char *value)
{
	json_array_append_new(list, json_pack("{s:s, s:s}", "label", label, "value", value));
}

json_t *guide_sample(zhen_call *call, const json_t *content)
{
	bool homestead = strcmp(item_text(content, "form"), "homestead") == 0;
	json_t *list = json_array(), *own;
	size_t i;

	bool organisation = !item_serves(content, false);
	const zhen_field *fields = homestead ? apply_fields : organisation ? organisation_fields : apply_item_fields;

	for (const zhen_field *field = fields; field->name != NULL; field++)
		if (is_asked(field))
			add(list, field->label, sample_of(call, field, content));
	json_array_foreach(item_at(content, "fields"), i, own)
		add(list, item_text(own, "label"), form_sample(call, own));
	return list;
}
