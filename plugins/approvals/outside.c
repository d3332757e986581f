/* SPDX-License-Identifier: Apache-2.0
 * The township's list of duties, as the plugin duties tells of it: what an item rests on has to be there (C25). Without that
 * plugin the same table is filled from a file. */
#include "items.h"

const zhen_field duty_event_fields[] = {
	{ .name = "item", .type = ZHEN_TEXT, .flags = ZHEN_REQUIRED }, { .name = "unit", .type = ZHEN_DIVISION, .flags = ZHEN_REQUIRED },
	{ .name = "name", .type = ZHEN_TEXT }, { .name = "effective_from", .type = ZHEN_DATE }, { 0 },
};

static zhen_result keep(zhen_call *call, const char *state)
{
	/* The same event twice writes the same row. What is listed today stays so while a later version that lists it too waits
	 * for its day. */
	zhen_run(call,
	         "INSERT INTO duty(division, code, name, state, from_on, source, at) VALUES($1, $2, $3, $4, $5, 'duties', $6) "
	         "{{upsert division, code}} name = excluded.name, from_on = CASE WHEN duty.state = 'listed' AND "
	         "excluded.state = 'listed' AND duty.from_on < excluded.from_on THEN duty.from_on ELSE excluded.from_on END, "
	         "state = excluded.state, "
	         "source = 'duties', at = excluded.at",
	         or_empty(zhen_text(call, "unit")), or_empty(zhen_text(call, "item")),
	         or_empty(zhen_text(call, "name")), state, or_empty(zhen_text(call, "effective_from")),
	         zhen_int(call, "event_at"));
	return zhen_ok(call);
}

zhen_result duty_listed(zhen_call *call)
{
	return keep(call, "listed");
}

zhen_result duty_withdrawn(zhen_call *call)
{
	return keep(call, "dropped");
}
