/* SPDX-License-Identifier: Apache-2.0
 * Lists as rows: finding the one in force, its items, and what staff see of drafts. */
#include "process.h"
#include "tables.h"

#define LIST_COLUMNS "id, unit, township, village, version, state, round, effective_from"

static bool fill(const zhen_row *row, struct list *out)
{
	if (row == NULL)
		return false;
	*out = (struct list){
		.id = count_of(row, "id"),
		.version = count_of(row, "version"),
		.round = count_of(row, "round"),
		.unit = column_or_empty(row, "unit"),
		.township = column_or_empty(row, "township"),
		.village = column_or_empty(row, "village"),
		.state = column_or_empty(row, "state"),
		.effective_from = column_or_empty(row, "effective_from"),
	};
	return true;
}

bool list_in_force(zhen_call *call, const char *unit, const char *day, struct list *out)
{
	return fill(zhen_one(call,
	                     "SELECT " LIST_COLUMNS " FROM list WHERE unit = $1 AND state = 'published' AND "
	                     "effective_from <= $2 ORDER BY version DESC LIMIT 1",
	                     unit, day),
	            out);
}

bool list_newest(zhen_call *call, const char *unit, struct list *out)
{
	return fill(zhen_one(call,
	                     "SELECT " LIST_COLUMNS " FROM list WHERE unit = $1 AND state = 'published' "
	                     "ORDER BY version DESC LIMIT 1",
	                     unit),
	            out);
}

bool list_draft(zhen_call *call, const char *unit, struct list *out)
{
	return fill(zhen_one(call, "SELECT " LIST_COLUMNS " FROM list WHERE unit = $1 AND state = 'draft'", unit), out);
}

const char *list_name(zhen_call *call, const struct list *list)
{
	if (list->version > 0)
		return zhen_format(call, "%s第%lld版", division_name(call, list->unit), (long long)list->version);
	return zhen_format(call, "%s草案", division_name(call, list->unit));
}

zhen_result list_for(zhen_call *call, uint32_t act, struct list *out)
{
	if (!fill(zhen_one(call, "SELECT " LIST_COLUMNS " FROM list WHERE id = $1 AND {{scope village township}}",
	                   zhen_int(call, "id")),
	          out))
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这份清单，或不在您的辖区");
	call->host->subject(call, out->unit);
	return process_may(call, &list_process, out->state, act, list_name(call, out));
}

const zhen_row *list_item(zhen_call *call, int64_t list, const char *code)
{
	return zhen_one(call,
	                "SELECT catalogue, kind, criterion, " ITEM_COLUMNS
	                " FROM list_item WHERE list = $1 AND code = $2",
	                list, code);
}

int64_t list_next_seq(zhen_call *call, int64_t list)
{
	return count_of(zhen_one(call, "SELECT COALESCE(MAX(seq), 0) + 1 AS n FROM list_item WHERE list = $1", list),
	                "n");
}

/* A local item; those of catalogues are copied as they are. */
void list_store_item(zhen_call *call, int64_t list, int64_t seq, const struct item *item)
{
	zhen_run(call,
	         "INSERT INTO list_item(list, catalogue, catalogue_code, kind, criterion, " ITEM_COLUMNS ") "
	         "VALUES($1, 0, '', 'local', '', $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
	         list, item->code, seq, item->name, item->type, item->level, item->basis, item->origin, item->place,
	         item->category, item->lead, item->duty, item->county_duty, item->responsible, item->upper,
	         item->batch, item->power);
}

const struct criterion criteria[N_CRITERIA] = {
	{ "needed", "基层迫切需要" },
	{ "connected", "能有效衔接" },
	{ "simple", "技术要求不高" },
	{ "visible", "易发现易处置" },
};

bool criteria_asked(zhen_call *call, const struct item *item)
{
	return strcmp(item->place, "withdrawn") != 0 &&
	       (strcmp(or_empty(zhen_setting_text(call, "criteria_for")), "all") == 0 ||
	        one_of("penalty|coercion|inspection", item->power));
}

