/* SPDX-License-Identifier: Apache-2.0
 * Figures of reports: moved by the call that changes what they count, in its transaction, so that a report reads a
 * row. */
#include "duties.h"

void tally_add_one(zhen_call *call, const char *division, const char *name, int64_t year, int64_t amount)
{
	if (amount != 0)
		zhen_run(call,
		         "INSERT INTO tally(division, name, year, amount) VALUES($1, $2, $3, $4) "
		         "{{upsert division, name, year}} amount = tally.amount + excluded.amount",
		         division, name, year, amount);
}

void tally_add(zhen_call *call, const char *unit, const char *name, int64_t year, int64_t amount)
{
	if (amount == 0)
		return;
	for (uint32_t level = 1; level <= 4; level++) {
		const zhen_division *above = call->host->division_above(call, unit, level);

		if (above != NULL)
			tally_add_one(call, above->code, name, year, amount);
	}
}

int64_t tally(zhen_call *call, const char *division, const char *name, int64_t year)
{
	return count_of(zhen_one(call, "SELECT amount FROM tally WHERE division = $1 AND name = $2 AND year = $3",
	                         division, name, year),
	                "amount");
}

const char *ratio(zhen_call *call, int64_t whole, int64_t parts, int decimals)
{
	return parts > 0 ? zhen_format(call, "%.*f", decimals, (double)whole / (double)parts) : "";
}
