/* SPDX-License-Identifier: Apache-2.0
 * What the files of this plugin share. A matter (件) is one application on its way; its row is the table "matter". */
#ifndef APPROVALS_H
#define APPROVALS_H

#include <jansson.h>
#include <string.h>
#include <zhen/casework.h>
#include <zhen/documents.h>
#include <zhen/zhen.h>

#define UNWATCHED "9999-12-31" /* watch_on of a matter whose clock raises nothing any more */

/* X(id, stored name, shown name, what an act that is not possible here is refused with) */
#define STATES(X)                                                                  \
	X(FILED, "filed", "待受理", "case-not-accepted")                           \
	X(SUPPLEMENTING, "supplementing", "待补正", "case-awaiting-supplement")    \
	X(REVIEW, "review", "审核中", "case-under-review")                         \
	X(SUSPENDED, "suspended", "期限扣除中", "case-suspended")                  \
	X(REFUSING, "refusing", "拟不予许可", "case-refusal-proposed")             \
	X(APPROVED, "approved", "准予待发证", "case-approved")                     \
	X(ISSUING, "issuing", "制证中", "case-issuing")                            \
	X(ISSUED, "issued", "已发证", "case-closed")                               \
	X(NOT_NEEDED, "not_needed", "无需许可", "case-closed")                     \
	X(REFUSED, "refused", "不予受理", "case-closed")                           \
	X(REJECTED, "rejected", "不予许可", "case-closed")                         \
	X(WITHDRAWN, "withdrawn", "已撤销", "case-closed")                         \
	X(RECALLED, "recalled", "许可已撤回", "case-closed")                       \
	X(CANCELLED, "cancelled", "已注销", "case-closed")                         \
	X(RETRACTED, "retracted", "申请已撤回", "case-closed")                     \
	X(ARCHIVED, "archived", "已归档", "case-archived")

#define X(id, name, shown, code) STATE_##id,
enum state { STATES(X) N_STATES };
#undef X

/* Named and described in process.c. */
enum act {
	ACT_ACCEPT, ACT_SUPPLEMENT, ACT_CORRECT, ACT_REFUSE, ACT_NOT_NEEDED, ACT_ATTACH, ACT_SUPPLY, ACT_RETRACT, ACT_STEP,
	ACT_PUBLICITY, ACT_SUSPEND, ACT_RESUME, ACT_EXTEND, ACT_REJECT, ACT_ISSUE, ACT_WITHDRAW, ACT_VISIT,
	ACT_ACCEPT_LACKING, ACT_ACCEPT_PROMISE, ACT_MAKE_GOOD, ACT_CHECK_PROMISE, ACT_GREEN, ACT_HOME_VISIT, ACT_ESCORT,
	ACT_LEFT_OPEN, ACT_RATE, ACT_CONTACT, ACT_MEND, ACT_ARCHIVE,
	ACT_DELIVER, ACT_HAND_OVER, ACT_RECEIVE, ACT_HAND_IN, ACT_HEARING_TELL, ACT_HEARING_ASK, ACT_HEARING_NOTICE, ACT_HEARING_RECORD,
	ACT_RETRACT_FOR, ACT_END_TELL, ACT_END_STATE, ACT_CANCEL, ACT_SERVED, ACT_SUPERIOR, N_ACTS
};

struct matter {
	int64_t id;
	const char *number;
	const char *code_seed;
	const char *item_code;
	const char *item_name;
	const char *township;
	const char *village;
	const char *window; /* body that accepts */
	const char *applicant;   /* a person, or an organisation by its name */
	const char *credit_code; /* of an organisation, "" = a person */
	const char *step;   /* code of the step under way, "" = none */
	const char *watch_on;
	int64_t item;       /* row of the item's version in force when filed */
	int64_t seq;        /* of the step under way, 0 = none */
	int64_t round;
	int64_t materials_at;
	int64_t told_once;  /* supplement was requested already (行政许可法 32: once) */
	int64_t accepted_at;
	int64_t stopped_at; /* the clock ended, 0 = no */
	int64_t budget_days;
	int64_t extension_days;
	int64_t overdue_at;
	int64_t visits;
	int64_t visit_limit;
	enum state state;
};

