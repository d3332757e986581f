/* SPDX-License-Identifier: Apache-2.0
 * 宅基地: the form of the one written application (农经发〔2019〕6号, annex 1) and the law that stands in its way. */
#include "approvals.h"

#include <stdlib.h>

#define STOREY_MIN 220 /* 0.01 m: what is lower is no storey (GB/T 50353) */

/* "120.50" as 12050; the host has checked the form of it. */
static int64_t hundredths(const char *text)
{
	char *end;
	long long whole = strtoll(or_empty(text), &end, 10);
	int64_t part = 0;

	if (*end == '.') {
		part = end[1] >= '0' && end[1] <= '9' ? (end[1] - '0') * 10 : 0;
		if (end[1] != '\0' && end[2] >= '0' && end[2] <= '9')
			part += end[2] - '0';
	}
	return whole * 100 + part;
}

static const char *decimal(zhen_call *call, int64_t value)
{
	return zhen_format(call, "%lld.%02lld", (long long)(value / 100), (long long)(value % 100));
}

zhen_result homestead_check(zhen_call *call)
{
	static const char *const areas[] = { "site_area", "house_area", "ancillary_area", "courtyard_area", "floor_area",
		                             "height", "old_area" };
	int64_t value[sizeof(areas) / sizeof(areas[0])];
	bool fine = true;

	for (size_t i = 0; i < sizeof(areas) / sizeof(areas[0]); i++) {
		value[i] = hundredths(zhen_text(call, areas[i]));
		if (value[i] < 0 || value[i] > 10000000) {
			zhen_field_error(call, areas[i], "out-of-range", "应在 0 至 100000 之间");
			fine = false;
		}
	}
	if (value[0] <= 0 || value[0] != value[1] + value[2] + value[3]) {
		zhen_field_error(call, "site_area", "sum", "宅基地面积应等于住房、附属用房与院落占地之和");
		fine = false;
	}
	if (value[1] <= 0 || value[4] <= 0) {
		zhen_field_error(call, value[1] <= 0 ? "house_area" : "floor_area", "out-of-range", "住房占地和建筑面积应大于 0");
		fine = false;
	}
	if (value[5] < zhen_int(call, "storeys") * STOREY_MIN) {
		zhen_field_error(call, "height", "out-of-range", "建筑高度与层数不符：每层不低于 2.20 米");
		fine = false;
	}
	if (zhen_int(call, "commitment") == 0) {
		zhen_field_error(call, "commitment", "required", "须作出宅基地使用承诺");
		fine = false;
	}
	for (int32_t i = 0; i < call->host->list_count(call, "members"); i++)
		for (int32_t k = 0; k < i; k++)
			if (strcmp(or_empty(zhen_value_text(call->host->list_field(call, "members", i, "id_card"))),
			           or_empty(zhen_value_text(call->host->list_field(call, "members", k, "id_card")))) ==
			    0) {
				zhen_field_error(call, "members", "twice", "家庭成员第%d人与第%d人身份证号相同", k + 1,
				                 i + 1);
				fine = false;
			}
	return fine ? 0 : zhen_invalid(call);
}

static const char *person_digest(zhen_call *call, const char *id_card)
{
	return or_empty(call->host->keyed_digest(call, zhen_format(call, "person|%s", id_card)));
}

static void store_member(zhen_call *call, int64_t matter, int64_t seq, const char *name, const char *id_card,
                         const char *relation)
{
	zhen_run(call,
	         "INSERT INTO household(matter, seq, name, id_card, id_digest, relation) VALUES($1, $2, $3, $4, $5, $6)",
	         matter, seq, or_empty(name), or_empty(id_card), person_digest(call, or_empty(id_card)), or_empty(relation));
}

