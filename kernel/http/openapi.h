/* SPDX-License-Identifier: Apache-2.0
 * The OpenAPI 3.1 document of what is mounted, generated from the plugins' tables and the host's own. Pure. */
#pragma once

#include "http/http.h"

typedef struct OpenapiOptions {
	const char *title;    /* the site's */
	const char *base_url; /* NULL = "/" */
	const Plugin *const *plugins;
	guint n_plugins;
	const HttpRoute *const *routes; /* the host's own */
	guint n_routes;
} OpenapiOptions;

void openapi_document(const OpenapiOptions *options, GString *out);
