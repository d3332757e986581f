/* SPDX-License-Identifier: Apache-2.0
 * Catalogues: what the levels above give townships, one version after another. */
#include "tables.h"

zhen_result list_catalogues(zhen_call *call)
{
	return zhen_page(call, "SELECT id, code, version, title, kind, unit_kind, division, effective_from, items, national, "
	                       "province, prefecture, county, common, optional, published_at FROM catalogue "
	                       "WHERE newest = 1 {{page id DESC}}");
}
