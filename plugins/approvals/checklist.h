/* SPDX-License-Identifier: Apache-2.0
 * The checklist of a case: what the item's version asks for, and how each material was handed in. */
#ifndef APPROVALS_CHECKLIST_H
#define APPROVALS_CHECKLIST_H

#include "cases.h"

#define TICKET_MS ((int64_t)30 * 86400000)
#define EVERYTHING "全部" /* in the place of a material's name: all that are open */
#define APPLICATION_FORM "申请表"

struct needed {
	int64_t seq; /* place in the item's list, from 1; 0 = the application itself, where the item does not list it */
	const char *name, *source;
	const char *unless; /* in which case it is not needed, "" = always */
	/* "" nothing yet, file, paper, form (filled in with the application), shared (the body got it itself; note: from where), waived,
	 * bring (will be brought), deferred (容缺), promised (告知承诺), missing (the clerk says so), before (accepted
	 * before there were lists) */
	const char *how;
	const char *note;
	const char *person; /* who said so, "" = the applicant */
	int64_t originals, copies; /* as the item has it */
	int64_t given;             /* copies on paper */
	int64_t upload;            /* row of the table material, 0 = none */
	int64_t at;
	bool optional, waivable, deferrable, promisable, paper_only;
	bool agencys; /* not asked of the applicant */
	bool form;    /* the application itself */
	bool told;    /* asked for in the one supplement */
	bool changed; /* in this call */
};

struct checklist {
	struct needed *rows;
	size_t count;
};

/* ---- checklist.c ---- */

struct checklist checklist_of(zhen_call *call, const struct matter *matter);
struct needed *checklist_find(const struct checklist *list, const char *name); /* NULL = not on the list */
/* The application itself: one more row where the item does not list it. */
struct needed *checklist_form(struct checklist *list);
bool needed_is(const struct needed *one, const char *how);
bool needed_is_open(const struct needed *one);
/* To be got by the body itself, and not yet. */
bool needed_is_awaited(const struct needed *one);
bool checklist_is_open(const struct checklist *list);
/* Whether the item lets it be promised, or brought later, as the row has it. 0, or the refusal. */
zhen_result needed_may(zhen_call *call, const struct needed *one);
void needed_set(zhen_call *call, struct needed *one, const char *how, const char *note);
void checklist_store(zhen_call *call, const struct matter *matter, const struct checklist *list);
/* What fields "materials" and "papers" say of them. 0, or the refusal. */
zhen_result checklist_take(zhen_call *call, const struct matter *matter, struct checklist *list);
/* 0, or the refusal that names each that is open. */
zhen_result checklist_allows(zhen_call *call, const struct checklist *list);
/* What was told in the supplement and is still open; "" = nothing. */
const char *checklist_still_told(zhen_call *call, const struct checklist *list);
void checklist_uploaded(zhen_call *call, const struct matter *matter, const char *title, int64_t upload);

/* ---- checklist_show.c: on pages and papers ---- */

const char *needed_text(zhen_call *call, const struct needed *one);
/* 原件1份、复印件2份; "" = not asked of the applicant. */
const char *needed_copies(zhen_call *call, const struct needed *one);
/* What an applicant is told of one that is open. */
const char *told_lacking(zhen_call *call, const struct needed *one);
void checklist_print(zhen_call *call, const struct checklist *list, zhen_sheet *sheet);
void checklist_show(zhen_call *call, const struct matter *matter, bool staff);
/* Fields to begin with, of the forms of accepting and of asking for a supplement. */
void checklist_fields(zhen_call *call, const struct checklist *list, bool open_only);
void checklist_actions(zhen_call *call, int64_t id, const char *state);
/* The applicant's: elements of a list of actions. */
void checklist_uploads(zhen_call *call, const struct matter *matter, const char *ticket);
const char *checklist_later(const struct checklist *list);

/* ---- lacking.c, promise.c ---- */

/* What a written promise needs, whatever it is for. */
struct word {
	const char *dated_on; /* "" = none */
	const char *kept;     /* paper, file, "" */
	bool told;
};

/* Of the rows that are deferred, or promised: 0 (also where there are none), or the refusal. */
zhen_result deferral_allows(zhen_call *call, const struct matter *matter, const struct checklist *list,
                            const struct word *word);
zhen_result promise_allows(zhen_call *call, const struct matter *matter, const struct checklist *list,
                           const struct word *word);
/* Writes down what is to be done by when; what the receipt says of it, "" = there are none. */
const char *deferral_open(zhen_call *call, const struct matter *matter, const struct checklist *list,
                          const struct word *word);
const char *promise_open(zhen_call *call, const struct matter *matter, const struct checklist *list,
                         const struct word *word);
/* ---- pledge.c: the papers that are signed ---- */

void pledges_kept(zhen_call *call, const struct matter *matter, const struct checklist *list, const char *dated_on);
void pledge_action(zhen_call *call, const struct matter *matter, const struct checklist *list);

/* ---- lacking.c ---- */

bool lacking_is(zhen_call *call, int64_t matter, const char *material);
/* What was deferred came. */
void lacking_supplied(zhen_call *call, const struct matter *matter, const char *material);
/* What came for it is not it: owed again. false: nothing was deferred, or it did not come. */
bool lacking_unfit(zhen_call *call, const struct matter *matter, const char *material, const char *why);
/* Whether the signed paper is where @kept says. 0, or the refusal. */
zhen_result word_is_kept(zhen_call *call, const struct matter *matter, const struct word *word);

/* ---- intake.c, track.c ---- */

/* The end of every acceptance in time: what is open is refused, what is deferred or promised written down. */
zhen_result accept_checked(zhen_call *call, struct matter *matter, struct checklist *list, const struct word *word);
/* @ticket: to be had where files may come. */
void track_actions(zhen_call *call, const struct matter *matter, const char *ticket);
/* What was asked for is here: back to the window, whose days begin anew. */
void supplied(zhen_call *call, struct matter *matter, const char *note);

#endif
