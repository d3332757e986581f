/* SPDX-License-Identifier: Apache-2.0
 * What identifies a party that is no natural person: 统一社会信用代码 (GB 32100-2015). */
#ifndef ZHEN_CASEWORK_PARTY_H
#define ZHEN_CASEWORK_PARTY_H

#ifdef __cplusplus
extern "C" {
#endif

enum zhen_credit_code {
	ZHEN_CREDIT_CODE_FINE,
	ZHEN_CREDIT_CODE_DOUBTFUL, /* its last character does not check: some codes of before 2015 do not, so it is said, not refused */
	ZHEN_CREDIT_CODE_WRONG,    /* not 18 of 0-9 and A-Z without I O S V Z */
};

/* Of any text, NULL too. Pure; any thread. */
enum zhen_credit_code zhen_credit_code_check(const char *text);

#ifdef __cplusplus
}
#endif

#endif
