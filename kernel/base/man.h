/* SPDX-License-Identifier: Apache-2.0
 * Pages of the manual, in man(7), written by the programs from the tables that they run by. */
#pragma once

#include <glib.h>

/* A line of text: what would begin a request, or an escape, goes out as it is. */
void man_text(GString *out, const char *text);
/* @request (".B", ".TP\n.B") and the line that it is about. */
void man_line(GString *out, const char *request, const char *text);
