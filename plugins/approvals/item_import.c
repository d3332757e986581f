/* SPDX-License-Identifier: Apache-2.0
 * What is done with items that come many at once, as shipped or in a table, once they were read without a fault: published, or kept
 * as drafts for somebody else to publish; made a list. */
#include "items.h"

#include <stdlib.h>

/* What stands there under that version. New reference; NULL = nothing. */
static json_t *standing(zhen_call *call, const char *code, int64_t version, const char *owner)
{
	const zhen_row *row = zhen_one(call,
	                               "SELECT content FROM item WHERE code = $1 AND version = $2 AND $3 BETWEEN division AND upto "
	                               "ORDER BY division DESC LIMIT 1",
	                               code, version, owner);

	return json_loads(or_empty(zhen_column_text(row, "content")), 0, NULL);
}

/* Each that is newer than what stands. The same version said otherwise is a fault, not a silence. How many. */
static int64_t take_all(zhen_call *call, struct item_table *table, json_t *items, bool shipped, bool as_drafts)
{
	const char *owner = shipped ? "" : item_owner(call);
	int64_t taken = 0;
	size_t i;
	json_t *item;

	json_array_foreach(items, i, item) {
		const char *code = item_text(item, "code");
		struct problem problem = { 0 };
		int64_t line = item_number(item, "_line"), newest = item_newest_version(call, code, owner);

		json_object_del(item, "_line");
		if (newest > 0 && item_number(item, "version") == newest) {
			json_auto_t *stands = standing(call, code, newest, owner);

			if (shipped || json_equal(stands, item))
				continue;
		} else if (shipped && item_number(item, "version") < newest) {
			continue;
		}
		if (as_drafts ? item_publishable(call, item, owner, &problem) && draft_put(call, item) != 0 :
		                item_publish(call, item, owner, &problem) != 0)
			taken++;
		else
			item_csv_fault(table, line, &problem);
	}
	return taken;
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
	take_all(call, table, items, true, false);
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

/* As shipped, for all divisions: what is newer than what stands here is published, what stands is left alone. */
bool item_import_setting(zhen_call *call, const char **out_problem)
{
	const char *text = or_empty(zhen_setting_text(call, "catalogue"));
	const char *digest = or_empty(call->host->sm3(call, text, strlen(text)));
	const zhen_row *seen = zhen_one(call, "SELECT digest FROM imported WHERE name = 'catalogue'");

	if (!item_csv_setting(call, out_problem))
		return false;
	if (text[0] == '\0' || (seen != NULL && strcmp(or_empty(zhen_column_text(seen, "digest")), digest) == 0))
		return true;
	json_error_t error;
	json_auto_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &error);
	if (root == NULL) {
		*out_problem = zhen_format(call, "事项目录第%d行：%s", error.line, error.text);
		return false;
	}
	size_t i;
	json_t *item;
	json_array_foreach(json_object_get(root, "items"), i, item) {
		struct problem problem = { 0 };
		bool newer = item_number(item, "version") > item_newest_version(call, item_text(item, "code"), "");

		if (newer ? item_publish(call, item, "", &problem) == 0 : !item_check(call, item, &problem)) {
			*out_problem = zhen_format(call, "事项目录第%zu项（%s）：%s", i + 1, item_text(item, "code"),
			                           problem.text);
			return false;
		}
	}
	zhen_run(call,
	         "INSERT INTO imported(name, digest, at) VALUES('catalogue', $1, $2) "
	         "{{upsert name}} digest = excluded.digest, at = excluded.at",
	         digest, zhen_now(call));
	return true;
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
	*out_new = take_all(call, table, items, false, as_drafts);
	*out = item_csv_refused(table);
	if (*out == 0)
		return items;
	json_decref(items);
	return NULL;
}

zhen_result import_page(zhen_call *call)
{
	zhen_put(call, "hint",
	         draft_is_needed(call) ?
	                 "上传 CSV（UTF-8 或 GB18030），或粘贴其内容；有一处错误则全部不导入；导入的是稿，由另一人在“待发布事项”核对后发布" :
	                 "上传 CSV（UTF-8 或 GB18030），或粘贴其内容；有一处错误则全部不导入");
	zhen_open_list(call, "actions");
	zhen_open_object(call, NULL);
	zhen_put(call, "title", "导入");
	zhen_put(call, "method", "POST");
	zhen_put(call, "path", "/imports");
	zhen_close(call);
	zhen_close(call);
	return zhen_ok(call);
}

static zhen_result imported(zhen_call *call, const json_t *items, int64_t n, bool as_drafts)
{
	zhen_put(call, "rows", (int64_t)json_array_size(items));
	zhen_put(call, "changed", n);
	zhen_put(call, "drafts", as_drafts && n > 0);
	return call->host->reply(call, ZHEN_CREATED);
}

zhen_result import_items(zhen_call *call)
{
	int64_t n;
	zhen_result refused;
	bool as_drafts = zhen_int(call, "draft") != 0 || draft_is_needed(call);
	json_auto_t *items = take_file(call, as_drafts, &n, &refused);

	return items == NULL ? refused : imported(call, items, n, as_drafts);
}

/* The list of a township or village: its items are taken, and it is made the draft of the list. */
zhen_result import_offer(zhen_call *call)
{
	const char *division = or_empty(zhen_text(call, "division"));
	bool as_drafts = draft_is_needed(call);
	int64_t n;
	size_t i;
	json_t *item;
	zhen_result refused;
	json_auto_t *items = take_file(call, as_drafts, &n, &refused);

	if (items == NULL)
		return refused;
	offer_draft_begin(call, division);
	json_array_foreach(items, i, item)
		zhen_run(call, "INSERT INTO offer_draft(division, code, seq) VALUES($1, $2, $3)", division, item_text(item, "code"),
		         (int64_t)i + 1);
	return imported(call, items, n, as_drafts);
}
