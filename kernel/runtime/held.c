/* SPDX-License-Identifier: Apache-2.0
 * A subject of which too many are set aside is held: what comes later of it stays where it is, in the publisher's log, and is passed
 * over while the others go on. Once nothing of it is set aside any more it is let go: the cursors go back to where it was held,
 * and of what comes a second time only that which was held is handled. _reached says how far the cursors had been. */
#include "base/log.h"
#include "runtime/events.h"

#define OF "WHERE publisher = $1"

static gboolean run(StoreConn *conn, const char *sql, const zhen_value *args, guint n_args, GError **error)
{
	return store_exec(conn, STORE_HOST, sql, args, n_args, NULL, error);
}

/* @sql gives seq; *@out -1 where it gives none. */
static gboolean read_seq(StoreConn *conn, const char *sql, const zhen_value *args, guint n_args, gint64 *out,
                         GError **error)
{
	/* Without a row it is 0, which is a position. */
	if (!store_exec(conn, STORE_HOST, sql, args, n_args, out, error))
		return FALSE;
	*out -= 1;
	return TRUE;
}

static gboolean load_reached(Delivery *delivery, StoreConn *conn, GError **error)
{
	zhen_value args[2] = { zhen_from_text(delivery->publisher) };

	for (guint i = 0; i < delivery->n_cursors; i++) {
		Cursor *cursor = &delivery->cursors[i];

		args[1] = zhen_from_text(cursor->row->topic);
		if (!store_exec(conn, STORE_HOST, "SELECT seq FROM _reached " OF " AND topic = $2", args, 2,
		                &cursor->reached, error))
			return FALSE;
		delivery->furthest.seq = MAX(delivery->furthest.seq, cursor->reached);
	}
	return TRUE;
}

gboolean held_load(Call *call, StoreConn *conn, GError **error)
{
	Delivery *delivery = call->delivery;
	zhen_value publisher = zhen_from_text(delivery->publisher);

	for (guint i = 0; i < delivery->n_cursors; i++)
		delivery->cursors[i].reached = 0;
	return read_seq(conn, "SELECT seq + 1 FROM _held " OF " ORDER BY seq LIMIT 1", &publisher, 1, &delivery->held,
	                error) &&
	       (delivery->held < 0 || load_reached(delivery, conn, error));
}

gboolean held_passes(Call *call, StoreConn *conn, const Cursor *cursor, const CallEvent *event, gboolean *out,
                     GError **error)
{
	const Delivery *delivery = call->delivery;
	const gint64 seq = event->position.seq;
	const gboolean again = cursor != NULL && seq <= cursor->reached;
	zhen_value args[] = { zhen_from_text(delivery->publisher), zhen_from_text(event->subject) };
	gint64 held = -1, let_go = 0;

	*out = FALSE;
	if (delivery->held < 0)
		return TRUE;
	if (event->subject[0] != '\0' &&
	    (!read_seq(conn, "SELECT seq + 1 FROM _held " OF " AND subject = $2", args, 2, &held, error) ||
	     !store_exec(conn, STORE_HOST, "SELECT let_go FROM _held " OF " AND subject = $2", args, 2, &let_go,
	                 error)))
		return FALSE;
	if (held < 0)
		*out = again;
	else
		*out = let_go != 0 ? again && seq <= held : again || seq > held;
	return TRUE;
}

gboolean held_begin(Call *call, StoreConn *conn, const CallEvent *event, GError **error)
{
	Delivery *delivery = call->delivery;
	const gint64 before = event->position.seq - 1;
	zhen_value args[] = { zhen_from_text(delivery->publisher), zhen_from_text(event->subject),
		              zhen_from_int(before) };

	if (!run(conn,
	         "INSERT INTO _held(publisher, subject, seq, let_go) VALUES($1, $2, $3, 0) {{upsert publisher, "
	         "subject}} "
	         "seq = excluded.seq, let_go = 0",
	         args, G_N_ELEMENTS(args), error))
		return FALSE;
	log_write(LOG_WARN, call->runtime->plugin->id,
	          "of the subject %s of %s too many events are set aside: those behind %" G_GINT64_FORMAT
	          " wait in its log",
	          event->subject, delivery->publisher, before);
	delivery->held = delivery->held < 0 ? before : MIN(delivery->held, before);
	return TRUE;
}

