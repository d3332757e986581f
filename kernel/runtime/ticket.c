/* SPDX-License-Identifier: Apache-2.0
 * A ticket is "<expiry ms>.<subject>.<HMAC-SM3 hex>": no row, no state; quotas are counted where it is used. */
#include <string.h>
#include "runtime/runtime.h"

static void ticket_digest(const Keys *keys, const char *plugin, const char *text, gsize length,
                          char out[DIGEST_HEX_SIZE])
{
	g_autofree char *purpose = g_strconcat("ticket:", plugin, NULL);
	guint8 key[KEY_SIZE], bytes[DIGEST_SIZE];

	keys_derive(keys, purpose, key);
	g_autoptr(Digest) digest = digest_new_keyed(key, sizeof key);
	digest_of(digest, text, length, bytes);
	digest_hex(bytes, out);
}

char *ticket_make(const Keys *keys, const char *plugin, const char *subject, gint64 expires_ms)
{
	g_autofree char *escaped = g_uri_escape_string(subject, NULL, FALSE);
	g_autofree char *head = g_strdup_printf("%" G_GINT64_FORMAT ".%s", expires_ms, escaped);
	char hex[DIGEST_HEX_SIZE];

	ticket_digest(keys, plugin, head, strlen(head), hex);
	return g_strconcat(head, ".", hex, NULL);
}

gboolean ticket_check(const Keys *keys, const char *plugin, const char *ticket, gint64 now_ms, char **out_subject)
{
	const char *last = ticket != NULL ? strrchr(ticket, '.') : NULL;
	const char *first = ticket != NULL ? strchr(ticket, '.') : NULL;
	char hex[DIGEST_HEX_SIZE];

	if (last == NULL || first == last || strlen(ticket) > 1024 || strlen(last + 1) != DIGEST_HEX_SIZE - 1)
		return FALSE;
	ticket_digest(keys, plugin, ticket, (gsize)(last - ticket), hex);
	if (!digest_equal(hex, last + 1, DIGEST_HEX_SIZE - 1) || g_ascii_strtoll(ticket, NULL, 10) < now_ms)
		return FALSE;
	if (out_subject != NULL)
		*out_subject = g_uri_unescape_segment(first + 1, last, NULL);
	return TRUE;
}
