/* SPDX-License-Identifier: Apache-2.0
 * Catalogues: what the levels above give townships, one version after another. Codes are for life: one that another
 * catalogue or list has, or that was retired, is refused. */
#include "tables.h"

#include "items.h"

struct import {
	const char *code, *kind, *division, *from;
	int64_t version, previous; /* row of the version before, 0 = none */
	bool append;
	struct items items;
};

static void check_code(zhen_call *call, struct items *items, const struct item *item, void *data)
{
	const struct import *import = (const struct import *)data;
	const zhen_row *row = zhen_one(call, "SELECT owner, name, retired_at FROM code WHERE code = $1", item->code);
	struct refusal why = { NULL, "" };

	if (row == NULL)
		return;
	if (strcmp(column_or_empty(row, "owner"), import->code) != 0)
		why = because(call, "code-taken", "编码“%s”已用于“%s”，编码终身不变、不重复使用", item->code,
		              column_or_empty(row, "name"));
	else if (count_of(row, "retired_at") != 0)
		why = because(call, "code-retired", "编码“%s”已随“%s”废止，不得再用", item->code,
		              column_or_empty(row, "name"));
	else if (import->append && zhen_one(call, "SELECT code FROM catalogue_item WHERE catalogue = $1 AND code = $2",
	                                    import->previous, item->code) != NULL)
		why = because(call, "code-listed", "“%s”在上一版中已有", item->code);
	if (why.code != NULL)
		zhen_csv_fault(&items->faults, item->line, items->code_head, why.code, why.text);
}

/* Figures of the form against those of the file. */
static zhen_result check_expected(zhen_call *call, const struct items *items)
{
	bool wrong = false;
	const struct {
		const char *field;
		int64_t actual;
	} sums[] = {
		{ "expected_total", (int64_t)items->count },
		{ "expected_upper", items->national + items->province },
		{ "expected_prefecture", items->prefecture },
		{ "expected_common", items->common },
		{ "expected_optional", items->optional },
	};

	for (size_t i = 0; i < sizeof(sums) / sizeof(*sums); i++)
		if (zhen_has(call, sums[i].field) && zhen_int(call, sums[i].field) != sums[i].actual) {
			wrong = true;
			zhen_field_error(call, sums[i].field, "subtotal-wrong", "应为%lld项，文件中有%lld项",
			                 (long long)zhen_int(call, sums[i].field), (long long)sums[i].actual);
		}
	return wrong ? zhen_fail(call, ZHEN_INVALID, "rows-refused", "文件与填写的项数不符，一行也没有导入") : 0;
}

static void put_counts(zhen_call *call, const struct items *items)
{
	zhen_put(call, "items", (int64_t)items->count);
	zhen_put(call, "upper", items->national + items->province);
	zhen_put(call, "national", items->national);
	zhen_put(call, "province", items->province);
	zhen_put(call, "prefecture", items->prefecture);
	zhen_put(call, "county", items->county);
	zhen_put(call, "common", items->common);
	zhen_put(call, "optional", items->optional);
	zhen_put(call, "encoding", items->encoding);
}

static void store_item(zhen_call *call, int64_t catalogue, int64_t seq, const struct item *item, int64_t batch)
{
	zhen_run(call,
	         "INSERT INTO catalogue_item(catalogue, " ITEM_COLUMNS ") "
	         "VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
	         catalogue, item->code, seq, item->name, item->type, item->level, item->basis, item->origin,
	         item->place, item->category, item->lead, item->duty, item->county_duty, item->responsible, item->upper,
	         batch, item->power);
}

