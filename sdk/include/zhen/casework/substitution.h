/* SPDX-License-Identifier: Apache-2.0
 * AB岗: who stands in while an officer is absent, and the ledger of absences, both with dates. The work stays the post's:
 * whoever does it, the journal names the person who did and the officer who was away (rules.md §3, practice). */
#ifndef ZHEN_CASEWORK_SUBSTITUTION_H
#define ZHEN_CASEWORK_SUBSTITUTION_H

#include <zhen/casework/calendar.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ZHEN_SUBSTITUTION_SQL                                                                                   \
	"CREATE TABLE substitute(id {{id}}, body TEXT NOT NULL, officer TEXT NOT NULL, stand_in TEXT NOT NULL, "     \
	"from_on TEXT NOT NULL, to_on TEXT NOT NULL, account TEXT NOT NULL, at BIGINT NOT NULL);"               \
	"CREATE INDEX substitute_officer ON substitute(officer, from_on);"                                      \
	"CREATE TABLE absence(id {{id}}, body TEXT NOT NULL, officer TEXT NOT NULL, from_on TEXT NOT NULL, "    \
	"to_on TEXT NOT NULL, reason TEXT NOT NULL, account TEXT NOT NULL, at BIGINT NOT NULL);"                \
	"CREATE INDEX absence_officer ON absence(officer, from_on)"

/* Since 1.1, in a migration of its own behind the first: names and places as they were, why a line was written and ended. */
#define ZHEN_SUBSTITUTION_MORE_SQL                                              \
	"ALTER TABLE substitute ADD COLUMN township TEXT NOT NULL DEFAULT '';"      \
	"ALTER TABLE substitute ADD COLUMN officer_name TEXT NOT NULL DEFAULT '';"  \
	"ALTER TABLE substitute ADD COLUMN stand_in_name TEXT NOT NULL DEFAULT '';" \
	"ALTER TABLE substitute ADD COLUMN reason TEXT NOT NULL DEFAULT '';"        \
	"ALTER TABLE substitute ADD COLUMN end_reason TEXT NOT NULL DEFAULT '';"    \
	"ALTER TABLE substitute ADD COLUMN ended_by TEXT NOT NULL DEFAULT '';"      \
	"ALTER TABLE absence ADD COLUMN township TEXT NOT NULL DEFAULT '';"         \
	"ALTER TABLE absence ADD COLUMN officer_name TEXT NOT NULL DEFAULT ''"

/* Days are ISO texts, both ends included; to_on "" or NULL = until further notice. Officers are account ids. */
typedef struct zhen_substitute {
	const char *body;
	const char *officer;  /* A岗 */
	const char *stand_in; /* B岗 */
	const char *from_on;
	const char *to_on;
	const char *township; /* of the body, for {{scope township}}; NULL and "" = not said, here and below */
	const char *officer_name;
	const char *stand_in_name;
	const char *reason;
} zhen_substitute;

typedef struct zhen_absence {
	const char *body;
	const char *officer;
	const char *from_on;
	const char *to_on;
	const char *reason;
	const char *township;
	const char *officer_name;
} zhen_absence;

/* Both write one row and leave its id in @out_id (may be NULL). Refused with 409: "substitute-self" (one's own stand-in),
 * "dates" (ends before it begins, or no date), "absence-overlaps", "substitute-overlaps" (one stand-in at a time). */
zhen_result zhen_substitute_add(zhen_call *call, const zhen_substitute *substitute, int64_t *out_id);
zhen_result zhen_absence_add(zhen_call *call, const zhen_absence *absence, int64_t *out_id);
/* Ended before it was to: @on is the last day; before the first one it never was. False when the row is not there, or over by then. */
bool zhen_substitute_end(zhen_call *call, int64_t id, const char *on, const char *reason);
/* Back earlier than said: the absence ends on @on. False when the row is not there or ended before. */
bool zhen_absence_end(zhen_call *call, int64_t id, const char *on);

bool zhen_is_absent(zhen_call *call, const char *officer, const char *on);
/* Who acts for the officer on that day: the officer, the stand-in while the officer is absent, "" when nobody is there (no
 * stand-in named, or absent too: who that is must be decided, not guessed). */
const char *zhen_acting_for(zhen_call *call, const char *officer, const char *on);
/* Whether the caller may do today what is the officer's to do. 0, or 403 "not-the-officer" naming who acts. @officer ""
 * = nobody's in particular: anybody may. @name: the officer's, for the refusal. */
zhen_result zhen_may_act_for(zhen_call *call, const char *officer, const char *name);

#ifdef __cplusplus
}
#endif

#endif
