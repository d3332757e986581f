/* SPDX-License-Identifier: Apache-2.0
 * 好差评: once per matter, by the applicant with number and code, never by staff, never filled in for silence. A bad one is
 * called back and mended, each by its day; a day that goes by is a record. */
#include "cases.h"

zhen_result rate_case(zhen_call *call)
{
	struct matter matter;
	zhen_result refused = matter_by_code(call, &matter);
	const char *bodies[16];
	size_t n = 0;

	if (refused == 0)
		refused = matter_may(call, &matter, ACT_RATE);
	if (refused != 0)
		return refused;
	call->host->subject(call, matter.number);
	bodies[n++] = matter.window;
	ZHEN_FOR_EACH (call, row, "SELECT DISTINCT body FROM matter_step WHERE matter = $1", matter.id)
		if (n < 16)
			bodies[n++] = zhen_format(call, "%s", or_empty(zhen_column_text(row, "body")));
	/* A choice comes as its text. */
	int64_t grade = or_empty(zhen_text(call, "grade"))[0] - '0';
	refused = zhen_rate(call, &(zhen_rating){ .matter = matter.id, .grade = grade, .text = zhen_text(call, "text"),
	                                          .channel = "online", .township = matter.township, .bodies = bodies,
	                                          .n_bodies = n });
	if (refused != 0)
		return refused;
	counter_add(call, matter.township, zhen_format(call, "rated_%lld", (long long)grade), 1);
	if (grade <= ZHEN_RATING_BAD)
		deadline_set(call, "callback", matter.id, 0,
		             working_days_on(call, matter.township, zhen_setting_int(call, "contact_days")));
	matter_note(call, &matter, "rated", zhen_format(call, "%lld", (long long)grade));
	zhen_put(call, "number", matter.number);
	return zhen_ok(call);
}

zhen_result contact_rating(zhen_call *call)
{
	struct matter matter;
	zhen_result refused = matter_for(call, ACT_CONTACT, &matter);

	if (refused == 0)
		refused = zhen_rating_contacted(call, matter.id);
	if (refused != 0)
		return refused;
	deadline_met(call, "callback", matter.id, 0);
	deadline_set(call, "mend", matter.id, 0,
	             working_days_on(call, matter.township, zhen_setting_int(call, "mend_days")));
	counter_add(call, matter.township, "bad_contacted", 1);
	matter_note(call, &matter, "contacted", zhen_text(call, "note"));
	return matter_reply(call, &matter);
}

zhen_result mend_rating(zhen_call *call)
{
	struct matter matter;
	zhen_result refused = matter_for(call, ACT_MEND, &matter);

	if (refused == 0)
		refused = zhen_rating_mended(call, matter.id, zhen_text(call, "how"));
	if (refused != 0)
		return refused;
	deadline_met(call, "mend", matter.id, 0);
	counter_add(call, matter.township, "bad_mended", 1);
	matter_note(call, &matter, "mended", zhen_text(call, "how"));
	return matter_reply(call, &matter);
}

zhen_result list_bad_ratings(zhen_call *call)
{
	return zhen_page(call, "SELECT matter, township, grade, text, at, NULLIF(contacted_at, 0) AS contacted_at, "
	                       "NULLIF(mended_at, 0) AS mended_at, mended FROM rating "
	                       "WHERE grade <= 2 AND " OF_PART("rating") " AND {{scope township}} {{page matter DESC}}", part_body(call));
}
