/* SPDX-License-Identifier: Apache-2.0 */
#include "base/man.h"

void man_text(GString *out, const char *text)
{
	if (*text == '.' || *text == '\'')
		g_string_append(out, "\\&");
	for (; *text != '\0'; text++) {
		if (*text == '\\')
			g_string_append(out, "\\e");
		else if (*text == '-')
			g_string_append(out, "\\-");
		else
			g_string_append_c(out, *text);
	}
	g_string_append_c(out, '\n');
}

void man_line(GString *out, const char *request, const char *text)
{
	g_string_append_printf(out, "%s\n", request);
	man_text(out, text);
}
