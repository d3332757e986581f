/* SPDX-License-Identifier: Apache-2.0
 * 个人信息保护法 47: what came to nothing is forgotten. Purged is only an application that has ended and led to no document: as
 * soon as this organ issued one (a receipt, a request, a refusal, a decision), the file is archived (档案法 13, 14), and within
 * its retention 个人信息保护法 47 II leaves nothing but storing it. Number, place, dates and outcome stay: they name nobody. */
#include "approvals.h"

const char *purged_notice(const zhen_row *matter)
{
	return zhen_column_int(matter, "purged_at") != 0 ? "已依法删除个人信息" : "";
}

static zhen_result may_purge(zhen_call *call, int64_t id, const char *number, const char *state)
{
	const zhen_row *paper =
		zhen_one(call, "SELECT title, number FROM document WHERE matter = $1 ORDER BY id LIMIT 1", id);

	if (paper != NULL)
		return zhen_fail(
			call, ZHEN_CONFLICT, "archive-kept",
			"件 %s 已制发文书（%s，%s），应当归档，不得删除：档案法第十三条、第十四条；保管期限为永久或者定期"
			"（三十年、十年，机关文件材料归档范围和文书档案保管期限规定），期限未届满的只作存储和安全保护，停止其他处理"
			"（个人信息保护法第四十七条第二款） (a document was issued: the file is archived under arts. 13 and 14 of the "
			"Archives Law, kept permanently or for 30 or 10 years, and until then only stored: art. 47 para. 2 PIPL)",
			number, zhen_column_text(paper, "title"), zhen_column_text(paper, "number"));
	if (strcmp(state, "retracted") != 0 && strcmp(state, "refused") != 0 && strcmp(state, "not_needed") != 0)
		return zhen_fail(call, ZHEN_CONFLICT, "case-open",
		                 "件 %s 处于“%s”，尚未办结，处理目的仍在；撤回申请后才能删除（个人信息保护法第四十七条第一款） "
		                 "(the case is open: its purpose still stands, art. 47 para. 1 PIPL)",
		                 number, state_title(state));
	return 0;
}

static int64_t drop_materials(zhen_call *call, int64_t id, const char *number)
{
	int64_t count = 0;

	ZHEN_FOR_EACH (call, paper, "SELECT digest FROM material WHERE matter = $1", id) {
		call->host->blob_drop(call, or_empty(zhen_column_text(paper, "digest")), number);
		count++;
	}
	zhen_run(call, "DELETE FROM material WHERE matter = $1", id);
	zhen_run(call, "DELETE FROM handed WHERE matter = $1", id);
	return count;
}

zhen_result purge_application(zhen_call *call)
{
	const char *number = or_empty(zhen_text(call, "subject"));
	const zhen_row *row = zhen_one(call, "SELECT id, state, purged_at FROM matter WHERE number = $1", number);

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有编号为 %s 的申请 (no such application)",
		                 number);
	if (zhen_column_int(row, "purged_at") != 0)
		return ZHEN_NO_CONTENT;
	int64_t id = zhen_column_int(row, "id");
	zhen_result refused = may_purge(call, id, number, or_empty(zhen_column_text(row, "state")));
	if (refused != 0)
		return refused;
	int64_t people =
		zhen_column_int(zhen_one(call, "SELECT COUNT(*) AS n FROM household WHERE matter = $1", id), "n");
	zhen_put(call, "applications", (int64_t)1);
	zhen_put(call, "people", people);
	zhen_put(call, "materials", drop_materials(call, id, number));
	zhen_run(call,
	         "UPDATE matter SET applicant = '', id_card = '', representative = '', phone = '', contact = '', over_visits = '', purged_at = $1 "
	         "WHERE id = $2",
	         zhen_now(call), id);
	zhen_run(call, "DELETE FROM household WHERE matter = $1", id);
	/* Where the house was to stand, and whose land lies beside it. */
	zhen_run(call, "DELETE FROM homestead WHERE matter = $1", id);
	zhen_run(call, "DELETE FROM application WHERE matter = $1", id);
	zhen_run(call, "UPDATE matter SET green = '' WHERE id = $1", id);
	zhen_run(call, "UPDATE home_visit SET address = '', purpose = '', outcome = '' WHERE matter = $1", id);
	zhen_run(call, "UPDATE escort SET person = '', outcome = '' WHERE matter = $1", id);
	zhen_run(call, "UPDATE visit SET reason = '' WHERE matter = $1", id);
	zhen_run(call, "UPDATE visit_flag SET reason = '' WHERE matter = $1", id);
	zhen_run(call, "UPDATE journal SET text = '', person = '' WHERE matter = $1", id);
	zhen_run(call, "INSERT INTO journal(matter, what, text, person, body, at) VALUES($1, 'purged', $2, '', '', $3)", id,
	         "已依法删除个人信息", zhen_now(call));
	return zhen_ok(call);
}
