/* SPDX-License-Identifier: Apache-2.0 */
#include <jansson.h>

#include <zhen/documents/sheet.h>

zhen_sheet *zhen_sheet_new(void)
{
	return json_array();
}

void zhen_sheet_free(zhen_sheet *sheet)
{
	json_decref(sheet);
}

void zhen_sheet_paragraph(zhen_sheet *sheet, const char *text)
{
	if (text[0] != '\0')
		json_array_append_new(sheet, json_pack("{s:s}", "paragraph", text));
}

void zhen_sheet_heading(zhen_sheet *sheet, const char *text)
{
	json_array_append_new(sheet, json_pack("{s:s}", "heading", text));
}

void zhen_sheet_fact(zhen_sheet *sheet, const char *label, const char *text)
{
	json_array_append_new(sheet, json_pack("{s:s, s:s}", "fact", label, "text", text));
}

void zhen_sheet_step(zhen_sheet *sheet, const char *title, const char *body, const char *opinion, const char *names,
                     const char *date)
{
	json_array_append_new(sheet, json_pack("{s:s, s:s, s:s, s:s, s:s}", "step", title, "body", body, "opinion", opinion,
	                                       "names", names, "date", date));
}
