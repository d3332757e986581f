/* SPDX-License-Identifier: Apache-2.0
 * 告知承诺书, 容缺受理承诺书: what the applicant reads and signs before the window accepts by promise. Out of the item's own data:
 * what it may be promised in place of, what the law asks, what a broken word costs. The word is the applicant's: no seal. */
#include "checklist.h"
#include "items.h"

#define BLANK "　"
#define NO_DAY_YET "　　　　年　　月　　日"

static const char *joined(zhen_call *call, const struct checklist *list, const char *how)
{
	const char *text = "";
	int n = 0;

	for (size_t i = 0; i < list->count; i++)
		if (needed_is(&list->rows[i], how))
			text = zhen_format(call, "%s%s%d．%s", text, n > 0 ? "\n" : "", n + 1, list->rows[i].name), n++;
	return text;
}

static const char *bases_of(zhen_call *call, const json_t *content)
{
	const char *text = "";
	size_t i;
	json_t *one;

	json_array_foreach(json_object_get(content, "legal_bases"), i, one)
		text = zhen_format(call, "%s%s%s%s", text, i > 0 ? "；" : "", item_text(one, "title"),
		                   item_text(one, "article"));
	return text;
}

static const char *conditions_of(zhen_call *call, const json_t *content)
{
	const char *text = "";
	size_t i;
	json_t *one;

	json_array_foreach(json_object_get(content, "conditions"), i, one)
		text = zhen_format(call, "%s%s%s", text, i > 0 ? "；" : "", or_empty(json_string_value(one)));
	return text;
}

static void fact_if(zhen_sheet *sheet, const char *label, const char *text)
{
	if (text[0] != '\0')
		zhen_sheet_fact(sheet, label, text);
}

static int64_t days_of(zhen_call *call, const struct matter *matter, const char *setting)
{
	return zhen_value_int(call->host->setting(call, setting, matter->township));
}

static void tell_promise(zhen_call *call, const struct matter *matter, const struct checklist *list, zhen_sheet *sheet)
{
	json_auto_t *content = item_content(call, matter->item);

	zhen_sheet_paragraph(sheet, zhen_format(call,
	                                        "%s申请办理“%s”，下列证明可以用书面承诺代替（国务院办公厅关于全面推行证明事项和涉企经营许可事项"
	                                        "告知承诺制的指导意见，国办发〔2020〕42号）。请阅读告知内容后自主选择；不愿承诺的，提交证明材料即可。",
	                                        addressed(matter), matter->item_name));
	zhen_sheet_heading(sheet, "一、本机关告知");
	zhen_sheet_fact(sheet, "申请编号", matter->number);
	zhen_sheet_fact(sheet, "可以承诺代替的证明", joined(call, list, "promised"));
	fact_if(sheet, "设定依据", bases_of(call, content));
	fact_if(sheet, "应当符合的条件", conditions_of(call, content));
	zhen_sheet_fact(sheet, "承诺的核查", zhen_format(call, "受理后%lld个工作日内，通过数据共享、实地查看等方式核查",
	                                                 (long long)days_of(call, matter, "promise_check_days")));
	zhen_sheet_fact(sheet, "不实承诺的责任",
	                zhen_format(call, "终止办理；已经作出决定的，%s撤销；%s；造成损失、构成违法的，依法承担相应责任",
	                            matter_is_licence(call, matter) ? "依据《中华人民共和国行政许可法》第六十九条" : "依法",
	                            credit_cost(call)));
	zhen_sheet_heading(sheet, "二、申请人承诺");
	for (size_t i = 0; i < list->count; i++)
		if (needed_is(&list->rows[i], "promised"))
			zhen_sheet_fact(sheet, list->rows[i].name,
			                list->rows[i].note[0] != '\0' ? list->rows[i].note : BLANK);
	zhen_sheet_paragraph(sheet, "本人（户）已经知晓上述告知的全部内容；承诺的情况真实、准确，符合告知的条件；同意本机关核查，愿意承担不实"
	                            "承诺的法律责任。以上承诺是本人真实意思表示。");
}

static void tell_deferral(zhen_call *call, const struct matter *matter, const struct checklist *list, zhen_sheet *sheet)
{
	const zhen_row *item = zhen_one(call, "SELECT promised_days FROM item WHERE id = $1", matter->item);
	int64_t promised = zhen_column_int(item, "promised_days"), days = days_of(call, matter, "lacking_days");
	json_auto_t *content = item_content(call, matter->item);

	zhen_sheet_paragraph(sheet, zhen_format(call,
	                                        "%s申请办理“%s”，尚缺下列次要材料，办事指南标明可以容缺后补：作出书面承诺的，先予受理。",
	                                        addressed(matter), matter->item_name));
	zhen_sheet_heading(sheet, "一、本机关告知");
	zhen_sheet_fact(sheet, "申请编号", matter->number);
	zhen_sheet_fact(sheet, "可以后补的材料", joined(call, list, "deferred"));
	fact_if(sheet, "设定依据", bases_of(call, content));
	zhen_sheet_fact(sheet, "补交期限",
	                zhen_format(call, "受理之日起%lld个工作日内", (long long)(days < promised ? days : promised)));
	zhen_sheet_fact(
		sheet, "没有补交的后果",
		zhen_format(call, "补交前不作出准予决定；逾期没有补交的，不予许可、办理，%s", credit_cost(call)));
	zhen_sheet_heading(sheet, "二、申请人承诺");
	zhen_sheet_paragraph(sheet, "本人（户）已经知晓上述告知的全部内容，承诺在期限内补交所列材料，补交的材料真实、合法、有效；没有按期补交的，"
	                            "接受告知的后果。以上承诺是本人真实意思表示。");
}

