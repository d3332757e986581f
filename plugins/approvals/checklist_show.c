/* SPDX-License-Identifier: Apache-2.0
 * The checklist on pages and papers: each material with how it was handed in. */
#include "checklist.h"
#include "items.h"

#define FIELDS_MAX 12 /* rows a form begins with: they stand in its address */

const char *needed_copies(zhen_call *call, const struct needed *one)
{
	if (one->originals > 0 && one->copies > 0)
		return zhen_format(call, "原件%lld份、复印件%lld份", (long long)one->originals, (long long)one->copies);
	if (one->originals > 0)
		return zhen_format(call, "原件%lld份", (long long)one->originals);
	return one->copies > 0 ? zhen_format(call, "%lld份", (long long)one->copies) : "";
}

static const char *by_whom(zhen_call *call, const struct needed *one, const char *verb)
{
	return one->at == 0 ? "" : zhen_format(call, "，%s%s%s", zhen_chinese_date(call, one->at), one->person, verb);
}

static const char *on_paper(zhen_call *call, const struct needed *one)
{
	struct needed given = *one;

	given.copies = one->given;
	return zhen_format(call, "纸质%s%s", needed_copies(call, &given), by_whom(call, one, "核收"));
}

static const char *by_ourselves(const struct needed *one)
{
	return strstr(one->source, "共享") != NULL ? "由本机关通过数据共享获取" : "由本机关内部获取";
}

const char *needed_text(zhen_call *call, const struct needed *one)
{
	if (needed_is(one, "file"))
		return zhen_format(call, "电子件%s%s", by_whom(call, one, "上传"), one->paper_only ? "，尚需纸质件" : "");
	if (needed_is(one, "paper"))
		return on_paper(call, one);
	if (needed_is(one, "form"))
		return one->told ? "已补正" : "已随申请填写";
	if (needed_is(one, "shared"))
		return zhen_format(call, "%s%s%s%s", by_ourselves(one), by_whom(call, one, "取得"), one->note[0] != '\0' ? "，来源：" : "",
		                   one->note);
	if (needed_is(one, "waived"))
		return zhen_format(call, "本件不需要：%s", one->note);
	if (needed_is(one, "deferred"))
		return "容缺后补";
	if (needed_is(one, "promised"))
		return "以书面承诺代替";
	if (needed_is(one, "before"))
		return "受理时没有逐份登记";
	if (needed_is(one, "bring"))
		return one->note[0] != '\0' ? one->note : "申请人将带纸质件到窗口，尚未收到";
	if (needed_is_awaited(one))
		return zhen_format(call, "%s，尚未取得", by_ourselves(one));
	if (one->optional && !needed_is(one, "missing"))
		return "未提交（非必要）";
	return one->note[0] != '\0' ? zhen_format(call, "尚缺：%s", one->note) : "尚未提交";
}

void checklist_print(zhen_call *call, const struct checklist *list, zhen_sheet *sheet)
{
	const char *text = "";

	for (size_t i = 0; i < list->count; i++)
		text = zhen_format(call, "%s%s%zu．%s：%s", text, i > 0 ? "\n" : "", i + 1, list->rows[i].name,
		                   needed_text(call, &list->rows[i]));
	if (list->count > 0)
		zhen_sheet_fact(sheet, "申请材料", text);
}

static const char *need_of(zhen_call *call, const struct needed *one)
{
	const char *copies = needed_copies(call, one);

	return zhen_format(call, "%s%s%s%s%s", one->optional ? "非必要" : "必要",
	                   copies[0] != '\0' ? zhen_format(call, "，%s", copies) : "", one->deferrable ? "，可容缺后补" : "",
	                   one->promisable ? "，可告知承诺" : "",
	                   one->unless[0] != '\0' ? zhen_format(call, "，%s免交", one->unless) : "");
}

/* The files themselves go to staff alone. */
void checklist_show(zhen_call *call, const struct matter *matter, bool staff)
{
	struct checklist list = checklist_of(call, matter);

	zhen_open_list(call, "checklist");
	for (size_t i = 0; i < list.count; i++) {
		const struct needed *one = &list.rows[i];

		zhen_open_object(call, NULL);
		zhen_put(call, "material", one->name);
		zhen_put(call, "need", need_of(call, one));
		zhen_put(call, "source", one->source);
		zhen_put(call, "how", one->how);
		zhen_put(call, "stands", needed_text(call, one));
		zhen_put(call, "open", needed_is_open(one) ? 1 : 0);
		if (staff && one->upload != 0 && zhen_may(call, "approvals.personal"))
			zhen_put(call, "href", zhen_format(call, "/p/approvals/cases/%lld/materials/%lld",
			                                   (long long)matter->id, (long long)one->upload));
		zhen_close(call);
	}
	zhen_close(call);
}