/* The history says of each code what this version does to it. */
static void note_item(zhen_call *call, const struct import *import, const struct item *item, int64_t batch)
{
	const zhen_row *row = zhen_one(
		call,
		"SELECT name, type, basis, origin, place, power FROM catalogue_item WHERE catalogue = $1 AND code = $2",
		import->previous, item->code);

	if (row == NULL) {
		note_change(call, "", item->code, "added", item->name, import->version, 0, batch);
		zhen_run(call,
		         "INSERT INTO code(code, owner, name, retired_at) VALUES($1, $2, $3, 0) {{upsert code}} name = "
		         "excluded.name",
		         item->code, import->code, item->name);
		return;
	}
	if (strcmp(column_or_empty(row, "name"), item->name) != 0)
		note_change(call, "", item->code, "changed",
		            zhen_format(call, "名称：%s→%s", column_or_empty(row, "name"), item->name), import->version,
		            0, batch);
	if (strcmp(column_or_empty(row, "basis"), item->basis) != 0)
		note_change(call, "", item->code, "changed",
		            zhen_format(call, "依据：%s→%s", column_or_empty(row, "basis"), item->basis),
		            import->version, 0, batch);
	if (strcmp(column_or_empty(row, "type"), item->type) != 0 ||
	    strcmp(column_or_empty(row, "origin"), item->origin) != 0 ||
	    strcmp(column_or_empty(row, "place"), item->place) != 0 ||
	    strcmp(column_or_empty(row, "power"), item->power) != 0)
		note_change(call, "", item->code, "changed", "类型、权力类型、选取方式或所属清单", import->version, 0,
		            batch);
}

static void retire_dropped(zhen_call *call, const struct import *import, int64_t catalogue)
{
	ZHEN_FOR_EACH (call, row,
	               "SELECT code, name FROM catalogue_item o WHERE o.catalogue = $1 AND NOT EXISTS (SELECT 1 FROM "
	               "catalogue_item n WHERE n.catalogue = $2 AND n.code = o.code) ORDER BY code",
	               import->previous, catalogue)
		note_change(call, "", column_or_empty(row, "code"), "retired", column_or_empty(row, "name"),
		            import->version, 0, 0);
	zhen_run(call,
	         "UPDATE code SET retired_at = $1 WHERE owner = $2 AND retired_at = 0 AND NOT EXISTS "
	         "(SELECT 1 FROM catalogue_item n WHERE n.catalogue = $3 AND n.code = code.code)",
	         zhen_now(call), import->code, catalogue);
}

/* The counts of the whole version, what was carried over included. */
static void count_version(zhen_call *call, int64_t catalogue)
{
	zhen_run(call,
	         "UPDATE catalogue SET items = (SELECT COUNT(*) FROM catalogue_item i WHERE i.catalogue = $1), "
	         "national = (SELECT COUNT(*) FROM catalogue_item i WHERE i.catalogue = $1 AND i.level = 'national'), "
	         "province = (SELECT COUNT(*) FROM catalogue_item i WHERE i.catalogue = $1 AND i.level = 'province'), "
	         "prefecture = (SELECT COUNT(*) FROM catalogue_item i WHERE i.catalogue = $1 AND i.level = "
	         "'prefecture'), "
	         "county = (SELECT COUNT(*) FROM catalogue_item i WHERE i.catalogue = $1 AND i.level = 'county'), "
	         "common = (SELECT COUNT(*) FROM catalogue_item i WHERE i.catalogue = $1 AND i.origin = 'common'), "
	         "optional = (SELECT COUNT(*) FROM catalogue_item i WHERE i.catalogue = $1 AND i.origin = 'optional') "
	         "WHERE id = $1",
	         catalogue);
}

