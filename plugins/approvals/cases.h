/* SPDX-License-Identifier: Apache-2.0
 * The half of this plugin that is about handling: what is accepted before all is there, who stands in, what is late and who
 * answers for it, visits, ratings, the seal, the archive, what supervision sees. Its rows of the plugin's tables, each ending
 * in a comma, and what its files share. */
#ifndef APPROVALS_CASES_H
#define APPROVALS_CASES_H

#include "approvals.h"

#define GREEN_CHOICES "elderly=老年人|disabled=残疾人|pregnant=孕产妇|ill=重病患者|soldier=现役军人、退役军人|other=其他"
#define RETENTION_CHOICES "permanent=永久|30=三十年|10=十年|unknown=待定"
#define ACCOUNT_CHOICES                                                                                         \
	"overdue=超期未办结|promise-check=未按期核查承诺|callback=差评未按期回访|mend=差评未按期整改|direct-open=直办件当日未办结|suspension=扣除期限届满未恢复计时|renewal=延续申请届满未作决定|intake=逾期未告知补正，视为受理"
#define OUTCOME_CHOICES "none=不予追责|talk=谈话提醒|criticism=通报批评|transfer=移送有权机关"
#define CREDIT_CHOICES "corrected=更正（记录有误）|repaired=修复（已经补正、消除影响）"

/* ---- intake.c ---- */

/* Whether the days that art. 32 leaves are not over. 0, or the refusal. */
zhen_result intake_in_time(zhen_call *call, const struct matter *matter);

/* ---- lacking.c, promise.c: accepted before all is there ---- */

/* Whether this person broke a promise before. 0, or the refusal. */
/* ---- credit.c ---- */
zhen_result credit_allows(zhen_call *call, const struct matter *matter);
/* What a broken promise costs, to be told before it is given. */
const char *credit_cost(zhen_call *call);
void credit_add(zhen_call *call, const struct matter *matter, const char *kind, const char *note);
/* Whether what was accepted without, or counted as accepted with something open, is here. 0, or the refusal. */
zhen_result lacking_allows(zhen_call *call, const struct matter *matter, bool final);
void lacking_show(zhen_call *call, int64_t matter);
void lacking_lapse(zhen_call *call, struct matter *matter, int64_t id);
void promise_show(zhen_call *call, int64_t matter);
/* Whether the caller is to look into what was promised in this case. */
bool promise_is_callers(zhen_call *call, int64_t matter);
bool promise_is_open(zhen_call *call, int64_t matter);
/* Found false, and nobody decided since whether what was granted on it stays (ending.c). */
bool promise_is_undecided(zhen_call *call, int64_t matter);
/* Whether no promise of it was found false. 0, or the refusal. */
zhen_result promise_stands(zhen_call *call, const struct matter *matter);

/* ---- flow.c ---- */

/* Whether the caller may stop the clock of the step under way, or let it run again. 0, or the refusal. */
zhen_result hold_allows(zhen_call *call, const struct matter *matter);

/* ---- hearing.c ---- */

/* Whether nothing of a hearing is open before a decision: the right told, the days to ask over, a hearing held. 0, or the refusal. */
zhen_result hearing_allows(zhen_call *call, const struct matter *matter);
/* Who presides neither reviews nor decides. 0, or the refusal. */
zhen_result hearing_bars(zhen_call *call, const struct matter *matter);
bool hearing_is_presided_by(zhen_call *call, const struct matter *matter, const char *account);
/* The @n-th of the interested persons who were told; NULL = there are no more. */
const char *hearing_party(zhen_call *call, int64_t matter, size_t n);
/* The last day for asking of whoever was served on @day. */
const char *hearing_days(zhen_call *call, const struct matter *matter, const char *day);
/* Asked for, and not yet held or taken back. */
bool hearing_is_open(zhen_call *call, const struct matter *matter);
/* What a decision says of it; "" = nothing. */
const char *hearing_printed(zhen_call *call, const struct matter *matter);
void hearing_show(zhen_call *call, int64_t matter);
/* What comes next, and how it is called. */
const char *hearing_next(zhen_call *call, const struct matter *matter, const char **out_title);

/* ---- retract.c ---- */

/* Nobody supplied what was asked for by the day that was told. Called by the watch. */
void supplement_lapse(zhen_call *call, struct matter *matter);

/* ---- hold.c, explain.c ---- */

/* 专家评审: what an article lists, by its code. */
const char *hold_title(const char *code);
/* The time that does not count ends @at, and the clock runs again in @state. */
void hold_end(zhen_call *call, struct matter *matter, enum state state, int64_t at);
/* The last day that was told of it is over. */
void hold_lapse(zhen_call *call, struct matter *matter, const char *due_on);
const char *journal_title(zhen_call *call, const char *what, const char *text);

