/* SPDX-License-Identifier: Apache-2.0
 * Roles of the configuration and the numbers of permissions. Filled by one thread, sealed, then read by any. */
#pragma once

#include "base/conf.h"

typedef struct Roles Roles;

Roles *roles_new(const Conf *conf);
void roles_free(Roles *roles);
/* Its number, made when new; after the seal an unknown name gets a number that nobody has. */
guint roles_permission(Roles *roles, const char *name);
/* Makes the numbers of @from's permissions those of @roles, which has none yet. */
void roles_adopt(Roles *roles, const Roles *from);
/* The numbers of the host's own permissions: the first, in this order. */
enum HostPermission { HOST_SYSTEM, HOST_USERS, HOST_AUDIT, HOST_PERMISSIONS };
#define HOST_PERMISSION_BITS ((G_GUINT64_CONSTANT(1) << HOST_PERMISSIONS) - 1)
const char *roles_host_name(enum HostPermission permission); /* "kernel.system" */
void roles_know_host(Roles *roles);
gboolean roles_too_much(guint64 word); /* the first of a session's words: more than one of these */
void roles_seal(Roles *roles);         /* resolves "approvals.*" and "*"; warns of names that no plugin declared */
void roles_resolve(Roles *roles, Faults *unknown); /* the same, those names into @unknown */
guint roles_words(const Roles *roles); /* 64-bit words that hold every permission; sealed */
/* Adds what @role may do to @words. FALSE: no such role. */
gboolean roles_grant(const Roles *roles, const char *role, guint64 *words);
gboolean roles_own_body_only(const Roles *roles, const char *role);
const char *roles_title(const Roles *roles, const char *role);   /* NULL = no such role; "" = no title */
const char *roles_nearest(const Roles *roles, const char *role); /* for messages; NULL = none near */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Roles, roles_free)
