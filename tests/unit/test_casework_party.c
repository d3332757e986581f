/* SPDX-License-Identifier: Apache-2.0
 * Credit codes (GB 32100-2015): what is one, what is none, and what only does not check. */
#include <criterion/criterion.h>
#include <glib.h>

#include <zhen/casework/party.h>

Test(party, a_credit_code_is_refused_for_its_shape_and_doubted_for_its_last_character)
{
	static const struct {
		const char *text;
		enum zhen_credit_code found;
	} rows[] = {
		{ "91350100M000100Y43", ZHEN_CREDIT_CODE_FINE },
		{ "111100000000000030", ZHEN_CREDIT_CODE_FINE },     /* a sum of nothing is 0 */
		{ "91350100M000100Y44", ZHEN_CREDIT_CODE_DOUBTFUL },
		{ "91350100M000010Y43", ZHEN_CREDIT_CODE_DOUBTFUL }, /* two of them moved */
		{ "91350100M000100Y4", ZHEN_CREDIT_CODE_WRONG },
		{ "91350100M000100Y433", ZHEN_CREDIT_CODE_WRONG },
		{ "91350100m000100y43", ZHEN_CREDIT_CODE_WRONG },
		{ "9135O100M000100Y43", ZHEN_CREDIT_CODE_WRONG },
		{ "91350100M000100Y4Z", ZHEN_CREDIT_CODE_WRONG },
		{ "", ZHEN_CREDIT_CODE_WRONG },
		{ NULL, ZHEN_CREDIT_CODE_WRONG },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		cr_expect_eq(zhen_credit_code_check(rows[i].text), rows[i].found, "%s", rows[i].text);
}