/* ---- deadlines.c: days that something is to be done by; the watch reads one index ---- */

void deadline_set(zhen_call *call, const char *kind, int64_t matter, int64_t ref, const char *due_on);
void deadline_met(zhen_call *call, const char *kind, int64_t matter, int64_t ref);
/* The @days-th working day after @day at the township; after today. */
const char *working_days_after(zhen_call *call, const char *township, const char *day, int64_t days);
const char *working_days_on(zhen_call *call, const char *township, int64_t days);
/* What fell due: lapses, records. Called by the watch. */
void deadlines_watch(zhen_call *call, const char *today);

/* ---- accountability.c ---- */

/* What the caller is to do with the records of a case. */
void account_actions(zhen_call *call, int64_t matter);
void account_for(zhen_call *call, const struct matter *matter, const char *kind, const char *due_on);

/* ---- duty.c: AB岗 ---- */

/* The officer of a step of a body; "" = nobody in particular. */
const char *post_officer(zhen_call *call, const char *body, const char *step);
/* The officer whose stand-in the caller is today for the step; "" = nobody's. */
const char *stands_in_for(zhen_call *call, const char *body, const char *step);
/* Whether the caller may do the step as its officer, or as one of the body when none is named. 0, or the refusal. */
zhen_result duty_of(zhen_call *call, const char *body, const char *body_name, const char *step, const char *title);
/* The officer as named in the plan. */
const char *name_of_officer(zhen_call *call, const char *officer);
/* The name of who is to act today on a step. */
const char *acting_name(zhen_call *call, const char *body, const char *step);

/* ---- visits.c, direct.c ---- */

/* "09:30" */
bool is_time(const char *text);

void visits_filed(zhen_call *call, const struct matter *matter);
void visits_show(zhen_call *call, int64_t matter);
/* The applicant stands before the caller for @reason: one more visit, once a day at one place. */
void visits_came(zhen_call *call, const struct matter *matter, const char *reason);
bool is_mode(zhen_call *call, const struct matter *matter, const char *mode, const char *title);
/* A case to be finished on the spot goes on another day only with the reason why it did not. 0, or the refusal. */
zhen_result direct_allows(zhen_call *call, const struct matter *matter);

/* ---- reports.c: counters, in the handler's own transaction ---- */

/* @name: a column of the table tally, never what a caller said. */
void counter_add(zhen_call *call, const char *township, const char *name, int64_t by);
int64_t counter_of(zhen_call *call, const char *township, const char *name);
/* What follows from an event of a case. */
void cases_follow(zhen_call *call, const struct matter *matter, const char *topic);

/* ---- seal.c ---- */

/* The township's seal: name as printed, and who keeps it. */
const zhen_row *seal_of(zhen_call *call, const char *township);
/* Whether there is a seal to put on a decision, where the setting says that there must be one. 0, or the refusal. */
zhen_result seal_ready(zhen_call *call, const char *township);
zhen_result no_seal(zhen_call *call, const char *township); /* that refusal */
bool seal_is_optional(zhen_call *call);

/* ---- sealing.c: who asks for the seal, who puts it there ---- */

/* Whether the caller seals this decision: the keeper, and not what the keeper decided; where no seal is asked for and there is
 * none, the government. */
bool seal_is_callers(zhen_call *call, const struct matter *matter);
zhen_result seal_allows(zhen_call *call, const struct matter *matter); /* 0, or the refusal */
/* The caller asks for the seal: on a document that waits for it, on a decision just taken. */
void sealing_ask(zhen_call *call, const struct matter *matter, int64_t document, const char *number, const char *title,
                 bool decides);
void sealing_ask_decision(zhen_call *call, const struct matter *matter);
void sealing_drop_decision(zhen_call *call, const struct matter *matter);
/* Decisions that have waited since before there were drafts get theirs. */
void sealing_catch_up(zhen_call *call);
/* The caller, who keeps the seal, seals it. */
void sealing_confirm_decision(zhen_call *call, const struct matter *matter, int64_t document);
/* Whether the caller sealed the document of that number. */
bool sealing_was_callers(zhen_call *call, const char *document);

/* ---- decision.c ---- */

/* The case of an act that is the government's own. 0, or the refusal. */
zhen_result head_for(zhen_call *call, enum act act, struct matter *matter);
/* What the keeper is to see of a decision before it has number and day. */
const char *decision_draft(zhen_call *call, const struct matter *matter, const char **out_title);
/* The keeper's act on a decision. 0 status as a handler's. */
zhen_result issue_sealed(zhen_call *call, struct matter *matter);

/* ---- archive.c ---- */

