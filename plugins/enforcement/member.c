/* SPDX-License-Identifier: Apache-2.0
 * Members and their certificates. Who may act as an officer is asked for a day: served on it, not an assistant, a certificate
 * valid on it (行政处罚法 42). A name is all that is kept of somebody; whoever left may be purged. */
#include "enforcement.h"

#include <stdlib.h>

#define JOURNAL "member_journal"

zhen_result member_load(zhen_call *call, const char *field, struct member *out)
{
	const zhen_row *row = zhen_one(call,
	                               "SELECT id, team, township, kind, frontline, joined_on, left_on, state FROM member "
	                               "WHERE id = $1 AND {{scope township}}",
	                               zhen_int(call, field));

	if (row == NULL && strcmp(field, "id") != 0)
		return wrong_field(call, field, "not-found", "没有这名人员 (no such member)");
	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found",
		                 "没有这名人员，或不在您的管辖范围 (no such member)");
	*out = (struct member){
		.id = zhen_column_int(row, "id"),
		.team = zhen_column_int(row, "team"),
		.frontline = zhen_column_int(row, "frontline"),
		.state = (uint32_t)zhen_process_state_of(&member_process, column_or_empty(row, "state")),
		.township = column_or_empty(row, "township"),
		.kind = column_or_empty(row, "kind"),
		.joined_on = column_or_empty(row, "joined_on"),
		.left_on = column_or_empty(row, "left_on"),
	};
	return 0;
}

static zhen_result member_for(zhen_call *call, uint32_t act, struct member *out)
{
	zhen_result refused = member_load(call, "id", out);

	if (refused == 0)
		refused = zhen_process_may(call, &member_process, out->state, act,
		                           zhen_format(call, "%lld", (long long)out->id), out->township, out);
	return refused;
}

zhen_result officer_check(zhen_call *call, const char *field, const struct member *member, const char *day)
{
	if (strcmp(member->kind, "assistant") == 0)
		return zhen_fail(call, ZHEN_CONFLICT, "assistant-may-not",
		                 "%s：协助人员不是执法人员，不能独立承担执法职责（行政处罚法第四十二条） "
		                 "(%s: an assistant is no enforcement officer, art. 42)",
		                 field, field);
	if (strcmp(member->joined_on, day) > 0 || (member->left_on[0] != '\0' && strcmp(member->left_on, day) < 0))
		return zhen_fail(call, ZHEN_CONFLICT, "not-serving", "%s：%s 不在队 (%s: not serving on that day)",
		                 field, day, field);
	if (zhen_one(call, "SELECT c.id FROM certificate c WHERE " VALID_ON " AND c.member = $2 LIMIT 1", day,
	             member->id) == NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "certificate-invalid",
		                 "%s：%s 没有有效的行政执法证件（行政处罚法第四十二条） "
		                 "(%s: no certificate valid on that day, art. 42)",
		                 field, day, field);
	return 0;
}

zhen_result add_member(zhen_call *call)
{
	struct team team;
	const char *on, *kind = field_text(call, "kind");
	const zhen_body *from = zhen_has(call, "from_body") ? call->host->body(call, field_text(call, "from_body")) : NULL;
	zhen_result refused = team_for(call, TEAM_JOIN, &team);

	if (refused == 0)
		refused = past_day(call, "joined_on", &on);
	if (refused != 0)
		return refused;
	if (strcmp(kind, "sunk") == 0 && from == NULL)
		return wrong_field(call, "from_body", "required",
		                   "下沉人员须写明原单位 (a sunk officer names the body sent from)");
	if (strcmp(kind, "sunk") != 0 && from != NULL)
		return wrong_field(call, "from_body", "not-sunk", "只有下沉人员写原单位 (only of a sunk officer)");
	int64_t id = zhen_insert(call,
	                         "INSERT INTO member(team, township, name, kind, from_body, frontline, joined_on, left_on, state, "
	                         "purged_at) VALUES($1, $2, $3, $4, $5, $6, $7, '', 'serving', 0) RETURNING id",
	                         team.id, team.township, field_text(call, "name"), kind, from != NULL ? from->name : "",
	                         zhen_int(call, "frontline"), on);
	zhen_journal_add(call, JOURNAL, id, "join", on);
	team_count(call, team.id);
	return zhen_created(call, id);
}

#define MEMBER_COLUMNS "id, team, township, name, kind, from_body, frontline, joined_on, left_on, state"

zhen_result list_members(zhen_call *call)
{
	return zhen_page(call,
	                 "SELECT " MEMBER_COLUMNS " FROM member WHERE ($1 = '' OR kind = $1) AND ($2 = '' OR state = $2) "
	                 "AND {{scope township}} {{page id DESC}}",
	                 field_text(call, "kind"), field_text(call, "state"));
}