/* 尚未提交，应交2份 */
const char *told_lacking(zhen_call *call, const struct needed *one)
{
	const char *copies = needed_copies(call, one);

	return copies[0] != '\0' ? zhen_format(call, "尚未提交，应交%s", copies) : "尚未提交";
}

/* Rows that a form of the page begins with: all that is open. */
void checklist_fields(zhen_call *call, const struct checklist *list, bool open_only)
{
	int n = 0;

	for (size_t i = 0; i < list->count && n < FIELDS_MAX; i++) {
		const struct needed *one = &list->rows[i];

		if (!needed_is_open(one))
			continue;
		const char *name = open_only ? "missing" : "materials";
		zhen_put(call, zhen_format(call, "%s.%d.material", name, n), one->name);
		if (open_only)
			zhen_put(call, zhen_format(call, "%s.%d.reason", name, n),
			         one->note[0] != '\0' ? one->note :
			                                told_lacking(call, one));
		n++;
	}
}

/* What was deferred, or is open since it was deemed accepted; "" = nothing. */
const char *checklist_later(const struct checklist *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (needed_is(&list->rows[i], "deferred") || needed_is_open(&list->rows[i]))
			return list->rows[i].name;
	return "";
}

static void scan_action(zhen_call *call, int64_t id, const char *material)
{
	zhen_open_object(call, NULL);
	zhen_put(call, "title", "上传材料扫描件");
	zhen_put(call, "method", "POST");
	zhen_put(call, "path", zhen_format(call, "/cases/%lld/scans", (long long)id));
	zhen_open_object(call, "fields");
	zhen_put(call, "material", material);
	zhen_close(call);
	zhen_close(call);
}

/* What is done with the list at the window, each form with the open rows in it. */
void checklist_actions(zhen_call *call, int64_t id, const char *state)
{
	static const struct {
		enum act act;
		const char *title, *path;
	} acts[] = { { ACT_ACCEPT, "受理", "accept" }, { ACT_SUPPLEMENT, "一次告知补正", "supplement" },
		     { ACT_HAND_IN, "登记收到的材料", "materials" } };
	struct matter matter;

	if (!zhen_may(call, "approvals.accept") || !matter_load(call, id, &matter))
		return;
	struct checklist list = checklist_of(call, &matter);
	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
		if (!matter_allows(state, acts[i].act) || (acts[i].act == ACT_SUPPLEMENT && matter.told_once != 0))
			continue;
		zhen_open_object(call, NULL);
		zhen_put(call, "title", acts[i].title);
		zhen_put(call, "method", "POST");
		zhen_put(call, "path", zhen_format(call, "/cases/%lld/%s", (long long)id, acts[i].path));
		zhen_open_object(call, "fields");
		checklist_fields(call, &list, acts[i].act == ACT_SUPPLEMENT);
		zhen_close(call);
		zhen_close(call);
	}
	if (matter_allows(state, ACT_HAND_IN) && checklist_later(&list)[0] != '\0')
		scan_action(call, id, checklist_later(&list));
	if (matter_allows(state, ACT_HAND_IN) && matter.accepted_at == 0)
		pledge_action(call, &matter, &list);
}

static void upload_action(zhen_call *call, const struct matter *matter, const char *ticket, const char *title,
                          const char *material, const char *how)
{
	zhen_open_object(call, NULL);
	zhen_put(call, "title", title);
	zhen_put(call, "method", "POST");
	zhen_put(call, "path", "/track/materials");
	zhen_open_object(call, "fields");
	zhen_put(call, "number", matter->number);
	zhen_put(call, "ticket", ticket);
	zhen_put(call, "pass", matter_pass(call, matter->number));
	zhen_put(call, "title", material);
	zhen_put(call, "how", how);
	zhen_close(call);
	zhen_close(call);
}

/* For the applicant, of each that is open; the code itself stands in no address. */
void checklist_uploads(zhen_call *call, const struct matter *matter, const char *ticket)
{
	struct checklist list = checklist_of(call, matter);
	bool to_bring = false;

	for (size_t i = 0; i < list.count; i++) {
		const struct needed *one = &list.rows[i];

		if (!needed_is_open(one) || needed_is(one, "file"))
			continue;
		to_bring = to_bring || !needed_is(one, "bring");
		upload_action(call, matter, ticket, zhen_format(call, "上传：%s", one->name), one->name, "file");
	}
	if (to_bring)
		upload_action(call, matter, ticket, "都带纸质件到窗口", EVERYTHING, "paper");
}
