/* SPDX-License-Identifier: Apache-2.0
 * Calls count themselves in before they look whether the gate is closed; who closes it looks at the count after. So one of
 * the two always sees the other. */
#include "loader/gate.h"

#include <pthread.h>
#include <string.h>

#include "loader/home.h"

typedef struct Face {
	HomeBase base;
	Gate *gate;
} Face;

struct Gate {
	Home *inner;       /* NULL = taken; changed by the loop while closed and nobody is in */
	GPtrArray *faces;  /* of Face; the last is of what runs */
	gint closed, entering; /* atomic */
	pthread_mutex_t lock;  /* of waiting; not GLib's: ThreadSanitizer knows these */
	GPtrArray *waiting;    /* of Waiting */
};

typedef struct Waiting {
	Home *face;
	Loop *loop;
	const CallRequest *request;
	CallDone *done;
	void *data;
	LoopItem item;
} Waiting;

/* ---- of an earlier version ---- */

typedef struct Renamed {
	CallRequest request;
	CallDone *done;
	void *data;
	CallAccount accounts[];
} Renamed;

static void renamed_done(void *data, CallReply *reply)
{
	Renamed *call = data;

	call->done(call->data, reply);
	g_free(call);
}

static gboolean find_route(const Plugin *from, const Plugin *to, guint *index)
{
	const zhen_route *route = &from->routes[*index];

	for (guint i = 0; i < to->n_routes; i++)
		if (to->routes[i].method == route->method && strcmp(to->routes[i].path, route->path) == 0) {
			*index = i;
			return TRUE;
		}
	return FALSE;
}

static guint64 rename_permissions(const Plugin *from, const Plugin *to, guint64 bits)
{
	guint64 out = 0;

	for (guint i = 0; i < MIN(from->n_permissions, 64); i++)
		for (guint j = 0; (bits >> i & 1) != 0 && j < MIN(to->n_permissions, 64); j++)
			if (strcmp(from->permissions[i].name, to->permissions[j].name) == 0)
				out |= G_GUINT64_CONSTANT(1) << j;
	return out;
}

static void submit_renamed(Home *inner, const Plugin *from, Loop *loop, const CallRequest *request, CallDone *done,
                           void *data)
{
	const Plugin *to = inner->plugin;
	Renamed *call = g_malloc0(sizeof(Renamed) + request->n_accounts * sizeof(CallAccount));

	call->request = *request;
	call->done = done;
	call->data = data;
	if (!find_route(from, to, &call->request.index)) {
		renamed_done(call, call_reply_problem(404, "not-found", "没有这个地址", NULL));
		return;
	}
	call->request.caller.permissions = rename_permissions(from, to, request->caller.permissions);
	for (guint i = 0; i < request->n_accounts; i++) {
		call->accounts[i] = request->accounts[i];
		call->accounts[i].permissions = rename_permissions(from, to, request->accounts[i].permissions);
	}
	call->request.accounts = request->n_accounts > 0 ? call->accounts : NULL;
	inner->submit(inner, loop, &call->request, renamed_done, call);
}

/* ---- in ---- */

static void go_in(const Gate *gate, const Home *face, Loop *loop, const CallRequest *request, CallDone *done,
                  void *data)
{
	Home *inner = gate->inner;

	if (face->plugin == inner->plugin || request->kind != CALL_ROUTE)
		inner->submit(inner, loop, request, done, data);
	else
		submit_renamed(inner, face->plugin, loop, request, done, data);
}

static void let_in(void *data)
{
	Waiting *waiting = data;

	waiting->face->submit(waiting->face, waiting->loop, waiting->request, waiting->done, waiting->data);
	g_free(waiting);
}

/* FALSE: it has been opened meanwhile. */
static gboolean wait_outside(Gate *gate, const Waiting *call)
{
	gboolean closed;

	pthread_mutex_lock(&gate->lock);
	closed = g_atomic_int_get(&gate->closed) != 0;
	if (closed)
		g_ptr_array_add(gate->waiting, g_memdup2(call, sizeof(*call)));
	pthread_mutex_unlock(&gate->lock);
	return closed;
}

static void face_submit(Home *home, Loop *loop, const CallRequest *request, CallDone *done, void *data)
{
	Gate *gate = ((Face *)home)->gate;
	const Waiting call = { .face = home, .loop = loop, .request = request, .done = done, .data = data };
	gboolean in = FALSE;

	while (!in) {
		g_atomic_int_inc(&gate->entering);
		in = g_atomic_int_get(&gate->closed) == 0;
		if (in)
			go_in(gate, home, loop, request, done, data);
		g_atomic_int_add(&gate->entering, -1);
		if (!in && wait_outside(gate, &call))
			return;
	}
}

/* ---- the other verbs; the loop's, which alone takes and puts ---- */

static HomeBase *base_of(const Home *face)
{
	return (HomeBase *)((const Face *)face)->gate->inner;
}

static void face_free(Home *home)
{
	(void)home; /* with its gate */
}

static gint64 face_pid(Home *home)
{
	HomeBase *inner = base_of(home);

	return inner != NULL ? inner->class->pid(&inner->home) : 0;
}