void homestead_store(zhen_call *call, int64_t matter)
{
	const char *applicant = or_empty(zhen_text(call, "id_card"));
	int64_t seq = 0;

	zhen_run(call,
	         "INSERT INTO homestead(matter, reason, old_area, old_disposal, site_area, house_area, ancillary_area, "
	         "courtyard_area, address, east, south, west, north, land, floor_area, storeys, height, "
	         "neighbours_consulted, group_opinion, village_opinion, conversion) "
	         "VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)",
	         matter, or_empty(zhen_text(call, "reason")), hundredths(zhen_text(call, "old_area")),
	         or_empty(zhen_text(call, "old_disposal")), hundredths(zhen_text(call, "site_area")),
	         hundredths(zhen_text(call, "house_area")), hundredths(zhen_text(call, "ancillary_area")),
	         hundredths(zhen_text(call, "courtyard_area")), or_empty(zhen_text(call, "address")),
	         or_empty(zhen_text(call, "east")), or_empty(zhen_text(call, "south")),
	         or_empty(zhen_text(call, "west")), or_empty(zhen_text(call, "north")),
	         or_empty(zhen_text(call, "land")), hundredths(zhen_text(call, "floor_area")),
	         zhen_int(call, "storeys"), hundredths(zhen_text(call, "height")),
	         zhen_int(call, "neighbours_consulted"), or_empty(zhen_text(call, "group_opinion")),
	         or_empty(zhen_text(call, "village_opinion")), or_empty(zhen_text(call, "conversion")));
	store_member(call, matter, ++seq, zhen_text(call, "applicant"), applicant, "户主");
	for (int32_t i = 0; i < call->host->list_count(call, "members"); i++) {
		const char *id_card = zhen_value_text(call->host->list_field(call, "members", i, "id_card"));

		/* Whoever names the applicant again among the members means the same person. */
		if (strcmp(or_empty(id_card), applicant) != 0)
			store_member(call, matter, ++seq,
			             zhen_value_text(call->host->list_field(call, "members", i, "name")), id_card,
			             zhen_value_text(call->host->list_field(call, "members", i, "relation")));
	}
}

/* 一户一宅: nobody of the household stands in another application that was granted or came earlier. */
static const zhen_row *other_site(zhen_call *call, int64_t matter)
{
	return zhen_one(call,
	                "SELECT m.number AS number FROM household h JOIN household o ON o.id_digest = h.id_digest "
	                "JOIN matter m ON m.id = o.matter WHERE h.matter = $1 AND o.matter <> $1 AND "
	                "(m.state IN ('approved', 'issuing', 'issued') OR "
	                "(m.id < $1 AND m.state IN ('review', 'suspended', 'refusing'))) ORDER BY m.id LIMIT 1",
	                matter);
}

zhen_result homestead_may_approve(zhen_call *call, const struct matter *matter)
{
	const zhen_row *row = zhen_one(
		call, "SELECT site_area, old_area, old_disposal, land, conversion, village_opinion FROM homestead WHERE matter = $1",
		matter->id);
	const zhen_value *limit = call->host->setting(call, "site_limit_m2", matter->township);
	const zhen_row *other = other_site(call, matter->id);
	const char *land = or_empty(zhen_column_text(row, "land"));
	const char *disposal = or_empty(zhen_column_text(row, "old_disposal"));

	if (other != NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "one-household-one-site",
		                 "家庭成员已列入 %s，一户只能拥有一处宅基地（土地管理法第六十二条）", zhen_column_text(other, "number"));
	if (strcmp(land, "basic_farmland") == 0)
		return zhen_fail(call, ZHEN_CONFLICT, "basic-farmland", "不得占用永久基本农田（土地管理法第六十二条）");
	if (strcmp(land, "farmland") == 0 && or_empty(zhen_column_text(row, "conversion"))[0] == '\0')
		return zhen_fail(call, ZHEN_CONFLICT, "conversion-needed",
		                 "占用农用地的，应当先办理农用地转用审批（土地管理法第四十四条、第六十二条）");
	if (zhen_column_int(row, "site_area") > zhen_value_int(limit) * 100)
		return zhen_fail(call, ZHEN_CONFLICT, "area-over-limit",
		                 "申请面积%s平方米，超过本地标准%lld平方米（土地管理法第六十二条及省规定）",
		                 decimal(call, zhen_column_int(row, "site_area")), (long long)zhen_value_int(limit));
	if (strcmp(disposal, "sold") == 0)
		return zhen_fail(call, ZHEN_CONFLICT, "house-given-away",
		                 "出卖、出租、赠与住宅后再申请宅基地的，不予批准（土地管理法第六十二条）");
	if (zhen_column_int(row, "old_area") > 0 && strcmp(disposal, "none") == 0)
		return zhen_fail(call, ZHEN_CONFLICT, "old-site-kept",
		                 "现有宅基地未写明处置方式，一户只能拥有一处宅基地（土地管理法第六十二条）");
	if (or_empty(zhen_column_text(row, "village_opinion"))[0] == '\0')
		return zhen_fail(call, ZHEN_CONFLICT, "village-opinion-missing",
		                 "未经农村集体经济组织或村民委员会讨论并公示（土地管理法实施条例第三十四条）");
	return 0;
}