static const char *certificate_word(const zhen_row *row, const char *day)
{
	const char *revoked = column_or_empty(row, "revoked_on");

	if (revoked[0] != '\0' && strcmp(revoked, day) <= 0)
		return "已注销";
	return strcmp(column_or_empty(row, "valid_from"), day) > 0 ? "未生效" :
	       strcmp(column_or_empty(row, "valid_to"), day) < 0   ? "已过期" :
	                                                             "有效";
}

static void put_certificates(zhen_call *call, int64_t member)
{
	const char *now = today(call);

	zhen_open_list(call, "certificates");
	ZHEN_FOR_EACH (call, row,
	               "SELECT id, number, issuer, field, valid_from, valid_to, revoked_on, state FROM certificate "
	               "WHERE member = $1 ORDER BY id",
	               member) {
		zhen_open_object(call, NULL);
		zhen_put(call, "id", zhen_column_int(row, "id"));
		put_texts(call, row,
		          (const char *const[]){ "number", "issuer", "field", "valid_from", "valid_to", "revoked_on", NULL });
		zhen_put(call, "today", certificate_word(row, now));
		zhen_close(call);
	}
	zhen_close(call);
}

static void put_actions(zhen_call *call, const struct member *member)
{
	zhen_open_list(call, "actions");
	zhen_process_put_actions(call, &member_process, member->state, member->township,
	                         zhen_format(call, "/members/%lld", (long long)member->id));
	ZHEN_FOR_EACH (call, row,
	               "SELECT id, number FROM certificate WHERE member = $1 AND state = 'issued' ORDER BY id",
	               member->id)
		if (zhen_may(call, "enforcement.certify"))
			put_way(call, zhen_format(call, "注销证件 %s", column_or_empty(row, "number")), "POST",
			        zhen_format(call, "/certificates/%lld/revoke", (long long)zhen_column_int(row, "id")));
	zhen_close(call);
}

zhen_result show_member(zhen_call *call)
{
	struct member member;
	zhen_result refused = member_load(call, "id", &member);

	if (refused != 0)
		return refused;
	const zhen_row *row = zhen_one(call, "SELECT " MEMBER_COLUMNS " FROM member WHERE id = $1", member.id);
	zhen_put(call, "id", member.id);
	put_texts(call, row,
	          (const char *const[]){ "name", "township", "kind", "from_body", "state", "joined_on", "left_on", NULL });
	zhen_put(call, "frontline", member.frontline != 0);
	put_certificates(call, member.id);
	zhen_journal_put(call, "journal", JOURNAL, member.id);
	put_actions(call, &member);
	return zhen_ok(call);
}

static zhen_result member_stands(zhen_call *call, int64_t id)
{
	const zhen_row *row = zhen_one(call, "SELECT frontline, left_on, state FROM member WHERE id = $1", id);

	zhen_put(call, "id", id);
	put_texts(call, row, (const char *const[]){ "state", "left_on", NULL });
	zhen_put(call, "frontline", zhen_column_int(row, "frontline") != 0);
	zhen_open_list(call, "actions");
	put_way(call, "回到人员", "GET", zhen_format(call, "/members/%lld", (long long)id));
	zhen_close(call);
	return zhen_ok(call);
}

zhen_result set_frontline(zhen_call *call)
{
	struct member member;
	zhen_result refused = member_for(call, MEMBER_FRONTLINE, &member);

	if (refused != 0)
		return refused;
	zhen_run(call, "UPDATE member SET frontline = $1 WHERE id = $2", zhen_int(call, "frontline"), member.id);
	zhen_journal_add(call, JOURNAL, member.id, "frontline", zhen_int(call, "frontline") != 0 ? "一线" : "非一线");
	team_count(call, member.team);
	return member_stands(call, member.id);
}

zhen_result leave_member(zhen_call *call)
{
	struct member member;
	const char *on;
	zhen_result refused = member_for(call, MEMBER_LEAVE, &member);

	if (refused == 0)
		refused = past_day(call, "on", &on);
	if (refused != 0)
		return refused;
	if (strcmp(on, member.joined_on) < 0)
		return wrong_field(call, "on", "before-joining", "早于入队日期 %s (before the day of joining)",
		                   member.joined_on);
	if (zhen_one(call,
	             "SELECT id FROM squad WHERE leader = $1 UNION ALL SELECT squad FROM area WHERE officer = $1 LIMIT 1",
	             member.id) != NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "still-in-charge",
		                 "该人员还在负责片区或网格，先交给他人 (still in charge of a squad or a village: hand it over first)");
	zhen_run(call, "UPDATE member SET state = 'left', left_on = $1 WHERE id = $2", on, member.id);
	zhen_journal_add(call, JOURNAL, member.id, "leave", field_text(call, "reason"));
	team_count(call, member.team);
	return member_stands(call, member.id);
}

