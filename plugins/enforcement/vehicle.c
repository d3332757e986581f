/* SPDX-License-Identifier: Apache-2.0
 * 执法车辆下沉: how each township came to its vehicle (楚雄州: bought by the county, transferred with its establishment, or one that
 * was there designated). */
#include "enforcement.h"

#define VEHICLE_COLUMNS "id, plate, township, mode, basis, from_on, to_on"

zhen_result add_vehicle(zhen_call *call)
{
	struct team team;
	const char *on, *plate = field_text(call, "plate");
	zhen_result refused = team_for(call, TEAM_VEHICLE, &team);

	if (refused == 0)
		refused = past_day(call, "from_on", &on);
	if (refused != 0)
		return refused;
	if (zhen_one(call, "SELECT id FROM vehicle WHERE plate = $1 AND to_on = ''", plate) != NULL)
		return wrong_field(call, "plate", "plate-taken",
		                   "号牌 %s 已登记在用 (the vehicle is registered and in use)", plate);
	return zhen_created(call, zhen_insert(call,
	                                      "INSERT INTO vehicle(team, township, plate, mode, basis, from_on, to_on) "
	                                      "VALUES($1, $2, $3, $4, $5, $6, '') RETURNING id",
	                                      team.id, team.township, plate, field_text(call, "mode"),
	                                      field_text(call, "basis"), on));
}

zhen_result list_vehicles(zhen_call *call)
{
	return zhen_page(call,
	                 "SELECT " VEHICLE_COLUMNS " FROM vehicle WHERE ($1 = '' OR mode = $1) AND {{scope township}} {{page id DESC}}",
	                 field_text(call, "mode"));
}

static const zhen_row *load(zhen_call *call)
{
	return zhen_one(call, "SELECT " VEHICLE_COLUMNS " FROM vehicle WHERE id = $1 AND {{scope township}}",
	                zhen_int(call, "id"));
}

static zhen_result not_found(zhen_call *call)
{
	return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这辆车，或不在您的管辖范围 (no such vehicle)");
}

zhen_result show_vehicle(zhen_call *call)
{
	const zhen_row *row = load(call);

	if (row == NULL)
		return not_found(call);
	bool in_use = column_or_empty(row, "to_on")[0] == '\0';
	zhen_put(call, "id", zhen_int(call, "id"));
	put_texts(call, row, (const char *const[]){ "plate", "township", "mode", "basis", "from_on", "to_on", NULL });
	zhen_open_list(call, "actions");
	if (in_use && zhen_may(call, "enforcement.team"))
		put_way(call, "停用", "POST",
		        zhen_format(call, "/vehicles/%lld/retire", (long long)zhen_int(call, "id")));
	zhen_close(call);
	return zhen_ok(call);
}

zhen_result retire_vehicle(zhen_call *call)
{
	const zhen_row *row = load(call);
	const char *on;

	if (row == NULL)
		return not_found(call);
	const char *from = column_or_empty(row, "from_on"), *to = column_or_empty(row, "to_on");
	if (to[0] != '\0')
		return zhen_fail(call, ZHEN_CONFLICT, "vehicle-retired", "该车已于 %s 停用 (the vehicle is out of use)",
		                 to);
	zhen_result refused = past_day(call, "on", &on);
	if (refused != 0)
		return refused;
	if (strcmp(on, from) < 0)
		return wrong_field(call, "on", "before-start", "早于启用日期 %s (before it came into use)", from);
	zhen_run(call, "UPDATE vehicle SET to_on = $1 WHERE id = $2", on, zhen_int(call, "id"));
	return show_vehicle(call);
}
