/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <zhen/casework/code.h>

#include "text.h"

const char *zhen_code_seed(zhen_call *call)
{
	return or_empty(call->host->random_code(call, 24));
}

const char *zhen_code_of(zhen_call *call, const char *seed, const char *number)
{
	static const char letters[] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
	const char *hex = or_empty(call->host->keyed_digest(call, zhen_format(call, "code|%s|%s", seed, number)));
	char *code = (char *)zhen_alloc(call, ZHEN_CODE_LENGTH + 1);

	for (int i = 0; i < ZHEN_CODE_LENGTH && hex[2 * i] != '\0' && hex[2 * i + 1] != '\0'; i++) {
		char pair[3] = { hex[2 * i], hex[2 * i + 1], '\0' };

		code[i] = letters[strtoul(pair, NULL, 16) & 31];
	}
	return code;
}

const char *zhen_code_digest(zhen_call *call, const char *number, const char *code)
{
	char *clean = (char *)zhen_alloc(call, strlen(code) + 1);
	size_t used = 0;

	/* People type codes in lower case and with gaps. */
	for (const char *c = code; *c != '\0'; c++)
		if (isalnum((unsigned char)*c))
			clean[used++] = (char)toupper((unsigned char)*c);
	return or_empty(call->host->keyed_digest(call, zhen_format(call, "query|%s|%s", number, clean)));
}

const char *zhen_percent_encoded(zhen_call *call, const char *text)
{
	char *out = (char *)zhen_alloc(call, strlen(text) * 3 + 1), *to = out;

	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-')
			*to++ = (char)c;
		else
			to += snprintf(to, 4, "%%%02X", c);
	}
	return out;
}
