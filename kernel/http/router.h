/* SPDX-License-Identifier: Apache-2.0
 * From a decoded path to what stands there: a small trie per mount, matched without allocating. A literal beats a
 * parameter; where the literal's end does not know the method, the parameter is tried. */
#pragma once

#include "http/parser.h"

#define ROUTE_PARAMS_MAX 12
#define ROUTE_METHODS 6 /* enum zhen_method is an index */

typedef struct Router Router;

typedef struct RouteMatch {
	void *entry;     /* NULL = no route of that method */
	guint32 allowed; /* bit per method that the path knows; 0 = nothing stands there */
	guint n_params;
	View params[ROUTE_PARAMS_MAX]; /* in order, offsets into the path */
} RouteMatch;

Router *router_new(void);
void router_free(Router *router);
/* @path ("/notes/{id}") is borrowed. Returns what stood there before, or NULL; @entry takes its place. */
void *router_add(Router *router, guint32 method, const char *path, void *entry);
gboolean router_match(const Router *router, guint32 method, const char *path, gsize length, RouteMatch *out);
/* Names of the parameters of @path, NULL-ended, at most ROUTE_PARAMS_MAX. (transfer full) */
char **route_param_names(const char *path);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Router, router_free)