/* A file that was put away is opened for what follows: what was put away is kept word for word. 0, or the refusal. */
zhen_result archive_reopen(zhen_call *call, const struct matter *matter, bool is_ended, const char *reason);
/* Why the case is not put away yet, with the code of the refusal; NULL = it may be. */
const char *archive_lacking(zhen_call *call, const struct matter *matter, const char **out_code);
bool archive_has(zhen_call *call, int64_t matter);
/* Whether the newest volume holds a permission. */
bool archive_grants(zhen_call *call, int64_t matter);

/* ---- part.c: who reads a case ---- */

void part_add(zhen_call *call, int64_t matter, const char *body);
/* What the item says of a case just filed. */
void parts_filed(zhen_call *call, const struct matter *matter, const zhen_row *item);
/* Whether the caller reads all cases of the division, else only those that the body has a part in. */
bool reads_every_case(zhen_call *call);
/* In a list of rows of which each belongs to a matter: those of which the caller reads the case; $1 is part_body(). */
#define OF_PART(table_) "($1 = '' OR EXISTS (SELECT 1 FROM part WHERE part.body = $1 AND part.id = " table_ ".matter))"
const char *part_body(zhen_call *call); /* "" = no need to look */
bool has_part(zhen_call *call, int64_t matter);

/* ---- material.c ---- */

/* Whether the file of field "file", if there is one, is a paper. 0, or the refusal. */
zhen_result material_check(zhen_call *call);
/* The file sent with the call: the row of it. */
int64_t material_add(zhen_call *call, const struct matter *matter, const char *title);
void material_keep(zhen_call *call, const struct matter *matter, const char *title);

/* ---- show.c ---- */

void cases_show(zhen_call *call, int64_t matter);
void duplicates_show(zhen_call *call, int64_t matter, const char *credit_code);

/* ---- actions.c ---- */

void actions_show(zhen_call *call, int64_t matter);

/* ---- eligibility_import.c ---- */

/* By which payments and facts of a person are brought together. */
const char *person_key(zhen_call *call, const char *id_card);

/* ---- the tables ---- */

extern const char cases_sql[], eligibility_sql[], volumes_sql[], parts_sql[], handed_sql[], staff_sql[], sealing_sql[], rechecks_sql[], hearing_sql[], integrity_sql[], checkers_sql[], credit_sql[], rights_sql[], organisations_sql[];
#define CASES_MIGRATIONS(first_)                               \
	{ .number = first_, .sql = cases_sql },                \
	{ .number = first_ + 1, .sql = eligibility_sql },      \
	{ .number = first_ + 2, .sql = volumes_sql },

extern const zhen_field hearing_tell_fields[], hearing_ask_fields[], hearing_notice_fields[], hearing_record_fields[];
extern const zhen_field hand_in_fields[], scan_fields[], pledge_fields[], accept_lacking_fields[],
	accept_promise_fields[], make_good_fields[], check_promise_fields[], green_fields[], home_visit_fields[],
	home_visit_done_fields[], escort_fields[], left_open_fields[], rate_fields[], note_fields[], mend_fields[],
	archive_fields[], explain_fields[], settle_fields[], end_credit_fields[], post_fields[], absence_fields[],
	substitute_fields[], absence_end_fields[], replace_post_fields[], end_post_fields[], end_substitute_fields[],
	seal_fields[], handover_seal_fields[], end_seal_fields[], seal_log_fields[], sealing_fields[], clock_fields[],
	payments_fields[], facts_fields[], eligibility_fields[], suspicion_fields[], suspicion_id_fields[],
	recovery_id_fields[], receipt_fields[], retract_for_fields[], none_fields[], roster_fields[],
	roster_day_fields[], present_fields[];
extern const zhen_field material_fields[], material_file_reply[], written_reply[], home_visits_reply[],
	bad_ratings_reply[], accountability_reply[], credits_reply[], overruns_reply[], posts_reply[],
	substitutes_reply[], absences_reply[], queue_reply[], seals_reply[], seal_log_reply[], sealings_reply[],
	sealing_paper_reply[], sealed_reply[], clock_reply[], visits_report_reply[], overdue_report_reply[],
	flags_reply[], ratings_report_reply[], checks_reply[], suspicions_reply[], recoveries_reply[], recovery_reply[],
	recovery_report_reply[], archive_reply[], imported_reply[], left_reply[], roster_reply[], absent_roster_reply[];

extern const zhen_field ending_tell_fields[], ending_state_fields[], cancel_fields[];
extern const zhen_field track_state_fields[], superior_fields[];
zhen_handle ending_tell, ending_state, track_state, cancel_case, superior_decides;
zhen_handle hearing_tell, hearing_ask, hearing_notice, hearing_record;
zhen_handle retract_for, hand_in, scan_in, print_pledge, accept_lacking, make_good, accept_promise, check_promise;
zhen_handle green_case, list_queue, plan_home_visit, home_visit_done, list_home_visits, add_escort, left_open,
	list_left_open;
