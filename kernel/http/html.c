/* SPDX-License-Identifier: Apache-2.0 */
#include "http/html.h"

#include <string.h>

void html_init(Html *html, GString *text)
{
	*html = (Html){ .text = text };
}

gboolean html_url_safe(const char *url)
{
	if (url == NULL)
		return FALSE;
	for (const char *c = url; *c != '\0'; c++)
		if ((guchar)*c <= ' ' || *c == '\\' || *c == 0x7f)
			return FALSE;
	if (url[0] == '/')
		return url[1] != '/';
	if (url[0] == '?' || url[0] == '#')
		return TRUE;
	const char *host = g_ascii_strncasecmp(url, "http://", 7) == 0    ? url + 7
	                   : g_ascii_strncasecmp(url, "https://", 8) == 0 ? url + 8
	                                                                  : NULL;
	return host != NULL && (g_ascii_isalnum(*host) || *host == '[');
}

/* One escape for text and for quoted attributes: what is safe in either is safe in both. */
static void append_escaped(GString *out, const char *text)
{
	for (const char *c = text; *c != '\0'; c++) {
		switch (*c) {
		case '<':
			g_string_append(out, "&lt;");
			break;
		case '>':
			g_string_append(out, "&gt;");
			break;
		case '&':
			g_string_append(out, "&amp;");
			break;
		case '"':
			g_string_append(out, "&quot;");
			break;
		case '\'':
			g_string_append(out, "&#39;");
			break;
		default:
			if (((guchar)*c < ' ' && *c != '\n' && *c != '\t') || *c == 0x7f)
				g_string_append(out, "\xef\xbf\xbd");
			else
				g_string_append_c(out, *c);
		}
	}
}

static void append_value(GString *out, const char *text)
{
	if (g_utf8_validate(text, -1, NULL)) {
		append_escaped(out, text);
		return;
	}
	g_autofree char *valid = g_utf8_make_valid(text, -1);
	append_escaped(out, valid);
}

static gboolean is_url_attribute(const char *name)
{
	return strcmp(name, "href") == 0 || strcmp(name, "action") == 0 || strcmp(name, "src") == 0;
}

static void append_tag(GString *out, const char *element, va_list attributes)
{
	const char *name;

	g_string_append_c(out, '<');
	g_string_append(out, element);
	while ((name = va_arg(attributes, const char *)) != NULL) {
		const char *value = va_arg(attributes, const char *);

		g_assert(strcmp(name, "style") != 0 && strncmp(name, "on", 2) != 0);
		if (value == NULL || (is_url_attribute(name) && !html_url_safe(value)))
			continue;
		g_string_append_c(out, ' ');
		g_string_append(out, name);
		/* An empty value of "value" or "alt" means something; a bare name is for required, checked and their like. */
		if (value[0] == '\0' && strcmp(name, "value") != 0)
			continue;
		g_string_append(out, "=\"");
		append_value(out, value);
		g_string_append_c(out, '"');
	}
	g_string_append_c(out, '>');
}

void html_open(Html *html, const char *element, ...)
{
	va_list attributes;

	g_assert(html->depth < HTML_DEPTH && strcmp(element, "script") != 0);
	va_start(attributes, element);
	append_tag(html->text, element, attributes);
	va_end(attributes);
	html->open[html->depth++] = element;
}

void html_void(Html *html, const char *element, ...)
{
	va_list attributes;

	va_start(attributes, element);
	append_tag(html->text, element, attributes);
	va_end(attributes);
}

void html_close(Html *html)
{
	g_assert(html->depth > 0);
	html->depth--;
	g_string_append(html->text, "</");
	g_string_append(html->text, html->open[html->depth]);
	g_string_append_c(html->text, '>');
}

void html_close_to(Html *html, guint depth)
{
	while (html->depth > depth)
		html_close(html);
}

void html_text(Html *html, const char *text)
{
	if (text != NULL)
		append_value(html->text, text);
}

void html_textf(Html *html, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_autofree char *text = g_strdup_vprintf(format, args);
	va_end(args);
	append_value(html->text, text);
}

void html_leaf(Html *html, const char *element, const char *css, const char *text)
{
	html_open(html, element, "class", css, NULL);
	html_text(html, text);
	html_close(html);
}

void html_link(Html *html, const char *url, const char *css, const char *text)
{
	gboolean safe = html_url_safe(url);

	if (safe)
		html_open(html, "a", "href", url, "class", css, NULL);
	html_text(html, text);
	if (safe)
		html_close(html);
}
