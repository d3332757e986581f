/* SPDX-License-Identifier: Apache-2.0
 * What is written into a page stays text. */
#include <criterion/criterion.h>
#include <string.h>
#include "hostile_text.h"
#include "http/html.h"

Test(html, text_and_attributes_come_out_inert)
{
	g_autoptr(GString) out = g_string_new(NULL);
	Html html;

	html_init(&html, out);
	html_open(&html, "p", "title", NASTY, "class", NULL, NULL);
	html_text(&html, NASTY);
	html_textf(&html, "%s", NASTY);
	html_close(&html);
	cr_expect_str_eq(out->str, "<p title=\"" INERT "\">" INERT INERT "</p>");
}

Test(html, control_characters_and_broken_utf8_do_not_pass)
{
	g_autoptr(GString) out = g_string_new(NULL);
	Html html;

	html_init(&html, out);
	html_text(&html, "a\x01\x7f\xff<");
	cr_expect_str_eq(out->str, "a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd&lt;");
	cr_expect(g_utf8_validate(out->str, -1, NULL));
}

Test(html, only_web_addresses_and_paths_become_links)
{
	static const struct {
		const char *url;
		gboolean safe;
	} cases[] = {
		{ "/p/notes", TRUE },
		{ "/", TRUE },
		{ "?a=1", TRUE },
		{ "#f-name", TRUE },
		{ "https://a.cn/x?y=1", TRUE },
		{ "HTTP://a.cn", TRUE },
		{ "javascript:alert(1)", FALSE },
		{ "JaVaScRiPt:alert(1)", FALSE },
		{ " javascript:alert(1)", FALSE },
		{ "java\nscript:alert(1)", FALSE },
		{ "data:text/html,<b>", FALSE },
		{ "vbscript:x", FALSE },
		{ "//evil.cn", FALSE },
		{ "/\\evil.cn", FALSE },
		{ "/a b", FALSE },
		{ "/\t/evil.cn", FALSE },
		{ "http:///x", FALSE },
		{ "https:evil", FALSE },
		{ "notes/1", FALSE },
		{ "mailto:a@b.cn", FALSE },
		{ "", FALSE },
		{ NULL, FALSE },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GString) out = g_string_new(NULL);
		Html html;

		cr_expect_eq(html_url_safe(cases[i].url), cases[i].safe, "%s", cases[i].url);
		html_init(&html, out);
		html_link(&html, cases[i].url, NULL, "x");
		html_void(&html, "img", "src", cases[i].url, NULL);
		cr_expect_eq(strstr(out->str, "href") != NULL, cases[i].safe, "%s", out->str);
		cr_expect_eq(strstr(out->str, "src") != NULL, cases[i].safe, "%s", out->str);
	}
}