zhen_result add_certificate(zhen_call *call)
{
	struct member member;
	const char *from = field_text(call, "valid_from"), *to = field_text(call, "valid_to"),
		   *number = field_text(call, "number");
	zhen_result refused = member_for(call, MEMBER_CERTIFY, &member);

	if (refused != 0)
		return refused;
	if (strcmp(to, from) < 0)
		return wrong_field(call, "valid_to", "ends-before",
		                   "有效期止于 %s，早于起始日期 %s (ends before it begins)", to, from);
	if (zhen_one(call, "SELECT id FROM certificate WHERE number = $1", number) != NULL)
		return wrong_field(call, "number", "number-taken", "证件编号 %s 已登记 (the number is registered)", number);
	int64_t id = zhen_insert(call,
	                         "INSERT INTO certificate(member, township, number, issuer, field, valid_from, valid_to, revoked_on, "
	                         "state) VALUES($1, $2, $3, $4, $5, $6, $7, '', 'issued') RETURNING id",
	                         member.id, member.township, number, field_text(call, "issuer"), field_text(call, "field"), from, to);
	zhen_journal_add(call, JOURNAL, member.id, "certify", number);
	return zhen_created(call, id);
}

zhen_result revoke_certificate(zhen_call *call)
{
	int64_t id = zhen_int(call, "id");
	const zhen_row *row = zhen_one(call,
	                               "SELECT member, township, number, valid_from, state FROM certificate "
	                               "WHERE id = $1 AND {{scope township}}",
	                               id);
	const char *on;

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found",
		                 "没有这个证件，或不在您的管辖范围 (no such certificate)");
	const char *number = column_or_empty(row, "number"), *township = column_or_empty(row, "township"),
		   *from = column_or_empty(row, "valid_from");
	int64_t member = zhen_column_int(row, "member");
	zhen_result refused = zhen_process_may(
		call, &certificate_process,
		(uint32_t)zhen_process_state_of(&certificate_process, column_or_empty(row, "state")), CERTIFICATE_REVOKE,
		number, township, NULL);
	if (refused == 0)
		refused = past_day(call, "on", &on);
	if (refused != 0)
		return refused;
	if (strcmp(on, from) < 0)
		return wrong_field(call, "on", "before-start", "早于证件有效期起始日期 %s (before it was valid)", from);
	zhen_run(call, "UPDATE certificate SET state = 'revoked', revoked_on = $1 WHERE id = $2", on, id);
	zhen_journal_add(call, JOURNAL, member, "revoke",
	                 zhen_format(call, "%s：%s", number, field_text(call, "reason")));
	zhen_emit(call, "enforcement.certificate.revoked", "id", id, "member", member, "township", township, "on", on);
	zhen_put(call, "id", id);
	zhen_put(call, "number", number);
	zhen_put(call, "state", "revoked");
	zhen_put(call, "revoked_on", on);
	zhen_open_list(call, "actions");
	put_way(call, "回到人员", "GET", zhen_format(call, "/members/%lld", (long long)member));
	zhen_close(call);
	return zhen_ok(call);
}

zhen_result list_officers(zhen_call *call)
{
	const char *day = day_or_today(call, "on");

	return zhen_page(call,
	                 "SELECT m.id, m.name, m.township, m.kind, (SELECT MIN(c.number) FROM certificate c WHERE c.member = m.id AND " VALID_ON
	                 ") AS number, (SELECT MAX(c.valid_to) FROM certificate c WHERE c.member = m.id AND " VALID_ON
	                 ") AS valid_to FROM member m WHERE m.kind <> 'assistant' AND " SERVES_ON
	                 " AND EXISTS (SELECT 1 FROM certificate c WHERE c.member = m.id AND " VALID_ON
	                 ") AND {{scope m.township}} {{page m.id ASC}}",
	                 day);
}

/* 个人信息保护法 47: the purpose ended with the service. From when to when somebody served stays, and names nobody. */
zhen_result purge_member(zhen_call *call)
{
	const char *subject = field_text(call, "subject");
	int64_t id = strspn(subject, "0123456789") == strlen(subject) && strlen(subject) < 16 ? atoll(subject) : 0;
	const zhen_row *row = zhen_one(call, "SELECT state, purged_at FROM member WHERE id = $1", id);

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有编号为 %s 的人员 (no such member)", subject);
	if (zhen_column_int(row, "purged_at") != 0)
		return ZHEN_NO_CONTENT;
	if (strcmp(column_or_empty(row, "state"), "left") != 0)
		return zhen_fail(call, ZHEN_CONFLICT, "member-serving",
		                 "该人员在队，处理目的仍在，离队后才能删除（个人信息保护法第四十七条第一款） "
		                 "(the member serves: its purpose still stands, art. 47 para. 1 PIPL)");
	zhen_run(call, "UPDATE member SET name = '', purged_at = $1 WHERE id = $2", zhen_now(call), id);
	/* Free texts may speak of the member. */
	zhen_run(call, "UPDATE member_journal SET text = '' WHERE matter = $1", id);
	zhen_put(call, "members", (int64_t)1);
	return zhen_ok(call);
}
