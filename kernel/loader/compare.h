/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "runtime/table.h"

/* What the note says against what the code is. FALSE: the first difference is named, by table, row and member. */
gboolean plugin_compare(const Plugin *note, const Plugin *code, GError **error);
