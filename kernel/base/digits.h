/* SPDX-License-Identifier: Apache-2.0
 * Whole numbers as text where there are many of them: printf takes longer than all the rest of an event's columns. */
#pragma once

#include <glib.h>

#define DIGITS_SIZE 21 /* of the longest, with its sign and NUL */

/* Returns its length. */
static inline gsize digits_print(gint64 value, char out[DIGITS_SIZE])
{
	guint64 left = value < 0 ? -(guint64)value : (guint64)value;
	char backwards[DIGITS_SIZE];
	gsize count = 0, length = 0;

	do {
		backwards[count++] = (char)('0' + left % 10);
		left /= 10;
	} while (left > 0);
	if (value < 0)
		out[length++] = '-';
	while (count > 0)
		out[length++] = backwards[--count];
	out[length] = '\0';
	return length;
}