zhen_handle rate_case, contact_rating, mend_rating, list_bad_ratings;
zhen_handle list_credits, end_credit;
zhen_handle list_accountability, explain_record, settle_record, list_overruns;
zhen_handle set_post, replace_post, end_post, list_posts, add_absence, end_absence, list_absences, add_substitute,
	end_substitute, list_substitutes;
zhen_handle add_seal, hand_over_seal, end_seal, list_seals, list_seal_uses;
zhen_handle list_sealings, confirm_sealing, get_sealing_paper, draft_prepare, draw_draft;
zhen_handle add_roster, roster_present, list_roster, list_absent;
zhen_handle archive_case, show_archive, show_clock, get_material;
zhen_handle report_visits, report_overdue, report_ratings, list_visit_flags;
zhen_handle payments_page, import_payments, facts_page, import_facts, run_check, list_checks, list_suspicions,
	show_suspicion, settle_suspicion, list_recoveries, show_recovery, add_receipt, report_recoveries;

#define CGET(path_, handle_, fields_, reply_, permission_, summary_, ...)                                               \
	{ .method = ZHEN_GET, .path = path_, .handle = handle_, .fields = fields_, .reply = reply_, .permission = permission_, \
	  .summary = summary_, __VA_ARGS__ },
#define COPEN(method_, path_, handle_, fields_, reply_, summary_, ...)                                                  \
	{ .method = method_, .path = path_, .handle = handle_, .fields = fields_, .reply = reply_, .flags = ZHEN_PUBLIC, \
	  .summary = summary_, __VA_ARGS__ },
#define CPOST(path_, handle_, fields_, permission_, subject_, summary_, ...)                                            \
	{ .method = ZHEN_POST, .path = path_, .handle = handle_, .fields = fields_, .reply = written_reply,                   \
	  .permission = permission_, .subject = subject_, .summary = summary_, __VA_ARGS__ },
#define CACT(verb_, handle_, fields_, permission_, summary_, ...)                                                       \
	{ .method = ZHEN_POST, .path = "/cases/{id}/" verb_, .handle = handle_, .fields = fields_, .reply = act_reply, \
	  .permission = permission_, .subject = "id", .summary = summary_, __VA_ARGS__ },