static void face_set_settings(Home *home, Settings *settings)
{
	HomeBase *inner = base_of(home);

	if (inner != NULL)
		inner->class->set_settings(&inner->home, settings);
	else
		settings_unref(settings);
}

static void face_turn_clock(Home *home)
{
	HomeBase *inner = base_of(home);

	if (inner != NULL)
		inner->class->turn_clock(&inner->home);
}

static void face_settle_jobs(Home *home, LoopFunc *done, void *data)
{
	HomeBase *inner = base_of(home);

	if (inner != NULL)
		inner->class->settle_jobs(&inner->home, done, data);
	else
		done(data);
}

static void face_stats(Home *home, RuntimeStats *out)
{
	HomeBase *inner = base_of(home);

	memset(out->values, 0, sizeof out->values);
	memset(out->parked, 0, out->n_jobs * sizeof out->parked[0]);
	/* As long as it is changed in the worker, there are two tables. */
	if (inner != NULL && !gate_is_closed(((Face *)home)->gate))
		inner->class->stats(&inner->home, out);
}

static void face_pause(Home *home, gint64 limit_ms, HomePaused *paused, void *data)
{
	HomeBase *inner = base_of(home);

	if (inner != NULL)
		inner->class->pause(&inner->home, limit_ms, paused, data);
	else
		paused(data, FALSE);
}

static void face_resume(Home *home)
{
	HomeBase *inner = base_of(home);

	if (inner != NULL)
		inner->class->resume(&inner->home);
}

static void face_quiet(Home *home, gboolean quiet)
{
	HomeBase *inner = base_of(home);

	inner->class->quiet(&inner->home, quiet);
}

static gboolean face_is_idle(Home *home)
{
	HomeBase *inner = base_of(home);

	return inner->class->is_idle(&inner->home);
}

static const HomeClass face_class = {
	.free = face_free,
	.pid = face_pid,
	.set_settings = face_set_settings,
	.turn_clock = face_turn_clock,
	.settle_jobs = face_settle_jobs,
	.stats = face_stats,
	.pause = face_pause,
	.resume = face_resume,
	.quiet = face_quiet,
	.is_idle = face_is_idle,
};

static void add_face(Gate *gate)
{
	Face *face = g_new0(Face, 1);

	face->base.class = &face_class;
	face->base.home = (Home){ .submit = face_submit,
		                  .plugin = gate->inner->plugin,
		                  .store = gate->inner->store,
		                  .dir = g_strdup(gate->inner->dir) };
	face->gate = gate;
	g_ptr_array_add(gate->faces, face);
}

static void free_face(void *data)
{
	Face *face = data;

	g_free((char *)face->base.home.dir);
	g_free(face);
}

/* ---- the gate ---- */

Gate *gate_new(Home *inner)
{
	Gate *gate = g_new0(Gate, 1);

	gate->inner = inner;
	gate->faces = g_ptr_array_new_with_free_func(free_face);
	gate->waiting = g_ptr_array_new();
	pthread_mutex_init(&gate->lock, NULL);
	add_face(gate);
	return gate;
}

Home *gate_face(Gate *gate)
{
	return gate->faces->pdata[gate->faces->len - 1];
}

Home *gate_inner(const Gate *gate)
{
	return gate->inner;
}

void gate_close(Gate *gate)
{
	g_atomic_int_set(&gate->closed, 1);
	face_quiet(gate_face(gate), TRUE);
}

gboolean gate_is_closed(const Gate *gate)
{
	return g_atomic_int_get(&gate->closed) != 0;
}

gboolean gate_is_still(Gate *gate)
{
	return g_atomic_int_get(&gate->entering) == 0 && face_is_idle(gate_face(gate));
}

Home *gate_take(Gate *gate)
{
	return g_steal_pointer(&gate->inner);
}

void gate_put(Gate *gate, Home *inner)
{
	gate->inner = inner;
	if (gate_face(gate)->plugin != inner->plugin)
		add_face(gate);
	gate_face(gate)->store = inner->store;
}

void gate_open(Gate *gate)
{
	g_autoptr(GPtrArray) waiting = NULL;

	face_quiet(gate_face(gate), FALSE);
	pthread_mutex_lock(&gate->lock);
	waiting = g_steal_pointer(&gate->waiting);
	gate->waiting = g_ptr_array_new();
	g_atomic_int_set(&gate->closed, 0);
	pthread_mutex_unlock(&gate->lock);
	for (guint i = 0; i < waiting->len; i++) {
		Waiting *call = waiting->pdata[i];

		call->item = (LoopItem){ .run = let_in, .data = call };
		loop_post(call->loop, &call->item);
	}
}

void gate_free(Gate *gate)
{
	if (gate == NULL)
		return;
	for (guint i = 0; i < gate->waiting->len; i++) {
		Waiting *call = gate->waiting->pdata[i];
		CallReply *reply = call_reply_problem(503, "stopping", "服务正在停止", NULL);

		reply->retry_after_s = 1;
		call->done(call->data, reply);
		g_free(call);
	}
	home_free(gate->inner);
	g_ptr_array_unref(gate->waiting);
	g_ptr_array_unref(gate->faces);
	pthread_mutex_destroy(&gate->lock);
	g_free(gate);
}
