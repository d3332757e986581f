/* SPDX-License-Identifier: Apache-2.0
 * A test's plugin with its home, and what it last answered. */
#pragma once

#include <zhen/test.h>
#include "base/json.h"
#include "loader/loader.h"
#include "testhost/world.h"

struct zhen_test {
	World *world;
	Loop *loop;
	Pool *pool;
	LoadedPlugin *loaded;
	Home *home;
	Runtime *runtime;       /* in-process; NULL in a worker */
	Store *peek;            /* worker: the same file, opened here to be looked at */
	char *dir;
	/* Who calls. */
	char *account, *body, *division, *permissions;
	/* The last answer. */
	CallReply *reply;
	json_t *json;
	GByteArray *blob;
	char *text;             /* last value given out */
	gint64 delivered;       /* position of the last event */
	GError *error;
};
