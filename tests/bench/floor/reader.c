/* SPDX-License-Identifier: Apache-2.0
 * Reads on the loop, one read transaction per loop turn. */
#include "floor.h"

#include <stdio.h>
#include <string.h>

static const char *const names[] = { "{\"id\":", ",\"village\":", ",\"township\":", ",\"state\":",
	                             ",\"title\":", ",\"area\":", ",\"at\":", ",\"note\":" };
enum { COLUMNS = sizeof(names) / sizeof(names[0]) };

static sqlite3_stmt *begin, *commit, *item;
static bool reading;

void reader_open(const char *path)
{
	sqlite3 *db = database_open(path, false);

	begin = database_prepare(db, "BEGIN");
	commit = database_prepare(db, "COMMIT");
	item = database_prepare(db,
	                        "SELECT id, village, township, state, title, area, at, note FROM item WHERE id = ?1");
}

static char *put_text(char *at, const char *end, const unsigned char *text)
{
	*at++ = '"';
	for (; *text != '\0' && at < end - 3; text++) {
		if (*text == '"' || *text == '\\')
			*at++ = '\\';
		*at++ = (char)*text;
	}
	*at++ = '"';
	return at;
}

static size_t write_row(char *out, size_t room)
{
	char *at = out;

	for (int i = 0; i < COLUMNS; i++) {
		at = stpcpy(at, names[i]);
		if (sqlite3_column_type(item, i) == SQLITE_INTEGER)
			at += sprintf(at, "%lld", sqlite3_column_int64(item, i));
		else
			at = put_text(at, out + room - 64, sqlite3_column_text(item, i));
	}
	*at++ = '}';
	return (size_t)(at - out);
}

size_t reader_item(long long id, char *out, size_t room)
{
	size_t length = 0;

	if (!reading)
		reading = database_run(begin);
	sqlite3_bind_int64(item, 1, id);
	if (sqlite3_step(item) == SQLITE_ROW)
		length = write_row(out, room);
	sqlite3_reset(item);
	return length;
}

void reader_turn_ended(void)
{
	if (reading)
		database_run(commit);
	reading = false;
}
