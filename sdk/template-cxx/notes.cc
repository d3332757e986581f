// SPDX-License-Identifier: Apache-2.0
// 便笺: the same plugin in C++17. C++ has neither _Generic nor mixed designators, so rows are made by functions of their
// own and values are passed as arrays.
#include <zhen/zhen.h>

namespace
{

zhen_value value(int64_t integer)
{
	return zhen_from_int(integer);
}

zhen_value value(const char *text)
{
	return zhen_from_text(text);
}

template <typename... Values> int64_t insert(zhen_call *call, const char *sql, Values... values)
{
	const zhen_value args[] = { value(values)... };

	return zhen_insert_values(call, sql, args, sizeof...(values));
}

template <typename... Values> void emit(zhen_call *call, const char *topic, Values... pairs)
{
	const zhen_value args[] = { value(pairs)... };

	zhen_emit_values(call, topic, args, sizeof...(pairs));
}

zhen_result add(zhen_call *call)
{
	const char *township = zhen_text(call, "township");
	int64_t id = insert(call, "INSERT INTO note(township, text, at) VALUES($1, $2, $3) RETURNING id", township,
	                    zhen_text(call, "text"), zhen_now(call));

	emit(call, "notes.added", "id", id, "township", township);
	return zhen_created(call, id);
}

zhen_result list(zhen_call *call)
{
	return zhen_page_values(
		call, "SELECT id, township, text, at FROM note WHERE {{scope township}} {{page id DESC}}", nullptr, 0);
}

constexpr zhen_migration migration(int32_t number, const char *sql)
{
	zhen_migration row{};

	row.number = number;
	row.sql = sql;
	return row;
}

constexpr zhen_field field(const char *name, uint32_t type, const char *label, uint32_t flags = 0, int64_t min = 0,
                           int64_t max = 0)
{
	zhen_field row{};

	row.name = name;
	row.type = type;
	row.label = label;
	row.flags = flags;
	row.min = min;
	row.max = max;
	return row;
}

constexpr zhen_route route(uint32_t method, const char *path, zhen_handle *handle, const zhen_field *fields,
                           const zhen_field *reply, const char *permission, const char *summary)
{
	zhen_route row{};

	row.method = method;
	row.path = path;
	row.handle = handle;
	row.fields = fields;
	row.reply = reply;
	row.permission = permission;
	row.summary = summary;
	return row;
}

constexpr zhen_permission permission(const char *name, const char *title)
{
	zhen_permission row{};

	row.name = name;
	row.title = title;
	return row;
}

constexpr zhen_migration migrations[] = {
	migration(1, "CREATE TABLE note(id {{id}}, township TEXT NOT NULL, text TEXT NOT NULL, at BIGINT NOT NULL);"
	             "CREATE INDEX note_township ON note(township, id, text, at)"),
	{},
};

constexpr zhen_field new_note[] = {
	field("township", ZHEN_DIVISION, "乡镇", ZHEN_REQUIRED, 4),
	field("text", ZHEN_TEXT, "内容", ZHEN_REQUIRED, 0, 500),
	{},
};

constexpr zhen_field note[] = {
	field("id", ZHEN_INT, "编号"),
	field("township", ZHEN_DIVISION, "乡镇"),
	field("text", ZHEN_TEXT, "内容", 0, 0, 500),
	field("at", ZHEN_TIME, "时间"),
	{},
};

constexpr zhen_field note_added[] = {
	field("id", ZHEN_INT, nullptr),
	field("township", ZHEN_DIVISION, nullptr),
	{},
};

constexpr zhen_topic added()
{
	zhen_topic row{};

	row.name = "notes.added";
	row.fields = note_added;
	row.subject = "id";
	row.scope = "township";
	row.permission = "notes.read";
	row.summary = "a note was written";
	return row;
}

constexpr zhen_menu entry(const char *title, const char *path, const char *permission)
{
	zhen_menu row{};

	row.title = title;
	row.path = path;
	row.permission = permission;
	return row;
}

constexpr zhen_topic topics[] = { added(), {} };

constexpr zhen_route routes[] = {
	route(ZHEN_POST, "/notes", add, new_note, nullptr, "notes.write", "记一条"),
	route(ZHEN_GET, "/notes", list, nullptr, note, "notes.read", "查看"),
	{},
};

constexpr zhen_permission permissions[] = {
	permission("notes.read", "查看便笺"),
	permission("notes.write", "记便笺"),
	{},
};

constexpr zhen_menu menu[] = { entry("便笺", "/notes", "notes.read"), {} };

constexpr zhen_plugin plugin()
{
	zhen_plugin row = zhen_plugin_sizes();

	row.id = "notes";
	row.version = "1.0.0";
	row.title = "便笺";
	row.summary = "记录和查看便笺";
	row.migrations = migrations;
	row.topics = topics;
	row.routes = routes;
	row.permissions = permissions;
	row.menu = menu;
	return row;
}

} // namespace

extern "C" {
ZHEN_EXPORT extern const zhen_plugin zhen_plugin_entry;
const zhen_plugin zhen_plugin_entry = plugin();
}
