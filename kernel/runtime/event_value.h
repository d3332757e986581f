/* SPDX-License-Identifier: Apache-2.0
 * What the member of an event may hold: one check for who emits it and for who reads it in a log. A log keeps events
 * for years while declarations change; what was right when it was emitted must not become a dead letter by that:
 * - a division that is not known any more (merged away) is taken where one above it is known;
 * - a choice that is none any more is taken where it could be one.
 * Who emits is held to what is declared today. */
#pragma once

#include "base/divisions.h"
#include "base/json_flat.h"
#include "runtime/table.h"

typedef enum EventSide { EVENT_EMITTED, EVENT_LOGGED } EventSide;

/* NULL = it fits, else why not (static, English). @out_ms: of a time written as text; may be NULL. */
const char *event_value_fault(const zhen_field *field, const Divisions *divisions, EventSide side,
                              const JsonFlat *value, gint64 *out_ms);
/* The division itself, or the nearest above one that is not known any more; NULL = there is none, or it is no code. */
const Division *event_division(const Divisions *divisions, const char *code);
