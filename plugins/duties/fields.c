/* SPDX-License-Identifier: Apache-2.0
 * Forms: one list each for checking, for OpenAPI and for the page the host draws. */
#include "tables.h"

const zhen_field none_fields[] = { { 0 } };