#define CASES_ROUTES                                                                                                    \
	CACT("materials", hand_in, hand_in_fields, "approvals.accept", "登记收到的材料")                                \
	CACT("scans", scan_in, scan_fields, "approvals.accept", "上传材料扫描件", .flags = ZHEN_UPLOADS)                 \
	CACT("accept-lacking", accept_lacking, accept_lacking_fields, "approvals.accept", "容缺受理")                   \
	CACT("pledges", print_pledge, pledge_fields, "approvals.accept", "打印承诺书")                                  \
	CACT("accept-promise", accept_promise, accept_promise_fields, "approvals.accept", "告知承诺受理")               \
	{ .method = ZHEN_POST, .path = "/track/lacking", .handle = make_good, .fields = make_good_fields,               \
	  .reply = written_reply, .flags = ZHEN_PUBLIC | ZHEN_UPLOADS, .summary = "补交容缺材料" },                     \
	CACT("promise-checks", check_promise, check_promise_fields, "approvals.check", "核查承诺")                     \
	CACT("ending/tell", ending_tell, ending_tell_fields, "approvals.withdraw", "告知拟撤销、撤回、变更、注销")            \
	CACT("ending/statement", ending_state, ending_state_fields, "approvals.accept", "登记陈述、申辩")                \
	COPEN(ZHEN_POST, "/track/statement", track_state, track_state_fields, act_reply, "陈述、申辩")                     \
	CACT("superior", superior_decides, superior_fields, "approvals.superior", "上级机关决定撤销")                        \
	CACT("cancel", cancel_case, cancel_fields, "approvals.withdraw", "注销许可")                                     \
	CACT("hearing/tell", hearing_tell, hearing_tell_fields, "approvals.suspend", "告知听证权利")                      \
	CACT("hearing/ask", hearing_ask, hearing_ask_fields, "approvals.suspend", "登记听证申请")                        \
	CACT("hearing/notice", hearing_notice, hearing_notice_fields, "approvals.suspend", "通知听证")                   \
	CACT("hearing/record", hearing_record, hearing_record_fields, "approvals.suspend", "登记听证笔录")               \
	CACT("green", green_case, green_fields, "approvals.accept", "走绿色通道", .feature = "green")                   \
	CGET("/queue", list_queue, none_fields, queue_reply, "approvals.read", "待办（绿色通道在前）")                  \
	CACT("home-visits", plan_home_visit, home_visit_fields, "approvals.accept", "安排上门服务",                     \
	     .feature = "green")                                                                                        \
	CGET("/home-visits", list_home_visits, none_fields, home_visits_reply, "approvals.read", "上门服务",            \
	     .feature = "green")                                                                                        \
	CPOST("/home-visits/{id}/done", home_visit_done, home_visit_done_fields, "approvals.accept", "id", "登记上门结果") \
	CACT("escorts", add_escort, escort_fields, "approvals.accept", "登记陪办", .feature = "escort")                 \
	CACT("left-open", left_open, left_open_fields, "approvals.accept", "说明直办件当日未办结的原因")                \
	CGET("/left-open", list_left_open, none_fields, left_reply, "approvals.read", "当日未办结的直办件")             \
	COPEN(ZHEN_POST, "/track/rating", rate_case, rate_fields, written_reply, "评价", .feature = "rating")           \
	CACT("rating/contacted", contact_rating, note_fields, "approvals.accept", "登记差评回访")                       \
	CACT("rating/mended", mend_rating, mend_fields, "approvals.accept", "登记差评整改")                             \
	CGET("/ratings/bad", list_bad_ratings, none_fields, bad_ratings_reply, "approvals.read", "差评",                \
	     .feature = "rating")                                                                                       \
	CGET("/accountability", list_accountability, none_fields, accountability_reply, "approvals.read", "责任追究")   \
	CPOST("/accountability/{id}/explain", explain_record, explain_fields, "approvals.explain", "id", "说明超期原因")   \
	CPOST("/accountability/{id}/settle", settle_record, settle_fields, "approvals.account", "id", "作出追责处理")   \
	CGET("/credits", list_credits, none_fields, credits_reply, "approvals.account", "失信记录")                         \
	CPOST("/credits/{id}/end", end_credit, end_credit_fields, "approvals.account", "id", "更正、修复失信记录")           \
	COPEN(ZHEN_GET, "/overruns", list_overruns, none_fields, overruns_reply, "超期公开说明")                        \
	CPOST("/posts", set_post, post_fields, "approvals.posts", "body", "定岗：环节的经办人")                               \
	CGET("/posts", list_posts, none_fields, posts_reply, "approvals.read", "岗位（A岗）")                             \
	CPOST("/posts/{id}/replace", replace_post, replace_post_fields, "approvals.posts", "id", "更换经办人")            \
	CPOST("/posts/{id}/end", end_post, end_post_fields, "approvals.posts", "id", "结束任职")                         \
	CPOST("/substitutes", add_substitute, substitute_fields, "approvals.posts", "body", "指定B岗",                  \
	     .feature = "substitutes")                                                                                  \
	CGET("/substitutes", list_substitutes, none_fields, substitutes_reply, "approvals.read", "B岗")               \
	CPOST("/substitutes/{id}/end", end_substitute, end_substitute_fields, "approvals.posts", "id", "结束B岗")       \
	CPOST("/absences", add_absence, absence_fields, "approvals.posts", "body", "登记离岗",                          \
	     .feature = "substitutes")                                                                                  \
	CGET("/absences", list_absences, none_fields, absences_reply, "approvals.read", "离岗")                        \
	CPOST("/absences/{id}/end", end_absence, absence_end_fields, "approvals.posts", "id", "提前返岗")                \
	CPOST("/rosters", add_roster, roster_fields, "approvals.posts", "village", "排班：村级便民服务站坐班",          \
	     .feature = "rosters")                                                                                      \
	COPEN(ZHEN_GET, "/rosters", list_roster, roster_day_fields, roster_reply, "坐班表", .feature = "rosters")       \
	CGET("/rosters/absent", list_absent, none_fields, absent_roster_reply, "approvals.read", "服务时间无人坐班",    \
	     .feature = "rosters")                                                                                      \
	CPOST("/rosters/{id}/present", roster_present, present_fields, "approvals.accept", "id", "坐班签到",            \
	     .feature = "rosters")                                                                                      \
	CPOST("/seals", add_seal, seal_fields, "approvals.posts", "division", "启用印章")                               \
	CGET("/seals", list_seals, none_fields, seals_reply, "approvals.read", "印章")                                  \
	CPOST("/seals/{id}/handover", hand_over_seal, handover_seal_fields, "approvals.posts", "id", "移交印章")        \
	CPOST("/seals/{id}/end", end_seal, end_seal_fields, "approvals.posts", "id", "停用印章")                        \
	CGET("/seals/{id}/log", list_seal_uses, seal_log_fields, seal_log_reply, "approvals.read", "用印记录")          \
	CGET("/sealings", list_sealings, none_fields, sealings_reply, "approvals.issue", "待用印")                      \
	{ .method = ZHEN_GET, .path = "/sealings/{id}/paper", .handle = get_sealing_paper, .fields = sealing_fields,    \
	  .reply = sealing_paper_reply, .permission = "approvals.issue", .unmask = "approvals.issue", .subject = "id",  \
	  .summary = "看草稿" },                                                                                        \
	{ .method = ZHEN_POST, .path = "/sealings/{id}/confirm", .handle = confirm_sealing, .fields = sealing_fields,   \
	  .reply = sealed_reply, .permission = "approvals.issue", .subject = "id", .summary = "用印" },                 \
	CACT("retract", retract_for, retract_for_fields, "approvals.accept", "代申请人撤回申请")                            \
	CACT("archive", archive_case, archive_fields, "approvals.archive", "归档")                                      \
	{ .method = ZHEN_GET, .path = "/cases/{id}/materials/{material}", .handle = get_material, .fields = material_fields,    \
	  .reply = material_file_reply, .permission = "approvals.personal", .unmask = "approvals.personal", .subject = "id",    \
	  .summary = "下载申请材料" },                                                                                          \
	CGET("/cases/{id}/archive", show_archive, case_fields, archive_reply, "approvals.read", "核对档案")             \
	CGET("/cases/{id}/clock", show_clock, clock_fields, clock_reply, "approvals.read", "期限逐日说明")              \
	CGET("/reports/visits", report_visits, none_fields, visits_report_reply, "approvals.supervise", "最多跑一次统计") \
	CGET("/reports/overdue", report_overdue, none_fields, overdue_report_reply, "approvals.supervise", "超期统计")  \
	CGET("/reports/ratings", report_ratings, none_fields, ratings_report_reply, "approvals.supervise", "好差评统计", \
	     .feature = "rating")                                                                                       \
	CGET("/visits/flags", list_visit_flags, none_fields, flags_reply, "approvals.supervise", "超出一次、一处的件")  \
	CGET("/payments/imports", payments_page, none_fields, imported_reply, "approvals.eligibility", "导入待遇发放记录", .feature = "eligibility") \
	{ .method = ZHEN_POST, .path = "/payments/imports", .handle = import_payments, .fields = payments_fields,       \
	  .reply = imported_reply, .permission = "approvals.eligibility", .subject = "division", .flags = ZHEN_UPLOADS, \
	  .summary = "导入待遇发放记录", .feature = "eligibility" },                                                                              \
	CGET("/facts/imports", facts_page, none_fields, imported_reply, "approvals.eligibility", "导入资格丧失信息", .feature = "eligibility")    \
	{ .method = ZHEN_POST, .path = "/facts/imports", .handle = import_facts, .fields = facts_fields,                \
	  .reply = imported_reply, .permission = "approvals.eligibility", .subject = "division", .flags = ZHEN_UPLOADS, \
	  .summary = "导入资格丧失信息", .feature = "eligibility" },                                                                              \
	CPOST("/eligibility/checks", run_check, eligibility_fields, "approvals.eligibility", "division", "年度资格核查", .feature = "eligibility") \
	CGET("/eligibility/checks", list_checks, none_fields, checks_reply, "approvals.eligibility", "资格核查", .feature = "eligibility")               \
	CGET("/suspicions", list_suspicions, none_fields, suspicions_reply, "approvals.eligibility", "疑似多发款项", .feature = "eligibility")    \
	{ .method = ZHEN_GET, .path = "/suspicions/{id}", .handle = show_suspicion, .fields = suspicion_id_fields,      \
	  .reply = suspicions_reply, .permission = "approvals.eligibility", .unmask = "approvals.eligibility", .subject = "id", \
	  .summary = "疑似多发款项", .feature = "eligibility" },                                                                                  \
	CPOST("/suspicions/{id}/settle", settle_suspicion, suspicion_fields, "approvals.eligibility", "id", "核实疑似款项", .feature = "eligibility") \
	CGET("/recoveries", list_recoveries, none_fields, recoveries_reply, "approvals.eligibility", "追回台账", .feature = "eligibility")        \
	{ .method = ZHEN_GET, .path = "/recoveries/{id}", .handle = show_recovery, .fields = recovery_id_fields,        \
	  .reply = recovery_reply, .permission = "approvals.eligibility", .unmask = "approvals.eligibility", .subject = "id", \
	  .summary = "追回款", .feature = "eligibility" },                                                                                        \
	CPOST("/recoveries/{id}/receipts", add_receipt, receipt_fields, "approvals.eligibility", "id", "登记追回款", .feature = "eligibility")    \
	CGET("/reports/recoveries", report_recoveries, none_fields, recovery_report_reply, "approvals.supervise", "追回统计", .feature = "eligibility")

