/* SPDX-License-Identifier: Apache-2.0
 * Who reads a case: the bodies that have a part in it, and no other office of the same township. A part comes with filing, from the
 * item: who accepts it, whose its steps are, who filed it for the applicant. Whoever the process names for every case by its
 * kind, and who supervises, reads all within their division. */
#include "cases.h"
#include "items.h"

void part_add(zhen_call *call, int64_t matter, const char *body)
{
	if (body[0] != '\0')
		zhen_run(call, "INSERT INTO part(body, id, at) VALUES($1, $2, $3) {{upsert body, id}} at = part.at",
		         body, matter, zhen_now(call));
}

static void part_of_kind(zhen_call *call, int64_t matter, const char *kind, const char *division)
{
	const zhen_body *body = call->host->body_of(call, kind, division);

	if (body != NULL)
		part_add(call, matter, body->id);
}

void parts_filed(zhen_call *call, const struct matter *matter, const zhen_row *item)
{
	part_add(call, matter->id, matter->window);
	ZHEN_FOR_EACH (call, row, "SELECT DISTINCT body_kind FROM item_step WHERE item = $1", matter->item)
		part_of_kind(call, matter->id, or_empty(zhen_column_text(row, "body_kind")), matter->township);
	/* The village accepts it at its station, or has said its opinion on the form (土地管理法实施条例 34). */
	if (zhen_column_int(item, "at_village") != 0 ||
	    strcmp(or_empty(zhen_column_text(item, "form")), "homestead") == 0)
		part_of_kind(call, matter->id, "village", matter->village);
}

/* The government decides and seals, the window takes in and hands out, whatever the item. */
static bool is_in_every_case(const char *kind)
{
	for (size_t i = 0; i < approval_process.n_acts; i++) {
		const zhen_process_act *act = &approval_process.acts[i];

		if (act->body_kind != NULL && strcmp(act->body_kind, kind) == 0)
			return true;
	}
	return false;
}

bool reads_every_case(zhen_call *call)
{
	return zhen_may(call, "approvals.supervise") || is_in_every_case(or_empty(zhen_get_caller(call)->body_kind));
}

const char *part_body(zhen_call *call)
{
	return reads_every_case(call) ? "" : zhen_get_caller(call)->body;
}

bool has_part(zhen_call *call, int64_t matter)
{
	if (reads_every_case(call) || zhen_one(call, "SELECT id FROM part WHERE body = $1 AND id = $2",
	                                       zhen_get_caller(call)->body, matter) != NULL)
		return true;
	/* AB岗: whoever stands in today for the officer of a step may be of another office. */
	ZHEN_FOR_EACH (call, row, "SELECT body, code FROM matter_step WHERE matter = $1 ORDER BY seq", matter)
		if (stands_in_for(call, or_empty(zhen_column_text(row, "body")),
		                  or_empty(zhen_column_text(row, "code")))[0] != '\0')
			return true;
	return false;
}
