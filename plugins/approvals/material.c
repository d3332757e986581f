/* SPDX-License-Identifier: Apache-2.0
 * What applicants hand in: kept when it is a paper by its first bytes, whatever it is called, and opened by those who handle the
 * case and may see who it is about. It goes out to be saved, never to be shown as a page of ours. */
#include "checklist.h"
#include "items.h"

static const struct {
	const char *suffix;
	const char *begins;
	size_t length;
} kinds[] = {
	{ "pdf", "%PDF-", 5 },
	{ "jpg", "\xFF\xD8\xFF", 3 },
	{ "png", "\x89PNG\r\n\x1A\n", 8 },
	{ "zip", "PK\x03\x04", 4 }, /* OFD is one */
};

static bool contains(const char *bytes, size_t length, const char *text)
{
	size_t n = strlen(text);

	for (size_t i = 0; i + n <= length; i++)
		if (memcmp(bytes + i, text, n) == 0)
			return true;
	return false;
}

/* NULL = nothing that is taken. */
static const char *suffix_of(const char *bytes, size_t length)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (length <= kinds[i].length || memcmp(bytes, kinds[i].begins, kinds[i].length) != 0)
			continue;
		if (strcmp(kinds[i].suffix, "zip") == 0 && contains(bytes, length < 4096 ? length : 4096, "OFD.xml"))
			return "ofd";
		return kinds[i].suffix;
	}
	return NULL;
}

zhen_result material_check(zhen_call *call)
{
	size_t length = 0;
	const char *bytes =
		zhen_has(call, "file") ? call->host->blob_get(call, zhen_text(call, "file"), &length) : NULL;

	if (!zhen_has(call, "file"))
		return 0;
	if (bytes == NULL)
		zhen_field_error(call, "file", "file-unknown", "没有上传过这个文件，请重新上传");
	else if (length == 0)
		zhen_field_error(call, "file", "file-empty", "文件是空的，请重新上传");
	else if (suffix_of(bytes, length) == NULL)
		zhen_field_error(call, "file", "file-type",
		                 "只接受 PDF、OFD、JPEG、PNG 或 ZIP 文件（按内容判断，与文件名无关）");
	else
		return 0;
	return zhen_invalid(call);
}

int64_t material_add(zhen_call *call, const struct matter *matter, const char *title)
{
	const char *digest = zhen_text(call, "file");
	int64_t id =
		zhen_insert(call, "INSERT INTO material(matter, title, digest, at) VALUES($1, $2, $3, $4) RETURNING id",
	                    matter->id, title, digest, zhen_now(call));

	call->host->blob_keep(call, digest, matter->number);
	return id;
}

void material_keep(zhen_call *call, const struct matter *matter, const char *title)
{
	if (!zhen_has(call, "file"))
		return;
	checklist_uploaded(call, matter, title, material_add(call, matter, title));
	zhen_put(call, "title", title);
	zhen_put(call, "digest", zhen_text(call, "file"));
}

const zhen_field material_fields[] = {
	{ .name = "id", .type = ZHEN_INT, .label = "件", .flags = ZHEN_REQUIRED, .min = 1, .max = INT64_MAX },
	{ .name = "material", .type = ZHEN_INT, .label = "材料", .flags = ZHEN_REQUIRED, .min = 1, .max = INT64_MAX },
	{ 0 },
};
const zhen_field material_file_reply[] = { { .name = "applicant", .type = ZHEN_NAME, .label = "申请人" }, { 0 } };

zhen_result get_material(zhen_call *call)
{
	int64_t id = zhen_int(call, "id");
	const zhen_row *row =
		zhen_one(call,
	                 "SELECT matter.number AS number, applicant, material.id AS id, title, digest FROM matter "
	                 "JOIN material ON material.matter = matter.id WHERE matter.id = $1 AND material.id = $2 AND "
	                 "{{scope village township}}",
	                 id, zhen_int(call, "material"));
	size_t length = 0;

	if (row == NULL || !has_part(call, id))
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这份材料，或不在您的管辖范围");
	const char *number = or_empty(zhen_column_text(row, "number")),
		   *digest = or_empty(zhen_column_text(row, "digest"));
	const char *bytes = call->host->blob_get(call, digest, &length);
	const char *suffix = bytes != NULL ? suffix_of(bytes, length) : NULL;
	call->host->subject(call, zhen_format(call, "%s %s", number, or_empty(zhen_column_text(row, "title"))));
	/* A field of a person is what makes the host write down who looked. */
	zhen_put(call, "applicant", zhen_column_text(row, "applicant"));
	return call->host->send_blob(call, digest, "application/octet-stream",
	                             zhen_format(call, "%s-%s.%s", number, or_empty(zhen_column_text(row, "title")),
	                                         suffix != NULL ? suffix : "bin"));
}