/* What others that were let go have had by now does not come to them again. */
static gboolean keep_had(const Delivery *delivery, StoreConn *conn, GError **error)
{
	gint64 furthest = 0;

	for (guint i = 0; i < delivery->n_cursors; i++) {
		zhen_value of[] = { zhen_from_text(delivery->publisher),
			            zhen_from_text(delivery->cursors[i].row->topic) };
		gint64 seq = 0;

		if (!store_exec(conn, STORE_HOST, "SELECT seq FROM _cursor " OF " AND topic = $2", of, 2, &seq, error))
			return FALSE;
		furthest = MAX(furthest, seq);
	}
	zhen_value args[] = { zhen_from_text(delivery->publisher), zhen_from_int(furthest) };
	return run(conn, "UPDATE _held SET seq = $2 " OF " AND let_go = 1 AND seq < $2", args, 2, error);
}

/* Back to @seq; topics that are not subscribed to any more stay where they are. */
static gboolean go_back(const Delivery *delivery, StoreConn *conn, gint64 seq, GError **error)
{
	for (guint i = 0; i < delivery->n_cursors; i++) {
		zhen_value args[] = { zhen_from_text(delivery->publisher),
			              zhen_from_text(delivery->cursors[i].row->topic), zhen_from_int(seq) };

		if (!run(conn,
		         "INSERT INTO _reached(publisher, topic, seq) SELECT publisher, topic, seq FROM _cursor " OF
		         " AND topic = $2 AND seq > $3 {{upsert publisher, topic}} "
		         "seq = CASE WHEN excluded.seq > _reached.seq THEN excluded.seq ELSE _reached.seq END",
		         args, G_N_ELEMENTS(args), error) ||
		    !run(conn,
		         "UPDATE _cursor SET seq = $3, mark = 0, marked_at = 0, parted = -1 " OF
		         " AND topic = $2 AND seq > $3",
		         args, G_N_ELEMENTS(args), error))
			return FALSE;
	}
	return TRUE;
}

gboolean held_let_go(Call *call, StoreConn *conn, const char *subject, GError **error)
{
	Delivery *delivery = call->delivery;
	zhen_value args[] = { zhen_from_text(delivery->publisher), zhen_from_text(subject) };
	gboolean waits = FALSE;
	gint64 seq = -1;

	if (!parked_before(conn, delivery->publisher, subject, &waits, error))
		return FALSE;
	if (waits)
		return TRUE;
	if (!read_seq(conn, "SELECT seq + 1 FROM _held " OF " AND subject = $2 AND let_go = 0", args, 2, &seq, error))
		return FALSE;
	if (seq < 0 || !cursors_find(call, delivery->publisher))
		return TRUE;
	call->emitted = TRUE; /* the bus looks where it is to go on */
	return keep_had(delivery, conn, error) &&
	       run(conn, "UPDATE _held SET let_go = 1 " OF " AND subject = $2", args, 2, error) &&
	       go_back(delivery, conn, seq, error);
}

gboolean held_moved(Call *call, StoreConn *conn, const LogPosition *to, GError **error)
{
	Delivery *delivery = call->delivery;
	zhen_value publisher = zhen_from_text(delivery->publisher);
	gint64 goal = 0;

	for (guint i = 0; i < delivery->n_cursors; i++)
		goal = MAX(goal, delivery->cursors[i].reached);
	if (delivery->held < 0 || goal == 0 || to->seq < goal)
		return TRUE;
	return run(conn, "DELETE FROM _reached " OF, &publisher, 1, error) &&
	       run(conn, "DELETE FROM _held " OF " AND let_go = 1", &publisher, 1, error) &&
	       held_load(call, conn, error);
}

gboolean held_rewound(Call *call, StoreConn *conn, gboolean cut, GError **error)
{
	const CallRequest *request = call->request;
	zhen_value args[] = { zhen_from_text(call->delivery->publisher), zhen_from_int(request->upto.seq) };

	if (cut)
		return run(conn, "UPDATE _held SET seq = $2 " OF " AND seq > $2", args, 2, error) &&
		       run(conn, "UPDATE _reached SET seq = $2 " OF " AND seq > $2", args, 2, error);
	/* All behind it comes again, and is handled again. */
	return run(conn, "DELETE FROM _held " OF " AND (seq >= $2 OR let_go = 1)", args, 2, error) &&
	       run(conn, "DELETE FROM _reached " OF, args, 1, error);
}