#define CASES_SETTINGS                                                                                                    \
	{ .key = "seal_required", .type = ZHEN_CHOICE, .def = "yes", .choices = "yes=须先启用印章、指定保管人|no=没有启用的由镇政府、窗口直接制发", \
	  .help = "决定书须加盖本机关印章（行政许可法第三十八条、第三十九条）；没有启用印章时能否制发，法律未细化，默认不能" }, \
	{ .key = "seal_each", .type = ZHEN_CHOICE, .def = "decisions", .flags = ZHEN_PER_DIVISION,                        \
	  .choices = "decisions=准予、不予、撤销的决定逐件由保管人用印|all=全部文书逐件由保管人用印",                     \
	  .help = "通知、告知类文书按保管人的常设授权随制发用印，制作人和保管人都记入用印记录；申请人当场取得受理凭证（行政许可法第三十二条）" }, \
	{ .key = "suspension_end", .type = ZHEN_CHOICE, .def = "resume", .flags = ZHEN_PER_DIVISION,                      \
	  .choices = "resume=告知的时间届满，自动恢复计时|remind=届满只记录提醒，由工作人员恢复",                         \
	  .help = "不计入期限的只是所需时间，并须书面告知（行政许可法第四十五条）：超过告知的时间，默认恢复计时；仍需扣除的再行告知" }, \
	{ .key = "supplement_days", .type = ZHEN_INT, .def = "30", .min = 5, .max = 250, .flags = ZHEN_PER_DIVISION,      \
	  .unit = "工作日", .help = "申请人补正的期限，写入补正告知书；逾期没有补正的，视为放弃申请，终止办理并书面告知（行政许可法未规定，默认值）" }, \
	{ .key = "archive_days", .type = ZHEN_INT, .def = "10", .min = 0, .max = 250, .flags = ZHEN_PER_DIVISION,         \
	  .unit = "工作日", .help = "送达后留给申请人签收、评价的时间，期满才归档；已经签收并评价的当即可以（来源未规定，默认值）" }, \
	{ .key = "visit_limit", .type = ZHEN_INT, .def = "1", .min = 0, .max = 20, .flags = ZHEN_PER_DIVISION, .unit = "次", \
	  .help = "最多跑几次（楚雄州：跑一次）；事项另有规定的按事项" },                                                 \
	{ .key = "place_limit", .type = ZHEN_INT, .def = "1", .min = 0, .max = 20, .flags = ZHEN_PER_DIVISION, .unit = "处", \
	  .help = "最多跑几处（楚雄州：跑一处）" },                                                                       \
	{ .key = "visits_to_collect", .type = ZHEN_CHOICE, .def = "yes", .flags = ZHEN_PER_DIVISION,                      \
	  .choices = "yes=到窗口交纸质材料、领取结果都计一次|no=只计申请时和登记的到场",                                  \
	  .help = "最多跑一次从申请到拿到结果计算（来源未细分，默认从严；同日同处只计一次，邮寄、网上下载、代办不计）" }, \
	{ .key = "lacking_days", .type = ZHEN_INT, .def = "5", .min = 1, .max = 60, .flags = ZHEN_PER_DIVISION,           \
	  .unit = "工作日", .help = "容缺材料补交期限，不晚于到期日（来源未规定，默认值）" },                             \
	{ .key = "promise_check_days", .type = ZHEN_INT, .def = "30", .min = 1, .max = 250, .flags = ZHEN_PER_DIVISION,   \
	  .unit = "工作日", .help = "告知承诺事后核查期限，自受理起（来源未规定，默认值）" },                             \
	{ .key = "credit_days", .type = ZHEN_INT, .def = "730", .min = 1, .max = 3650, .unit = "日",                       \
	  .help = "承诺不实、逾期不补交容缺材料的，自记录起多少日内不再适用告知承诺和容缺受理（国办发〔2020〕42号要求记录，未规定期限，默认值）" }, \
	{ .key = "explanation_days", .type = ZHEN_INT, .def = "10", .min = 0, .max = 365, .unit = "日",                    \
	  .help = "责任单位说明超期等原因的时间，期满或者说明以后才作出处理（来源未规定，默认值）" },                     \
	{ .key = "contact_days", .type = ZHEN_INT, .def = "1", .min = 1, .max = 30, .unit = "工作日",                     \
	  .help = "差评回访期限（安阳市优化营商环境条例第五十二条：一个工作日）" },                                       \
	{ .key = "mend_days", .type = ZHEN_INT, .def = "15", .min = 1, .max = 90, .unit = "工作日",                       \
	  .help = "差评整改期限（四川做法：十五个工作日）" },                                                             \
	{ .key = "statement_days", .type = ZHEN_INT, .def = "5", .min = 1, .max = 60, .flags = ZHEN_PER_DIVISION,           \
	  .unit = "工作日", .help = "撤销、撤回、变更、注销许可前留给被许可人陈述、申辩的时间（行政许可法第七条有此权利，未规定期限，默认值）" }, \
	{ .key = "public_service_days", .type = ZHEN_INT, .def = "30", .min = 1, .max = 250, .unit = "日",                 \
	  .help = "公告送达自公告之日起经过多少日视为送达（民事诉讼法第九十五条）" },                                     \
	{ .key = "renewal_days", .type = ZHEN_INT, .def = "30", .min = 1, .max = 250, .unit = "工作日",                    \
	  .help = "许可有效期届满前多少日申请延续（行政许可法第五十条、第八十二条）；法律、法规、规章另有规定的写在事项里，从其规定" },