static bool has(const struct checklist *list, const char *how)
{
	for (size_t i = 0; i < list->count; i++)
		if (needed_is(&list->rows[i], how))
			return true;
	return false;
}

static const char *draw(zhen_call *call, const struct matter *matter, const struct checklist *list,
                        enum document_kind kind, const char *dated_on)
{
	int32_t day = zhen_calendar_parse_date(dated_on);
	zhen_sheet *sheet = zhen_sheet_new();

	if (kind == DOCUMENT_PROMISE)
		tell_promise(call, matter, list, sheet);
	else
		tell_deferral(call, matter, list, sheet);
	/* With room for a hand. */
	zhen_sheet_fact(sheet, "申请人签名、捺印\n日期",
	                zhen_format(call, "%s\n%s", BLANK,
	                            day != ZHEN_NO_DAY ? zhen_chinese_date(call, zhen_calendar_ms_of_day(day)) : NO_DAY_YET));
	return document_new(call, matter, kind, sheet);
}

static const struct {
	enum document_kind kind;
	const char *how, *name;
} pledges[] = { { DOCUMENT_PROMISE, "promised", "promise" }, { DOCUMENT_DEFERRAL, "deferred", "deferral" } };

/* What was printed to be signed is the paper of the case; else it is drawn with what was accepted. */
void pledges_kept(zhen_call *call, const struct matter *matter, const struct checklist *list, const char *dated_on)
{
	for (size_t i = 0; i < sizeof(pledges) / sizeof(pledges[0]); i++)
		if (has(list, pledges[i].how) &&
		    zhen_one(call, "SELECT id FROM document WHERE matter = $1 AND kind = $2 LIMIT 1", matter->id,
		             pledges[i].name) == NULL)
			draw(call, matter, list, pledges[i].kind, dated_on);
}

/* Each named material as promised or deferred, in a list that is not stored: false, the refusal was said. */
static bool take(zhen_call *call, struct checklist *list, const char *field, const char *how)
{
	bool fine = true;

	for (int32_t i = 0; i < call->host->list_count(call, field); i++) {
		const char *name = or_empty(zhen_value_text(call->host->list_field(call, field, i, "material")));
		struct needed *one = checklist_find(list, name);
		bool may = one != NULL && (strcmp(how, "promised") == 0 ? one->promisable : one->deferrable);

		if (may)
			needed_set(call, one, how,
			           strcmp(how, "promised") == 0 ?
			                   or_empty(zhen_value_text(call->host->list_field(call, field, i, "content"))) :
			                   "");
		else
			zhen_field_error(call, zhen_format(call, "%s.%d.material", field, i), "material-not-listed",
			                 "“%s”不是本事项可以%s的材料 (not what the item lets be promised)", name,
			                 strcmp(how, "promised") == 0 ? "告知承诺" : "容缺后补");
		fine = fine && may;
	}
	return fine;
}

zhen_result print_pledge(zhen_call *call)
{
	struct matter matter;
	zhen_result refused = matter_for(call, ACT_HAND_IN, &matter);
	const char *numbers = "";

	/* While the supplement is awaited as well: what was asked for may be promised instead. */
	if (refused == 0 && matter.accepted_at != 0)
		refused = matter_may(call, &matter, ACT_ACCEPT);
	if (refused != 0)
		return refused;
	struct checklist list = checklist_of(call, &matter);
	bool fine = take(call, &list, "promises", "promised");
	if (!take(call, &list, "lacking", "deferred") || !fine)
		return zhen_invalid(call);
	for (size_t i = 0; i < sizeof(pledges) / sizeof(pledges[0]); i++)
		if (has(&list, pledges[i].how))
			numbers = zhen_format(call, "%s%s%s", numbers, numbers[0] != '\0' ? "、" : "",
			                      draw(call, &matter, &list, pledges[i].kind, ""));
	if (numbers[0] == '\0') {
		zhen_field_error(call, "promises", "required",
		                 "请写明用承诺代替的证明，或者容缺后补的材料 (what is promised?)");
		return zhen_invalid(call);
	}
	zhen_put(call, "document", numbers);
	return matter_reply(call, &matter);
}

/* Offered where there is something to promise; the form begins with it. */
void pledge_action(zhen_call *call, const struct matter *matter, const struct checklist *list)
{
	static const struct {
		const char *list;
		bool promised;
	} kinds[] = { { "promises", true }, { "lacking", false } };
	bool any = false;

	for (size_t i = 0; i < list->count; i++)
		any = any || (needed_is_open(&list->rows[i]) && (list->rows[i].promisable || list->rows[i].deferrable));
	if (!any)
		return;
	zhen_open_object(call, NULL);
	zhen_put(call, "title", "打印承诺书");
	zhen_put(call, "method", "POST");
	zhen_put(call, "path", zhen_format(call, "/cases/%lld/pledges", (long long)matter->id));
	zhen_open_object(call, "fields");
	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		int n = 0;

		for (size_t i = 0; i < list->count && n < 3; i++)
			if (needed_is_open(&list->rows[i]) &&
			    (kinds[k].promised ? list->rows[i].promisable : list->rows[i].deferrable))
				zhen_put(call, zhen_format(call, "%s.%d.material", kinds[k].list, n++),
				         list->rows[i].name);
	}
	zhen_close(call);
	zhen_close(call);
}
