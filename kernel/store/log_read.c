/* SPDX-License-Identifier: Apache-2.0
 * Reading a log: its archives first, then _event beyond them. Both are read in one look: data.db's snapshot is taken before
 * an archive is opened, and what has left it by then was durable in an archive before. */
#include <string.h>
#include "store/log_inside.h"

#define PASSED_MAX 16384 /* rows of other topics that one read passes over */

typedef struct Scan {
	Log *log;
	const char *const *topics;
	guint limit, passed;
	gsize bytes_max;
	LogBlock *block;
	gint64 epoch, at;
	gboolean joined; /* the first row must be the very next one */
} Scan;

typedef enum ScanResult { SCAN_FAILED, SCAN_APART, SCAN_FULL, SCAN_DONE } ScanResult;

static gboolean is_wanted(const Scan *scan, const char *topic, gsize length)
{
	if (scan->topics == NULL)
		return TRUE;
	for (guint i = 0; scan->topics[i] != NULL; i++)
		if (strncmp(scan->topics[i], topic, length) == 0 && scan->topics[i][length] == '\0')
			return TRUE;
	return FALSE;
}

/* UTF-8 without a NUL; eight bytes at a time as long as they are plain letters. */
static gboolean is_plain(const char *text, gsize length)
{
	const guint64 ones = G_GUINT64_CONSTANT(0x0101010101010101), tops = ones << 7;
	guint64 eight;
	gsize i = 0;

	for (; i + 8 <= length; i += 8) {
		memcpy(&eight, text + i, 8);
		if (((eight | (eight - ones)) & tops) != 0)
			break;
	}
	return i == length || g_utf8_validate_len(text + i, length - i, NULL);
}

/* Where the text will lie in block->text; ((gsize)-1) = it is none. */
static gsize take_text(LogBlock *block, sqlite3_stmt *row, LogColumn column, gsize *out_length)
{
	sqlite3_value *value = sqlite3_column_value(row, column);
	const gsize at = block->text->len;
	const char *text;
	gsize length;

	if (sqlite3_value_type(value) != SQLITE_TEXT)
		return (gsize)-1;
	/* As it lies there: sqlite3_value_text would first copy it for a NUL at its end. */
	text = sqlite3_value_blob(value);
	length = (gsize)sqlite3_value_bytes(value);
	if ((text == NULL && length > 0) || length > LOG_TEXT_MAX || !is_plain(text, length))
		return (gsize)-1;
	g_string_append_len(block->text, text, (gssize)length);
	g_string_append_c(block->text, '\0');
	*out_length = length;
	return at;
}

static void take_row(Scan *scan, sqlite3_stmt *row)
{
	static const LogColumn columns[] = { LOG_TOPIC, LOG_SUBJECT, LOG_DIVISION, LOG_BODY };
	LogEvent event = { .position = { scan->epoch, scan->at } };
	const char **texts[] = { &event.topic, &event.subject, &event.division, &event.body };
	const gsize before = scan->block->text->len;
	gboolean fine = sqlite3_column_type(row, LOG_AT) == SQLITE_INTEGER;

	for (gsize i = 0; fine && i < G_N_ELEMENTS(columns); i++) {
		gsize at = take_text(scan->block, row, columns[i], &event.body_length);

		fine = at != (gsize)-1;
		*texts[i] = GSIZE_TO_POINTER(at); /* an offset, until the text lies still */
	}
	if (fine) {
		event.at_ms = sqlite3_column_int64(row, LOG_AT);
	} else {
		g_string_truncate(scan->block->text, before);
		for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
			*texts[i] = GSIZE_TO_POINTER(before);
		g_string_append_c(scan->block->text, '\0');
		event.body_length = 0;
	}
	g_array_append_val(scan->block->events, event);
}

static gboolean is_next(const Scan *scan, sqlite3_stmt *row)
{
	return sqlite3_column_type(row, LOG_SEQ) == SQLITE_INTEGER &&
	       sqlite3_column_int64(row, LOG_SEQ) == scan->at + 1;
}

static ScanResult scan_rows(Scan *scan, LogFile *file, GError **error)
{
	int rc = SQLITE_ROW;

	sqlite3_bind_int64(file->rows, 1, scan->at);
	while (scan->block->events->len < scan->limit && scan->block->text->len < scan->bytes_max &&
	       scan->passed < PASSED_MAX) {
		const char *topic = NULL;

		rc = sqlite3_step(file->rows);
		if (scan->joined && (rc == SQLITE_DONE || (rc == SQLITE_ROW && !is_next(scan, file->rows)))) {
			sqlite3_reset(file->rows);
			return SCAN_APART;
		}
		scan->joined = FALSE;
		if (rc != SQLITE_ROW)
			break;
		if (sqlite3_column_type(file->rows, LOG_SEQ) != SQLITE_INTEGER ||
		    sqlite3_column_int64(file->rows, LOG_SEQ) <= scan->at) {
			sqlite3_reset(file->rows);
			throw_error(error, ERROR_IO, "log of %s not readable: its sequence does not rise after %" G_GINT64_FORMAT,
			            scan->log->name, scan->at);
			return SCAN_FAILED;
		}
		scan->at = sqlite3_column_int64(file->rows, LOG_SEQ);
		if (sqlite3_column_type(file->rows, LOG_TOPIC) == SQLITE_TEXT &&
		    (topic = sqlite3_column_blob(file->rows, LOG_TOPIC)) == NULL)
			topic = "";
		if (topic != NULL &&
		    !is_wanted(scan, topic, (gsize)sqlite3_column_bytes(file->rows, LOG_TOPIC)))
			scan->passed++;
		else
			take_row(scan, file->rows);
	}
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		log_file_error(file, scan->log->name, error);
	sqlite3_reset(file->rows);
	return rc == SQLITE_ROW ? SCAN_FULL : rc == SQLITE_DONE ? SCAN_DONE : SCAN_FAILED;
}

