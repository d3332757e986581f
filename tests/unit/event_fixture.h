/* SPDX-License-Identifier: Apache-2.0
 * Events written as emitting writes them, for the tests that read logs. */
#pragma once

#include "store_fixture.h"
#include "store/log.h"

static inline void emit_at(Fixture *f, const char *topic, const char *subject, gint64 at_ms, const char *body)
{
	g_autofree char *sql = g_strdup_printf(
		"INSERT INTO _event(topic, subject, division, at, body) VALUES('%s', '%s', '', %" G_GINT64_FORMAT ", '%s')", topic,
		subject, at_ms, body);

	write_ok(f, STORE_HOST, sql);
}

static inline void emit_many(Fixture *f, const char *topic, guint count)
{
	g_autofree char *sql = g_strdup_printf(
		"INSERT INTO _event(topic, subject, division, at, body) "
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %u) "
		"SELECT '%s', 's' || (i %% 7), '', 1000 + i, '{\"n\":' || i || '}' FROM n",
		count, topic);

	write_ok(f, STORE_HOST, sql);
}

static inline gint64 epoch_of(Fixture *f)
{
	return read_int(f, STORE_HOST, "SELECT value FROM _meta WHERE name = 'epoch'");
}
