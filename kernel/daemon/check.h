/* SPDX-License-Identifier: Apache-2.0
 * What `zhenctl check` and `zhenctl inspect` say, as text for people or JSON for programs. No plugin's code runs. */
#pragma once

#include "base/json.h"
#include "daemon/verdict.h"

/* Exit codes of both. */
enum { CHECK_FINE = 0, CHECK_FAULTS = 1, CHECK_MISUSED = 2 };

void check_text(const Verdict *verdict, GString *text);
void check_json(const Verdict *verdict, JsonOut *out);

void inspect_text(const PluginFile *file, const Faults *faults, GString *text);
void inspect_json(const PluginFile *file, const Faults *faults, JsonOut *out);

/* A stranger's words may hold what a terminal obeys. */
void check_put_plain(GString *text, const char *words);
void check_put_text(JsonOut *out, const char *name, const char *words); /* and a path may be no text */