#define CASES_JOBS \
	{ .name = "draw_draft", .prepare = draft_prepare, .handle = draw_draft, .summary = "生成待用印文书的草稿" },

/* What a pilot may switch. Acts that end what is under way (a call back, a handover) belong to none. */
#define CASES_FEATURES                                                                                                  \
	{ .name = "green", .title = "绿色通道和上门服务", .help = "老年人、残疾人等优先办理、上门办理" },               \
	{ .name = "escort", .title = "陪办", .help = "多部门联办的事项由工作人员陪同到县级大厅（陈仓区“三办”）" },      \
	{ .name = "rating", .title = "好差评", .help = "办结后由申请人评价" },                                          \
	{ .name = "substitutes", .title = "AB岗", .help = "A岗离岗时由B岗接办" },                                       \
	{ .name = "rosters", .title = "坐班", .help = "村级便民服务站排班、签到" },                                     \
	{ .name = "eligibility", .title = "待遇资格核查", .help = "核对待遇发放与资格丧失信息，追回多发款项（桦南县）" },

#define CASES_PERMISSIONS                                                 \
	{ .name = "approvals.posts", .title = "定岗、AB岗和印章" },       \
	{ .name = "approvals.explain", .title = "说明超期原因" },         \
	{ .name = "approvals.account", .title = "追责处理" },             \
	{ .name = "approvals.superior", .title = "上级机关决定撤销许可" }, \
	{ .name = "approvals.check", .title = "核查承诺" },                 \
	{ .name = "approvals.archive", .title = "归档" },                 \
	{ .name = "approvals.supervise", .title = "监督（只读统计）" },   \
	{ .name = "approvals.eligibility", .title = "待遇资格核查和追回" },

