/* SPDX-License-Identifier: Apache-2.0
 * Everything that is wrong, where a GError knows the first only. Of one thread. */
#pragma once

#include "base/error.h"

#define FAULTS_KEPT 1000 /* further ones are counted only */

typedef struct Faults Faults;

Faults *faults_new(void);
void faults_free(Faults *faults);
guint faults_count(const Faults *faults); /* with those that were only counted */
guint faults_kept(const Faults *faults);
const GError *faults_nth(const Faults *faults, guint index); /* below faults_kept */
/* FALSE, always: returned as throw_error is. */
gboolean faults_add(Faults *faults, ErrorCode code, const char *format, ...) G_GNUC_PRINTF(3, 4);
gboolean faults_take(Faults *faults, GError *error); /* (transfer full) */
/* Moves what @from holds behind what @faults holds, each "prefix: " (NULL = none) before it. TRUE: it held nothing. */
gboolean faults_move(Faults *faults, Faults *from, const char *prefix);
/* TRUE: there is none. Else @error is the first. */
gboolean faults_none(const Faults *faults, GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Faults, faults_free)
