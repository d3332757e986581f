/* SPDX-License-Identifier: Apache-2.0
 * Sockets of one loop: listener, connections with one buffer each, deadlines, sending. Knows nothing of HTTP; everything
 * above it sees only these functions, so that TLS can be put behind them. Loop thread. */
#pragma once

#include <event2/event.h>
#include <event2/event_struct.h>
#include <netinet/in.h>
#include <sys/uio.h>

#include "base/error.h"
#include "base/loop.h"

typedef struct Net Net;
typedef struct Connection Connection;

/* What a connection waits for; each has a time limit of its own. */
typedef enum Wait { WAIT_IDLE, WAIT_HEAD, WAIT_BODY, WAIT_CALL, WAIT_SEND, WAIT_LINGER, WAIT_STREAM, WAITS } Wait;

struct Connection {
	Connection *previous, *next; /* among those waiting for the same, soonest deadline first */
	Net *net;
	gint64 deadline_us;
	Wait wait;
	int fd;
	guint reading : 1;  /* the read event is on */
	guint writing : 1;  /* the write event is on */
	guint paused : 1;   /* a request is being answered: what comes stays in the socket */
	guint closing : 1;  /* close when all is sent */
	guint linger : 1;   /* and read on for a moment, so that a reset does not eat the answer */
	guint failed : 1;   /* sending does not work any more */
	guint dead : 1;     /* fd is closed; freed at the end of the turn */
	guint running : 1;  /* for the layer above: its step loop is on the stack */
	guint32 in_size, in_at, in_end; /* bytes in_at..in_end of in are unread */
	char *in;                       /* NULL = none held */
	char *out;                      /* what the kernel did not take */
	gsize out_size, out_at, out_end;
	gint64 file_at, file_left;      /* then this of file */
	int file;                       /* -1 = none */
	gsize drained;                  /* bytes thrown away while lingering */
	void *call;                     /* of the layer above */
	struct event read_event, write_event;
	char address[INET6_ADDRSTRLEN];
};

typedef struct NetHandler {
	gboolean (*admit)(void *data, const char *address); /* FALSE: answered 503 and closed */
	void (*ready)(Connection *connection); /* bytes came, or all is sent */
	void (*late)(Connection *connection);  /* its wait was too long */
	void (*gone)(Connection *connection);  /* about to end; also after admit */
	void *data;
	gint64 wait_us[WAITS];
	gsize in_max; /* the buffer grows by itself up to this; beyond only by connection_reserve */
} NetHandler;

/* @handler is borrowed. */
Net *net_new(Loop *loop, const NetHandler *handler);
void net_free(Net *net); /* closes what is open; its loop does not run any more */
void net_listen(Net *net, int fd); /* takes fd */
/* Ends the listener and connections that are idle; others end after their answer. */
void net_close_listener(Net *net);
gboolean net_draining(const Net *net);
gint64 net_now_us(const Net *net); /* as of this callback, or what ended last before it in this turn */
gint64 net_look(Net *net);         /* at the clock: as of now */
gint64 net_wall_ms(Net *net);      /* clock_now_ms() as of net_now_us() */
void *net_data(const Net *net);
/* Closed connections are freed here: at the end of each turn. */
void net_bury(Net *net);

/* A listening socket; *@port 0 = any, then filled in. The first of a process also makes sure that nobody else has it. */
int net_bind(const char *address, guint *port, gboolean first, GError **error);
/* Whether @fd listens there; @port 0 = any, and becomes the one it is. */
gboolean net_is_bound(int fd, const char *address, guint *port);

static inline gsize connection_unread(const Connection *connection)
{
	return connection->in_end - connection->in_at;
}
static inline const char *connection_bytes(const Connection *connection)
{
	return connection->in + connection->in_at;
}
void connection_consume(Connection *connection, gsize bytes);
/* Room for @bytes in all, from in_at. */
void connection_reserve(Connection *connection, gsize bytes);
char *connection_take_buffer(Connection *connection); /* (transfer full: g_free) */
void connection_pause(Connection *connection, gboolean pause);
/* Starts the clock of @wait anew. */
void connection_wait(Connection *connection, Wait wait);

/* All of it, in order, after what was given before. A broken connection is only marked as failed: who sends still holds
 * what ends with it. */
void connection_send(Connection *connection, const struct iovec *parts, guint n_parts);
void connection_send_file(Connection *connection, int file, gint64 length); /* takes file */
static inline gboolean connection_all_sent(const Connection *connection)
{
	return connection->out_at == connection->out_end && connection->file_left == 0;
}
void connection_close(Connection *connection); /* now */
void connection_close_when_sent(Connection *connection, gboolean linger);