#define CASES_MENU                                                                                                              \
	{ .title = "待办", .path = "/queue", .icon = "check2-square", .permission = "approvals.read", .order = 19 },            \
	{ .title = "待用印", .path = "/sealings", .icon = "award", .permission = "approvals.issue", .order = 19 },              \
	{ .title = "责任追究", .path = "/accountability", .icon = "flag", .permission = "approvals.read", .order = 22 },        \
	{ .title = "失信记录", .path = "/credits", .icon = "journal-x", .permission = "approvals.account", .order = 22 },      \
	{ .title = "差评", .path = "/ratings/bad", .icon = "emoji-frown", .permission = "approvals.read", .order = 23,  \
	     .feature = "rating" },                                                                                     \
	{ .title = "最多跑一次", .path = "/reports/visits", .icon = "bar-chart", .permission = "approvals.supervise", .order = 30 }, \
	{ .title = "超期统计", .path = "/reports/overdue", .icon = "clock", .permission = "approvals.supervise", .order = 31 }, \
	{ .title = "追回台账", .path = "/recoveries", .icon = "cash", .permission = "approvals.eligibility", .order = 32, .feature = "eligibility" },     \
	{ .title = "资格核查", .path = "/eligibility/checks", .icon = "search", .permission = "approvals.eligibility", .order = 36, .feature = "eligibility" }, \
	{ .title = "疑似多发款项", .path = "/suspicions", .icon = "alert", .permission = "approvals.eligibility", .order = 37, .feature = "eligibility" }, \
	{ .title = "超期说明", .path = "/overruns", .icon = "info", .order = 16 },                                              \
	{ .title = "坐班表", .path = "/rosters", .icon = "calendar", .order = 17, .feature = "rosters" },                                              \
	{ .title = "岗位（A岗）", .path = "/posts", .icon = "person-badge", .permission = "approvals.read", .order = 26 },      \
	{ .title = "B岗", .path = "/substitutes", .icon = "people", .permission = "approvals.read", .order = 26, .feature = "substitutes" },              \
	{ .title = "离岗", .path = "/absences", .icon = "calendar", .permission = "approvals.read", .order = 26, .feature = "substitutes" },              \
	{ .title = "印章", .path = "/seals", .icon = "award", .permission = "approvals.read", .order = 27 },                    \
	{ .title = "上门服务", .path = "/home-visits", .icon = "house-heart", .permission = "approvals.read", .order = 28, .feature = "green" },

#endif