static int64_t store(zhen_call *call, struct import *import)
{
	int64_t request_batch = zhen_int(call, "batch");
	int64_t id = zhen_insert(
		call,
		"INSERT INTO catalogue(code, version, title, kind, unit_kind, division, source, effective_from, "
		"effective_to, items, "
		"national, province, prefecture, county, common, optional, published_at, published_by, newest) "
		"VALUES($1, $2, $3, $4, $5, $6, $7, $8, '', 0, 0, 0, 0, 0, 0, 0, $9, $10, 1) RETURNING id",
		import->code, import->version, field_text(call, "title"), import->kind,
		zhen_has(call, "unit_kind") ? field_text(call, "unit_kind") : "any", import->division, field_text(call, "source"),
		import->from, zhen_now(call), zhen_get_caller(call)->name);

	zhen_run(call, "UPDATE catalogue SET newest = 0, effective_to = $1 WHERE id = $2",
	         day_moved(call, import->from, -1), import->previous);
	int64_t seq = 0;
	if (import->append) {
		zhen_run(call,
		         "INSERT INTO catalogue_item(catalogue, " ITEM_COLUMNS ") SELECT $1, " ITEM_COLUMNS
		         " FROM catalogue_item WHERE catalogue = $2",
		         id, import->previous);
		seq = count_of(zhen_one(call,
		                        "SELECT COALESCE(MAX(seq), 0) AS n FROM catalogue_item WHERE catalogue = $1",
		                        id),
		               "n");
	}
	for (size_t i = 0; i < import->items.count; i++) {
		const struct item *item = &import->items.rows[i];
		int64_t batch = item->batch > 0 ? item->batch : request_batch;

		note_item(call, import, item, batch);
		store_item(call, id, ++seq, item, batch);
	}
	if (!import->append)
		retire_dropped(call, import, id);
	count_version(call, id);
	return id;
}

static zhen_result check_versions(zhen_call *call, struct import *import)
{
	const zhen_row *newest = zhen_one(
		call,
		"SELECT id, version, kind, division, effective_from FROM catalogue WHERE code = $1 AND newest = 1",
		import->code);

	import->previous = count_of(newest, "id");
	import->version = count_of(newest, "version") + 1;
	if (newest == NULL && import->append)
		return zhen_fail(call, ZHEN_CONFLICT, "catalogue-unknown", "还没有目录“%s”，不能追加", import->code);
	if (newest != NULL && strcmp(column_or_empty(newest, "division"), import->division) != 0)
		return zhen_fail(call, ZHEN_CONFLICT, "catalogue-elsewhere", "目录“%s”由%s制定", import->code,
		                 division_name(call, column_or_empty(newest, "division")));
	if (newest != NULL && strcmp(column_or_empty(newest, "kind"), import->kind) != 0)
		return zhen_fail(call, ZHEN_CONFLICT, "catalogue-kind", "目录“%s”的性质不能改变", import->code);
	if (newest != NULL && strcmp(column_or_empty(newest, "effective_from"), import->from) > 0)
		return zhen_fail(call, ZHEN_CONFLICT, "earlier-than-before", "生效日期不得早于上一版的%s",
		                 column_or_empty(newest, "effective_from"));
	return 0;
}

/* The file as a whole, or nothing of it. */
zhen_result import_catalogue(zhen_call *call)
{
	struct import import = {
		.code = field_text(call, "code"),
		.kind = field_text(call, "kind"),
		.division = field_text(call, "division"),
		.from = day_or_today(call, "effective_from"),
		.append = strcmp(field_text(call, "mode"), "append") == 0,
	};
	const struct items_options options = {
		.level = strcmp(import.kind, "delegated") == 0 || strcmp(import.kind, "guidance") == 0 ? "county" : "",
		.origin = "common",
		.categories = strcmp(import.kind, "guidance") == 0,
		.criteria = strcmp(import.kind, "delegated") == 0,
		.check = check_code,
		.data = &import,
	};

	call->host->subject(call, import.code);
	zhen_result refused = check_versions(call, &import);
	if (refused != 0)
		return refused;
	items_read(call, &options, &import.items);
	refused = check_expected(call, &import.items);
	if (import.items.faults.count > 0)
		refused = zhen_csv_refused(&import.items.faults);
	if (refused != 0)
		return refused;
	put_counts(call, &import.items);
	zhen_put(call, "version", import.version);
	if (zhen_int(call, "check_only") != 0) {
		zhen_put(call, "imported", false);
		return zhen_ok(call);
	}
	int64_t id = store(call, &import);
	zhen_put(call, "imported", true);
	zhen_emit(call, "duties.catalogue.published", "code", import.code, "version", import.version, "kind", import.kind,
	          "division", import.division, "effective_from", import.from, "items", (int64_t)import.items.count,
	          "at",
	          zhen_now(call));
	return zhen_created(call, id);
}

