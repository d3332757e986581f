/* SPDX-License-Identifier: Apache-2.0
 * What is done with a table of items once it was read without a fault: published, kept as drafts, made a list. */
#include "items.h"

#include <stdlib.h>

/* Publishes each that is newer than what stands. The same version said otherwise is a fault, not a silence. How many. */
static int64_t publish_all(zhen_call *call, struct item_table *table, json_t *items, bool strict)
{
	int64_t published = 0;
	size_t i;
	json_t *item;

	json_array_foreach(items, i, item) {
		struct problem problem = { 0 };
		int64_t line = item_number(item, "_line"), newest = item_newest_version(call, item_text(item, "code"));

		json_object_del(item, "_line");
		if (newest > 0 && item_number(item, "version") == newest) {
			json_auto_t *stands = json_loads(
				or_empty(zhen_column_text(
					zhen_one(call, "SELECT content FROM item WHERE code = $1 AND version = $2",
			                         item_text(item, "code"), newest),
					"content")),
				0, NULL);

			if (!strict || json_equal(stands, item))
				continue;
		} else if (!strict && item_number(item, "version") < newest) {
			continue;
		}
		if (item_publish(call, item, &problem) != 0)
			published++;
		else
			item_csv_fault(table, line, &problem);
	}
	return published;
}

bool item_csv_setting(zhen_call *call, const char **out_problem)
{
	const char *text = or_empty(zhen_setting_text(call, "items"));
	const char *digest = or_empty(call->host->sm3(call, text, strlen(text)));
	const zhen_row *seen = zhen_one(call, "SELECT digest FROM imported WHERE name = 'items'");
	struct item_table *table;

	if (text[0] == '\0' || (seen != NULL && strcmp(or_empty(zhen_column_text(seen, "digest")), digest) == 0))
		return true;
	json_auto_t *items = item_csv_read(call, text, strlen(text), &table);
	publish_all(call, table, items, false);
	if (item_csv_problem(table) != NULL) {
		*out_problem = zhen_format(call, "事项清单%s", item_csv_problem(table));
		return false;
	}
	zhen_run(call,
	         "INSERT INTO imported(name, digest, at) VALUES('items', $1, $2) {{upsert name}} digest = excluded.digest, "
	         "at = excluded.at",
	         digest, zhen_now(call));
	return true;
}

/* The upload, or what was pasted; false: the fault was said. */
static bool file_bytes(zhen_call *call, const void **out_bytes, size_t *out_length)
{
	const zhen_value content = zhen_field_value(call, "content");

	if (zhen_has(call, "file")) {
		*out_bytes = call->host->blob_get(call, zhen_text(call, "file"), out_length);
		return *out_bytes != NULL;
	}
	*out_bytes = content.as.text;
	*out_length = content.length;
	return content.kind == ZHEN_KIND_TEXT && content.length > 0;
}

static void keep_drafts(zhen_call *call, const json_t *items)
{
	size_t i;
	json_t *item;

	json_array_foreach(items, i, item) {
		json_object_del(item, "_line");
		char *text = json_dumps(item, JSON_COMPACT | JSON_SORT_KEYS);

		zhen_run(call,
		         "INSERT INTO item_draft(code, version, name, content, person, at) VALUES($1, $2, $3, $4, $5, $6) "
		         "{{upsert code}} version = excluded.version, name = excluded.name, content = excluded.content, "
		         "person = excluded.person, at = excluded.at",
		         item_text(item, "code"), item_number(item, "version"), item_text(item, "name"), or_empty(text),
		         zhen_get_caller(call)->name, zhen_now(call));
		free(text);
	}
}

/* Items of the call's file, published, or kept as drafts. NULL = @out is the refusal. */
static json_t *take_file(zhen_call *call, bool as_drafts, int64_t *out_new, zhen_result *out)
{
	const void *bytes = NULL;
	struct item_table *table;
	size_t length = 0;

	*out_new = 0;
	if (!file_bytes(call, &bytes, &length)) {
		zhen_field_error(call, "content", "required", "请填写内容或上传文件");
		*out = zhen_invalid(call);
		return NULL;
	}
	json_t *items = item_csv_read(call, bytes, length, &table);
	if (!as_drafts)
		*out_new = publish_all(call, table, items, true);
	*out = item_csv_refused(table);
	if (*out != 0) {
		json_decref(items);
		return NULL;
	}
	if (as_drafts) {
		keep_drafts(call, items);
		*out_new = (int64_t)json_array_size(items);
	}
	return items;
}

zhen_result import_page(zhen_call *call)
{
	zhen_put(call, "hint", "上传 CSV（UTF-8 或 GB18030），或粘贴其内容；有一处错误则全部不导入");
	zhen_put(call, "ticket", or_empty(call->host->ticket(call, "items", 3600000)));
	zhen_open_list(call, "actions");
	zhen_open_object(call, NULL);
	zhen_put(call, "title", "导入");
	zhen_put(call, "method", "POST");
	zhen_put(call, "path", "/imports");
	zhen_close(call);
	zhen_close(call);
	return zhen_ok(call);
}

zhen_result import_items(zhen_call *call)
{
	int64_t n;
	zhen_result refused;
	json_auto_t *items = take_file(call, zhen_int(call, "draft") != 0, &n, &refused);

	if (items == NULL)
		return refused;
	zhen_put(call, "rows", (int64_t)json_array_size(items));
	zhen_put(call, "changed", n);
	return call->host->reply(call, ZHEN_CREATED);
}

/* The list of a township or village: its items are published, and it is made the draft of the list. */
zhen_result import_offer(zhen_call *call)
{
	const char *division = or_empty(zhen_text(call, "division"));
	int64_t n;
	size_t i;
	json_t *item;
	zhen_result refused;
	json_auto_t *items = take_file(call, false, &n, &refused);

	if (items == NULL)
		return refused;
	zhen_run(call, "DELETE FROM offer_draft WHERE division = $1", division);
	json_array_foreach(items, i, item)
		zhen_run(call, "INSERT INTO offer_draft(division, code, seq) VALUES($1, $2, $3)", division, item_text(item, "code"),
		         (int64_t)i + 1);
	zhen_put(call, "rows", (int64_t)json_array_size(items));
	zhen_put(call, "changed", n);
	return call->host->reply(call, ZHEN_CREATED);
}
