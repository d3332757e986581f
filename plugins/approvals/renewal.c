/* SPDX-License-Identifier: Apache-2.0
 * 延续 (行政许可法 50): who holds a licence with a term applies thirty working days (82) before its end, or as its item says by a law
 * of its own. It is decided before the end; what was applied for in time and is not, counts as granted, and who let it pass is on
 * record. Who comes later is told what that means and taken all the same; when the licence has ended there is nothing to renew. */
#include "checklist.h"
#include "items.h"
#include "licence.h"

const zhen_row *renewal_row(zhen_call *call, int64_t matter)
{
	return zhen_one(call, "SELECT licence, number, valid_to, late, deemed_at FROM renewal WHERE matter = $1",
	                matter);
}

bool renewal_is_open(zhen_call *call, int64_t licence)
{
	return zhen_one(call,
	                "SELECT r.matter FROM renewal r JOIN matter m ON m.id = r.matter WHERE r.licence = $1 AND m.stopped_at = 0 AND "
	                "m.state NOT IN ('refused', 'not_needed', 'retracted', 'archived') LIMIT 1",
	                licence) != NULL;
}

bool renewal_is_deemed(zhen_call *call, int64_t matter)
{
	return zhen_column_int(renewal_row(call, matter), "deemed_at") != 0;
}

/* ---- applying ---- */

/* Whether there is still something to renew. */
static zhen_result may_renew(zhen_call *call, const zhen_row *licence)
{
	const char *number = text(licence, "number");
	int64_t matter = zhen_column_int(licence, "matter");

	if (strcmp(text(licence, "state"), "issued") != 0)
		return zhen_fail(call, ZHEN_CONFLICT, "licence-ended", "%s已经失效，不能延续，需要的请重新申请",
		                 number);
	if (licence_is_over(call, licence))
		return zhen_fail(call, ZHEN_CONFLICT, "licence-expired",
		                 "%s的有效期已于%s届满，不能再延续（行政许可法第五十条），需要的请重新申请", number,
		                 text(licence, "valid_to"));
	if (renewal_is_open(call, matter))
		return zhen_fail(call, ZHEN_CONFLICT, "renewal-open", "%s的延续申请正在办理", number);
	if (licence_is_renewed(call, matter))
		return zhen_fail(call, ZHEN_CONFLICT, "renewed-already", "%s已经准予延续", number);
	return 0;
}

/* Whoever asks with a number alone learns nothing of whose it is. */
zhen_result renewal_check(zhen_call *call, const zhen_row *item, const char *township, const char *credit_code,
                          struct renewed *out)
{
	const char *number = or_empty(zhen_text(call, "renews"));

	*out = (struct renewed){ .number = "", .valid_to = "", .last_day = "" };
	if (number[0] == '\0')
		return 0;
	const zhen_row *licence = zhen_one(
		call,
		"SELECT l.matter AS matter, l.valid_to AS valid_to, l.apply_by AS apply_by, m.township AS township, m.item AS item, d.number AS number, d.state AS state FROM document d "
		"JOIN licence l ON l.document = d.id JOIN matter m ON m.id = l.matter WHERE d.number = $1 AND (CASE $5 WHEN '' THEN "
		"m.id_card = $2 AND m.id_card <> '' AND m.credit_code = '' ELSE m.credit_code = $5 END) AND m.item_code = $3 AND m.township = $4 AND d.state IN ('issued', 'withdrawn') ORDER BY d.id DESC LIMIT 1",
		number, zhen_text(call, "id_card"), zhen_column_text(item, "code"), township, credit_code);
	if (licence == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "licence-unknown",
		                 "没有这份许可，或者申请人不是持有人、事项或受理的乡镇不是原来的 (no such licence of this holder)");
	zhen_result refused = may_renew(call, licence);
	if (refused != 0)
		return refused;
	out->matter = zhen_column_int(licence, "matter");
	out->number = text(licence, "number");
	out->valid_to = text(licence, "valid_to");
	out->last_day = renewal_last_day(call, licence).day;
	out->late = strcmp(today_of(call), out->last_day) > 0;
	return 0;
}

static bool is_asked_again(const json_t *content, const char *name)
{
	const json_t *names = item_at(content, "term.materials");
	size_t i;
	json_t *one;

	json_array_foreach(names, i, one)
		if (strcmp(or_empty(json_string_value(one)), name) == 0)
			return true;
	return json_array_size(names) == 0;
}

/* What the body has of the licence is not asked for again, where the item says which is. */
static void shorten(zhen_call *call, const struct matter *matter, const json_t *content)
{
	struct checklist list = checklist_of(call, matter);

	for (size_t i = 0; i < list.count; i++)
		if (!is_asked_again(content, list.rows[i].name))
			needed_set(call, &list.rows[i], "waived", "申请延续，本机关已有，不用重复提交");
	checklist_store(call, matter, &list);
}

