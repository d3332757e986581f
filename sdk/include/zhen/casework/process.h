/* SPDX-License-Identifier: Apache-2.0
 * A process as data: states × acts × roles in one table of the plugin, from which follow what a handler refuses, which
 * buttons a page shows, the guide that is published and the table test of all three. A pair that has no row is a refusal.
 *
 * The order of refusals is the same everywhere: no permission (403 "forbidden", by the host), the state (409, the state's
 * code), the wrong body (403 "wrong-body"), the guard (its own). */
#ifndef ZHEN_CASEWORK_PROCESS_H
#define ZHEN_CASEWORK_PROCESS_H

#include <zhen/zhen.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct zhen_process_state {
	const char *name;  /* as stored */
	const char *title; /* 审核中 */
	const char *code;  /* what an act that is not possible here is refused with: "case-under-review" */
} zhen_process_state;

enum zhen_process_flag {
	ZHEN_BY_RESIDENT = 1u << 0, /* done with number and code, no permission */
	ZHEN_BY_HOST = 1u << 1,     /* done by a job or an event; no role has it */
	ZHEN_NO_BUTTON = 1u << 2,   /* the page shows it another way */
};

typedef struct zhen_process_act {
	const char *name;       /* "accept" */
	const char *title;      /* 告知补正: as a refusal says it */
	const char *button;     /* 一次告知补正: as the page's button says it; NULL = title */
	const char *path;       /* last part of its route: "supplement"; NULL = name */
	const char *permission; /* as in its route; NULL = none */
	const char *body_kind;  /* only a body of this kind may: "government"; NULL = any that has the permission */
	const char *law;        /* article, for the guide; NULL = none */
	uint32_t flags;         /* enum zhen_process_flag */
	uint32_t reserved;
} zhen_process_act;

/* What a role may is what its permissions say; the guide and the table test name it. */
typedef struct zhen_process_role {
	const char *name;        /* "window" */
	const char *title;       /* 便民服务中心窗口 */
	const char *permissions; /* "approvals.read;approvals.accept"; "" = a resident */
	const char *body_kind;   /* of the body it acts for; NULL = none */
} zhen_process_role;

/* Whether the act may be done to this matter now: 0, or the refusal (zhen_fail). @matter is the plugin's own. */
typedef zhen_result zhen_process_guard(zhen_call *call, const void *matter);

/* One cell: the act is possible in the state. */
typedef struct zhen_process_rule {
	uint32_t state; /* index of the plugin's list */
	uint32_t act;
	uint32_t to;    /* state it leads to; ZHEN_SAME_STATE = the plugin decides, or it stays */
	uint32_t reserved;
	zhen_process_guard *guard; /* NULL = none */
	const char *condition;     /* what the guard asks, for the guide: 公示期满无异议; NULL = none */
	/* A cell that is a refusal of its own rather than the state's: code and text, which may have one %s, the number. */
	const char *refusal;
	const char *refusal_text;
} zhen_process_rule;

#define ZHEN_SAME_STATE UINT32_MAX

typedef struct zhen_process {
	const char *name; /* "homestead" */
	const char *noun; /* what a matter is called in a refusal: 件 */
	const zhen_process_state *states;
	const zhen_process_act *acts;
	const zhen_process_role *roles;
	const zhen_process_rule *rules;
	size_t n_states, n_acts, n_roles, n_rules;
} zhen_process;

/* The answer for one cell. status 0 = allowed (a guard may still refuse: guarded). */
typedef struct zhen_process_answer {
	int32_t status;
	bool guarded;
	char code[48];
	char text[256];
} zhen_process_answer;

/* ---- pure ---- */

/* -1 = no such state. */
int32_t zhen_process_state_of(const zhen_process *process, const char *name);
const zhen_process_rule *zhen_process_rule_of(const zhen_process *process, uint32_t state, uint32_t act);
bool zhen_process_allows(const zhen_process *process, uint32_t state, uint32_t act);
/* What the role is answered when it does the act to the matter @number in the state. */
zhen_process_answer zhen_process_ask(const zhen_process *process, uint32_t state, uint32_t act, uint32_t role,
                                     const char *number);
/* A fault of the table itself, as a text for a test to show: a state that nothing leads to or that cannot end, an act
 * without a cell, two rows for one cell, a cell that no role can reach. NULL = sound. */
const char *zhen_process_fault(const zhen_process *process, uint32_t first_state, char *out, size_t size);

/* ---- in a call ---- */

/* State and body, then the guard when there is one. @township: whose body of body_kind it must be. 0, or the refusal. */
zhen_result zhen_process_may(zhen_call *call, const zhen_process *process, uint32_t state, uint32_t act,
                             const char *number, const char *township, const void *matter);
/* Only the state: what a handler asks first. */
zhen_result zhen_process_may_in_state(zhen_call *call, const zhen_process *process, uint32_t state, uint32_t act,
                                      const char *number);
/* Whether the caller has the permission and is of the body. */
bool zhen_process_is_callers(zhen_call *call, const zhen_process_act *act, const char *township);
/* Writes one {title, method, path} per act that is possible and the caller's; inside an open list. @base "/cases/12". */
void zhen_process_put_actions(zhen_call *call, const zhen_process *process, uint32_t state, const char *township,
                              const char *base);
/* The same without what @offers says would be refused for this very matter: nobody is shown a button that must fail. */
typedef bool zhen_process_offers(zhen_call *call, uint32_t act, const void *matter);
void zhen_process_put_offers(zhen_call *call, const zhen_process *process, uint32_t state, const char *township,
                             const char *base, zhen_process_offers *offers, const void *matter);
/* Writes the guide: lists "states" {name, title} and "acts" {name, title, law, by (titles of roles), from, to (titles of
 * states), condition}, one element per cell. */
void zhen_process_put_guide(zhen_call *call, const zhen_process *process);

#ifdef __cplusplus
}
#endif

#endif
