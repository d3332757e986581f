/* SPDX-License-Identifier: Apache-2.0
 * Values of a configuration by type. Private to base/conf. */
#pragma once

#include "base/conf.h"

/* Decimal, with K, M, G after a size and ms, s, m, h, d after a duration (a duration needs its unit unless 0). */
gboolean conf_parse_number(ConfType type, const char *text, gint64 *out);
gboolean conf_parse_bool(const char *text, gboolean *out);
char **conf_split(const char *text); /* (transfer full) at ; and , without blanks and empty items */
/* Whether @text is a value of @row; the message says what is allowed. */
gboolean conf_check_value(const ConfKey *row, const char *text, GError **error);