void renewal_open(zhen_call *call, const struct matter *matter, const struct renewed *renewed)
{
	json_auto_t *content = item_content(call, matter->item);

	if (renewed->matter == 0)
		return;
	zhen_run(call, "INSERT INTO renewal(matter, licence, number, valid_to, late, deemed_at) VALUES($1, $2, $3, $4, $5, 0)",
	         matter->id, renewed->matter, renewed->number, renewed->valid_to, renewed->late ? 1 : 0);
	deadline_set(call, "renewal", matter->id, renewed->matter, renewed->valid_to);
	shorten(call, matter, content);
	const char *told =
		renewed->late ?
			zhen_format(call,
	                            "延续申请应当在%s以前提出，本次申请逾期：本机关照常办理，但%s有效期届满前没有作出决定的，不视为准予延续，"
	                            "许可到期失效",
	                            renewed->last_day, renewed->valid_to) :
			zhen_format(call, "在有效期届满（%s）前作出决定，逾期未作决定的，视为准予延续", renewed->valid_to);
	matter_note(call, matter, "renewal_filed", zhen_format(call, "%s：%s", renewed->number, told));
	zhen_put(call, "renewal", told);
}

/* ---- deciding ---- */

zhen_result renewal_allows(zhen_call *call, const struct matter *matter, bool granting)
{
	const zhen_row *renewal = renewal_row(call, matter->id);

	if (renewal == NULL || zhen_column_int(renewal, "deemed_at") != 0)
		return 0;
	const zhen_row *licence = licence_row(call, zhen_column_int(renewal, "licence"));
	if (strcmp(text(licence, "state"), "issued") != 0)
		return granting ? zhen_fail(call, ZHEN_CONFLICT, "licence-ended", "%s已经失效，不能准予延续",
		                            text(renewal, "number")) :
		                  0;
	const char *pending = ending_pending(call, zhen_column_int(renewal, "licence"));
	if (granting && pending[0] != '\0') /* what hangs on it waits for its paper */
		return zhen_fail(call, ZHEN_CONFLICT, "ending-decided", "%s%s", text(renewal, "number"), pending);
	if (!licence_is_over(call, renewal))
		return 0;
	if (zhen_column_int(renewal, "late") == 0)
		return zhen_fail(call, ZHEN_CONFLICT, "renewal-deemed",
		                 "%s的有效期已于%s届满，逾期未作决定，视为准予延续（行政许可法第五十条第二款）", text(renewal, "number"),
		                 text(renewal, "valid_to"));
	return granting ? zhen_fail(call, ZHEN_CONFLICT, "licence-expired",
	                            "%s的有效期已于%s届满，逾期提出的延续申请不能再准予，告知申请人重新申请",
	                            text(renewal, "number"), text(renewal, "valid_to")) :
	                  0;
}

const char *renewal_opening(zhen_call *call, const struct matter *matter)
{
	const zhen_row *renewal = renewal_row(call, matter->id);

	if (renewal == NULL)
		return "";
	const char *asked =
		zhen_format(call, "%s于%s申请延续“%s”（%s，有效期至%s；申请编号%s）", addressed(matter),
	                    zhen_chinese_date(call, matter->materials_at), matter->item_name, text(renewal, "number"),
	                    chinese_day(call, text(renewal, "valid_to")), matter->number);
	if (zhen_column_int(renewal, "deemed_at") != 0)
		return zhen_format(call, "%s，本机关在有效期届满前没有作出决定。根据《中华人民共和国行政许可法》第五十条第二款，视为准予延续：",
		                   asked);
	return zhen_format(call,
	                   "%s，本机关于%s受理。经审查，符合法定条件、标准。根据《中华人民共和国行政许可法》第五十条第二款和下列依据，"
	                   "决定准予延续：",
	                   asked, zhen_chinese_date(call, matter->accepted_at));
}

/* ---- the term is over ---- */

/* Granted by the law itself: decided, with the paper yet to be sealed. */
static void deem(zhen_call *call, struct matter *matter, const char *due_on)
{
	account_for(call, matter, "renewal", due_on);
	if (matter->state == STATE_FILED)
		deem_accepted(call, matter);
	if (matter->state == STATE_SUSPENDED)
		hold_end(call, matter, STATE_REVIEW, zhen_now(call));
	zhen_run(call, "UPDATE renewal SET deemed_at = $1 WHERE matter = $2", zhen_now(call), matter->id);
	zhen_run(call, "UPDATE matter SET decided_at = $1 WHERE id = $2", zhen_now(call), matter->id);
	matter_set_state(call, matter, STATE_APPROVED);
	if (!seal_is_optional(call) || seal_of(call, matter->township) != NULL)
		sealing_ask_decision(call, matter);
	matter_note(call, matter, "renewal_deemed", "有效期届满未作决定（行政许可法第五十条第二款）");
	matter_emit(call, matter, "approvals.case.decided");
}

void renewal_lapse(zhen_call *call, struct matter *matter, const char *due_on)
{
	const zhen_row *renewal = renewal_row(call, matter->id),
		       *licence = licence_row(call, zhen_column_int(renewal, "licence"));
	bool open = matter->state == STATE_FILED || matter->state == STATE_REVIEW || matter->state == STATE_SUSPENDED ||
	            matter->state == STATE_REFUSING;

	if (open && zhen_column_int(renewal, "late") == 0 && strcmp(text(licence, "state"), "issued") == 0) {
		deem(call, matter, due_on);
		return;
	}
	if (!open && matter->state != STATE_SUPPLEMENTING)
		return;
	/* What is asked for and has not come is not the body's delay. */
	zhen_run(call, "UPDATE renewal SET late = 1 WHERE matter = $1", matter->id);
	matter_note(call, matter, "renewal_lapsed",
	            matter->state == STATE_SUPPLEMENTING ? "有效期届满，申请材料尚未补正，不视为准予延续" :
	                                                   "有效期届满，原许可失效，不视为准予延续");
}
