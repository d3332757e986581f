/* SPDX-License-Identifier: Apache-2.0
 * From a patrol to a penalty on the spot (行政处罚法 51–53). Money is in fen. Fine amounts stay in this plugin: no event, report or
 * tile carries one (行政处罚法 74). */
#ifndef ENFORCEMENT_PENALTY_H
#define ENFORCEMENT_PENALTY_H

#include <zhen/documents.h>

#include "enforcement.h"

#define PATROL_KIND_CHOICES "patrol=日常巡查|inspection=行政检查"
/* What the place says its teams met (楚雄州). */
#define PROBLEM_CHOICES                                                                                                     \
	"private_building=集镇私搭乱建|dirty_market=农贸市场脏乱差|street_trade=占道经营|parking=车辆乱停乱放|rural_building=农村住房违建|" \
	"sewage=村组污水乱排乱放|festival=节庆活动秩序混乱|fire=森林和民房火灾频发|other=其他"
#define PARTY_CHOICES "person=公民|organisation=法人或者其他组织"
#define FINDING_STATE_CHOICES "open=待处理|advised=已提醒|ordered=已责令改正|corrected=已改正|case=已立案"
#define PENALTY_STATE_CHOICES \
	"opened=已立案|informed=已告知|decided=已决定|served=已送达|settled=已缴纳|archived=已归档|dropped=不予处罚|converted=已转普通程序"
#define SERVED_CHOICES "signed=当事人签收|refused=拒绝签收，已注明"
#define COLLECTED_CHOICES "bank=银行或者电子支付|spot=当场收缴"

enum finding_state { FINDING_OPEN, FINDING_ADVISED, FINDING_ORDERED, FINDING_CORRECTED, FINDING_CASE };
enum finding_act { FINDING_ADVISE, FINDING_ORDER, FINDING_CORRECT, FINDING_PENALTY, FINDING_PROCEED };
enum penalty_state {
	PENALTY_OPENED,
	PENALTY_INFORMED,
	PENALTY_DECIDED,
	PENALTY_SERVED,
	PENALTY_SETTLED,
	PENALTY_ARCHIVED,
	PENALTY_DROPPED,
	PENALTY_CONVERTED
};
enum penalty_act { PENALTY_INFORM, PENALTY_DEFEND, PENALTY_DECIDE, PENALTY_SERVE, PENALTY_PAY, PENALTY_ARCHIVE, PENALTY_DROP, PENALTY_CONVERT };

struct finding {
	int64_t id, patrol;
	uint32_t state;
	const char *township, *place, *party_kind, *party, *credit_code, *problem, *fact, *on;
};

struct penalty {
	int64_t id, finding, item, fine, told_fine, paid;
	uint32_t state;
	bool warning;
	const char *township, *item_name, *basis, *officers, *party_kind, *party, *credit_code, *place, *fact,
		*opened_on, *number, *served_on, *pay_by;
};

#define OFFICERS_MAX 10

/* What a case is opened with: an item in force, and its officers of the day. */
struct opening {
	int64_t item, members[OFFICERS_MAX];
	int32_t n;
	const char *code, *name, *basis, *officers, *names[OFFICERS_MAX];
};

extern const zhen_process finding_process, penalty_process;
extern const char penalties_sql[];

/* patrol.c */
zhen_result finding_load(zhen_call *call, uint32_t act, struct finding *out);
void finding_move(zhen_call *call, const struct finding *finding, uint32_t act, const char *text);
/* Within the caller's scope. */
bool finding_read(zhen_call *call, int64_t id, struct finding *out);
/* The members of the list field "officers", each an officer of the township on @day: 0, or the refusal. Fills members, names
 * ("李秀英（云执001）") and officers (all of them, 、 between). */
zhen_result officers_check(zhen_call *call, const char *township, const char *day, int32_t least, struct opening *out);
/* Whether a case may be opened of @finding on the item of field "item" by those of "officers" (arts 24, 29, 36, 42). */
zhen_result opening_check(zhen_call *call, const struct finding *finding, struct opening *out);
/* oversight.c: none of @opening supervises or licenses the matter of @item_code. */
zhen_result oversight_check(zhen_call *call, const struct opening *opening, const char *item_code);
/* penalty.c: the one of field "id" leaves the simple procedure; its finding. */
zhen_result penalty_convert(zhen_call *call, struct finding *out);
/* publication.c: the decision of a case (@kind "penalty" or "proceeding") is to be published from today on. */
void publication_due(zhen_call *call, const char *kind, int64_t matter, const char *township);
void count_month(zhen_call *call, const char *township, const char *name);
/* "200元", "3000.50元". */
const char *yuan(zhen_call *call, int64_t fen);
/* 3 % of the fine a day after @pay_by, at most the fine (行政处罚法 72); in fen, what was late by @on. Pure. */
int64_t late_fee(int64_t fine, int64_t days_late);

extern const zhen_field patrols_fields[], patrols_reply[], patrol_fields[], finding_fields[], findings_fields[],
	findings_reply[], finding_reply[], advise_fields[], correct_fields[], open_fields[], penalties_fields[],
	penalties_reply[], penalty_reply[], inform_fields[], defence_fields[], decide_fields[], serve_fields[],
	pay_fields[], archive_fields[], drop_fields[], penalty_state_reply[], finding_state_reply[],
	inspections_reply[], penalty_event[];

zhen_handle add_patrol, list_patrols, add_finding, list_findings, show_finding, advise_finding, order_finding,
	correct_finding, open_penalty, list_penalties, show_penalty, inform_penalty, defend_penalty, decide_penalty,
	serve_penalty, pay_penalty, archive_penalty, drop_penalty, render_document, get_document, report_inspections;

#endif
