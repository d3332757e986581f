/* SPDX-License-Identifier: Apache-2.0
 * Positions as text, and what a read gives. */
#include <string.h>
#include "store/log.h"

void log_position_print(const LogPosition *position, char out[LOG_POSITION_TEXT])
{
	g_snprintf(out, LOG_POSITION_TEXT, "%" G_GINT64_MODIFIER "x-%" G_GINT64_FORMAT, (guint64)position->epoch,
	           position->seq);
}

gboolean log_position_parse(const char *text, LogPosition *out)
{
	const gsize hex = strspn(text, "0123456789abcdef");
	const char *seq = text + hex + 1;
	guint64 epoch, number;

	if (hex == 0 || hex > 16 || text[hex] != '-' || seq[0] == '\0' || strlen(seq) > 19 ||
	    strspn(seq, "0123456789") != strlen(seq))
		return FALSE;
	epoch = g_ascii_strtoull(text, NULL, 16);
	number = g_ascii_strtoull(seq, NULL, 10);
	if (epoch > G_MAXINT64 || number > G_MAXINT64)
		return FALSE;
	*out = (LogPosition){ (gint64)epoch, (gint64)number };
	return TRUE;
}

gint log_position_compare(const LogPosition *a, const LogPosition *b)
{
	g_assert(a->epoch == b->epoch);
	return a->seq < b->seq ? -1 : a->seq > b->seq;
}

/* ---- blocks ---- */

LogBlock *log_block_new(void)
{
	LogBlock *block = g_new0(LogBlock, 1);

	block->events = g_array_new(FALSE, FALSE, sizeof(LogEvent));
	block->text = g_string_new(NULL);
	return block;
}

void log_block_free(LogBlock *block)
{
	if (block == NULL)
		return;
	g_array_unref(block->events);
	g_string_free(block->text, TRUE);
	g_free(block);
}
