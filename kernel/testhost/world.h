/* SPDX-License-Identifier: Apache-2.0
 * The small made-up county that a test host stands in, and the temporary folder it lives in. */
#pragma once

#include "runtime/runtime.h"

typedef struct World {
	char *dir;            /* temporary; removed with the world */
	char *divisions_csv;  /* files the worker reads too */
	char *bodies_csv;
	Divisions *divisions;
	Bodies *bodies;
	Keys *keys;
	Sm2 *sm2;
	StoreHost *stores;
	RuntimeEnv env;
	char *anchors;
	GArray *accounts;     /* of CallAccount, owned texts: who may be named */
} World;

/* @divisions: CSV paths separated by ':', @bodies: one; NULL = made up. */
World *world_new(const char *divisions, const char *bodies, GError **error);
void world_account(World *world, const char *id, const char *name, const char *body, guint64 permissions);
void world_free(World *world);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(World, world_free)
