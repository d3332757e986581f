/* SPDX-License-Identifier: Apache-2.0
 * The OpenAPI 3.1 document of what is mounted, generated from the plugins' tables. Pure. */
#pragma once

#include "runtime/table.h"

typedef struct OpenapiOptions {
	const char *title;    /* the site's */
	const char *base_url; /* NULL = "/" */
	const Plugin *const *plugins;
	guint n_plugins;
} OpenapiOptions;

void openapi_document(const OpenapiOptions *options, GString *out);
