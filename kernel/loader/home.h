/* SPDX-License-Identifier: Apache-2.0
 * What the two homes share behind Home: the verbs that the loader calls. */
#pragma once

#include "loader/loader.h"

typedef struct HomeClass {
	void (*free)(Home *home);
	gint64 (*pid)(Home *home);
	void (*set_settings)(Home *home, Settings *settings);
	void (*turn_clock)(Home *home);
	void (*settle_jobs)(Home *home, LoopFunc *done, void *data);
	void (*stats)(Home *home, RuntimeStats *out);
	void (*pause)(Home *home, gint64 limit_ms, HomePaused *paused, void *data);
	void (*resume)(Home *home);
	void (*quiet)(Home *home, gboolean quiet); /* as runtime_quiet */
	gboolean (*is_idle)(Home *home);           /* no call, job, retry or upkeep is under way */
} HomeClass;

typedef struct HomeBase {
	Home home; /* first: a Home * of this floor is a HomeBase * */
	const HomeClass *class;
} HomeBase;
