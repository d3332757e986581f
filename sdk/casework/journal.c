/* SPDX-License-Identifier: Apache-2.0 */
#include <zhen/casework/journal.h>

#include <string.h>

#include "text.h"

static const char *table_of(const char *table)
{
	return table != NULL ? table : "journal";
}

void zhen_journal_add(zhen_call *call, const char *table, int64_t matter, const char *what, const char *text)
{
	const zhen_caller *caller = zhen_get_caller(call);

	zhen_run(call,
	         zhen_format(call,
	                     "INSERT INTO %s(matter, what, text, person, body, at) VALUES($1, $2, $3, $4, $5, $6)",
	                     table_of(table)),
	         matter, what, or_empty(text), caller->name, caller->body_name, zhen_now(call));
}

void zhen_journal_put(zhen_call *call, const char *name, const char *table, int64_t matter)
{
	zhen_open_list(call, name);
	ZHEN_FOR_EACH(call, row,
	              zhen_format(call, "SELECT what, text, person, body, at FROM %s WHERE matter = $1 ORDER BY id",
	                          table_of(table)),
	              matter) {
		zhen_open_object(call, NULL);
		zhen_put(call, "what", zhen_column_text(row, "what"));
		zhen_put(call, "text", zhen_column_text(row, "text"));
		zhen_put(call, "person", zhen_column_text(row, "person"));
		zhen_put(call, "body", zhen_column_text(row, "body"));
		zhen_put_time(call, "at", zhen_column_int(row, "at"));
		zhen_close(call);
	}
	zhen_close(call);
}

const char *zhen_choice_title(zhen_call *call, const char *choices, const char *name)
{
	size_t length = strlen(name);

	for (const char *p = choices; p != NULL; p = strchr(p, '|'), p += p != NULL)
		if (strncmp(p, name, length) == 0 && p[length] == '=')
			return zhen_format(call, "%.*s", (int)strcspn(p + length + 1, "|"), p + length + 1);
	return name;
}