/* ---- process.c: states × acts × roles ---- */

extern const zhen_process approval_process;

/* ---- matter.c: rows ---- */

const char *or_empty(const char *text);
/* Of a row, or of none: "" where there is nothing. */
static inline const char *text(const zhen_row *row, const char *column)
{
	return or_empty(zhen_column_text(row, column));
}
static inline bool is(const zhen_row *row, const char *column, const char *word)
{
	return strcmp(text(row, column), word) == 0;
}
const char *state_title(const char *name);
/* The matter of field "id" within the caller's scope, in a state in which @act is possible; 0, or the refusal. */
zhen_result matter_for(zhen_call *call, enum act act, struct matter *out);
/* The matter of number and query code; both wrong ways look and cost alike. 0, or the refusal. */
zhen_result matter_by_code(zhen_call *call, struct matter *out);
/* Who has just filed, or has shown the code, adds materials for a while without typing it again: one case, and nothing else. It
 * goes where the upload ticket goes, with the form. */
#define PASS_MS ((int64_t)2 * 3600000)
const char *matter_pass(zhen_call *call, const char *number);
/* The matter of number and field "pass", or of the code. */
zhen_result matter_by_pass(zhen_call *call, struct matter *out);
zhen_result matter_may(zhen_call *call, const struct matter *matter, enum act act);
/* Whether the state of that name has the act in its row. */
bool matter_allows(const char *state, enum act act);
/* Any matter, for jobs. */
bool matter_load(zhen_call *call, int64_t id, struct matter *out);
void matter_set_state(zhen_call *call, struct matter *matter, enum state state);
/* Emits approvals.case.<verb> with the fields every such event has. */
void matter_emit(zhen_call *call, const struct matter *matter, const char *topic);
zhen_result matter_reply(zhen_call *call, const struct matter *matter);
/* How a paper speaks to the applicant. */
const char *addressed(const struct matter *matter);
/* A line of the matter's own journal: what happened, said by whom. */
void matter_note(zhen_call *call, const struct matter *matter, const char *what, const char *text);

/* ---- clock.c: budget + consumed + ledger; the due date is derived ---- */

/* enum zhen_clock_unit of an item's terms: 工作日, or 自然日 with a last day of rest moved on (民法典 203). */
uint32_t clock_unit(zhen_call *call, int64_t item);
const char *clock_unit_title(uint32_t unit);
/* A day (YYYY-MM-DD) as papers say it; "" where it is none. */
const char *chinese_day(zhen_call *call, const char *day);
/* The same of a day that was counted, with the word that it is not sure yet where the notice for its year is not known. */
#define CLOCK_PROVISIONAL "（暂定：该年放假安排尚未公布）"
const char *clock_date(zhen_call *call, const char *township, const char *day);
/* Reads the ledger and writes what follows from it: consumed days, running since, due date, what to watch. */
void clock_settle(zhen_call *call, const zhen_calendar *calendar, struct matter *matter);
/* The last day on which the applicant may be told what is missing. */
void clock_watch_intake(zhen_call *call, struct matter *matter);
/* Once per matter, by whoever comes first: the watch, or an act that would stop a clock that has run out. */
void clock_raise_overdue(zhen_call *call, struct matter *matter);
void clock_stop(zhen_call *call, struct matter *matter);
void clock_settle_open(zhen_call *call, const char *division /* NULL = all */);

/* ---- item.c ---- */

bool item_import_setting(zhen_call *call, const char **out_problem);
json_t *item_content(zhen_call *call, int64_t item); /* new reference */
const char *item_text(const json_t *content, const char *path);

/* ---- document.c ---- */

