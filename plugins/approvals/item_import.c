/* SPDX-License-Identifier: Apache-2.0
 * What is done with a table of items once it was read without a fault: published, kept as drafts, made a list. */
#include "items.h"

#include <stdlib.h>

/* Publishes each that is newer than what stands. The same version said otherwise is a fault, not a silence. */
static bool publish_all(zhen_call *call, json_t *items, bool strict, int64_t *out_new, const char **out_problem)
{
	size_t i;
	json_t *item;
	struct problem problem;

	*out_new = 0;
	json_array_foreach(items, i, item) {
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
		if (item_publish(call, item, &problem) != 0) {
			++*out_new;
			continue;
		}
		*out_problem = zhen_format(call, "第%lld行：%s", (long long)line, problem.text);
		zhen_field_error(call, zhen_format(call, "lines.%lld.%s", (long long)line, item_csv_column(call, problem.path)), problem.code,
		                 "第%lld行“%s”列：%s", (long long)line, item_csv_column(call, problem.path), problem.text);
	}
	return *out_problem == NULL;
}

bool item_csv_setting(zhen_call *call, const char **out_problem)
{
	const char *text = or_empty(zhen_setting_text(call, "items"));
	const char *digest = or_empty(call->host->sm3(call, text, strlen(text)));
	const zhen_row *seen = zhen_one(call, "SELECT digest FROM imported WHERE name = 'items'");
	int64_t n;

	if (text[0] == '\0' || (seen != NULL && strcmp(or_empty(zhen_column_text(seen, "digest")), digest) == 0))
		return true;
	json_auto_t *items = item_csv_read(call, text, strlen(text), out_problem);
	if (items == NULL || !publish_all(call, items, false, &n, out_problem))
		return false;
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

/* Items of the call's file, published, or kept as drafts. NULL = the refusal was said. */
static json_t *take_file(zhen_call *call, bool as_drafts, int64_t *out_new)
{
	const void *bytes = NULL;
	const char *problem = NULL;
	size_t length = 0, i;
	json_t *items, *item;

	*out_new = 0;
	if (!file_bytes(call, &bytes, &length)) {
		zhen_field_error(call, "content", "required", "请填写内容或上传文件");
		return NULL;
	}
	if ((items = item_csv_read(call, bytes, length, &problem)) == NULL)
		return NULL;
	if (!as_drafts && publish_all(call, items, true, out_new, &problem))
		return items;
	if (!as_drafts) {
		json_decref(items);
		return NULL;
	}
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
		++*out_new;
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
	json_auto_t *items = take_file(call, zhen_int(call, "draft") != 0, &n);

	if (items == NULL)
		return zhen_invalid(call);
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
	json_auto_t *items = take_file(call, false, &n);

	if (items == NULL)
		return zhen_invalid(call);
	zhen_run(call, "DELETE FROM offer_draft WHERE division = $1", division);
	json_array_foreach(items, i, item)
		zhen_run(call, "INSERT INTO offer_draft(division, code, seq) VALUES($1, $2, $3)", division, item_text(item, "code"),
		         (int64_t)i + 1);
	zhen_put(call, "rows", (int64_t)json_array_size(items));
	zhen_put(call, "changed", n);
	return call->host->reply(call, ZHEN_CREATED);
}
