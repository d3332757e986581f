/* SPDX-License-Identifier: Apache-2.0
 * Posts as they are read, and what one chooses from: the unit's items for a duty, its persons for a place. */
#include "people.h"

zhen_result list_posts(zhen_call *call)
{
	return zhen_page(call,
	                 "SELECT id, unit, code, name, rung, state, headcount, holders FROM post "
	                 "WHERE ($1 = '' OR state = $1) AND ($2 = '' OR unit = $2) AND {{scope village township}} "
	                 "{{page id DESC}}",
	                 field_text(call, "state"), field_text(call, "unit"));
}

static bool may_do(zhen_call *call, const struct post *post, uint32_t act)
{
	return zhen_process_allows(&post_process, post->state, act) &&
	       zhen_process_is_callers(call, &post_process.acts[act], post->township);
}

/* The one act on a row, with what it is about filled in. */
static void put_link(zhen_call *call, const struct post *post, uint32_t act, const char *field, const char *value)
{
	if (!may_do(call, post, act))
		return;
	zhen_open_list(call, "links");
	zhen_open_object(call, NULL);
	zhen_put(call, "title", post_process.acts[act].title);
	zhen_put(call, "href", zhen_format(call, "/p/duties/posts/%lld/%s?_form=POST&%s=%s", (long long)post->id,
	                                   post_process.acts[act].name, field, value));
	zhen_close(call);
	zhen_close(call);
}

static void put_duties(zhen_call *call, const struct post *post)
{
	zhen_open_list(call, "duties");
	ZHEN_FOR_EACH (call, row, "SELECT code FROM post_duty WHERE post = $1 ORDER BY code", post->id)
		zhen_put(call, NULL, zhen_column_text(row, "code"));
	zhen_close(call);
	zhen_open_list(call, "carries");
	ZHEN_FOR_EACH (call, row,
	               "SELECT d.code, COALESCE(c.name, '') AS name FROM post_duty d LEFT JOIN code c ON c.code = d.code "
	               "WHERE d.post = $1 ORDER BY d.code",
	               post->id) {
		zhen_open_object(call, NULL);
		zhen_put(call, "code", zhen_column_text(row, "code"));
		zhen_put(call, "name", zhen_column_text(row, "name"));
		put_link(call, post, POST_UNDUTY, "code",
		         named_code(call, column_or_empty(row, "code"), column_or_empty(row, "name")));
		zhen_close(call);
	}
	zhen_close(call);
}

/* Who leaves is shown by name first. */
static void put_person_link(zhen_call *call, const struct post *post, int64_t person)
{
	zhen_open_list(call, "links");
	zhen_open_object(call, NULL);
	zhen_put(call, "title", post_process.acts[POST_VACATE].title);
	zhen_put(call, "href",
	         zhen_format(call, "/p/duties/posts/%lld/persons/%lld", (long long)post->id, (long long)person));
	zhen_close(call);
	zhen_close(call);
}

static void put_holders(zhen_call *call, const struct post *post)
{
	zhen_open_list(call, "persons");
	ZHEN_FOR_EACH (call, row, "SELECT id, name FROM person WHERE post = $1 ORDER BY id", post->id) {
		int64_t id = zhen_column_int(row, "id");

		zhen_open_object(call, NULL);
		zhen_put(call, "id", id);
		zhen_put(call, "name", zhen_column_text(row, "name"));
		zhen_put(call, "href", zhen_format(call, "/p/duties/persons/%lld", (long long)id));
		if (may_do(call, post, POST_VACATE))
			put_person_link(call, post, id);
		zhen_close(call);
	}
	zhen_close(call);
}

zhen_result show_post(zhen_call *call)
{
	struct post post;
	zhen_result refused = post_load(call, zhen_int(call, "id"), &post);

	if (refused != 0)
		return refused;
	const char *base = zhen_format(call, "/posts/%lld", (long long)post.id);
	zhen_put(call, "id", post.id);
	zhen_put(call, "unit", post.unit);
	zhen_put(call, "code", post.code);
	zhen_put(call, "name", post.name);
	zhen_put(call, "rung", post.rung);
	zhen_put(call, "state", post_process.states[post.state].name);
	zhen_put(call, "headcount", post.headcount);
	zhen_put(call, "holders", post.holders);
	put_duties(call, &post);
	put_holders(call, &post);
	zhen_journal_put(call, "journal", "post_journal", post.id);
	zhen_open_list(call, "actions");
	zhen_process_put_actions(call, &post_process, post.state, post.township, base);
	if (may_do(call, &post, POST_DUTY))
		put_way(call, post_process.acts[POST_DUTY].title, zhen_format(call, "%s/duties", base));
	if (may_do(call, &post, POST_PLACE))
		put_way(call, post_process.acts[POST_PLACE].title, zhen_format(call, "%s/place", base));
	zhen_close(call);
	return zhen_ok(call);
}

