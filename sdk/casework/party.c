/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <zhen/casework/party.h>

enum zhen_credit_code zhen_credit_code_check(const char *text)
{
	static const char symbols[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
	static const int weights[] = { 1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28, 1 };
	int sum = 0;

	if (text == NULL || strlen(text) != 18)
		return ZHEN_CREDIT_CODE_WRONG;
	for (int i = 0; i < 18; i++) {
		const char *at = strchr(symbols, text[i]);

		if (at == NULL)
			return ZHEN_CREDIT_CODE_WRONG;
		sum += weights[i] * (int)(at - symbols);
	}
	return sum % 31 == 0 ? ZHEN_CREDIT_CODE_FINE : ZHEN_CREDIT_CODE_DOUBTFUL;
}
