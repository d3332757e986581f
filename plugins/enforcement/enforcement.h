/* SPDX-License-Identifier: Apache-2.0
 * What the files of this plugin share. A township has one team (一支队伍); its members are of three kinds, of which one, the
 * assistants, never decides; who may act on a day is who serves and whose certificate is valid on it (行政处罚法 42). Days are ISO
 * texts, "" = none yet. */
#ifndef ENFORCEMENT_H
#define ENFORCEMENT_H

#include <string.h>
#include <zhen/casework.h>
#include <zhen/zhen.h>

#define TEAM_STATE_CHOICES "draft=筹建|established=已建立"
#define MEMBER_STATE_CHOICES "serving=在队|left=已离队"
#define CERTIFICATE_STATE_CHOICES "issued=已登记|revoked=已注销"
/* 白沙镇: officers sunk by departments, the town's own staff, assistance that was bought. */
#define MEMBER_KIND_CHOICES "sunk=下沉执法人员|town=镇级人员|assistant=购买服务协助人员"
/* 信阳市's five; the first and the last follow from what is registered here. */
#define POINT_CHOICES "entity=实体化队伍|items=有序下放事项|places=规范化场所|conduct=制度化行为|joint=协同化县乡联动"
#define MODE_CHOICES "purchase=采购|transfer=划转|designate=指定"
/* Acts of enforcement, of all kinds of power that lists of duties know. */
#define POWER_CHOICES "penalty=行政处罚|coercion=行政强制|inspection=行政检查"
#define SOURCE_CHOICES "duties=权责清单|import=导入"

#define ITEM_CODE_MAX 40
#define BASIS_MAX 2000

enum team_state { TEAM_DRAFT, TEAM_ESTABLISHED };
enum team_act { TEAM_ESTABLISH, TEAM_READY, TEAM_JOIN, TEAM_SQUAD, TEAM_VEHICLE };
enum member_state { MEMBER_SERVING, MEMBER_LEFT };
enum member_act { MEMBER_CERTIFY, MEMBER_FRONTLINE, MEMBER_LEAVE };
enum certificate_state { CERTIFICATE_ISSUED, CERTIFICATE_REVOKED };
enum certificate_act { CERTIFICATE_REVOKE };

struct team {
	int64_t id, members;
	uint32_t state; /* enum team_state */
	const char *township, *name;
};

struct member {
	int64_t id, team, frontline;
	uint32_t state; /* enum member_state */
	const char *township, *kind, *joined_on, *left_on;
};

extern const zhen_process team_process, member_process, certificate_process;

/* ---- common.c ---- */

const char *or_empty(const char *text);
const char *field_text(zhen_call *call, const char *name);               /* never NULL */
const char *column_or_empty(const zhen_row *row, const char *name);      /* never NULL */
const char *today(zhen_call *call);
const char *day_or_today(zhen_call *call, const char *name);             /* of a field */
const char *day_before(zhen_call *call, const char *day);
/* 422 "future" when the day of field @name lies after today; @out_day receives it. */
zhen_result past_day(zhen_call *call, const char *name, const char **out_day);
/* Says what is wrong with one field and refuses: 422. */
__attribute__((format(printf, 4, 5))) zhen_result wrong_field(zhen_call *call, const char *field, const char *code,
                                                              const char *format, ...);
/* Columns of the row as they are, one text each; names end with NULL. */
void put_texts(zhen_call *call, const zhen_row *row, const char *const *names);
/* One {title, method, path} inside an open list. */
void put_way(zhen_call *call, const char *title, const char *method, const char *path);
/* @n working (or calendar) days after @day as the township's calendar counts them. */
const char *working_days_after(zhen_call *call, const char *township, const char *day, int64_t n);
const char *calendar_days_after(zhen_call *call, const char *township, const char *day, int64_t n);
const char *months_after(zhen_call *call, const char *day, int64_t months);
/* One choice's words of "a=甲|b=乙". */
const char *words_of(zhen_call *call, const char *choices, const char *value);
/* "16.00" of 4 and 25: a share in per cent; "" when there is nothing to divide by. */
const char *share(zhen_call *call, int64_t part, int64_t whole);

/* ---- team.c ---- */

/* The team of field "id" within the caller's scope, the act possible in its state: 0, or the refusal. */
zhen_result team_for(zhen_call *call, uint32_t act, struct team *out);
/* Counts its members into its row. */
void team_count(zhen_call *call, int64_t team);

/* ---- member.c ---- */

/* The member within the caller's scope, or 404; @field names it in the refusal when it is not the address's own ("id"). */
zhen_result member_load(zhen_call *call, const char *field, struct member *out);
/* Whether somebody served on the day and had a certificate valid on it, in SQL over member m and certificate c: $1 = the day. */
#define SERVES_ON "m.joined_on <= $1 AND (m.left_on = '' OR m.left_on >= $1)"
#define VALID_ON "c.valid_from <= $1 AND c.valid_to >= $1 AND (c.revoked_on = '' OR c.revoked_on > $1)"
/* 行政处罚法 42: whether the member of field @field may act as an officer on @day. 0, or the refusal that names the field: the
 * assistant ("assistant-may-not", 409), who did not serve ("not-serving"), who has no valid certificate ("certificate-invalid"). */
zhen_result officer_check(zhen_call *call, const char *field, const struct member *member, const char *day);

/* ---- the tables ---- */

extern const zhen_migration migrations[];
extern const zhen_field no_fields[], id_fields[], teams_fields[], team_fields[], establish_fields[], ready_fields[],
	join_fields[], members_fields[], certificate_fields[], frontline_fields[], leave_fields[], revoke_fields[],
	officers_fields[], squad_fields[], lead_fields[], area_fields[], where_fields[], vehicle_fields[],
	vehicles_fields[], retire_fields[], items_fields[], import_fields[], end_fields[], report_fields[],
	item_event_fields[];
extern const zhen_field teams_reply[], team_reply[], team_state_reply[], members_reply[], member_reply[],
	member_state_reply[], certificate_state_reply[], officers_reply[], squads_reply[], squad_reply[],
	squad_state_reply[], where_reply[], vehicles_reply[], vehicle_reply[], items_reply[], item_reply[],
	imported_reply[], report_reply[], tile_reply[], processes_reply[];
extern const zhen_field team_event[], certificate_event[];

zhen_handle create_team, list_teams, show_team, establish_team, set_ready;
zhen_handle add_member, list_members, show_member, set_frontline, leave_member, add_certificate, revoke_certificate,
	list_officers, purge_member;
zhen_handle add_squad, list_squads, show_squad, set_leader, set_area, show_where;
zhen_handle add_vehicle, list_vehicles, show_vehicle, retire_vehicle;
zhen_handle item_listed, item_withdrawn, list_items, show_item, import_items, end_item;
zhen_handle report_teams, tile_teams, show_processes;

#endif