static const struct {
	const char *code, *title;
} lands[] = { { "construction", "集体建设用地" }, { "unused", "未利用地" }, { "farmland", "农用地（非永久基本农田）" },
	      { "basic_farmland", "永久基本农田" } };

static const char *land_title(const char *code)
{
	for (size_t i = 0; i < sizeof(lands) / sizeof(lands[0]); i++)
		if (strcmp(lands[i].code, code) == 0)
			return lands[i].title;
	return code;
}

void homestead_facts(zhen_call *call, const struct matter *matter, zhen_sheet *sheet)
{
	const zhen_row *row = zhen_one(
		call,
		"SELECT site_area, house_area, ancillary_area, courtyard_area, address, east, south, west, north, land, "
		"floor_area, storeys, height FROM homestead WHERE matter = $1",
		matter->id);
	const zhen_division *village = call->host->division(call, matter->village);
	const zhen_division *township = call->host->division(call, matter->township);
	int64_t people = zhen_column_int(
		zhen_one(call, "SELECT COUNT(*) AS n FROM household WHERE matter = $1", matter->id), "n");

	zhen_sheet_fact(sheet, "申请户主", zhen_format(call, "%s（家庭成员%lld人）", matter->applicant, (long long)people));
	zhen_sheet_fact(sheet, "宅基地坐落", zhen_format(call, "%s%s%s", township != NULL ? township->name : "",
	                                            village != NULL ? village->name : "", or_empty(zhen_column_text(row, "address"))));
	zhen_sheet_fact(sheet, "批准用地面积",
	           zhen_format(call, "%s 平方米（住房占地 %s、附属用房 %s、院落 %s）",
	                       decimal(call, zhen_column_int(row, "site_area")),
	                       decimal(call, zhen_column_int(row, "house_area")),
	                       decimal(call, zhen_column_int(row, "ancillary_area")),
	                       decimal(call, zhen_column_int(row, "courtyard_area"))));
	zhen_sheet_fact(sheet, "四至",
	           zhen_format(call, "东至%s；南至%s；西至%s；北至%s", or_empty(zhen_column_text(row, "east")),
	                       or_empty(zhen_column_text(row, "south")), or_empty(zhen_column_text(row, "west")),
	                       or_empty(zhen_column_text(row, "north"))));
	zhen_sheet_fact(sheet, "地类", land_title(or_empty(zhen_column_text(row, "land"))));
	zhen_sheet_fact(sheet, "住房",
	           zhen_format(call, "建筑面积 %s 平方米，%lld 层，高度 %s 米",
	                       decimal(call, zhen_column_int(row, "floor_area")),
	                       (long long)zhen_column_int(row, "storeys"),
	                       decimal(call, zhen_column_int(row, "height"))));
}

void homestead_show(zhen_call *call, int64_t matter)
{
	static const char *const areas[] = { "old_area", "site_area", "house_area", "ancillary_area", "courtyard_area",
		                             "floor_area", "height" };
	static const char *const texts[] = { "reason", "old_disposal", "address", "east", "south", "west", "north", "land",
		                             "group_opinion", "village_opinion", "conversion" };
	const zhen_row *row = zhen_one(
		call,
		"SELECT reason, old_area, old_disposal, site_area, house_area, ancillary_area, courtyard_area, address, east, "
		"south, west, north, land, floor_area, storeys, height, neighbours_consulted, group_opinion, village_opinion, "
		"conversion FROM homestead WHERE matter = $1",
		matter);

	for (size_t i = 0; i < sizeof(areas) / sizeof(areas[0]); i++)
		zhen_put(call, areas[i], decimal(call, zhen_column_int(row, areas[i])));
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		zhen_put(call, texts[i], zhen_column_text(row, texts[i]));
	zhen_put(call, "storeys", zhen_column_int(row, "storeys"));
	zhen_put(call, "neighbours_consulted", zhen_column_int(row, "neighbours_consulted"));
	zhen_open_list(call, "members");
	ZHEN_FOR_EACH (call, member, "SELECT name, id_card, relation FROM household WHERE matter = $1 ORDER BY seq",
	               matter) {
		zhen_open_object(call, NULL);
		zhen_put(call, "name", zhen_column_text(member, "name"));
		zhen_put(call, "id_card", zhen_column_text(member, "id_card"));
		zhen_put(call, "relation", zhen_column_text(member, "relation"));
		zhen_close(call);
	}
	zhen_close(call);
}
