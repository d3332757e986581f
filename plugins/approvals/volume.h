/* SPDX-License-Identifier: Apache-2.0
 * What a file of the archive consists of, word for word, and its manifest. */
#ifndef APPROVALS_VOLUME_H
#define APPROVALS_VOLUME_H

#include "cases.h"

/* Everything of the case that an act or a job could have written. */
const char *volume_text(zhen_call *call, int64_t matter);
/* The tables and columns that @manifest names, with what stands there now; "" = the whole. */
const char *volume_text_as(zhen_call *call, int64_t matter, const char *manifest);
/* As it was digested whole, before there were manifests. */
const char *volume_text_whole(zhen_call *call, int64_t matter);
/* Of such a text: a line "table:columns:digest" for each table. */
const char *volume_manifest(zhen_call *call, const char *text);
/* What is no longer as @manifest has it, by name: in the words @kept, NULL = in what stands there now. "" = nothing. */
const char *volume_changed(zhen_call *call, int64_t matter, const char *manifest, const char *kept);

#endif
