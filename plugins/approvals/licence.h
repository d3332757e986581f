/* SPDX-License-Identifier: Apache-2.0
 * The life of a licence after it was issued: its term, its renewal, its end. */
#ifndef APPROVALS_LICENCE_H
#define APPROVALS_LICENCE_H

#include "cases.h"

/* ---- licence.c ---- */

struct term {
	int64_t months; /* 0 = it holds without an end */
	int64_t days;   /* working days before the end by which renewal is applied for */
	const char *basis;
};

struct term term_of(zhen_call *call, const json_t *content);
/* As a guide says it; "" = there is none. */
const char *term_text(zhen_call *call, const json_t *content);
/* The last day on which renewal is applied for in time: never before the day its paper says. */
struct last_day {
	const char *day;
	bool provisional; /* may become later with the holidays of a year that are not known yet */
};
struct last_day renewal_last_day(zhen_call *call, const zhen_row *licence /* valid_to, apply_by, township, item */);
/* What the decision prints of the term. */
void licence_facts(zhen_call *call, const struct matter *matter, const json_t *content, bool draft, zhen_sheet *sheet);
void licence_add(zhen_call *call, const struct matter *matter, const json_t *content, int64_t document);
/* valid_from, valid_to, number and state of its document ...; NULL = the case granted nothing with a term. */
const zhen_row *licence_row(zhen_call *call, int64_t matter);
bool licence_is_over(zhen_call *call, const zhen_row *licence);
/* Whether it holds, and since when not; "" = there is nothing to say. Names nobody. */
const char *licence_standing(zhen_call *call, int64_t matter);
void licence_show(zhen_call *call, int64_t matter);
void licence_action(zhen_call *call, const struct matter *matter);

/* ---- renewal.c ---- */

/* The licence that an application is to renew; matter 0 = none. */
struct renewed {
	int64_t matter;
	const char *number, *valid_to, *last_day;
	bool late;
};

/* What field "renews" names; @credit_code of the organisation that asks, "" = a person. 0, or the refusal. */
zhen_result renewal_check(zhen_call *call, const zhen_row *item, const char *township, const char *credit_code,
                          struct renewed *out);
void renewal_open(zhen_call *call, const struct matter *matter, const struct renewed *renewed);
const zhen_row *renewal_row(zhen_call *call, int64_t matter); /* NULL = it renews nothing */
/* Whether somebody asked for the renewal of that licence, and it is not decided. */
bool renewal_is_open(zhen_call *call, int64_t licence);
bool renewal_is_deemed(zhen_call *call, int64_t matter);
/* Whether it may be decided so today. 0, or the refusal. */
zhen_result renewal_allows(zhen_call *call, const struct matter *matter, bool granting);
/* How a decision on it begins; "" = it renews nothing. */
const char *renewal_opening(zhen_call *call, const struct matter *matter);
/* The term is over. Called by the watch. */
void renewal_lapse(zhen_call *call, struct matter *matter, const char *due_on);

/* Whether something renews it. */
bool licence_is_renewed(zhen_call *call, int64_t matter);

/* ---- ending.c ---- */

/* Told that it is to end, and not decided, or decided and its paper not issued. */
bool ending_is_open(zhen_call *call, int64_t matter);
/* Whether it was revoked or recalled, and not cancelled yet. */
bool ending_is_void(zhen_call *call, int64_t matter);
bool ending_may_decide(zhen_call *call, int64_t matter);
bool ending_waits_for_statement(zhen_call *call, int64_t matter);
/* The notice was served on @day: the last day to state one's case. */
const char *ending_served(zhen_call *call, const struct matter *matter, const char *day);
/* The paper of that number is issued: what it decides takes effect. */
void ending_take_effect(zhen_call *call, int64_t matter, const char *number);
/* The number of what was granted. */
const char *ending_granted(zhen_call *call, int64_t matter);
/* 根据, or 参照 of what is no licence. */
const char *ending_law(zhen_call *call, const struct matter *matter);
/* A file that was put away is opened first. 0, or the refusal. */
zhen_result ending_open_file(zhen_call *call, struct matter *matter, bool is_ended);
/* The paper of the ending @id; what it decides takes effect with that, of whichever kind. */
zhen_result ending_end(zhen_call *call, struct matter *matter, int64_t id, const char *kind, zhen_sheet *sheet);
/* As the law has the ground of that name. */
const char *ending_ground(const char *name);
/* 已决定撤销（day, number），尚未签发; "" = nothing was decided that waits for its paper. */
const char *ending_pending(zhen_call *call, int64_t matter);
/* 已撤销（day, number）：ground; "" = it was not ended. Names nobody. */
const char *ending_standing(zhen_call *call, int64_t matter);
/* Whether it ended otherwise than by being revoked. */
bool ending_is_other(zhen_call *call, int64_t matter);
void ending_show(zhen_call *call, int64_t matter);

/* ---- superior.c: what a body above the township has decided (69) ---- */

/* What is yet to be carried out, as the notice names it; "" = nothing. */
const char *superior_open(zhen_call *call, int64_t matter);
void superior_carried_out(zhen_call *call, int64_t matter, int64_t ending);
/* Whether the ending carries out what a superior decided. */
bool superior_ordered(zhen_call *call, int64_t ending);
/* Whether the caller sits above the township. */
bool superior_is_caller(zhen_call *call);
void superior_show(zhen_call *call, int64_t matter);

extern const char licence_sql[], printed_sql[], ending_sql[];
zhen_handle verify_document, verify_file;

#endif
