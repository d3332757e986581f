/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <zhen/casework/rating.h>

#include "text.h"

bool zhen_is_staff_of(zhen_call *call, const char *const *bodies, size_t n)
{
	const zhen_caller *caller = zhen_get_caller(call);

	if (caller->body[0] == '\0')
		return false;
	for (size_t i = 0; i < n; i++) {
		const zhen_body *body = call->host->body(call, or_empty(bodies[i]));

		/* The offices of a township are one house: its government's. */
		if (body != NULL && caller->level >= 4 && strcmp(body->division, caller->division) == 0)
			return true;
		for (int depth = 0; body != NULL && depth < 8; depth++) {
			if (strcmp(body->id, caller->body) == 0)
				return true;
			body = call->host->body(call, or_empty(body->superior));
		}
	}
	return false;
}

zhen_result zhen_rate(zhen_call *call, const zhen_rating *rating)
{
	if (zhen_is_staff_of(call, rating->bodies, rating->n_bodies))
		return zhen_fail(call, ZHEN_FORBIDDEN, "rating-by-staff", "办理机构的工作人员不得评价，也不得代为评价");
	if (rating->grade < 1 || rating->grade > 5)
		return zhen_fail(call, ZHEN_INVALID, "rating-grade", "评价分五级：1 到 5");
	if (zhen_rating_of(call, rating->matter) != 0)
		return zhen_fail(call, ZHEN_CONFLICT, "rated-once", "一事一评，这一件已经评价过");
	zhen_run(call,
	         "INSERT INTO rating(matter, grade, text, body, township, channel, at, contacted_at, mended_at, mended) "
	         "VALUES($1, $2, $3, $4, $5, $6, $7, 0, 0, '')",
	         rating->matter, rating->grade, or_empty(rating->text), rating->n_bodies > 0 ? or_empty(rating->bodies[0]) : "",
	         or_empty(rating->township), or_empty(rating->channel), zhen_now(call));
	return 0;
}

int64_t zhen_rating_of(zhen_call *call, int64_t matter)
{
	return zhen_column_int(zhen_one(call, "SELECT grade FROM rating WHERE matter = $1", matter), "grade");
}

static zhen_result not_bad(zhen_call *call)
{
	return zhen_fail(call, ZHEN_CONFLICT, "rating-not-bad", "没有待处理的差评");
}

zhen_result zhen_rating_contacted(zhen_call *call, int64_t matter)
{
	return zhen_run(call, "UPDATE rating SET contacted_at = $1 WHERE matter = $2 AND grade <= $3 AND contacted_at = 0",
	                zhen_now(call), matter, ZHEN_RATING_BAD) == 1 ? 0 : not_bad(call);
}

zhen_result zhen_rating_mended(zhen_call *call, int64_t matter, const char *how)
{
	return zhen_run(call,
	                "UPDATE rating SET mended_at = $1, mended = $2 WHERE matter = $3 AND grade <= $4 AND contacted_at > 0 "
	                "AND mended_at = 0",
	                zhen_now(call), or_empty(how), matter, ZHEN_RATING_BAD) == 1 ? 0 : not_bad(call);
}
