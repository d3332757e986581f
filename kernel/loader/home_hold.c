/* SPDX-License-Identifier: Apache-2.0
 * The writer of a worker held from outside. A worker that is down stands too, as long as no other is started. */
#include "loader/worker_home.h"

/* With the lock held. */
void worker_tell_paused(WorkerHome *self, gboolean stands)
{
	HomePaused *paused = self->paused;

	self->paused = NULL;
	if (paused != NULL)
		paused(self->paused_data, stands);
}

/* The answer to a pause that is over already says nothing any more. */
gboolean worker_on_paused(WorkerHome *self, FrameIn *in)
{
	guint64 id = (guint64)frame_get_i64(in);

	pthread_mutex_lock(&self->lock);
	if (id == self->pause)
		worker_tell_paused(self, TRUE);
	pthread_mutex_unlock(&self->lock);
	return frame_in_done(in);
}

static void put_pause(GByteArray *out, FrameType type, guint64 id, gint64 limit_ms)
{
	gsize start = frame_begin(out, type);

	frame_put_i64(out, (gint64)id);
	if (type == FRAME_PAUSE)
		frame_put_i64(out, limit_ms);
	frame_end(out, start);
}

void worker_pause(Home *home, gint64 limit_ms, HomePaused *paused, void *data)
{
	WorkerHome *self = (WorkerHome *)home;

	pthread_mutex_lock(&self->lock);
	self->pause = ++self->last_pause;
	self->paused = paused;
	self->paused_data = data;
	if (self->state == WORKER_UP) {
		put_pause(self->stream.out, FRAME_PAUSE, self->pause, limit_ms);
		worker_ask_flush(self, NULL);
	} else if (self->state == WORKER_STARTING || self->pid == 0) {
		worker_tell_paused(self, self->state == WORKER_DOWN);
	} /* else it is ending, and told when it has */
	pthread_mutex_unlock(&self->lock);
}

void worker_resume(Home *home)
{
	WorkerHome *self = (WorkerHome *)home;

	pthread_mutex_lock(&self->lock);
	if (self->state == WORKER_UP) {
		put_pause(self->stream.out, FRAME_RESUME, self->pause, 0);
		worker_ask_flush(self, NULL);
	}
	self->pause = 0;
	self->paused = NULL;
	if (self->again_held) {
		self->again_held = FALSE;
		self->again = (LoopItem){ .run = worker_again, .data = self };
		loop_post(self->loop, &self->again);
	}
	pthread_mutex_unlock(&self->lock);
}
