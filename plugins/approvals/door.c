/* SPDX-License-Identifier: Apache-2.0
 * Through which door an application comes, and where that door is: said by who stands in it. The window's own staff, the village's
 * own station, an agent with the person's authorisation, the applicant at home or at a self-service point; nothing else is
 * written down, and what is claimed is refused by the field. */
#include "items.h"

/* The door the caller stands in; "" = in none. */
static const char *own_channel(zhen_call *call, const char *township)
{
	const zhen_caller *caller = zhen_get_caller(call);

	if (caller->account[0] == '\0')
		return "online";
	if (caller->level == 5)
		return strcmp(caller->division, or_empty(zhen_text(call, "village"))) == 0 ? "station" : "";
	return caller->level == 4 && strcmp(caller->division, township) == 0 && zhen_may(call, "approvals.accept") ? "window" : "";
}

/* Why @channel, or any ("") is not the caller's; NULL = it is. */
static const char *not_yours(const char *channel, const char *own)
{
	if (channel[0] == '\0')
		return own[0] != '\0' ? NULL : "该账号不受理这里的群众申请 (this account takes no applications from there)";
	if (strcmp(channel, own) == 0 || (strcmp(channel, "self") == 0 && strcmp(own, "online") == 0))
		return NULL;
	if (strcmp(channel, "agent") == 0)
		return "代办申请由登记的代办员凭授权通过“代群众申请”提交 (an agent files by “agency”, with the person's authorisation)";
	if (strcmp(channel, "window") == 0)
		return "窗口登记由本乡镇受理人员登录后办理 (only staff of this township who accept file at its window)";
	if (strcmp(channel, "station") == 0)
		return "村站登记由本村（社区）便民服务站登录后办理 (only the village's own account files at its station)";
	return "网上、自助申请由申请人自己提交，不登录账号 (from home and at self-service the applicant files, without an account)";
}

static const char *kind_of(const char *channel)
{
	return strcmp(channel, "window") == 0  ? "centre" :
	       strcmp(channel, "station") == 0 ? "station" :
	       strcmp(channel, "self") == 0    ? "self" :
	                                         "";
}

/* The place of field "place", which has to be one of that door, here; NULL: none was named, or @out_refused. */
static const zhen_row *place_said(zhen_call *call, const char *channel, const char *township, zhen_result *out_refused)
{
	const zhen_row *row = zhen_has(call, "place") ? place_row(call, zhen_int(call, "place")) : NULL;
	const char *kind = or_empty(zhen_column_text(row, "kind"));
	bool self = strcmp(channel, "self") == 0;
	bool here = row != NULL && strcmp(kind, kind_of(channel)) == 0 &&
	            strcmp(or_empty(zhen_column_text(row, "township")), township) == 0 &&
	            (strcmp(kind, "station") != 0 ||
	             strcmp(or_empty(zhen_column_text(row, "village")), or_empty(zhen_text(call, "village"))) == 0);

	*out_refused = 0;
	if (here || (!zhen_has(call, "place") && !self))
		return row;
	zhen_field_error(call, "place", zhen_has(call, "place") ? "place-not-here" : "required",
	                 self ? "请写明本乡镇（街道）的自助服务点 (name the self-service point of this township)" :
	                        "办事地点与提交方式、所在村镇不符 (the place is not one of this door, or not here)");
	*out_refused = zhen_invalid(call);
	return NULL;
}

/* A village's station without a place of its own goes by the village's name. */
const char *door_station(zhen_call *call, const char *village)
{
	const zhen_division *at = call->host->division(call, village);
	const zhen_row *row =
		zhen_one(call, "SELECT name FROM place WHERE village = $1 AND kind = 'station' LIMIT 1", village);

	return row != NULL ? or_empty(zhen_column_text(row, "name")) :
	                     zhen_format(call, "%s便民服务站", at != NULL ? at->name : "");
}

zhen_result door_not_at_station(zhen_call *call)
{
	return zhen_fail(call, ZHEN_CONFLICT, "not-at-station", "该事项不由村（社区）便民服务站受理");
}

/* A homestead is applied for through the village, whoever decides it (土地管理法实施条例 34). */
static bool is_taken_at_station(const zhen_row *item)
{
	return zhen_column_int(item, "at_village") != 0 ||
	       strcmp(or_empty(zhen_column_text(item, "form")), "homestead") == 0;
}

/* What is not done online has no form at home, nor at a point where nobody is: said with where it is done. 0, or the refusal. */
static zhen_result taken_online(zhen_call *call, const zhen_row *item, const char *channel)
{
	struct office office;

	if ((strcmp(channel, "online") != 0 && strcmp(channel, "self") != 0) || zhen_column_int(item, "online") != 0 ||
	    !office_of(call, or_empty(zhen_text(call, "village")), &office))
		return 0;
	bool station = office.station[0] != '\0' && is_taken_at_station(item);
	return zhen_fail(call, ZHEN_CONFLICT, "not-online",
	                 "“%s”不能网上、自助申请，请到%s%s%s%s%s%s办理%s%s (not online: go to %s)",
	                 or_empty(zhen_column_text(item, "name")), office.window, office.address[0] != '\0' ? "（" : "",
	                 office.address, office.address[0] != '\0' ? "）" : "", station ? "，或者" : "", station ? office.station : "",
	                 office.phone[0] != '\0' ? "，咨询电话：" : "", office.phone, office.window);
}

zhen_result door_of(zhen_call *call, const zhen_row *item, const char *township, bool by_agent, struct filing *out)
{
	const char *own = by_agent ? "agent" : own_channel(call, township);
	const char *why = not_yours(or_empty(zhen_text(call, "channel")), own),
		   *village = or_empty(zhen_text(call, "village"));
	const char *channel = zhen_has(call, "channel") ? or_empty(zhen_text(call, "channel")) : own;
	const zhen_body *window = call->host->body_of(call, or_empty(zhen_column_text(item, "window_kind")), township);
	zhen_result refused;

	if (why != NULL) {
		zhen_field_error(call, "channel", "channel-not-yours", "%s", why);
		return zhen_invalid(call);
	}
	const zhen_row *place = place_said(call, channel, township, &refused);
	if (refused != 0)
		return refused;
	if ((refused = taken_online(call, item, channel)) != 0)
		return refused;
	bool station = strcmp(channel, "station") == 0;
	if (station && !is_taken_at_station(item))
		return door_not_at_station(call);
	const char *point = place != NULL  ? or_empty(zhen_column_text(place, "name")) :
	                    station        ? door_station(call, village) :
	                    window != NULL ? window->name :
	                                     "";
	bool went = kind_of(channel)[0] != '\0'; /* somewhere: the agent goes in the applicant's stead */
	*out = (struct filing){
		.channel = channel,
		.point = point,
		.place_visited = went ? point : "",
		.visits = went,
		.materials_at = filing_counted_from(call, township, channel),
	};
	return 0;
}