enum document_kind {
	DOCUMENT_RECEIPT, DOCUMENT_SUPPLEMENT, DOCUMENT_CORRECTION, DOCUMENT_REFUSAL, DOCUMENT_NOT_NEEDED,
	DOCUMENT_SUSPENSION, DOCUMENT_EXTENSION, DOCUMENT_DECISION, DOCUMENT_REJECTION, DOCUMENT_WITHDRAWAL, DOCUMENT_PROMISE,
	DOCUMENT_DEFERRAL, DOCUMENT_HEARING_RIGHT, DOCUMENT_HEARING_NOTICE, DOCUMENT_RETRACTION,
	DOCUMENT_ENDING_NOTICE, DOCUMENT_RECALL, DOCUMENT_CHANGE, DOCUMENT_CANCELLATION, DOCUMENT_KEPT,
	N_DOCUMENT_KINDS
};

/* What a paper is to its receiver: served for its own sake, or so that days begin. */
enum service { SERVICE_NONE, SERVICE_NOTICE, SERVICE_RESULT };

enum service document_service(const char *kind);
zhen_document document_of(zhen_call *call, const struct matter *matter, enum document_kind kind, zhen_sheet *sheet);
/* First of the two steps: number, date, code and everything printed; the job does the rest. Takes over @sheet. Where there is
 * a seal, the caller asks for it and the paper waits. Returns the number. */
const char *document_new(zhen_call *call, const struct matter *matter, enum document_kind kind, zhen_sheet *sheet);
/* Whether get_document would give it to this caller without its code. */
bool document_is_readable(zhen_call *call, const char *number);
/* The end of an act that is told on paper: the document, the event (NULL = none), the answer. */
zhen_result document_tell(zhen_call *call, const struct matter *matter, enum document_kind kind, zhen_sheet *sheet,
                          const char *topic);
/* The closing sentence on remedies of the matter's item, for this county. */
const char *document_remedies(zhen_call *call, const struct matter *matter);

/* ---- homestead.c: the form of the one written application and the law behind it ---- */

zhen_result homestead_check(zhen_call *call);
void homestead_store(zhen_call *call, int64_t matter);
zhen_result homestead_may_approve(zhen_call *call, const struct matter *matter);
void homestead_facts(zhen_call *call, const struct matter *matter, zhen_sheet *sheet);
void homestead_show(zhen_call *call, int64_t matter);

/* ---- intake.c ---- */

const char *deem_accepted(zhen_call *call, struct matter *matter);

/* ---- fields.c: forms ---- */

extern const zhen_field items_fields[], item_fields[], apply_fields[], track_fields[],
	track_get_fields[], attach_fields[], supply_fields[], retract_fields[], case_fields[], cases_fields[],
	accept_fields[], supplement_fields[], correct_fields[], refuse_fields[], not_needed_fields[], step_fields[],
	publicity_fields[], suspend_fields[], resume_fields[], extend_fields[], reject_fields[], issue_fields[],
	withdraw_fields[], visit_fields[], calendar_days_fields[], calendar_rule_fields[];
/* replies.c */
extern const zhen_field attach_reply[], supply_reply[], items_reply[], item_reply[], apply_reply[], track_reply[],
	act_reply[], cases_reply[], case_reply[], verify_reply[];
extern const zhen_migration migrations[];

/* ---- purge.c ---- */

/* "" = nothing of the person was removed, else what is shown in its place. */
const char *purged_notice(const zhen_row *matter);

/* ---- handlers ---- */

zhen_handle list_items, show_item;
zhen_handle apply, track, attach, supply, retract;
zhen_handle list_cases, show_case, list_overdue, visit;
zhen_handle accept_case, request_supplement, correct_case, refuse_case, not_needed_case;
zhen_handle decide_step, publicity, reject_case, issue_case, withdraw_case;
zhen_handle suspend_case, resume_case, extend_case;
zhen_handle get_document, get_signature, render_document;
zhen_handle set_calendar_days, set_calendar_rule;
zhen_handle watch_due, start, purge_application;

#endif