/* Nobody gets around the question by leaving the kind of power out: such words ask for it, the kind alone decides. */
bool power_unsaid(const struct item *item)
{
	static const char *const words[] = { "执法", "处罚", "罚款", "没收", "查封", "扣押", "强制" };

	for (size_t i = 0; item->power[0] == '\0' && i < sizeof(words) / sizeof(*words); i++)
		if (strstr(item->name, words[i]) != NULL || strstr(item->category, words[i]) != NULL)
			return true;
	return false;
}

/* 《乡镇（街道）行政执法事项目录清单》: all four are answered, and a no blocks. */
zhen_result criteria_check(zhen_call *call, const struct item *item)
{
	if (strcmp(item->place, "withdrawn") == 0)
		return 0;
	if (power_unsaid(item)) {
		zhen_field_error(call, "power", "power-missing",
		                 "“%s”像是行政执法事项，请选权力类型；确实不是的，选“不是行政权力” (say which kind of power it is)", item->name);
		return zhen_invalid(call);
	}
	if (!criteria_asked(call, item))
		return 0;
	bool missing = false;
	for (size_t i = 0; i < N_CRITERIA; i++)
		if (!zhen_has(call, criteria[i].field)) {
			zhen_field_error(call, criteria[i].field, "criterion-unanswered", "四项标准都要回答：%s",
			                 criteria[i].title);
			missing = true;
		}
	if (missing)
		return zhen_invalid(call);
	for (size_t i = 0; i < N_CRITERIA; i++)
		if (strcmp(field_text(call, criteria[i].field), "yes") != 0)
			return zhen_fail(call, ZHEN_CONFLICT, "criterion-not-met", "不符合“%s”，不能列入",
			                 criteria[i].title);
	return 0;
}

struct refusal local_code_check(zhen_call *call, const char *unit, const char *code)
{
	const zhen_row *row = zhen_one(call, "SELECT owner, name, retired_at FROM code WHERE code = $1", code);

	if (row == NULL)
		return (struct refusal){ NULL, "" };
	if (strcmp(column_or_empty(row, "owner"), unit) != 0)
		return because(call, "code-taken", "编码“%s”已用于“%s”，编码终身不变、不重复使用",
		                 code, column_or_empty(row, "name"));
	if (count_of(row, "retired_at") != 0)
		return because(call, "code-retired", "编码“%s”已随“%s”废止，不得再用", code,
		                 column_or_empty(row, "name"));
	return (struct refusal){ NULL, "" };
}

struct refusal upper_check(zhen_call *call, const struct list *list, const char *upper, const char *code)
{
	struct list street;

	if (list->village[0] == '\0')
		return (struct refusal){ NULL, "" };
	if (upper[0] == '\0')
		return because(call, "upper-missing",
		                 "村（社区）事项“%s”应对应乡镇（街道）清单的一个事项", code);
	if (!list_in_force(call, list->township, today(call), &street) || list_item(call, street.id, upper) == NULL)
		return because(call, "upper-unknown", "“%s”不在%s的现行清单内", upper,
		                 division_name(call, list->township));
	return (struct refusal){ NULL, "" };
}

