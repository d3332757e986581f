/* SPDX-License-Identifier: Apache-2.0
 * Where a township helps: its centre's window, the telephone there, who answers for it, the station of a village. On the guide's
 * page, on paper and behind the QR code of the board. */
#include "items.h"

/* "苴却社区便民服务站（地址），电话，时间" */
static const char *station_of(zhen_call *call, const char *village)
{
	const zhen_row *row = zhen_one(
		call, "SELECT name, address, phone, hours FROM place WHERE village = $1 AND kind = 'station' ORDER BY id LIMIT 1", village);
	const char *address = text(row, "address"), *phone = text(row, "phone"), *hours = text(row, "hours");

	if (row == NULL)
		return "";
	return zhen_format(call, "%s%s%s%s%s%s%s%s", text(row, "name"), address[0] != '\0' ? "（" : "", address,
	                   address[0] != '\0' ? "）" : "", phone[0] != '\0' ? "，" : "", phone, hours[0] != '\0' ? "，" : "", hours);
}

bool office_of(zhen_call *call, const char *division, struct office *out)
{
	const zhen_division *at = call->host->division(call, division),
			    *township = call->host->division_above(call, division, 4);

	if (at == NULL || township == NULL)
		return false;
	const zhen_body *window = call->host->body_of(call, "window", township->code),
			*government = call->host->body_of(call, "government", township->code);
	const zhen_row *centre = zhen_one(
		call, "SELECT name, address, hours, phone FROM place WHERE township = $1 AND kind = 'centre' LIMIT 1",
		township->code);
	const zhen_row *officer =
		zhen_one(call, "SELECT person, phone FROM officer WHERE body = $1", window != NULL ? window->id : "");
	*out = (struct office){
		.township = township->code, .name = township->name, .government = government != NULL ? government->name : "",
		.window = centre != NULL ? text(centre, "name") :
		          window != NULL ? window->name : zhen_format(call, "%s便民服务中心", township->name),
		.address = text(centre, "address"), .hours = text(centre, "hours"),
		.phone = text(centre, "phone")[0] != '\0' ? text(centre, "phone") : text(officer, "phone"),
		.person = text(officer, "person"), .station = at->level == 5 ? station_of(call, division) : "",
	};
	/* "便民服务中心" alone says of which township no more than on the spot. */
	if (strstr(out->window, township->name) == NULL)
		out->window = zhen_format(call, "%s%s", township->name, out->window);
	return true;
}

void office_show(zhen_call *call, const struct office *office)
{
	const struct {
		const char *name, *text;
	} parts[] = {
		{ "window", office->window }, { "address", office->address }, { "phone", office->phone }, { "hours", office->hours },
		{ "person", office->person }, { "station", office->station },
	};

	zhen_open_object(call, "office");
	zhen_put(call, "township", office->township);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (parts[i].text[0] != '\0')
			zhen_put(call, parts[i].name, parts[i].text);
	zhen_close(call);
}