/* What one chooses for, and the way back. */
static void put_post(zhen_call *call, const struct post *post)
{
	zhen_put(call, "post", post->name);
	zhen_put(call, "unit", post->unit);
	zhen_open_list(call, "actions");
	put_way(call, "回到岗位", zhen_format(call, "/posts/%lld", (long long)post->id));
	zhen_close(call);
}

/* Items of the list in force that the post does not carry yet; those that no post carries are seen by their 0. */
zhen_result list_post_items(zhen_call *call)
{
	struct post post;
	struct list list;
	zhen_result refused = post_load(call, zhen_int(call, "id"), &post);

	if (refused != 0)
		return refused;
	if (!list_in_force(call, post.unit, today(call), &list))
		return zhen_fail(call, ZHEN_CONFLICT, "no-list", "%s还没有公布清单 (the unit has no list in force)",
		                 division_name(call, post.unit));
	put_post(call, &post);
	return zhen_page(call,
	                 "SELECT i.code, i.seq, i.name, i.category, i.lead, (SELECT COUNT(*) FROM post_duty d JOIN post p ON p.id = "
	                 "d.post WHERE d.unit = $2 AND d.code = i.code AND p.state <> 'abolished') AS posts, $3 || " NAMED_CODE_SQL("i") " AS href FROM "
	                 "list_item i WHERE i.list = $1 AND i.place <> 'withdrawn' AND ($5 = '' OR i.name LIKE '%' || $5 || '%' OR "
	                 "i.code = $5) AND NOT EXISTS (SELECT 1 FROM post_duty d WHERE d.post = $4 AND d.code = i.code) {{page i.seq}}",
	                 list.id, post.unit, zhen_format(call, "/p/duties/posts/%lld/duties?_form=POST&code=", (long long)post.id),
	                 post.id, field_text(call, "q"));
}

/* Who may be put into the post: of its unit and rung, serving, at home and without a post. */
zhen_result list_post_persons(zhen_call *call)
{
	struct post post;
	zhen_result refused = post_load(call, zhen_int(call, "id"), &post);

	if (refused != 0)
		return refused;
	put_post(call, &post);
	zhen_put(call, "vacant", post.headcount - post.holders);
	return zhen_page(call,
	                 "SELECT id, name, rung, since_on, $3 || id AS href FROM person WHERE unit = $1 AND rung = $2 AND state = "
	                 "'serving' AND post = 0 AND secondment = 0 {{page id}}",
	                 post.unit, post.rung,
	                 zhen_format(call, "/p/duties/posts/%lld/persons/", (long long)post.id));
}

/* Whom one puts into which post, or takes out of it, by name: the form after it only carries the number. */
zhen_result show_post_person(zhen_call *call)
{
	struct post post;
	struct person person;
	zhen_result refused = post_load(call, zhen_int(call, "id"), &post);

	if (refused == 0)
		refused = person_load(call, zhen_int(call, "person"), &person);
	if (refused != 0)
		return refused;
	uint32_t act = person.post == post.id ? POST_VACATE : POST_PLACE;
	const char *base = zhen_format(call, "/posts/%lld", (long long)post.id);

	zhen_put(call, "name",
	         zhen_column_text(zhen_one(call, "SELECT name FROM person WHERE id = $1", person.id), "name"));
	zhen_put(call, "rung", person.rung);
	zhen_put(call, "since_on", person.since_on);
	zhen_put(call, "post", post.name);
	zhen_put(call, "unit", post.unit);
	zhen_put(call, "vacant", post.headcount - post.holders);
	zhen_open_list(call, "actions");
	if (may_do(call, &post, act)) {
		zhen_open_object(call, NULL);
		zhen_put(call, "title", post_process.acts[act].title);
		zhen_put(call, "method", "POST");
		zhen_put(call, "path", zhen_format(call, "%s/%s", base, post_process.acts[act].name));
		zhen_open_object(call, "fields");
		zhen_put(call, "person", person.id);
		zhen_close(call);
		zhen_close(call);
	}
	put_way(call, "回到岗位", base);
	zhen_close(call);
	return zhen_ok(call);
}
