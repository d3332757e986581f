/* SPDX-License-Identifier: Apache-2.0
 * What a case's page shows of how it was handled; and the words of its journal. */
#include "cases.h"
#include "licence.h"

static void show_escorts(zhen_call *call, int64_t matter)
{
	zhen_open_list(call, "escorts");
	ZHEN_FOR_EACH (call, row, "SELECT department, went_on, from_time, to_time, person, outcome FROM escort WHERE matter = $1 "
	                          "ORDER BY id", matter) {
		zhen_open_object(call, NULL);
		for (uint32_t i = 0; i < row->count; i++)
			zhen_put(call, row->names[i], zhen_value_text(&row->values[i]));
		zhen_close(call);
	}
	zhen_close(call);
}

void cases_show(zhen_call *call, int64_t matter)
{
	const zhen_row *row = zhen_one(call, "SELECT green FROM matter WHERE id = $1", matter);
	int64_t grade = zhen_rating_of(call, matter);

	if (or_empty(zhen_column_text(row, "green"))[0] != '\0')
		zhen_put(call, "green", zhen_column_text(row, "green"));
	if (grade != 0)
		zhen_put(call, "rating", zhen_format(call, "%lld", (long long)grade));
	licence_show(call, matter);
	lacking_show(call, matter);
	promise_show(call, matter);
	hearing_show(call, matter);
	superior_show(call, matter);
	visits_show(call, matter);
	show_escorts(call, matter);
}

/* 重复申请: of the same person or organisation for the same item, under way. Said to who handles it, never to who files: it would tell anybody with a
 * number of an identity card what its holder applied for. */
#define OTHERS(same)                                                                                                      \
	"SELECT o.id AS id, o.number AS number, o.state AS state, o.filed_at AS filed_at FROM matter m JOIN matter o ON " same \
	" AND o.item_code = m.item_code AND o.id <> m.id WHERE m.id = $1 AND o.township = m.township AND o.stopped_at = 0 "    \
	"ORDER BY o.id LIMIT 20"

void duplicates_show(zhen_call *call, int64_t matter, const char *credit_code)
{
	zhen_open_list(call, "duplicates");
	ZHEN_FOR_EACH (call, row, credit_code[0] != '\0' ? OTHERS("o.credit_code = m.credit_code AND o.credit_code <> ''") :
	                          OTHERS("o.id_card = m.id_card AND m.id_card <> '' AND o.credit_code = ''"), matter) {
		zhen_open_object(call, NULL);
		zhen_put(call, "number", zhen_column_text(row, "number"));
		zhen_put(call, "state", zhen_column_text(row, "state"));
		zhen_put_time(call, "filed_at", zhen_column_int(row, "filed_at"));
		zhen_put(call, "href",
		         zhen_format(call, "/p/approvals/cases/%lld", (long long)zhen_column_int(row, "id")));
		zhen_close(call);
	}
	zhen_close(call);
}

const char *journal_title(zhen_call *call, const char *what, const char *text)
{
	static const char *const titles[][2] = {
		{ "filed", "收件" }, { "supplement_lapsed", "逾期没有补正" }, { "retracted", "撤回申请" }, { "accepted", "受理" }, { "supplement_requested", "一次告知补正" }, { "supplied", "补正" },
		{ "suspended", "扣除期限开始" }, { "resumed", "恢复计时" }, { "extended", "延长期限" }, { "overdue", "超期" },
		{ "issuing", "制证，期限停止" }, { "rejected", "不予许可" }, { "lapsed", "容缺材料逾期未补交" }, { "hearing_told", "告知听证权利" }, { "hearing_asked", "要求听证" }, { "hearing_waived", "放弃听证" },
		{ "hearing_noticed", "通知听证" }, { "hearing_held", "举行听证" }, { "acted_for", "" },
	};

	for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++) {
		if (strcmp(titles[i][0], what) != 0)
			continue;
		if (titles[i][1][0] == '\0')
			return text;
		/* What was asked for is a list of its own. */
		return strcmp(what, "supplement_requested") == 0 || text[0] == '\0' ?
		               titles[i][1] :
		               zhen_format(call, "%s（%s）", titles[i][1], text);
	}
	return what;
}