int64_t list_admit(zhen_call *call, const struct list *newest, const struct item *item, const char *from)
{
	struct list draft, made = { .unit = newest->unit, .township = newest->township, .village = newest->village,
		                    .state = "draft", .effective_from = from };
	/* Before there is another, which is published at once. */
	bool is_open = list_draft(call, newest->unit, &draft);

	made.id = zhen_insert(
		call,
		"INSERT INTO list(unit, township, village, version, state, round, note, effective_from, effective_to, "
		"basic, assist, "
		"withdrawn, common, optional, local, delegated, statutory, services, created_at, created_by, "
		"published_at, published_by) "
		"SELECT unit, township, village, (SELECT MIN(l.version) FROM list l WHERE l.unit = $2) - 1 - version, "
		"'draft', 0, '准入', "
		"$3, '', 0, 0, 0, 0, 0, 0, 0, 0, 0, $4, $5, 0, '' FROM list WHERE id = $1 RETURNING id",
		newest->id, newest->unit, from, zhen_now(call), zhen_get_caller(call)->name);
	zhen_run(call,
	         "INSERT INTO list_item(list, catalogue, catalogue_code, kind, criterion, " ITEM_COLUMNS ") "
	         "SELECT $1, catalogue, catalogue_code, kind, criterion, " ITEM_COLUMNS " FROM list_item WHERE list = "
	         "$2",
	         made.id, newest->id);
	zhen_run(call, "INSERT INTO list_base(list, catalogue, code) SELECT $1, catalogue, code FROM list_base WHERE list = $2",
	         made.id, newest->id);
	list_store_item(call, made.id, list_next_seq(call, made.id), item);
	if (is_open && list_item(call, draft.id, item->code) == NULL)
		list_store_item(call, draft.id, list_next_seq(call, draft.id), item);
	list_publish(call, &made, newest, from);
	return made.version;
}

zhen_result list_lists(zhen_call *call)
{
	return zhen_page(call,
	                 "SELECT id, unit, CASE WHEN version > 0 THEN version END AS version, state, effective_from, "
	                 "effective_to, basic, assist, "
	                 "withdrawn, common, optional, local, delegated, NULLIF(published_at, 0) AS published_at FROM "
	                 "list WHERE ($1 = '' OR state = $1) AND {{scope village township}} "
	                 "{{page id DESC}}",
	                 field_text(call, "state"));
}

zhen_result show_list(zhen_call *call)
{
	struct list list;
	const char *base = zhen_format(call, "/lists/%lld", (long long)zhen_int(call, "id"));

	if (!fill(zhen_one(call, "SELECT " LIST_COLUMNS " FROM list WHERE id = $1 AND {{scope village township}}",
	                   zhen_int(call, "id")),
	          &list))
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这份清单，或不在您的辖区");
	zhen_put(call, "title", list_name(call, &list));
	const zhen_row *row = zhen_one(
		call,
		"SELECT id, unit, township, CASE WHEN version > 0 THEN version END AS version, state, note, round, "
		"effective_from, effective_to, basic, assist, withdrawn, common, "
		"optional, local, delegated, statutory, services FROM list WHERE id = $1",
		list.id);
	for (uint32_t i = 0; row != NULL && i < row->count; i++)
		call->host->put(call, row->names[i], row->values[i]);
	zhen_open_list(call, "bases");
	ZHEN_FOR_EACH (call, one, "SELECT b.code, c.version, c.title FROM list_base b JOIN catalogue c ON c.id = b.catalogue "
	                          "WHERE b.list = $1 ORDER BY b.code", list.id) {
		zhen_open_object(call, NULL);
		for (uint32_t i = 0; i < one->count; i++)
			call->host->put(call, one->names[i], one->values[i]);
		zhen_close(call);
	}
	zhen_close(call);
	zhen_open_list(call, "actions");
	process_put_actions(call, &list_process, list.state, base);
	put_way(call, "看全部事项", zhen_format(call, "%s/items", base));
	put_way(call, "看改了什么", zhen_format(call, "%s/diff", base));
	zhen_close(call);
	return zhen_ok(call);
}

zhen_result list_items_of(zhen_call *call)
{
	if (zhen_one(call, "SELECT id FROM list WHERE id = $1 AND {{scope village township}}", zhen_int(call, "id")) ==
	    NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这份清单，或不在您的辖区");
	return zhen_page(call,
	                 "SELECT i.code, i.seq, i.name, i.place, i.origin, i.kind, i.type, i.power, i.category, i.level, "
	                 "i.basis, i.lead, i.duty, "
	                 "i.responsible FROM list_item i JOIN list l ON l.id = i.list WHERE l.id = $1 AND ($2 = '' OR "
	                 "i.place = $2) AND {{scope l.village l.township}} {{page i.seq}}",
	                 zhen_int(call, "id"), field_text(call, "place"));
}
