/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/if_match.h"

#include <string.h>

#define TAGS_MAX 16

static const char *skip_space(const char *at)
{
	while (*at == ' ' || *at == '\t')
		at++;
	return at;
}

/* etagc of RFC 9110, 8.8.3: visible, no quote, and bytes above ASCII. */
static gboolean is_tag_byte(char c)
{
	return c == 0x21 || (c >= 0x23 && c <= 0x7e) || (guchar)c >= 0x80;
}

/* The number in a tag, written as we write it: tags are compared as text. */
static gboolean read_version(const char *text, gsize length, gint64 *out)
{
	g_autofree char *digits = g_strndup(text, length), *ours = NULL;

	if (!g_ascii_string_to_signed(digits, 10, G_MININT64, G_MAXINT64, out, NULL))
		return FALSE;
	ours = g_strdup_printf("%" G_GINT64_FORMAT, *out);
	return strcmp(ours, digits) == 0;
}

/* One entity-tag; NULL = it is none. Where it ends. */
static const char *read_tag(Call *call, const char *at)
{
	gboolean weak = strncmp(at, "W/", 2) == 0;
	const char *start = at + (weak ? 3 : 1), *end = start;
	gint64 version;

	if (start[-1] != '"')
		return NULL;
	while (is_tag_byte(*end))
		end++;
	if (*end != '"')
		return NULL;
	if (!weak && read_version(start, (gsize)(end - start), &version)) {
		if (call->n_versions == TAGS_MAX)
			return NULL;
		call->versions[call->n_versions++] = version;
	}
	return end + 1;
}

/* #entity-tag: elements between commas, empty ones allowed, at least one that is not. */
static gboolean read_list(Call *call, const char *at)
{
	gboolean any = FALSE;

	for (at = skip_space(at); *at != '\0'; at = skip_space(at)) {
		if (*at != ',') {
			at = at[0] == '"' || strncmp(at, "W/\"", 3) == 0 ? read_tag(call, at) : NULL;
			if (at == NULL)
				return FALSE;
			any = TRUE;
			at = skip_space(at);
		}
		if (*at != ',' && *at != '\0')
			return FALSE;
		at += *at == ',';
	}
	return any;
}

gboolean if_match_bind(Call *call)
{
	const char *match = call->request->if_match;
	Extra extra = { call->route->version, zhen_from_null() };

	if (match == NULL || strcmp(match, "*") == 0) {
		exec_refuse(call, 428, "if-match-required", "修改须带 If-Match，并写明所改的版本（先读取当前版本）");
		return FALSE;
	}
	call->versions = arena_alloc0(call->keep, TAGS_MAX * sizeof call->versions[0]);
	if (!read_list(call, match)) {
		exec_refuse(call, ZHEN_BAD_REQUEST, "bad-if-match",
		            "If-Match 的写法不对，应为 \"版本\"，或以逗号分开的几个，至多 %d 个", TAGS_MAX);
		field_error_append(&call->field_errors, "If-Match", "malformed", "应为带引号的版本，如 \"3\"");
		return FALSE;
	}
	if (call->n_versions == 0) {
		exec_refuse(call, 412, "stale", "内容已被他人修改，请刷新后再试");
		return FALSE;
	}
	extra.value = zhen_from_int(call->versions[0]);
	call->extra = g_array_new(FALSE, FALSE, sizeof(Extra));
	g_array_append_val(call->extra, extra);
	return TRUE;
}

static gboolean mark(Call *call, StoreConn *conn, const char *sql)
{
	g_autoptr(GError) error = NULL;

	if (store_exec(conn, STORE_HOST, sql, NULL, 0, NULL, &error))
		return TRUE;
	exec_error(call, error);
	return FALSE;
}

gboolean if_match_run(Call *call, StoreConn *conn, gboolean writing, IfMatchRun *run)
{
	if (call->n_versions < 2)
		return run(call, conn);
	for (guint i = 0;; i++) {
		gboolean fine;

		g_array_index(call->extra, Extra, 0).value = zhen_from_int(call->versions[i]);
		if (writing && !mark(call, conn, "SAVEPOINT _version"))
			return FALSE;
		fine = run(call, conn);
		if (fine || call->status != 412 || i + 1 == call->n_versions)
			return fine;
		if (writing && !mark(call, conn, "ROLLBACK TO _version"))
			return FALSE;
		exec_begin(call);
	}
}
