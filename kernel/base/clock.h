/* SPDX-License-Identifier: Apache-2.0
 * The host's one clock. Tests and demo mode turn it; a normal host has no way to. Any thread. */
#pragma once

#include <glib.h>

gint64 clock_now_ms(void); /* since 1970 UTC, with the turn applied */
gint64 clock_true_ms(void); /* without the turn */
gint64 clock_turned_ms(gint64 true_ms); /* what the turned clock says at that time */
void clock_turn(gint64 offset_ms); /* from the real time; never called unless demo or test mode is on */
void clock_stand(gint64 at_ms);    /* until it is turned; in the test host, so that two runs say the same times */
gint64 clock_offset_ms(void); /* what clock_turn() takes to make another process's clock the same: also one that stands */
gint64 clock_mono_us(void); /* for durations; never turned */

#define CLOCK_TEXT_SIZE 32
/* "2026-09-18T09:30:00.000+08:00"; returns the length. */
gsize clock_format(gint64 ms, char out[CLOCK_TEXT_SIZE]);
/* RFC 3339 with any offset. */
gboolean clock_parse(const char *text, gint64 *out_ms);
/* "2026-09-18" of the legal day (Asia/Shanghai, UTC+8 without summer time) of @ms. */
void clock_day(gint64 ms, char out[11]);
/* TRUE when @text is a real day written YYYY-MM-DD. */
gboolean clock_day_valid(const char *text);