/* Where a file is sent from: a ticket, and the form. */
zhen_result show_import(zhen_call *call)
{
	zhen_put(call, "hint", "CSV 文件，UTF-8 或 GB18030；表头至少有“编码”“名称”两列，可有小计、合计行");
	zhen_put(call, "ticket", call->host->ticket(call, "import", 3600 * 1000));
	zhen_open_list(call, "actions");
	zhen_open_object(call, NULL);
	zhen_put(call, "title", "导入目录");
	zhen_put(call, "method", "POST");
	zhen_put(call, "path", "/catalogues");
	zhen_close(call);
	zhen_close(call);
	return zhen_ok(call);
}

zhen_result list_catalogues(zhen_call *call)
{
	return zhen_page(call, "SELECT id, code, version, title, kind, unit_kind, division, effective_from, items, national, "
	                       "province, prefecture, county, common, optional, published_at FROM catalogue "
	                       "WHERE newest = 1 {{page id DESC}}");
}

zhen_result show_catalogue(zhen_call *call)
{
	const char *code = field_text(call, "code");
	int64_t version = zhen_int(call, "version");
	const zhen_row *row = zhen_one(
		call,
		"SELECT id, code, version, title, kind, unit_kind, division, source, effective_from, effective_to, "
		"items, "
		"national + province AS upper, national, province, prefecture, county, common, optional, published_at "
		"FROM catalogue WHERE code = $1 AND (version = $2 OR ($2 = 0 AND newest = 1))",
		code, version);

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这个目录或版本");
	int64_t id = count_of(row, "id");
	for (uint32_t i = 1; i < row->count; i++)
		if (strcmp(row->names[i], "published_at") == 0)
			zhen_put_time(call, "published_at", row->values[i].as.integer);
		else
			call->host->put(call, row->names[i], row->values[i]);
	zhen_open_list(call, "batches");
	int64_t sum = 0;
	ZHEN_FOR_EACH (call, one, "SELECT batch, COUNT(*) AS n FROM catalogue_item WHERE catalogue = $1 AND batch > 0 "
	                          "GROUP BY batch ORDER BY batch", id) {
		sum += count_of(one, "n");
		zhen_open_object(call, NULL);
		zhen_put(call, "batch", count_of(one, "batch"));
		zhen_put(call, "items", count_of(one, "n"));
		zhen_put(call, "cumulative", sum);
		zhen_close(call);
	}
	zhen_close(call);
	zhen_open_list(call, "versions");
	ZHEN_FOR_EACH (call, one, "SELECT version, effective_from, effective_to, items FROM catalogue WHERE code = $1 "
	                          "ORDER BY version DESC", code) {
		zhen_open_object(call, NULL);
		for (uint32_t i = 0; i < one->count; i++)
			call->host->put(call, one->names[i], one->values[i]);
		zhen_close(call);
	}
	zhen_close(call);
	return zhen_ok(call);
}

zhen_result list_catalogue_items(zhen_call *call)
{
	return zhen_page(call,
	                 "SELECT i.code, i.seq, i.name, i.type, i.power, i.level, i.basis, i.origin, i.place, i.category, "
	                 "i.lead, i.duty, "
	                 "i.responsible, i.batch FROM catalogue_item i JOIN catalogue c ON c.id = i.catalogue "
	                 "WHERE c.code = $1 AND (c.version = $2 OR ($2 = 0 AND c.newest = 1)) AND ($3 = '' OR i.level "
	                 "= $3) {{page seq}}",
	                 field_text(call, "catalogue"), zhen_int(call, "version"), field_text(call, "level"));
}
