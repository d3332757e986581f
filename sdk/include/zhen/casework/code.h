/* SPDX-License-Identifier: Apache-2.0
 * Query and verification codes. A code is derived from a random seed under the host's key, so the database alone never
 * tells it, and a document that prints it can be drawn again. Only the digest is looked up. */
#ifndef ZHEN_CASEWORK_CODE_H
#define ZHEN_CASEWORK_CODE_H

#include <zhen/zhen.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ZHEN_CODE_LENGTH 10

/* A new seed, kept with the row. */
const char *zhen_code_seed(zhen_call *call);
const char *zhen_code_of(zhen_call *call, const char *seed, const char *number);
/* What stands in the row's column and is looked for: lower case and gaps in @code do not matter. */
const char *zhen_code_digest(zhen_call *call, const char *number, const char *code);
/* "%E6%B0%B8…": a number as part of an address. */
const char *zhen_percent_encoded(zhen_call *call, const char *text);

#ifdef __cplusplus
}
#endif

#endif
