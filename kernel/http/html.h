/* SPDX-License-Identifier: Apache-2.0
 * Writes HTML that is escaped by construction: there is no way to put text into a page but through here, and every value
 * goes out inert. Names of elements and attributes are ours (literals); values are anybody's. One thread at a time. */
#pragma once

#include <glib.h>

#define HTML_DEPTH 48

typedef struct Html {
	GString *text;                /* borrowed */
	const char *open[HTML_DEPTH]; /* elements that are open, outermost first */
	guint depth;
} Html;

void html_init(Html *html, GString *text);

/* Attributes are pairs of name and value, ended by NULL. A value of NULL leaves the attribute out, "" writes it without
 * value. href, action and src are left out unless html_url_safe; style and on… do not exist here. */
void html_open(Html *html, const char *element, ...) G_GNUC_NULL_TERMINATED;
void html_void(Html *html, const char *element, ...) G_GNUC_NULL_TERMINATED; /* input, meta, link, br */
void html_close(Html *html);                                                 /* the element opened last */
void html_close_to(Html *html, guint depth); /* all that were opened since html->depth was @depth */

void html_text(Html *html, const char *text); /* NULL = nothing; control characters become U+FFFD */
void html_textf(Html *html, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* Open, text, close. */
void html_leaf(Html *html, const char *element, const char *css, const char *text);
/* A link when @url is safe, else its text alone. */
void html_link(Html *html, const char *url, const char *css, const char *text);

/* http:// or https:// with a host, or a path of this host: "/x", "?x", "#x". Nothing that a browser could read as
 * another scheme or host: no "//", backslash, blank or control character. */
gboolean html_url_safe(const char *url);