static ScanResult scan_archive(Scan *scan, LogYear *archive, gboolean newest, GError **error)
{
	Log *log = scan->log;
	g_autofree char *path = log_archive_path(log->dir, archive->year);
	ScanResult result;

	if (log->open_year != archive->year) {
		log_file_close(&log->archive);
		log->open_year = 0;
		if (!log_file_open(&log->archive, path, log->name, error))
			return SCAN_FAILED;
		log->open_year = archive->year;
		if (!log_year_check(archive, &log->archive, log->name, scan->epoch, error))
			return SCAN_FAILED;
	}
	sqlite3_busy_timeout(log->archive.db, LOG_BUSY_MS);
	log_file_begin(&log->archive);
	result = scan_rows(scan, &log->archive, error);
	/* Passed: nobody needs it open, and unless it still grows nobody needs to look again. */
	if (result == SCAN_DONE) {
		archive->passed = newest ? 0 : scan->at;
		log_file_close(&log->archive);
		log->open_year = 0;
	}
	return result;
}

static ScanResult scan_archives(Scan *scan, GError **error)
{
	Log *log = scan->log;
	ScanResult result = SCAN_DONE;

	if (!log_years_read(log->archives, &log->main, log->dir, log->name, error))
		return SCAN_FAILED;
	for (guint i = 0; result == SCAN_DONE && i < log->archives->len; i++) {
		LogYear *archive = &g_array_index(log->archives, LogYear, i);

		if (archive->passed == 0 || archive->passed > scan->at)
			result = scan_archive(scan, archive, i + 1 == log->archives->len, error);
	}
	return result;
}

static gboolean check_position(const Scan *scan, const LogPosition *after, const LogState *state, GError **error)
{
	const LogPosition end = { scan->epoch, state->end };
	char at[LOG_POSITION_TEXT], last[LOG_POSITION_TEXT];

	if (after->seq >= 0 && (after->seq == 0 || after->epoch == scan->epoch) && after->seq <= state->end)
		return TRUE;
	log_position_print(after, at);
	log_position_print(&end, last);
	return throw_error(error, ERROR_CONFLICT, "at %s of %s, whose log ends at %s; restored apart?", at,
	                   scan->log->name, last);
}

static void settle_texts(LogBlock *block)
{
	const char *base = block->text->str;

	for (guint i = 0; i < block->events->len; i++) {
		LogEvent *event = &g_array_index(block->events, LogEvent, i);

		event->topic = base + GPOINTER_TO_SIZE(event->topic);
		event->subject = base + GPOINTER_TO_SIZE(event->subject);
		event->division = base + GPOINTER_TO_SIZE(event->division);
		event->body = base + GPOINTER_TO_SIZE(event->body);
	}
}

/* Most often: what comes next is in data.db, and where that begins and ends is nothing to look for. */
static ScanResult scan_on(Scan *scan, const LogPosition *after, GError **error)
{
	if (after->epoch != scan->epoch || after->seq < 0)
		return SCAN_APART;
	scan->joined = TRUE;
	return scan_rows(scan, &scan->log->main, error);
}

static ScanResult scan_all(Scan *scan, const LogState *state, GError **error)
{
	ScanResult result = SCAN_DONE;

	scan->joined = FALSE;
	if (scan->at < state->end && (state->first == 0 || scan->at + 1 < state->first))
		result = scan_archives(scan, error);
	if (result == SCAN_DONE && scan->at < state->last)
		result = scan_rows(scan, &scan->log->main, error);
	return result;
}

gboolean log_read(Log *log, const LogPosition *after, const char *const *topics, guint limit, gsize bytes_max,
                  LogBlock *block, GError **error)
{
	Scan scan = { .log = log, .topics = topics, .limit = limit, .bytes_max = bytes_max, .block = block, .at = after->seq };
	ScanResult result;
	LogState state;

	g_array_set_size(block->events, 0);
	g_string_truncate(block->text, 0);
	if (!log_begin_look(log, &scan.epoch, error))
		return log_end_look(log, FALSE);
	result = scan_on(&scan, after, error);
	if (result != SCAN_FAILED && result != SCAN_DONE && !log_look_around(log, &state, error))
		return log_end_look(log, FALSE);
	if (result == SCAN_APART) {
		if (!check_position(&scan, after, &state, error)) {
			log_end_look(log, TRUE);
			return FALSE;
		}
		result = scan_all(&scan, &state, error);
	}
	if (result == SCAN_FAILED)
		return log_end_look(log, FALSE);
	log_end_look(log, TRUE);
	settle_texts(block);
	block->upto = (LogPosition){ scan.epoch, scan.at };
	block->at_end = result == SCAN_DONE || scan.at >= MAX(state.last, state.end);
	return TRUE;
}
