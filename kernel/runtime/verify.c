/* SPDX-License-Identifier: Apache-2.0
 * Reads a chain and its anchors and names the first row that does not fit. */
#include <string.h>
#include "runtime/audit.h"
#include "runtime/runtime.h"

#define LOOK_AHEAD 256 /* rows searched for the one that was exchanged with a bad one */

typedef struct Link {
	AuditRow row;
	guint8 chain[DIGEST_SIZE];
	gboolean chain_readable;
} Link;

static void link_clear(gpointer data)
{
	Link *link = data;

	g_free((char *)link->row.account);
	g_free((char *)link->row.body);
	g_free((char *)link->row.route);
	g_free((char *)link->row.subject);
	g_free((char *)link->row.request);
	g_free((char *)link->row.digest);
}

static char *text_of(StoreStmt *stmt, guint column)
{
	zhen_value value;

	store_column(stmt, column, &value);
	return value.kind == ZHEN_KIND_TEXT ? g_strndup(value.as.text, value.length) : g_strdup("");
}

static gint64 number_of(StoreStmt *stmt, guint column)
{
	zhen_value value;

	store_column(stmt, column, &value);
	return zhen_value_int(&value);
}

static gboolean next_link(StoreStmt *stmt, Link *out, GError **error)
{
	if (store_step(stmt, error) != STORE_ROW)
		return FALSE;
	out->row.seq = number_of(stmt, 0);
	out->row.at = number_of(stmt, 1);
	out->row.account = text_of(stmt, 2);
	out->row.body = text_of(stmt, 3);
	out->row.route = text_of(stmt, 4);
	out->row.subject = text_of(stmt, 5);
	out->row.outcome = number_of(stmt, 6);
	out->row.request = text_of(stmt, 7);
	out->row.digest = text_of(stmt, 8);
	g_autofree char *chain = text_of(stmt, 9);
	out->chain_readable = digest_from_hex(chain, out->chain);
	return TRUE;
}

static gboolean fits(Digest *digest, const guint8 previous[DIGEST_SIZE], const AuditRow *row, gint64 seq,
                     const guint8 chain[DIGEST_SIZE])
{
	AuditRow at = *row;
	guint8 made[DIGEST_SIZE];

	at.seq = seq;
	audit_chain(digest, previous, &at, made);
	return memcmp(made, chain, DIGEST_SIZE) == 0;
}

/* What happened to the row that does not fit: its content stands elsewhere, or nowhere. */
static char *name_fault(Digest *digest, const guint8 previous[DIGEST_SIZE], const Link *bad, StoreStmt *stmt)
{
	for (guint i = 0; i < LOOK_AHEAD; i++) {
		Link other = { 0 };
		gboolean there = next_link(stmt, &other, NULL);
		/* Contents exchanged with the chains left in place, or whole rows under each other's number. */
		gboolean exchanged =
			there &&
			((bad->chain_readable && fits(digest, previous, &other.row, bad->row.seq, bad->chain)) ||
		         (other.chain_readable && fits(digest, previous, &other.row, bad->row.seq, other.chain)));
		gint64 seq = other.row.seq;

		link_clear(&other);
		if (exchanged)
			return g_strdup_printf("rows %" G_GINT64_FORMAT " and %" G_GINT64_FORMAT " were reordered",
			                       bad->row.seq, seq);
		if (!there)
			break;
	}
	return g_strdup_printf("row %" G_GINT64_FORMAT " was changed", bad->row.seq);
}

static char *anchor_fault(const Anchor *anchor, gint64 seq, const guint8 chain[DIGEST_SIZE])
{
	if (seq != anchor->seq || memcmp(anchor->chain, chain, DIGEST_SIZE) == 0)
		return NULL;
	return g_strdup_printf(
		"the chain up to row %" G_GINT64_FORMAT " was recomputed: it does not lead to the anchored head", seq);
}

static gboolean walk(StoreStmt *stmt, GArray *anchors, AuditVerdict *out, GError **error)
{
	g_autoptr(Digest) digest = digest_new();
	guint8 previous[DIGEST_SIZE] = { 0 };
	gint64 last = 0;
	guint next_anchor = 0;
	gint64 unvouched_from = 0, newest = 0; /* times of the first row after the last anchor, and of the last row */
	GError *local = NULL;

	while (out->fault == NULL) {
		Link link = { 0 };

		if (!next_link(stmt, &link, &local))
			break;
		out->rows++;
		if (link.row.seq != last + 1)
			out->fault = g_strdup_printf("row %" G_GINT64_FORMAT " was removed", last + 1);
		else if (!link.chain_readable || !fits(digest, previous, &link.row, link.row.seq, link.chain))
			out->fault = name_fault(digest, previous, &link, stmt);
		else if (next_anchor < anchors->len)
			out->fault =
				anchor_fault(&g_array_index(anchors, Anchor, next_anchor), link.row.seq, link.chain);
		if (out->fault != NULL) {
			out->first_bad = last + 1;
		} else {
			if (next_anchor < anchors->len &&
			    g_array_index(anchors, Anchor, next_anchor).seq == link.row.seq) {
				out->vouched_to = link.row.seq;
				out->vouched_at_ms = g_array_index(anchors, Anchor, next_anchor).at;
				next_anchor++;
			} else if (out->vouched_to == last) {
				unvouched_from = link.row.at;
			}
			newest = link.row.at;
			last = link.row.seq;
			memcpy(previous, link.chain, DIGEST_SIZE);
		}
		link_clear(&link);
	}
	if (local != NULL) {
		g_propagate_error(error, local);
		return FALSE;
	}
	if (out->fault == NULL && next_anchor < anchors->len) {
		out->first_bad = last + 1;
		out->fault = g_strdup_printf("rows from %" G_GINT64_FORMAT " on were cut: an anchor vouches for row %" G_GINT64_FORMAT,
		                             last + 1, g_array_index(anchors, Anchor, anchors->len - 1).seq);
	}
	if (out->fault == NULL && last > out->vouched_to && newest - unvouched_from > AUDIT_UNVOUCHED_MS) {
		out->first_bad = out->vouched_to + 1;
		out->fault = g_strdup_printf("anchors are missing: rows %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT
		                             " span more than ten minutes and none vouches for them",
		                             out->first_bad, last);
	}
	return TRUE;
}

gboolean audit_verify(const RuntimeEnv *env, const char *id, const char *dir, AuditVerdict *out, GError **error)
{
	g_autofree char *path = g_strdup_printf("%s/%s.anchors", env->anchors_dir, id);
	g_autoptr(GArray) anchors = anchors_read(path, env->keys, id, error);
	StoreOptions options = { .dir = dir, .name = id, .read_only = TRUE };
	g_autoptr(Store) store = NULL;
	StoreConn *conn;
	StoreStmt *stmt;
	gboolean fine;

	memset(out, 0, sizeof *out);
	if (anchors == NULL)
		return FALSE;
	store = store_open(env->stores, &options, error);
	conn = store != NULL ? store_read(store, env->readers - 1, error) : NULL;
	if (conn == NULL)
		return FALSE;
	stmt = store_prepare(conn, STORE_HOST,
	                     "SELECT seq, at, account, body, route, subject, outcome, request, digest, chain "
	                     "FROM _audit ORDER BY seq",
	                     NULL, NULL, 0, error);
	fine = stmt != NULL && walk(stmt, anchors, out, error);
	if (stmt != NULL)
		store_reset(stmt);
	store_read_done(env->stores, env->readers - 1);
	return fine;
}
