/* SPDX-License-Identifier: Apache-2.0
 * 好差评: five grades, once per matter (一事一评, GB/T 39734-2020), never by staff of a body that handled it and never filled
 * in for somebody who keeps silent. The last two grades are bad ratings (差评) and are followed up (rules.md §3). */
#ifndef ZHEN_CASEWORK_RATING_H
#define ZHEN_CASEWORK_RATING_H

#include <zhen/zhen.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Shared by the form's choices, pages and reports: 5 is the best. */
#define ZHEN_RATING_CHOICES "5=非常满意|4=满意|3=基本满意|2=不满意|1=非常不满意"
#define ZHEN_RATING_BAD 2 /* this grade and the one below */

#define ZHEN_RATINGS_SQL                                                                                       \
	"CREATE TABLE rating(matter BIGINT NOT NULL PRIMARY KEY, grade BIGINT NOT NULL, text TEXT NOT NULL, "  \
	"body TEXT NOT NULL, township TEXT NOT NULL, channel TEXT NOT NULL, at BIGINT NOT NULL, "              \
	"contacted_at BIGINT NOT NULL, mended_at BIGINT NOT NULL, mended TEXT NOT NULL);"                      \
	"CREATE INDEX rating_township ON rating(township, grade, at)"

typedef struct zhen_rating {
	int64_t matter;
	int64_t grade; /* 1..5 */
	const char *text;
	const char *channel; /* online, window, station, phone */
	const char *township;
	const char *const *bodies; /* ids of those that handled the matter; the first is the one rated */
	size_t n_bodies;
} zhen_rating;

/* Whether the caller is staff of one of the bodies, of another office of the same township, or of one above them in line. */
bool zhen_is_staff_of(zhen_call *call, const char *const *bodies, size_t n);
/* 0, or the refusal: 403 "rating-by-staff", 409 "rated-once", 422 "rating-grade". */
zhen_result zhen_rate(zhen_call *call, const zhen_rating *rating);
/* 0 = not rated. */
int64_t zhen_rating_of(zhen_call *call, int64_t matter);
/* The follow-up of a bad rating: the resident was spoken to; then what was mended. 409 "rating-not-bad" otherwise. */
zhen_result zhen_rating_contacted(zhen_call *call, int64_t matter);
zhen_result zhen_rating_mended(zhen_call *call, int64_t matter, const char *how);

#ifdef __cplusplus
}
#endif

#endif
